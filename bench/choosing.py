#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""`octune quantize` with model and data only: choosing.py [NAME...], started by choosing. Writes choosing.json and .md."""
import json
import sys

import cases
from measure import (BENCH, BUILD, bare_inference, bare_seconds, last_json, line, machine, main, one_by_one, quantize,
                     run)

BARE_GOAL = 4  # times bare inference
MORE_S = 2     # and so many seconds beside compiling
LOSS_GOAL = 0.01
KEPT_FLOAT = 3  # exit code


def compile_seconds(record):
    """Of the runtime: compiling the model that collects statistics, those that are judged, the one that is verified."""
    return (record["timings_s"]["compile"] + record["timings_s"]["verify"] +
            sum(candidate["compile_s"] for candidate in record["choice"]["candidates"]))


def score(case, models, metric):
    return last_json(run([sys.executable, BENCH / "score.py", "--metric", metric, case.name, f"float={case.model}",
                          *(f"{label}={path}" for label, path in models.items())])[0])


def latency(case, models):
    """Median milliseconds by label and precision."""
    document = run([BUILD / "octune", "benchmark", *models.values(), "--data", case.data("test"), "--precision",
                    "f32,auto", "--progress", "none", "--json", *case.normalization_flags()])[0]
    labels = [f"{label} {precision}" for label in models for precision in ("f32", "auto")]
    return {label: entry["median_ms"] for label, entry in zip(labels, json.loads(document)["latency"], strict=True)}


def peer(case):
    """The model that compare_peers had NNCF make, if it did."""
    path = cases.WORK / "out" / case.name / "performance/nncf" / f"{case.name}.xml"
    return {"nncf": path} if path.exists() else {}


def measure(case):
    folder = cases.WORK / "out" / case.name / "choosing"
    bare = bare_inference(case)
    made = quantize(case, folder, [], allowed=(0, KEPT_FLOAT))
    again = bare_inference(case)  # the machine may have become slower or faster in the meantime
    written = folder / f"{case.name}.xml"
    # Decibels are no points: where there are no labels, how often the largest output is the float model's counts.
    metric = "agreement" if case.unit == "dB" else case.metric
    return {"bare_s": min(map(bare_seconds, (bare, again))), **made,
            "score": score(case, {"written": written, "default": f"{written}@auto"}, metric),
            "latency": latency(case, {"float": case.model, "written": written, **peer(case)})}


def difference(result, label):
    entry = result["score"]["difference"][f"{label}-float"]
    return entry["value"], *entry["interval"]


def goal(result):
    return BARE_GOAL * result["bare_s"] + MORE_S + compile_seconds(result["record"])


def speeds(result):
    """Of the written model as it runs by default: milliseconds, ratio to the best float form, ratio to NNCF's or None."""
    times = result["latency"]
    best_float = min(times["float f32"], times["float auto"])
    own = times["written auto"]
    return own, own / best_float, own / times["nncf auto"] if "nncf auto" in times else None


def missed(result):
    found = []
    for label, name in (("written", "accuracy"), ("default", "accuracy (auto)")):
        value, _, high = difference(result, label)
        if value < -LOSS_GOAL and high < -LOSS_GOAL:
            found.append(name)
    _, to_float, to_nncf = speeds(result)
    if to_float > 1.05:
        found.append("latency")
    if to_nncf is not None and to_nncf > 1.05:
        found.append("latency (NNCF)")
    if result["wall_s"] > goal(result):
        found.append("time")
    return ", ".join(found) or "-"


def row(case, result):
    record, values = result["record"], result["score"]["value"]
    chosen = {candidate["name"]: candidate for candidate in record["choice"]["candidates"]}[record["choice"]["chosen"]]
    own, to_float, to_nncf = speeds(result)

    def change(label):
        return "{:+.1f} ({:+.1f} to {:+.1f})".format(*(100 * value for value in difference(result, label)))

    cells = [f"{case.name} ({result['score']['samples']})", chosen["name"], f"{chosen['divergence']['mean']:.2g}",
             f"{100 * values['float']:.1f}", f"{100 * values['written']:.1f}", change("written"), change("default"),
             f"{own:.2f}", f"{to_float:.2f}", "-" if to_nncf is None else f"{to_nncf:.2f}", f"{result['bare_s']:.2f}",
             f"{compile_seconds(record):.2f}", f"{result['wall_s']:.2f}", f"{goal(result):.2f}", f"{result['peak_mb']:.0f}",
             missed(result)]
    return line(cells)


HEAD = """\
`octune quantize` with nothing but model and data, {samples} calibration samples, on {cpu}, {cores} cores. Scores in points on the
test samples (resnet50_thin, which has no labels: how often the larger output is the float model's), change against float
with its 95 % interval, paired by sample, with FP32 pinned and as the runtime computes by default. Latency as it runs by default,
ratio to the faster one of the float model's FP32 and BF16 and to NNCF's int8 model (if compare_peers made one). Time: the whole
process; goal: {bare} x bare inference of the samples + {more} s + compiling. Missed: a loss of more than {loss} beyond the interval,
a ratio above 1.05, time above the goal.

| model (test samples) | chosen | divergence | float | written | change | change, default precision | ms | to float | to NNCF | bare s | compiling s | time s | goal s | MB | missed |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
"""


def choosing():
    head = HEAD.format(samples=cases.CALIBRATION_SAMPLES, bare=BARE_GOAL, more=MORE_S, loss=LOSS_GOAL, **machine())
    one_by_one("choosing", cases.chosen(sys.argv[1:]), head, measure, row)


if __name__ == "__main__":
    main(choosing)
