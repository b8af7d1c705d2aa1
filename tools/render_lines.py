#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""Renders the text lines of examples/ocr_lines: calibration/NNN.jpg, test/NNN.jpg and test/labels.txt.

    tools/render_lines.py [--output examples/ocr_lines] [--count 300]

Words come from the licence texts every Debian system has, type faces from the packages fonts-dejavu, fonts-liberation
and fonts-freefont-ttf. Every image has a random stream of its own, seeded by the part's name and the image's number, so
one more image changes no other. Needs Pillow and numpy (python3-pil, python3-numpy); another release of Pillow or of a
font may move pixels, so the images are committed.

An image is a photograph of a short line: a flat colour with a lighting gradient, letters in a contrasting one, seen
slightly from the side, out of focus, noisy, and compressed.
"""
import argparse
import functools
import io
import math
import pathlib
import zlib

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

LICENSES = ["Apache-2.0", "Artistic", "GFDL-1.3", "GPL-2", "GPL-3", "LGPL-2.1", "LGPL-3", "MPL-1.1", "MPL-2.0"]
FONT_FOLDERS = ["dejavu", "freefont", "liberation"]
MAX_ASPECT = 320 / 48  # wider lines would be cut off by a 48 x 320 recognition input
MAX_HEIGHT = 56
MAX_LETTERS = 24


@functools.cache
def words():
    """Plain ASCII words of 3 to 12 letters, sorted."""
    found = set()
    for name in LICENSES:
        for word in pathlib.Path("/usr/share/common-licenses", name).read_text(errors="ignore").split():
            word = word.strip(".,;:()<>[]\"'`*-")
            if 3 <= len(word) <= 12 and word.isascii() and word.replace("-", "").isalnum():
                found.add(word)
    if len(found) < 1000:
        raise SystemExit("render_lines: fewer than 1000 words in /usr/share/common-licenses")
    return sorted(found)


@functools.cache
def fonts():
    """Paths of all Latin text faces, sorted."""
    root = pathlib.Path("/usr/share/fonts/truetype")
    paths = [p for folder in FONT_FOLDERS for p in sorted((root / folder).glob("*.ttf")) if "MathTeX" not in p.name]
    if len(paths) < 20:
        raise SystemExit("render_lines: install fonts-dejavu, fonts-liberation and fonts-freefont-ttf")
    return [str(p) for p in paths]


@functools.lru_cache(maxsize=512)
def font(path, size):
    return ImageFont.truetype(path, size)


def pick(rng, values):
    return values[int(rng.integers(len(values)))]


def phrase(rng):
    """One to three words, sometimes a price and a word, sometimes capitals."""
    kind = rng.random()
    if kind < 0.15:
        text = f"{rng.integers(100000)}.{rng.integers(100):02d} {pick(rng, words())}"
    else:
        text = " ".join(pick(rng, words()) for _ in range(int(rng.integers(1, 4))))
    if 0.15 <= kind < 0.27:
        text = text.upper()
    return text[:MAX_LETTERS].strip()


def colors(rng):
    """Paper and ink, as arrays of three: dark on light three times out of four."""
    dark_ink = rng.random() < 0.75
    paper = rng.uniform(150, 255, 3) if dark_ink else rng.uniform(0, 90, 3)
    contrast = rng.uniform(45, 190)
    ink = np.clip(paper - contrast if dark_ink else paper + contrast, 0, 255)
    return paper, ink


def draw(rng, text):
    """The clean line with a small margin."""
    face = font(pick(rng, fonts()), pick(rng, [14, 18, 22, 28, 34, 40]))
    left, top, right, bottom = face.getbbox(text)
    margin_x, margin_y = int(rng.integers(2, 9)), int(rng.integers(1, 6))
    paper, ink = (tuple(int(v) for v in color) for color in colors(rng))
    image = Image.new("RGB", (right - left + 2 * margin_x, bottom - top + 2 * margin_y), paper)
    ImageDraw.Draw(image).text((margin_x - left, margin_y - top), text, font=face, fill=ink)
    return image, paper


def tilt(rng, image, paper, strength):
    """Every corner moved by up to 9 % of the height: the eight numbers of the inverse projective map, solved for."""
    width, height = image.size
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], float)
    moved = corners + rng.uniform(-1, 1, (4, 2)) * 0.09 * strength * height
    rows, values = [], []
    for (x, y), (u, v) in zip(moved, corners):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    inverse = np.linalg.solve(np.array(rows), np.array(values))
    return image.transform(image.size, Image.Transform.PERSPECTIVE, inverse, Image.Resampling.BILINEAR, fillcolor=paper)


def degrade(rng, image, strength):
    """Focus, lighting, sensor noise and a first, coarse compression."""
    if rng.random() < 0.6:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.5) * strength * image.height / 40))
    pixels = np.asarray(image, np.float32)
    light = np.linspace(rng.uniform(-25, 0), rng.uniform(0, 25), image.width)[None, :, None]
    noise = rng.normal(0, rng.uniform(0, 17) * strength, pixels.shape)
    image = Image.fromarray(np.clip(pixels + light + noise, 0, 255).astype(np.uint8))
    if rng.random() < 0.5:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=int(rng.integers(25, 80)))
        image = Image.open(buffer)
    return image


def render_line(rng, strength=1.2, max_aspect=MAX_ASPECT):
    """(RGB image, text): `strength` scales all that makes reading hard."""
    while True:
        text = phrase(rng)
        image, paper = draw(rng, text)
        if image.width <= max_aspect * image.height:
            break
    image = degrade(rng, tilt(rng, image, paper, strength), strength)
    if image.height > MAX_HEIGHT:
        image = image.resize((max(1, math.floor(image.width * MAX_HEIGHT / image.height)), MAX_HEIGHT),
                             Image.Resampling.BICUBIC)
    return image.convert("RGB"), text


def stream(part, number):
    """The random stream of image `number` of the data set called `part`."""
    return np.random.default_rng([zlib.crc32(part.encode()), number])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("examples/ocr_lines"))
    parser.add_argument("--count", type=int, default=300)
    options = parser.parse_args()
    for part in ("calibration", "test"):
        folder = options.output / part
        folder.mkdir(parents=True, exist_ok=True)
        labels = []
        for number in range(options.count):
            image, text = render_line(stream(part, number))
            name = f"{number:03d}.jpg"
            image.save(folder / name, "JPEG", quality=85)
            labels.append(f"{name} {text}\n")
        if part == "test":
            (folder / "labels.txt").write_text("".join(labels))


if __name__ == "__main__":
    main()
