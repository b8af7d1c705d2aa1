#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""Layer-wise tuning against the same plan without: layerwise.py [--preset NAME] [--method NAME] [NAME...], started by
layerwise. Writes layerwise.json and layerwise.md."""
import argparse
import statistics
import sys

import cases
from measure import BENCH, last_json, line, machine, main, one_by_one, quantize, run

HEAD = """\
Layer-wise tuning ({method}) at preset {preset}, defaults otherwise, on {cpu}, {cores} cores. Layer error: median over the layers
of the mean squared error of a layer's output over its mean square, on samples that were not tuned on; "local" is the median
change of a layer's error by its own tuning, behind tuned layers. Scores on the test samples in FP32, in points, or dB of
signal to noise (resnet50_thin); change of the tuned model's against the plain one's with its 95 % interval, paired by
sample. Seconds and MB: of the whole process.

| model (test samples) | layers tuned | layer error plain | tuned | change | local | float | plain | tuned | change | s plain | s tuned | MB plain | MB tuned |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
"""


def measure(case, options):
    folder = cases.WORK / "out" / case.name / "layerwise"
    flags = ["--preset", options.preset]
    runs = {"plain": quantize(case, folder / "plain", flags),
            "tuned": quantize(case, folder / "tuned", [*flags, "--layerwise-tuning", options.method])}
    models = [f"{label}={folder / label / case.name}.xml" for label in runs]
    score = last_json(run([sys.executable, BENCH / "score.py", case.name, f"float={case.model}", *models])[0])
    return {**runs, "score": score}


def row(case, result):
    record, score = result["tuned"]["record"]["layerwise"], result["score"]
    factor = 100 if case.unit == "points" else 1
    before, after = record["median_error_before"], record["median_error_after"]
    local = [layer["loss_after"] / layer["loss_before"] - 1 for layer in record["layers"] if layer["loss_before"] > 0]
    difference = score["difference"]["tuned-plain"]
    value, (low, high) = difference["value"], difference["interval"]
    cells = [f"{case.name} ({score['samples']})", f"{record['kept']} of {record['tried']}", f"{before:.2g}", f"{after:.2g}",
             f"{100 * (after / before - 1):+.0f} %" if before else "-",
             f"{100 * statistics.median(local):+.0f} %" if local else "-",
             *(f"{factor * score['value'][label]:.1f}" if score["value"].get(label) is not None else "-"
               for label in ("float", "plain", "tuned")),
             f"{factor * value:+.2f} ({factor * low:+.2f} to {factor * high:+.2f})",
             *(f"{result[label]['wall_s']:.1f}" for label in ("plain", "tuned")),
             *(f"{result[label]['peak_mb']:.0f}" for label in ("plain", "tuned"))]
    return line(cells)


def layerwise():
    parser = argparse.ArgumentParser()
    parser.add_argument("--preset", default="performance")
    parser.add_argument("--method", default="least_squares")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    head = HEAD.format(method=options.method, preset=options.preset, **machine())
    one_by_one("layerwise", cases.chosen(options.names), head, lambda case: measure(case, options), row)


if __name__ == "__main__":
    main(layerwise)
