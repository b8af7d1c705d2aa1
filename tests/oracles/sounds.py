#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""Writes src/data/fixtures/sounds.txt: short sounds and their values as the soundfile package reads them, for the tests
of src/data/audio.cpp.

    python tests/oracles/sounds.py > src/data/fixtures/sounds.txt

Needs numpy and soundfile. A line is: extension, how values are stored, samples a second, channels, the values of the
mean of the channels as little-endian 32-bit floats, and the file, both in hexadecimal."""
import io

import numpy as np
import soundfile


def main():
    print(f"# soundfile {soundfile.__version__}; made by tests/oracles/sounds.py")
    time = np.arange(24) / 8000
    left = 0.8 * np.sin(2 * np.pi * 440 * time)
    right = 0.5 * np.cos(2 * np.pi * 1000 * time)
    for form, subtypes in (("WAV", ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT")), ("FLAC", ("PCM_16", "PCM_24"))):
        for subtype in subtypes:
            for channels in (1, 2):
                values = left if channels == 1 else np.stack([left, right], axis=1)
                file = io.BytesIO()
                soundfile.write(file, values, 8000, format=form, subtype=subtype)
                file.seek(0)
                read, rate = soundfile.read(file, dtype="float32", always_2d=True)
                mono = read.mean(axis=1, dtype=np.float32)
                print(form.lower(), subtype, rate, channels, mono.astype("<f4").tobytes().hex(), file.getvalue().hex())


if __name__ == "__main__":
    main()
