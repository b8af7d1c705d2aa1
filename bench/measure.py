# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""Running the programs that are measured: every one is a process of its own. Keeping what came out, as JSON and as a table."""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

import cases

BUILD = cases.ROOT / "build/release"
BENCH = cases.ROOT / "bench"


class Failed(Exception):
    """A process that did not succeed; the text is the last it said."""


def run(command, allowed=(0,)):
    """(what it printed, seconds, peak MB) of a process. The seconds are wall clock from start to end, as a user waits.
    Exit codes that are not `allowed` raise Failed."""
    start = time.monotonic()
    # No larger than what is measured: the kernel counts the parent's pages until the new program is loaded.
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True)
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        raise Failed(f"exit code {process.returncode} of {' '.join(map(str, command))}\n{text}")
    return text, time.monotonic() - start, usage.ru_maxrss / 1024


def last_json(text):
    return json.loads(text.strip().splitlines()[-1])


def bare_inference(case, samples=None):
    """Seconds of FP32 inference over samples in memory (those for calibration), one by one and with several in flight."""
    normalization = case.normalization_flags()[1::2]
    return last_json(run([BUILD / "bench/bare_inference", case.model, samples or case.data("calibration"), *normalization])[0])


def bare_seconds(bare):
    return min(bare["sync_s"], bare["streams_s"])


def quantize(case, folder, flags, data=None, samples=cases.CALIBRATION_SAMPLES, allowed=(0,)):
    """One run of `octune quantize` that finds nothing of an earlier one: seconds, peak MB and its run.json."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    command = [BUILD / "octune", "quantize", case.model, "--output-dir", folder, "--name", case.name, "--data",
               data or case.data("calibration"), "--subset-size", samples, "--progress", "none", "--log-level", "error",
               *flags, *case.normalization_flags()]
    _, seconds, peak = run(command, allowed)
    return {"wall_s": seconds, "peak_mb": peak, "record": json.loads((folder / "run.json").read_text())}


def cpu_name():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "an unknown CPU"


def machine():
    """What the head of a table says of the machine."""
    return {"cpu": cpu_name(), "cores": os.cpu_count()}


def line(cells):
    """A row of a table."""
    return "| " + " | ".join(cells) + " |\n"


def keep(name, results, table):
    """Writes NAME.json and NAME.md."""
    (cases.WORK / f"{name}.json").write_text(json.dumps(results, indent=1) + "\n")
    (cases.WORK / f"{name}.md").write_text(table)


def one_by_one(name, chosen, table, measure, row):
    """Measures case after case and adds a row for each to `table`, its head; what is done is kept at once."""
    results = {}
    for case in chosen:
        results[case.name] = measure(case)
        table += row(case, results[case.name])
        print(table.splitlines()[-1], flush=True)
        keep(name, results, table)
    print(table)


def rounds_parser():
    """Of programs that measure in rounds: --rounds N [NAME...]."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("names", nargs="*")
    return parser


def in_rounds(name, chosen, rounds, measure, table_of):
    """Measures all cases in turn, `rounds` times; `table_of` makes the table of the results, lists by name of the case."""
    results = {case.name: [] for case in chosen}
    for number in range(rounds):
        for case in chosen:
            results[case.name].append(measure(case))
            print(f"round {number + 1} of {rounds}: {case.name}", flush=True)
    table = table_of(results)
    keep(name, results, table)
    print(table)


def main(function):
    """Calls `function`; what a program said when it failed, instead of a Python traceback."""
    try:
        function()
    except Failed as error:
        sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {error}")
