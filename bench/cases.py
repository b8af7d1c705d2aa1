# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""The models that are compared, where their files lie, and how samples are read."""
import dataclasses
import json
import pathlib
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = ROOT / "build/deps/models"
WORK = ROOT / "build/bench"
CALIBRATION_SAMPLES = 300


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    source: str     # below SOURCES
    shapes: dict    # input -> fixed shape; the sample arrays have one more axis in front, or that shape where it is not 1
    metric: str     # a function of score.py
    unit: str       # what the metric counts in: "points" (hundredths) or "dB"
    tests: int      # samples of the test part
    mean: tuple = ()   # of stored pixels, in the order of the input's channels
    scale: tuple = ()
    transformer: bool = False  # octune recognises that by itself; NNCF has to be told

    @property
    def model(self):
        return WORK / "models" / f"{self.name}.onnx"

    def data(self, part):
        """.npz of the part "calibration" or "test": keys are input names, the first axis counts samples."""
        return WORK / "data" / self.name / f"{part}.npz"

    @property
    def labels(self):
        return WORK / "data" / self.name / "labels.json"

    def normalization_flags(self):
        flags = []
        for name, values in (("--mean", self.mean), ("--scale", self.scale)):
            if values:
                flags += [name, ",".join(map(str, values))]
        return flags


CASES = [
    Case("recognition", "pp_ocr_v4_recognition.onnx", {"x": [1, 3, 48, 320]}, "exact_text", "points", 600,
         transformer=True),
    Case("orientation", "pp_ocr_orientation.onnx", {"x": [1, 3, 48, 192]}, "top1", "points", 600),
    Case("detection", "pp_ocr_v4_detection.onnx", {"x": [1, 3, 480, 480]}, "box_hmean", "points", 200,
         mean=(127.5,), scale=(127.5,)),
    Case("magika", "magika.onnx", {"bytes": [1, 2048]}, "top1_of_several", "points", 1000),
    Case("silero", "silero_vad.onnx", {"input": [96, 576], "h": [1, 1, 128], "c": [1, 1, 128]}, "frames", "points", 300),
    Case("resnet50_thin", "open_nsfw.onnx", {"input:0": [1, 224, 224, 3]}, "sqnr", "dB", 300,
         mean=(103.94, 116.78, 123.68), scale=(1.0,)),
    Case("minilm", "minilm.safetensors", {"input_ids": [1, 64], "attention_mask": [1, 64]}, "top1", "points", 700,
         transformer=True),
]


@dataclasses.dataclass(frozen=True)
class Setting:
    """What the tools are told. NNCF knows no preset "accuracy": it gets `mixed` and asymmetric weights, which is that.
    ONNX Runtime knows no presets: its activations are always asymmetric."""
    name: str
    preset: str
    asymmetric_weights: bool = False
    model_type: bool = True  # NNCF is told which models are transformers

    def applies_to(self, case):
        return case.transformer or self.name != "transformer"


SETTINGS = [
    Setting("performance", "performance", model_type=False),  # as NNCF's documentation runs it
    Setting("mixed", "mixed"),
    Setting("accuracy", "accuracy", asymmetric_weights=True),
    Setting("transformer", "performance"),
]


def find_setting(name):
    return next(setting for setting in SETTINGS if setting.name == name)


def find(name):
    for case in CASES:
        if case.name == name:
            return case
    raise SystemExit(f"bench: unknown model '{name}'; known: {', '.join(case.name for case in CASES)}")


def chosen(names):
    """The cases called so, or all of them."""
    return [find(name) for name in names] or CASES


def map_npz(path):
    """The arrays of an uncompressed .npz, mapped: nothing is read before it is used."""
    import numpy as np
    arrays = {}
    with zipfile.ZipFile(path) as archive, open(path, "rb") as file:
        for entry in archive.infolist():
            assert entry.compress_type == zipfile.ZIP_STORED, f"{path}: {entry.filename} is compressed"
            file.seek(entry.header_offset + 26)  # lengths of the name and of the extra field; the data follow them
            lengths = file.read(4)
            file.seek(int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little"), 1)
            assert np.lib.format.read_magic(file) == (1, 0)
            shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
            assert not fortran
            arrays[entry.filename.removesuffix(".npy")] = np.memmap(path, dtype, "r", file.tell(), shape)
    return arrays


class Samples:
    """What the model is fed, sample by sample: {input: array of the input's shape}."""

    def __init__(self, case, part):
        self.case = case
        self.arrays = map_npz(case.data(part))

    def __len__(self):
        return len(next(iter(self.arrays.values())))

    def __getitem__(self, index):
        import numpy as np
        if not 0 <= index < len(self):
            raise IndexError(index)
        sample = {}
        for name, rows in self.arrays.items():
            value = rows[index].reshape(self.case.shapes[name])
            if self.case.mean:
                axis = [1, -1, 1, 1] if value.shape[1] == 3 else [1, 1, 1, -1]
                mean, scale = (np.array(v, np.float32).reshape(axis) for v in (self.case.mean, self.case.scale))
                value = (value.astype(np.float32) - mean) / scale
            sample[name] = np.ascontiguousarray(value)
        return sample


def read_labels(case):
    return json.loads(case.labels.read_text())


