#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""Scores models of one case on its test part with one metric: score.py [--metric METRIC] NAME LABEL=MODEL[@auto]...

The first model is the float one. FP32 is pinned, so that only the quantization differs, but where @auto lets the runtime
compute as it does by default. Prints a JSON object: the value of each model and, for each pair of models, the difference
with its 95 % interval (paired bootstrap over samples). METRIC takes the place of the case's.

A sample's result is a (numerator, denominator) pair; a metric's value is a function of the sums of both.
"""
import argparse
import itertools
import json
import sys

import numpy as np
import openvino as ov

import cases

RESAMPLES = 2000


def ratio(numerator, denominator):
    return numerator / denominator


class Metric:
    value = staticmethod(ratio)

    def __init__(self, model):
        """`model`: the float one, for what its metadata hold."""


class ExactText(Metric):
    """1 for a line read without a fault, spaces aside: CTC greedy decoding, class 0 is the blank."""

    def __init__(self, model):
        self.classes = [""] + model.get_rt_info(["framework", "character"]).astype(str).split("\n") + [" "]

    def score(self, outputs, label, _):
        best = outputs[0].reshape(-1, outputs[0].shape[-1]).argmax(1)
        text = "".join(self.classes[key] for key, _ in itertools.groupby(best))
        return text.replace(" ", "") == label.replace(" ", ""), 1


class Top1(Metric):
    def score(self, outputs, label, _):
        return int(outputs[0].argmax()) == label, 1


class Top1OfSeveral(Metric):
    """Any of several answers counts."""

    def score(self, outputs, label, _):
        return int(outputs[0].argmax()) in label, 1


class Frames(Metric):
    """Share of the frames whose probability of speech lies on the right side of 0.5."""

    def score(self, outputs, label, _):
        return ((outputs[0].ravel() > 0.5) == np.array(label, bool)).sum(), len(label)


class BoxHmean(Metric):
    """Harmonic mean of precision and recall of text boxes at an intersection over union of one half."""

    def score(self, outputs, label, _):
        found = boxes_of(outputs[0].reshape(outputs[0].shape[-2:]))
        return 2 * matches(found, label), len(found) + len(label)


class Sqnr(Metric):
    """Signal to quantization noise in dB, against the float model's outputs."""

    value = staticmethod(lambda signal, noise: 10 * np.log10(signal / np.maximum(noise, 1e-30)))

    def score(self, outputs, _, reference):
        wanted, got = (np.concatenate([part.ravel() for part in parts]).astype(np.float64) for parts in (reference, outputs))
        return (wanted**2).sum(), ((wanted - got) ** 2).sum()


class Agreement(Metric):
    """The class with the largest value is the float model's."""

    def score(self, outputs, _, reference):
        return int(outputs[0].argmax() == reference[0].argmax()), 1


METRICS = {"agreement": Agreement, "exact_text": ExactText, "top1": Top1, "top1_of_several": Top1OfSeveral, "frames": Frames,
           "box_hmean": BoxHmean, "sqnr": Sqnr}


def boxes_of(probability):
    """Regions above 0.3 of a mean above 0.5, grown as differentiable binarisation has it: by area * 1.6 / perimeter."""
    import cv2
    boxes = []
    for contour in cv2.findContours((probability > 0.3).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)[0]:
        x, y, width, height = cv2.boundingRect(contour)
        if min(width, height) >= 3 and probability[y:y + height, x:x + width].mean() > 0.5:
            grow = 1.6 * width * height / (2 * (width + height))
            boxes.append((x - grow, y - grow, x + width + grow, y + height + grow))
    return boxes


def overlap(a, b):
    """Intersection over union."""
    width, height = (min(a[i + 2], b[i + 2]) - max(a[i], b[i]) for i in (0, 1))
    if width <= 0 or height <= 0:
        return 0.0
    area_a, area_b = ((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return width * height / (area_a + area_b - width * height)


def matches(found, wanted):
    """How many found boxes cover a wanted one each, the best overlap first for every found box."""
    free = list(wanted)
    count = 0
    for box in found:
        best = max(free, key=lambda other: overlap(box, other), default=None)
        if best is not None and overlap(box, best) >= 0.5:
            free.remove(best)
            count += 1
    return count


class OpenVinoModel:
    runtime = "openvino"

    def __init__(self, path):
        path, _, precision = path.partition("@")
        settings = {"PERFORMANCE_HINT": "LATENCY"}
        if precision != "auto":
            settings["INFERENCE_PRECISION_HINT"] = "f32"
        compiled = ov.Core().compile_model(ov.Core().read_model(path), "CPU", settings)
        self.request, self.outputs = compiled.create_infer_request(), compiled.outputs

    def run(self, sample):
        result = self.request.infer(sample, share_inputs=True)
        return [np.array(result[output]) for output in self.outputs]


class OnnxModel:
    runtime = "onnxruntime"

    def __init__(self, path):
        import onnxruntime
        self.session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])

    def run(self, sample):
        return self.session.run(None, sample)


def open_model(path):
    """In OpenVINO; a model of ONNX Runtime that OpenVINO cannot run, in that."""
    try:
        return OpenVinoModel(path)
    except RuntimeError:
        if not path.endswith(".onnx"):
            raise
        return OnnxModel(path)


def interval(metric, first, second):
    """95 % interval of value(second) - value(first) over resampled sets of the same samples."""
    rng = np.random.default_rng(0)
    drawn = rng.integers(len(first), size=(RESAMPLES, len(first)))
    values = [metric.value(*parts[drawn].sum(1).T) for parts in (first, second)]
    return [float(v) for v in np.quantile(values[1] - values[0], [0.025, 0.975])]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--metric", choices=METRICS)
    parser.add_argument("name")
    parser.add_argument("models", nargs="+")
    arguments = parser.parse_args()
    case = cases.find(arguments.name)
    paths = dict(argument.split("=", 1) for argument in arguments.models)
    float_path = next(iter(paths.values()))
    name = arguments.metric or case.metric
    metric = METRICS[name](ov.Core().read_model(float_path))
    samples, labels = cases.Samples(case, "test"), cases.read_labels(case)
    references = list(map(OpenVinoModel(float_path).run, samples))
    scores, runtime = {}, {}
    for label, path in paths.items():
        model = open_model(path)
        runtime[label] = model.runtime
        results = references if path == float_path else map(model.run, samples)
        scores[label] = np.array([metric.score(outputs, wanted, reference)
                                  for outputs, wanted, reference in zip(results, labels, references, strict=True)], float)
    value = {label: float(metric.value(*rows.sum(0))) for label, rows in scores.items()}
    difference = {f"{b}-{a}": {"value": value[b] - value[a], "interval": interval(metric, scores[a], scores[b])}
                  for a, b in itertools.combinations(scores, 2)}
    print(json.dumps({"metric": name, "samples": len(samples), "value": value, "difference": difference,
                      "runtime": runtime}))


if __name__ == "__main__":
    main()
