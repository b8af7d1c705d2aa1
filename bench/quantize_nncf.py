#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""NNCF as its documentation uses it: quantize_nncf.py NAME OUT.xml. Prints a JSON object with the seconds."""
import json
import logging
import sys
import time

import nncf
import openvino as ov

import cases


def main():
    name, output = sys.argv[1:]
    case = cases.find(name)
    nncf.set_log_level(logging.ERROR)
    model = ov.convert_model(case.model)
    samples = cases.Samples(case, "calibration")
    dataset = nncf.Dataset(range(len(samples)), lambda index: samples[index])
    start = time.perf_counter()
    quantized = nncf.quantize(model, dataset, subset_size=cases.CALIBRATION_SAMPLES)
    seconds = time.perf_counter() - start
    ov.save_model(quantized, output, compress_to_fp16=False)
    print("\n" + json.dumps({"quantize_s": seconds}))


if __name__ == "__main__":
    main()
