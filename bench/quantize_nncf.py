#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""NNCF as its documentation uses it: quantize_nncf.py NAME SETTING OUT.xml. Prints a JSON object with the seconds, or with
NNCF's error where it refuses the setting."""
import json
import logging
import sys
import time

import nncf
import openvino as ov
from nncf.quantization.advanced_parameters import QuantizationMode, QuantizationParameters

import cases


def told(case, setting):
    options = {}
    if setting.preset == "mixed" or setting.asymmetric_weights:
        options["preset"] = nncf.QuantizationPreset.MIXED
    elif setting.model_type:
        options["preset"] = nncf.QuantizationPreset.PERFORMANCE  # else NNCF takes mixed for a transformer
    if setting.model_type and case.transformer:
        options["model_type"] = nncf.ModelType.TRANSFORMER
    if setting.asymmetric_weights:
        weights = QuantizationParameters(mode=QuantizationMode.ASYMMETRIC)
        # NNCF refuses its half-range fix, the default, with asymmetric weights; CPUs with VNNI do not need it.
        options["advanced_parameters"] = nncf.AdvancedQuantizationParameters(
            weights_quantization_params=weights, overflow_fix=nncf.OverflowFix.DISABLE)
    return options


def main():
    name, setting, output = sys.argv[1:]
    case = cases.find(name)
    options = told(case, cases.find_setting(setting))
    nncf.set_log_level(logging.ERROR)
    model = ov.convert_model(case.model)
    samples = cases.Samples(case, "calibration")
    dataset = nncf.Dataset(range(len(samples)), lambda index: samples[index])
    start = time.perf_counter()
    try:
        quantized = nncf.quantize(model, dataset, subset_size=cases.CALIBRATION_SAMPLES, **options)
    except (ValueError, nncf.ValidationError) as error:
        print("\n" + json.dumps({"error": " ".join(str(error).split())}))
        return
    seconds = time.perf_counter() - start
    ov.save_model(quantized, output, compress_to_fp16=False)
    print("\n" + json.dumps({"quantize_s": seconds}))


if __name__ == "__main__":
    main()
