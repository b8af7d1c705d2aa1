#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""ONNX Runtime as its documentation uses it: quantize_ort.py NAME SETTING OUT.onnx. Pre-processing, then static quantization
with QuantizeLinear/DequantizeLinear, MinMax calibration and int8 weights. Prints a JSON object with the seconds, or with
the error where it fails."""
import json
import logging
import os
import pathlib
import sys
import tempfile
import time

from onnxruntime import quantization
from onnxruntime.quantization.shape_inference import quant_pre_process

import cases


class Reader(quantization.CalibrationDataReader):
    def __init__(self, samples):
        self.samples = iter(samples)

    def get_next(self):
        return next(self.samples, None)


def told(setting):
    """ONNX Runtime has no presets: its documented default is unsigned activations and signed weights, per tensor."""
    options = {"activation_type": quantization.QuantType.QUInt8, "weight_type": quantization.QuantType.QInt8}
    if setting.asymmetric_weights:
        options["weight_type"] = quantization.QuantType.QUInt8
    return options


def pre_process(model, output):
    """Symbolic shape inference does not know every operation; without it, as the documentation says for that case."""
    try:
        quant_pre_process(model, output)
    except Exception:
        quant_pre_process(model, output, skip_symbolic_shape=True)


def quantize(case, setting, output):
    """In an empty folder: it leaves files where it runs."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        pre_process(str(case.model), "prepared.onnx")
        quantization.quantize_static("prepared.onnx", output, Reader(cases.Samples(case, "calibration")),
                                     quant_format=quantization.QuantFormat.QDQ,
                                     calibrate_method=quantization.CalibrationMethod.MinMax, **told(setting))


def main():
    name, setting, output = sys.argv[1:]
    case, setting, output = cases.find(name), cases.find_setting(setting), str(pathlib.Path(output).absolute())
    logging.disable(logging.WARNING)
    start = time.perf_counter()
    try:
        quantize(case, setting, output)
    except Exception as error:  # of whatever kind: the table says which
        print("\n" + json.dumps({"error": f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"}))
        return
    print("\n" + json.dumps({"quantize_s": time.perf_counter() - start}))


if __name__ == "__main__":
    main()
