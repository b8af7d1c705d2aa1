#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""Peak memory of `octune quantize` by number of samples: memory.py [--rounds N] [NAME...], started by memory.

The samples are the calibration samples of make_data.py, from the second round on crossed: the beginning of one and the
rest of another, so that all differ. Both programs read them from the same .npy files. Writes memory.json and .md.
"""
import statistics
import subprocess
import sys

import cases
from measure import BUILD, cpu_name, in_rounds, last_json, line, main, quantize, rounds_parser, run

FEW = 50
MANY = {"orientation": 10000, "magika": 10000, "silero": 10000, "minilm": 10000}  # models fast enough for it
MANY_OF_OTHERS = 1000
GOAL = 1.05  # times the memory with few samples


def counts(case):
    return [FEW, cases.CALIBRATION_SAMPLES, MANY.get(case.name, MANY_OF_OTHERS)]


def paths(case):
    """Files of as many samples as the last of counts(), by input."""
    return {name: cases.WORK / "memory" / case.name / f"{number}_{counts(case)[-1]}.npy"
            for number, name in enumerate(case.shapes)}


def make_samples(case):
    import numpy as np
    count = counts(case)[-1]
    arrays = cases.map_npz(case.data("calibration"))
    for name, path in paths(case).items():
        rows = arrays[name]
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".part")
        random = np.random.default_rng(0)  # the same choices for every input of a sample
        with open(partial, "wb") as file:
            header = {"descr": np.lib.format.dtype_to_descr(rows.dtype), "fortran_order": False,
                      "shape": (count, *rows.shape[1:])}
            np.lib.format.write_array_header_1_0(file, header)
            for sample in range(count):
                row = np.array(rows[sample % len(rows)]).ravel()
                other, share = random.integers(len(rows)), random.uniform(0.2, 0.8)
                if sample >= len(rows):
                    cut = int(share * row.size)
                    row[cut:] = np.asarray(rows[other]).ravel()[cut:]
                file.write(row.tobytes())
        partial.replace(path)


def many_samples(case):
    """--data of the files, which are made once: by another process, because the kernel counts the pages of a parent."""
    if not all(path.exists() for path in paths(case).values()):
        subprocess.run([sys.executable, __file__, "--make", case.name], check=True)
    return ",".join(f"{name}={path}" for name, path in paths(case).items())


def bare_peak(case, data, samples):
    command = [BUILD / "bench/bare_inference", "--streamed", samples, case.model, data, *case.normalization_flags()[1::2]]
    return last_json(run(command)[0])["peak_mb"]


def measure(case, data):
    """One round: {samples: [peak MB of octune, of bare inference]}."""
    folder = cases.WORK / "out" / case.name / "memory"
    flags = ["--preset", "performance"]
    return {samples: [quantize(case, folder, flags, data, samples)["peak_mb"], bare_peak(case, data, samples)]
            for samples in counts(case)}


def row(case, rounds):
    octune, bare = ([statistics.median(r[samples][tool] for r in rounds) for samples in counts(case)] for tool in (0, 1))
    growth = octune[-1] / octune[0]
    cells = [case.name, f"{counts(case)[-1]}", *(f"{peak:.0f}" for peak in octune), f"{100 * (growth - 1):+.1f} %",
             *(f"{peak:.0f}" for peak in bare), f"{octune[-1] - bare[-1]:+.0f}", "-" if growth <= GOAL else "growth"]
    return line(cells)


HEAD = """\
Peak resident memory in MB of `octune quantize --preset performance` by number of samples, and of bare FP32 inference (two
streams, four requests) that reads as many; {cpu}, median of {rounds} runs. Missed: more than 5 % growth from the fewest to
the most samples.

| model | most samples | {few} | {some} | most | growth | bare: {few} | {some} | most | octune - bare | missed |
|---|---|---|---|---|---|---|---|---|---|---|
"""


def memory():
    parser = rounds_parser()
    parser.add_argument("--make", action="store_true", help="only the samples")
    arguments = parser.parse_args()
    chosen = cases.chosen(arguments.names)
    if arguments.make:
        for case in chosen:
            make_samples(case)
        return
    head = HEAD.format(cpu=cpu_name(), rounds=arguments.rounds, few=FEW, some=cases.CALIBRATION_SAMPLES)
    in_rounds("memory", chosen, arguments.rounds, lambda case: measure(case, many_samples(case)),
              lambda results: head + "".join(row(cases.find(name), rounds) for name, rounds in results.items()))


if __name__ == "__main__":
    main(memory)
