#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""A metric of one's own for octune: the share of samples whose largest output is the label.

octune quantize model.onnx -o out --data calib.npy --metric "cmd:python3 evaluate.py {model} test.npz"

The .npz holds "x", the model's inputs one by one along the first axis, and "y", a class for each. Everything octune
wants to know stands in the last line of standard output; all else goes to standard error.
"""
import json
import os
import sys

import numpy
import openvino

model_path, data_path = sys.argv[1:]
data = numpy.load(data_path)
# The float model is the yardstick, so octune asks for FP32; the quantized one runs as it would for a user.
config = {"INFERENCE_PRECISION_HINT": "f32"} if os.environ.get("OCTUNE_PRECISION") == "f32" else {}
model = openvino.Core().compile_model(model_path, os.environ.get("OCTUNE_DEVICE", "CPU"), config)

correct = numpy.empty(len(data["y"]), dtype=bool)
for i, (x, y) in enumerate(zip(data["x"], data["y"])):
    correct[i] = model(x[None])[0].argmax() == y
print(f"{len(correct)} samples measured", file=sys.stderr)

# In the order of the samples, the same for every model: the values of two models are compared pair by pair.
numpy.save("correct.npy", correct)
print(json.dumps({"name": "top1", "value": float(correct.mean()), "per_sample": "correct.npy"}))
