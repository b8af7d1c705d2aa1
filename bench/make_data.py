#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""Calibration and labelled test samples: make_data.py NAME...

Everything is made on this machine from its own files (fonts, licence texts, sample photographs of Python packages, a
speech synthesiser, package descriptions) with fixed seeds. Another machine gets slightly other samples, so results are
compared within one run.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import wave

import cv2
import numpy as np
from PIL import Image, ImageDraw

import cases

sys.path.insert(0, str(cases.ROOT / "tools"))
import render_lines  # noqa: E402


def store(case, arrays, labels):
    """Splits {input: all samples} into 300 calibration samples and the test part; `labels` are the test part's."""
    count = cases.CALIBRATION_SAMPLES
    case.data("test").parent.mkdir(parents=True, exist_ok=True)
    np.savez(case.data("test"), **{name: values[count:count + case.tests] for name, values in arrays.items()})
    case.labels.write_text(json.dumps(labels))
    np.savez(case.data("calibration"), **{name: values[:count] for name, values in arrays.items()})
    print(f"data {case.name}: {count} calibration samples, {case.tests} test samples", flush=True)


def total(case):
    return cases.CALIBRATION_SAMPLES + case.tests


# ---------------------------------------------------------------------------------------------------------- text lines

def line_tensor(image, height, width):
    """BGR from -1 to 1, `height` rows, the right side filled with 0."""
    pixels = np.asarray(image)[:, :, ::-1]
    scaled_width = min(width, int(np.ceil(height * image.width / image.height)))
    scaled = cv2.resize(np.ascontiguousarray(pixels), (scaled_width, height))
    tensor = np.zeros((1, 3, height, width), np.float32)
    tensor[0, :, :, :scaled_width] = (scaled.astype(np.float32).transpose(2, 0, 1) - 127.5) / 127.5
    return tensor


def recognition(case):
    lines = [render_lines.render_line(render_lines.stream("bench", number)) for number in range(total(case))]
    tensors = np.stack([line_tensor(image, 48, 320) for image, _ in lines])
    store(case, {"x": tensors}, [text for _, text in lines[cases.CALIBRATION_SAMPLES:]])


def orientation(case):
    """Half of the lines upside down."""
    tensors, labels = [], []
    for number in range(total(case)):
        rng = render_lines.stream("orientation", number)
        image, _ = render_lines.render_line(rng, strength=1.7)
        labels.append(int(rng.integers(2)))
        tensors.append(line_tensor(image.rotate(180) if labels[-1] else image, 48, 192))
    store(case, {"x": np.stack(tensors)}, labels[cases.CALIBRATION_SAMPLES:])


# ---------------------------------------------------------------------------------------------------------- photographs

def photographs():
    import skimage
    import sklearn
    names = ["astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "hubble_deep_field.jpg", "retina.jpg", "ihc.png",
             "motorcycle_left.png", "camera.png", "brick.png", "grass.png", "gravel.png", "moon.png", "coins.png"]
    paths = [pathlib.Path(skimage.__file__).parent / "data" / name for name in names]
    paths += [pathlib.Path(sklearn.__file__).parent / "datasets/images" / name for name in ("china.jpg", "flower.jpg")]
    return [cv2.imread(str(path), cv2.IMREAD_COLOR) for path in paths if path.exists()]


def crop(rng, photos, size):
    """A square part of a random photograph, BGR, mirrored at times, with another exposure."""
    photo = photos[rng.integers(len(photos))]
    side = int(min(photo.shape[:2]) * rng.uniform(0.35, 1))
    top, left = (rng.integers(extent - side + 1) for extent in photo.shape[:2])
    part = cv2.resize(photo[top:top + side, left:left + side], (size, size))
    if rng.random() < 0.5:
        part = part[:, ::-1]
    return np.clip(part * rng.uniform(0.7, 1.3) + rng.uniform(-20, 20), 0, 255).astype(np.uint8)


def resnet50_thin(case):
    photos = photographs()
    images = [crop(render_lines.stream("photographs", number), photos, 224)[None] for number in range(total(case))]
    store(case, {"input:0": np.stack(images)}, [None] * case.tests)


def page(rng, photos, size=480):
    """Lines of text over a blurred photograph, and the box of each line."""
    background = cv2.GaussianBlur(crop(rng, photos, size), (0, 0), rng.uniform(0.5, 6)).astype(np.float32)
    share = rng.uniform(0.3, 1)
    background = share * background + (1 - share) * rng.uniform(0, 255, 3)
    image = Image.fromarray(background.astype(np.uint8))
    pen, boxes, y = ImageDraw.Draw(image), [], int(rng.integers(5, 40))
    while y < size - 50:
        text = " ".join(render_lines.pick(rng, render_lines.words()) for _ in range(int(rng.integers(1, 5))))
        face = render_lines.font(render_lines.pick(rng, render_lines.fonts()), render_lines.pick(rng, [14, 18, 22, 28, 36]))
        box = pen.textbbox((int(rng.integers(4, size // 3)), y), text, font=face)
        if box[2] < size - 4:
            behind = np.asarray(image.crop(box)).reshape(-1, 3).mean(0)
            contrast = rng.uniform(50, 180) * (-1 if behind.mean() > 128 else 1)
            offset = pen.textbbox((0, 0), text, font=face)
            ink = tuple(int(v) for v in np.clip(behind + contrast, 0, 255))
            pen.text((box[0] - offset[0], box[1] - offset[1]), text, font=face, fill=ink)
            boxes.append(box)
        y = int(box[3]) + int(rng.integers(6, 40))
    pixels = np.asarray(image) + rng.normal(0, rng.uniform(0, 12), (size, size, 3))
    return np.clip(pixels, 0, 255).astype(np.uint8).transpose(2, 0, 1)[None], boxes


def detection(case):
    photos = photographs()
    pages = [page(render_lines.stream("pages", number), photos) for number in range(total(case))]
    store(case, {"x": np.stack([pixels for pixels, _ in pages])}, [boxes for _, boxes in pages[cases.CALIBRATION_SAMPLES:]])


# ---------------------------------------------------------------------------------------------------------- file types

# Extensions whose content type is beyond doubt, and Magika's names of it.
CONTENT = {
    "awk": ["awk"], "bat": ["batch"], "bib": ["bib"], "c": ["c"], "cc": ["cpp"], "cmake": ["cmake"], "cpp": ["cpp"],
    "crt": ["crt", "pem"], "css": ["css"], "csv": ["csv"], "f90": ["fortran"], "gif": ["gif"], "go": ["go"], "gz": ["gzip"],
    "h": ["c", "cpp"], "hpp": ["cpp"], "html": ["html"], "ini": ["ini"], "ipynb": ["ipynb"], "jar": ["jar"],
    "java": ["java"], "jpg": ["jpeg"], "js": ["javascript"], "json": ["json"], "lua": ["lua"], "m4": ["m4"],
    "mat": ["matlab"], "md": ["markdown"], "npy": ["npy"], "npz": ["npz"], "o": ["elf"], "pdf": ["pdf"], "pem": ["pem", "crt"],
    "php": ["php"], "pl": ["perl"], "pm": ["perl"], "png": ["png"], "proto": ["proto"], "ps": ["postscript"],
    "py": ["python"], "pyc": ["pythonbytecode"], "pyi": ["python"], "rb": ["ruby"], "rs": ["rust"], "rst": ["rst"],
    "sh": ["shell"], "so": ["elf"], "sql": ["sql"], "svg": ["svg"], "tcl": ["tcl"], "toml": ["toml"], "ts": ["typescript"],
    "ttf": ["ttf"], "txt": ["txt"], "wav": ["wav"], "whl": ["zip"], "woff2": ["woff2"], "xml": ["xml"], "yaml": ["yaml"],
    "yml": ["yaml"], "zip": ["zip"],
}
FILES_PER_EXTENSION = 50


def file_tensor(path):
    """Magika's features: 1,024 bytes of the stripped beginning, 1,024 of the stripped end, 256 where there is none."""
    content = path.read_bytes()
    begin, end = content[:4096].lstrip()[:1024], content[-4096:].rstrip()[-1024:]
    tensor = np.full((1, 2048), 256, np.int32)
    tensor[0, :len(begin)] = np.frombuffer(begin, np.uint8)
    tensor[0, 2048 - len(end):] = np.frombuffer(end, np.uint8)
    return tensor


def magika(case):
    names = json.loads((cases.SOURCES / "magika.json").read_text())["target_labels_space"]
    found = {}
    for root in ("/usr", "/etc", str(cases.WORK / "py/lib")):
        for path in sorted(pathlib.Path(root).rglob("*.*")):
            extension = path.suffix[1:].lower()
            if extension in CONTENT and not path.is_symlink() and path.is_file() and 256 < path.stat().st_size < 20e6:
                found.setdefault(extension, []).append(path)
    rng = np.random.default_rng(5)
    chosen = []
    for extension in sorted(found):
        accepted = [names.index(name) for name in CONTENT[extension] if name in names]
        for index in rng.permutation(len(found[extension]))[:FILES_PER_EXTENSION]:
            chosen.append((found[extension][index], accepted))
    if len(chosen) < total(case):
        sys.exit(f"make_data: only {len(chosen)} files of known types on this machine; {total(case)} are needed")
    chosen = [chosen[index] for index in rng.permutation(len(chosen))[:total(case)]]
    store(case, {"bytes": np.stack([file_tensor(path) for path, _ in chosen])},
          [accepted for _, accepted in chosen[cases.CALIBRATION_SAMPLES:]])


# ---------------------------------------------------------------------------------------------------------- speech

RATE = 16000
FRAME = 512
FRAMES = 96
CONTEXT = 64  # samples of the previous frame that the model sees again
VOICES = ["en", "en-us", "de", "fr", "es", "it", "en+f3", "en+m2", "en+f5", "en-gb-scotland"]


def utterances(rng, count=60):
    """Synthesised phrases at 16 kHz."""
    result = []
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "speech.wav")
        for _ in range(count):
            text = " ".join(render_lines.pick(rng, render_lines.words()) for _ in range(14))
            subprocess.run(["espeak-ng", "-v", render_lines.pick(rng, VOICES), "-s", str(rng.integers(110, 231)),
                            "-p", str(rng.integers(20, 81)), "-w", path, text], check=True, stderr=subprocess.DEVNULL)
            with wave.open(str(path)) as file:
                samples = np.frombuffer(file.readframes(file.getnframes()), np.int16) / 32768
                seconds = len(samples) / file.getframerate()
            ticks = np.arange(int(seconds * RATE)) / RATE
            result.append(np.interp(ticks, np.arange(len(samples)) * seconds / len(samples), samples))
    return result


def colored_noise(rng, length):
    """White, low-passed or brown noise without its slow drift, of unit power."""
    noise = rng.normal(0, 1, length)
    kind = rng.integers(3)
    if kind == 1:
        noise = np.convolve(noise, np.ones(8) / 8, "same")
    if kind == 2:
        noise = np.cumsum(noise)
        noise -= np.convolve(noise, np.ones(401) / 401, "same")
    return noise / noise.std()


def clip(rng, speech):
    """About three seconds of phrases and pauses in noise of -3 to 25 dB, and whether each frame holds speech."""
    length = FRAMES * FRAME
    clean, at = np.zeros(length), int(rng.integers(12000))
    while at < length:
        phrase, duration = speech[rng.integers(len(speech))], int(rng.integers(8000, 26000))
        start = int(rng.integers(max(1, len(phrase) - duration)))
        part = phrase[start:start + duration][:length - at]
        clean[at:at + len(part)] += part * rng.uniform(0.2, 1)
        at += len(part) + int(rng.integers(8000, 24000))
    envelope = np.sqrt(np.convolve(clean**2, np.ones(1024) / 1024, "same"))
    active = envelope.reshape(FRAMES, FRAME).mean(1) > 0.01
    loudness = np.sqrt((clean[np.abs(clean) > 1e-3] ** 2).mean())
    mixed = clean + colored_noise(rng, length) * loudness / 10 ** (rng.uniform(-3, 25) / 20)
    mixed = np.concatenate([np.zeros(CONTEXT), mixed / max(1, np.abs(mixed).max())])
    frames = np.lib.stride_tricks.sliding_window_view(mixed, FRAME + CONTEXT)[::FRAME]
    return frames.astype(np.float32), active.astype(int).tolist()


def silero(case):
    speech = utterances(np.random.default_rng(6))
    clips = [clip(render_lines.stream("speech", number), speech) for number in range(total(case))]
    state = np.zeros((total(case), 1, 1, 128), np.float32)
    store(case, {"input": np.stack([frames for frames, _ in clips]), "h": state, "c": state},
          [active for _, active in clips[cases.CALIBRATION_SAMPLES:]])


# ---------------------------------------------------------------------------------------------------------- sentences

# Debian's sections of packages for one programming language; the task is to tell them apart by the description.
SECTIONS = "python perl rust java ruby haskell golang javascript php ocaml lisp gnu-r".split()
TEXTS_PER_SECTION = 160


def descriptions():
    """{section: sorted descriptions} of the packages this machine's apt knows."""
    known = subprocess.run(["apt-cache", "dumpavail"], check=True, capture_output=True, text=True).stdout
    found = {section: set() for section in SECTIONS}
    for record in known.split("\n\n"):
        section = re.search(r"^Section: (\S+)", record, re.MULTILINE)
        text = re.search(r"^Description(?:-en)?: (.*(?:\n .*)*)", record, re.MULTILINE)
        if section and text and section[1] in found and len(text[1]) > 40:
            found[section[1]].add(re.sub(r"\s+", " ", text[1]))
    short = [section for section in SECTIONS if len(found[section]) < TEXTS_PER_SECTION]
    if short:
        sys.exit(f"make_data: apt knows too few packages of {', '.join(short)}; run 'apt-get update'")
    return {section: sorted(texts) for section, texts in found.items()}


def minilm(case):
    from tokenizers import Tokenizer
    rng = np.random.default_rng(7)
    pairs = [(texts[index], SECTIONS.index(section)) for section, texts in descriptions().items()
             for index in rng.permutation(len(texts))[:TEXTS_PER_SECTION]]
    pairs = [pairs[index] for index in rng.permutation(len(pairs))]
    tokenizer = Tokenizer.from_file(str(cases.SOURCES / "minilm_tokenizer.json"))
    tokenizer.enable_truncation(64)
    tokenizer.enable_padding(length=64)
    tokens = tokenizer.encode_batch([text for text, _ in pairs])
    arrays = {"input_ids": np.array([[token.ids] for token in tokens], np.int64),
              "attention_mask": np.array([[token.attention_mask] for token in tokens], np.int64)}
    labels = [label for _, label in pairs]
    # The classifier is trained on what is not tested; calibration samples are part of that.
    train = len(pairs) - case.tests
    case.data("training").parent.mkdir(parents=True, exist_ok=True)
    np.savez(case.data("training"), label=np.array(labels[:train]), **{k: v[:train] for k, v in arrays.items()})
    kept = np.r_[:cases.CALIBRATION_SAMPLES, train:len(pairs)]
    store(case, {name: values[kept] for name, values in arrays.items()}, labels[train:])


def main():
    for case in map(cases.find, sys.argv[1:]):
        if not case.data("calibration").exists():  # written last
            globals()[case.name](case)


if __name__ == "__main__":
    main()
