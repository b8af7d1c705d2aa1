#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""Which FP32 activations change in any bit with threads, streams and batch: activations.py [NAME...], started by activations.

Every input of a convolution or matrix product becomes an output. The reference runs one sample at a time on one thread.
"""
import os
import sys

import numpy as np
import openvino as ov

import cases

SAMPLES = 8
BATCH = 2
LINEAR = {"Convolution", "GroupConvolution", "MatMul", "LSTMSequence", "LSTMCell", "GRUSequence", "GRUCell"}


def watched(path, shapes):
    """The model with the inputs of its linear operations as further outputs."""
    model = ov.Core().read_model(path)
    if shapes:
        model.reshape(shapes)
    found = {}  # by name: reshaping may change the order of operations
    for operation in model.get_ordered_ops():
        source = operation.input_value(0) if operation.get_type_name() in LINEAR else None
        if source and source.get_node().get_type_name() not in ("Parameter", "Constant"):
            found[source.get_node().get_friendly_name(), source.get_index()] = source
    for key in sorted(found):
        model.add_outputs(found[key])
    return model


def run(model, feeds, threads, streams):
    """Per feed the values of all outputs; as many requests in flight as streams."""
    compiled = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": threads,
                                                      "NUM_STREAMS": streams})
    results = []
    for begin in range(0, len(feeds), streams):
        requests = []
        for feed in feeds[begin:begin + streams]:
            requests.append(compiled.create_infer_request())
            requests[-1].start_async(feed)
        for request in requests:
            request.wait()
            results.append([np.array(request.get_output_tensor(i).data) for i in range(len(compiled.outputs))])
    return results


def changed(reference, results):
    """"12 of 60 (2e-07)": outputs that differ in a bit for a sample, the largest difference over the largest value."""
    differing, largest = set(), 0.0
    for wanted, got in zip(reference, results, strict=True):
        for index, (a, b) in enumerate(zip(wanted, got, strict=True)):
            if a.dtype.kind == "f" and not np.array_equal(a, b):
                differing.add(index)
                largest = max(largest, float(np.abs(a - b).max() / max(np.abs(a).max(), 1e-30)))
    return f"{len(differing)} of {len(reference[0])} ({largest:.0e})" if differing else "none"


def batched(case, feeds, reference):
    """The same for samples in batches, or why there are none."""
    shapes = {name: [BATCH * shape[0], *shape[1:]] for name, shape in case.shapes.items()}
    try:
        model = watched(case.model, shapes)
        pairs = [{name: np.concatenate([feed[name] for feed in feeds[i:i + BATCH]]) for name in feeds[0]}
                 for i in range(0, len(feeds), BATCH)]
        results = []
        for outputs in run(model, pairs, 1, 1):
            parts = []
            for value, single in zip(outputs, reference[0], strict=True):
                if value.shape != (BATCH * single.shape[0], *single.shape[1:]):
                    return "a batch changes other axes"
                parts.append(np.split(value, BATCH))
            results += [list(part) for part in zip(*parts, strict=True)]
        return changed(reference, results)
    except RuntimeError:
        return "cannot be reshaped"


def main():
    cores = os.cpu_count()
    print(f"| model | repeated | {cores} streams of one thread | one stream of {cores} threads | batches of {BATCH} |")
    print("|---|---|---|---|---|")
    for case in cases.chosen(sys.argv[1:]):
        samples = cases.Samples(case, "calibration")
        feeds = [samples[index] for index in range(SAMPLES)]
        model = watched(case.model, None)
        reference = run(model, feeds, 1, 1)
        cells = [case.name, changed(reference, run(model, feeds, 1, 1)), changed(reference, run(model, feeds, cores, cores)),
                 changed(reference, run(model, feeds, cores, 1)), batched(case, feeds, reference)]
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
