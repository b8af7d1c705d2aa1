#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""Throughput of `octune evaluate` beside bare inference: evaluation.py [--rounds N] [NAME...], started by evaluation.

The time of `octune evaluate` is its own, of reading samples, inference and scoring (timings_s.evaluate); samples lie in an
.npz, those of the test part over and over until they keep the runtime busy for half a second at least. Bare inference has
them in memory, looks at no output, and has warmed up; the first inferences of a process, which take some 20 ms longer, are
in octune's time. One process after the other in every round; ratios are taken within a round, medians of the rounds count.
Writes evaluation.json and .md.
"""
import json
import statistics

import numpy as np

import cases
from measure import BUILD, bare_inference, bare_seconds, in_rounds, line, machine, main, rounds_parser, run

GOAL = 0.9  # of the throughput of bare inference


def text_label(label):
    return {"label": label}


def boxes_label(boxes):
    corners = [[[x1, y1], [x2, y1], [x2, y2], [x1, y2]] for x1, y1, x2, y2 in boxes]
    return {"polygons": corners, "frame": [480, 480]}


# Per model: metric, flags, what a line of labels is made of, and how many samples.
METRICS = {
    "recognition": ("exact_match", ["--ignore-spaces"], text_label, 300),
    "orientation": ("accuracy@top1", [], text_label, 2000),
    "detection": ("hmean", [], boxes_label, 200),
    "magika": ("accuracy@top1", [], text_label, 500),
    "silero": ("binary_accuracy", [], None, 1000),
    "resnet50_thin": ("accuracy@top1", [], lambda _: {"label": 0}, 200),  # it has no labels: any will do
    "minilm": ("accuracy@top1", [], text_label, 300),
}


def prepare(case):
    """Samples of the test part and their labels, as files."""
    folder = cases.WORK / "evaluation" / case.name
    folder.mkdir(parents=True, exist_ok=True)
    _, _, label_of, count = METRICS[case.name]
    labels = json.loads(case.labels.read_text())
    chosen = np.arange(count) % len(labels)
    with np.load(case.data("test")) as arrays:
        np.savez(folder / "samples.npz", **{name: arrays[name][chosen] for name in arrays.files})
    if label_of is None:
        np.save(folder / "labels.npy", np.array(labels, np.int64)[chosen])
        return folder / "samples.npz", folder / "labels.npy"
    (folder / "labels.jsonl").write_text("".join(json.dumps(label_of(labels[i])) + "\n" for i in chosen))
    return folder / "samples.npz", folder / "labels.jsonl"


def evaluate(case, samples, labels):
    metric, flags, _, _ = METRICS[case.name]
    command = [BUILD / "octune", "evaluate", case.model, "--val-data", samples, "--labels", labels, "--metric", metric,
               "--precision", "f32", "--json", "--progress", "none", *flags, *case.normalization_flags()]
    return json.loads(run(command)[0])


def measure(case, samples, labels):
    before = bare_seconds(bare_inference(case, samples))
    record = evaluate(case, samples, labels)
    after = bare_seconds(bare_inference(case, samples))
    return {"bare_s": (before + after) / 2, "evaluate_s": record["timings_s"]["evaluate"],
            "samples": record["metrics"][0]["samples"], "metric": record["metrics"][0]["name"],
            "value": record["metrics"][0]["value"]}


HEAD = """\
`octune evaluate --precision f32` beside bare FP32 inference over the same samples in memory (the faster of one by one and
two streams with four requests), on {cpu}, {cores} cores, median of {rounds} rounds in turn. Goal: {goal} of its throughput.

| model | metric | samples | bare s | evaluate s | throughput |
|---|---|---|---|---|---|
"""


def row(name, rounds):
    bare = statistics.median(round_["bare_s"] for round_ in rounds)
    own = statistics.median(round_["evaluate_s"] for round_ in rounds)
    ratio = statistics.median(round_["bare_s"] / round_["evaluate_s"] for round_ in rounds)
    cells = [name, rounds[0]["metric"], str(rounds[0]["samples"]), f"{bare:.3f}", f"{own:.3f}",
             f"{ratio:.2f}{'' if ratio >= GOAL else ' (missed)'}"]
    return line(cells)


def evaluation():
    arguments = rounds_parser().parse_args()
    chosen = cases.chosen(arguments.names)
    files = {case.name: prepare(case) for case in chosen}
    head = HEAD.format(rounds=arguments.rounds, goal=GOAL, **machine())
    in_rounds("evaluation", chosen, arguments.rounds, lambda case: measure(case, *files[case.name]),
              lambda results: head + "".join(row(name, rounds) for name, rounds in results.items()))


if __name__ == "__main__":
    main(evaluation)
