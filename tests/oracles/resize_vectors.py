#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""Writes src/data/fixtures/resize_vectors.txt: small images resized by OpenCV and by Pillow, for the tests of
src/data/interpolation.cpp.

    python tests/oracles/resize_vectors.py > src/data/fixtures/resize_vectors.txt

Needs numpy, opencv-python-headless and pillow below 13, which begins with the columns where the height shrinks much
more than the width: results differ by up to 6 there. A line is: name of the interpolation, height, width and channels of the
image, height and width of the result, its bytes in hexadecimal (row by row, channels last). The image has the pixels
that source() says."""
import cv2
import numpy as np
import PIL
from PIL import Image

OPENCV = {"linear": cv2.INTER_LINEAR, "cubic": cv2.INTER_CUBIC, "area": cv2.INTER_AREA, "nearest": cv2.INTER_NEAREST}
PILLOW = {
    "pillow_nearest": Image.Resampling.NEAREST,
    "pillow_box": Image.Resampling.BOX,
    "pillow_bilinear": Image.Resampling.BILINEAR,
    "pillow_hamming": Image.Resampling.HAMMING,
    "pillow_bicubic": Image.Resampling.BICUBIC,
    "pillow_lanczos": Image.Resampling.LANCZOS,
}
# Smaller, larger, one side only, a whole factor, one row and column, gray.
CASES = [(23, 31, 3, 9, 7), (5, 7, 3, 9, 11), (19, 12, 3, 19, 5), (12, 16, 3, 6, 8), (1, 9, 3, 3, 1), (29, 17, 1, 13, 21)]


def source(height, width, channels):
    y, x, c = np.mgrid[:height, :width, :channels].astype(np.int64)
    return ((37 * y + 53 * x + 91 * c + 11 * x * y + 3 * x * x * (c + 1)) % 256).astype(np.uint8)


def main():
    print(f"# OpenCV {cv2.__version__}, Pillow {PIL.__version__}; made by tests/oracles/resize_vectors.py")
    for name in [*OPENCV, *PILLOW]:
        for height, width, channels, to_height, to_width in CASES:
            image = source(height, width, channels)
            if name in OPENCV:
                result = cv2.resize(image, (to_width, to_height), interpolation=OPENCV[name])
            else:
                result = Image.fromarray(image.squeeze(2) if channels == 1 else image)
                result = np.asarray(result.resize((to_width, to_height), PILLOW[name]))
            print(name, height, width, channels, to_height, to_width, np.ascontiguousarray(result).tobytes().hex())


if __name__ == "__main__":
    main()
