#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""Time of `octune quantize` beside bare inference: calibration.py [--rounds N] [NAME...], started by calibration.

In every round each model runs bare, then under every setting, one process after the other, so that a machine that becomes
slower does so for all. Ratios are taken within a round; medians of the rounds count. Writes calibration.json and .md.
"""
import statistics

import cases
from measure import Failed, bare_inference, bare_seconds, in_rounds, line, machine, main, quantize, rounds_parser

START_S = 0.5         # allowed beside a multiple of bare inference: reading, compiling, writing
WHOLE_GOAL = 1.3      # times bare inference, for the whole of `quantize --preset performance`
SMALL_GOAL_S = 1      # enough for models with little work
STATISTICS_GOAL = 2   # times bare inference, for collecting other kinds of statistics

PERFORMANCE = ["--preset", "performance"]
SETTINGS = {
    "performance": PERFORMANCE,
    "quantile": [*PERFORMANCE, "--range-estimator", "quantile"],
    "histogram": [*PERFORMANCE, "--range-estimator", "histogram"],
    "per channel": [*PERFORMANCE, "--activations-granularity", "perchannel"],
}
PARTS = ["read", "normalize", "plan", "compile", "calibrate", "statistics", "apply", "verify", "write"]


def measure(case):
    """One round of a model: bare seconds, and seconds and timings by setting."""
    round_ = {"bare_s": bare_seconds(bare_inference(case))}
    for name, flags in SETTINGS.items():
        try:
            run = quantize(case, cases.WORK / "out" / case.name / "calibration", flags)
            round_[name] = {"wall_s": run["wall_s"], "timings_s": run["record"]["timings_s"]}
        except Failed as error:
            if name == "performance":
                raise
            print(f"{case.name}, {name}: {error}", flush=True)
    again = bare_seconds(bare_inference(case))
    round_["bare_s"] = (round_["bare_s"] + again) / 2
    return round_


def median(rounds, value):
    return statistics.median(value(round_) for round_ in rounds)


def ratio_row(case, rounds):
    bare = median(rounds, lambda r: r["bare_s"])
    wall = median(rounds, lambda r: r["performance"]["wall_s"])
    whole = median(rounds, lambda r: (r["performance"]["wall_s"] - START_S) / r["bare_s"])
    calibrate = {name: median(rounds, lambda r, name=name: r[name]["timings_s"]["calibrate"] / r["bare_s"])
                 for name in SETTINGS if all(name in round_ for round_ in rounds)}
    missed = [] if whole <= WHOLE_GOAL or wall <= SMALL_GOAL_S else ["whole"]
    missed += [name for name, ratio in calibrate.items() if ratio > STATISTICS_GOAL]
    cells = [case.name, f"{bare:.2f}", f"{wall:.2f}", f"{max(whole, 0):.2f}",
             *(f"{calibrate[name]:.2f}" if name in calibrate else "fails" for name in SETTINGS),
             ", ".join(missed) or "-"]
    return line(cells)


def parts_row(case, rounds):
    def part(name):
        return median(rounds, lambda r: r["performance"]["timings_s"].get(name, 0))
    known = {name: part(name) for name in PARTS}
    rest = part("total") - sum(known.values())
    cells = [case.name, *(f"{1000 * seconds:.0f}" for seconds in known.values()), f"{1000 * max(rest, 0):.0f}",
             f"{1000 * part('total'):.0f}", f"{1000 * median(rounds, lambda r: r['performance']['wall_s']):.0f}"]
    return line(cells)


HEAD = """\
`octune quantize` with 300 samples beside bare FP32 inference over the same samples in memory (the faster of one by one and
two streams with four requests), on {cpu}, {cores} cores, median of {rounds} rounds in turn. Whole: (wall clock of the
process with --preset performance - {start} s) / bare; missed if above {whole}, unless all of it takes at most {small} s. Then
the stage "calibrate" alone / bare by kind of statistics; missed if above {statistics}.

| model | bare s | quantize s | whole | {settings} | missed |
|---|---|---|---|{lines}---|
"""

PARTS_HEAD = """
Where the time of --preset performance goes, ms (run.json, timings_s):

| model | {parts} | rest | total | wall clock |
|---|{lines}---|---|---|
"""


def table(results, rounds):
    text = HEAD.format(rounds=rounds, start=START_S, whole=WHOLE_GOAL, small=SMALL_GOAL_S, statistics=STATISTICS_GOAL,
                       lines="---|" * len(SETTINGS), settings=" | ".join(f"calibrate: {name}" for name in SETTINGS),
                       **machine())
    text += "".join(ratio_row(cases.find(name), measured) for name, measured in results.items())
    text += PARTS_HEAD.format(parts=" | ".join(PARTS), lines="---|" * len(PARTS))
    text += "".join(parts_row(cases.find(name), measured) for name, measured in results.items())
    return text


def calibration():
    arguments = rounds_parser().parse_args()
    in_rounds("calibration", cases.chosen(arguments.names), arguments.rounds, measure,
              lambda results: table(results, arguments.rounds))


if __name__ == "__main__":
    main(calibration)
