#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""octune beside NNCF: compare.py [NAME|SETTING...], started by compare_nncf. Writes build/bench/results.json, table.md.

Every program is a process of its own. Its time is wall clock from start to end as a user waits for it, for NNCF without
loading Python's modules and the model; its memory is the largest resident set the kernel saw. The calibration samples
are the same files for both, mapped into memory, so they count for both.
"""
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
OCTUNE_RUNS = 3


def run(command):
    """(what it printed, seconds, peak MB) of a process that has to succeed."""
    start = time.monotonic()
    # No larger than what is measured: the kernel counts the parent's pages until the new program is loaded.
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True)
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"compare: exit code {process.returncode} of {' '.join(map(str, command))}\n{text}")
    return text, time.monotonic() - start, usage.ru_maxrss / 1024


def last_json(text):
    return json.loads(text.strip().splitlines()[-1])


def bare_inference(case):
    normalization = case.normalization_flags()[1::2]
    return last_json(run([BUILD / "bench/bare_inference", case.model, case.data("calibration"), *normalization])[0])


def quantize_octune(case, setting, folder):
    command = [BUILD / "octune", "quantize", case.model, "--output-dir", folder, "--name", case.name, "--data",
               case.data("calibration"), "--subset-size", cases.CALIBRATION_SAMPLES, "--preset", setting.preset,
               "--progress", "none", "--log-level", "warning", *case.normalization_flags()]
    runs = [run(command)[1:] for _ in range(OCTUNE_RUNS)]
    record = json.loads((folder / "run.json").read_text())
    return {"wall_s": min(seconds for seconds, _ in runs), "peak_mb": max(peak for _, peak in runs),
            "timings_s": record["timings_s"], "model_type": record["plan"]["model_type"]}


def quantize_nncf(case, setting, folder):
    text, wall, peak = run([sys.executable, BENCH / "quantize_nncf.py", case.name, setting.name, folder / f"{case.name}.xml"])
    return {**last_json(text), "wall_s": wall, "peak_mb": peak}


def latency(case, models, precision):
    """Entries of `octune benchmark` by label; ratios are to the first model."""
    document = run([BUILD / "octune", "benchmark", *models.values(), "--data", case.data("test"), "--precision", precision,
                    "--progress", "none", "--json", *case.normalization_flags()])[0]
    return dict(zip(models, json.loads(document)["latency"], strict=True))


def compare(case, setting):
    folder = cases.WORK / "out" / case.name / setting.name
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "nncf").mkdir(parents=True)
    result = {"bare": bare_inference(case)}
    result["octune"] = quantize_octune(case, setting, folder / "octune")
    result["nncf"] = quantize_nncf(case, setting, folder / "nncf")
    again = bare_inference(case)  # the machine may have become slower or faster in the meantime
    for key in ("sync_s", "streams_s"):
        result["bare"][key] = min(result["bare"][key], again[key])
    tools = [tool for tool in ("nncf", "octune") if "error" not in result[tool]]
    models = {tool: folder / tool / f"{case.name}.xml" for tool in tools}
    scored = {"float": case.model, **models}
    text = run([sys.executable, BENCH / "score.py", case.name, *(f"{label}={path}" for label, path in scored.items())])[0]
    result["score"] = last_json(text)
    result["latency"] = {precision: latency(case, {**models, "float": case.model}, precision) for precision in ("auto", "f32")}
    return result


def bare_seconds(result):
    return min(result["bare"]["sync_s"], result["bare"]["streams_s"])


def verdicts(case, result):
    """What octune promises beside NNCF, and whether it holds here."""
    if "error" in result["nncf"]:
        return {"time": result["octune"]["wall_s"] <= 2 * bare_seconds(result) + 1}
    difference = result["score"]["difference"]["octune-nncf"]
    allowed = 0.5 if case.unit == "dB" else 0.005
    speed = result["latency"]["auto"]["octune"]
    return {
        "accuracy": max(difference["value"], difference["interval"][1]) >= -allowed,
        "latency": min(speed["ratio"], speed["ratio_low"]) <= 1.05,
        "time": result["octune"]["wall_s"] <= 2 * bare_seconds(result) + 1,
        "memory": result["octune"]["peak_mb"] <= result["nncf"]["peak_mb"],
    }


def row(case, result):
    score, bare = result["score"], bare_seconds(result)
    factor = 1 if case.unit == "dB" else 100
    value = {label: f"{factor * v:.1f}" for label, v in score["value"].items()}
    refused = "error" in result["nncf"]
    difference = "NNCF fails"
    if not refused:
        low, high = (factor * v for v in score["difference"]["octune-nncf"]["interval"])
        difference = f"{factor * score['difference']['octune-nncf']['value']:+.1f} ({low:+.1f} to {high:+.1f})"

    def milliseconds(label):
        return "-" if refused and label == "nncf" else f"{result['latency']['auto'][label]['median_ms']:.2f}"

    def ratio(precision):
        return "-" if refused else f"{result['latency'][precision]['octune']['ratio']:.2f}"

    cells = [
        f"{case.name} ({score['samples']})",
        "-" if case.unit == "dB" else value["float"], value.get("nncf", "-"), value["octune"],
        difference, *map(milliseconds, ("float", "nncf", "octune")), ratio("auto"), ratio("f32"),
        f"{bare:.2f}", "-" if refused else f"{result['nncf']['quantize_s'] / bare:.1f}",
        f"{result['octune']['wall_s'] / bare:.1f} ({result['octune']['wall_s']:.2f} s)",
        "-" if refused else f"{result['nncf']['peak_mb']:.0f}", f"{result['octune']['peak_mb']:.0f}",
        ", ".join(name for name, kept in verdicts(case, result).items() if not kept) or "-",
    ]
    return "| " + " | ".join(cells) + " |"


HEAD = """\
octune beside NNCF 3.4 on {cpu}, {cores} cores. Same 300 calibration samples, batch 1, same settings. Accuracy in points
(hundredths; resnet50_thin: dB of signal to quantization noise) with FP32 pinned; the difference with its 95 % interval,
paired by sample. Latency: interleaved medians as the runtime runs by default (BF16 where the CPU has it); ratio octune /
NNCF, also with FP32 pinned. Time: NNCF's `nncf.quantize` alone, octune's whole process (best of {runs}), as multiples of
bare FP32 inference (best of four) over the same samples in memory. Missed: accuracy below NNCF's by more than 0.5 beyond
the interval, latency above 1.05 times, time above 2 times bare + 1 s, memory above NNCF's.
"""

TABLE_HEAD = """
{setting}:

| model (test samples) | float | NNCF | octune | octune - NNCF | float ms | NNCF ms | octune ms | ratio | ratio f32 | bare s | NNCF time / bare | octune time / bare | NNCF MB | octune MB | missed |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
"""


def cpu_name():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "an unknown CPU"


def main():
    words = sys.argv[1:]
    settings = [setting for setting in cases.SETTINGS if setting.name in words] or cases.SETTINGS
    names = [word for word in words if word not in [setting.name for setting in cases.SETTINGS]]
    chosen = [cases.find(name) for name in names] or cases.CASES
    results = {}
    table = HEAD.format(cpu=cpu_name(), cores=os.cpu_count(), runs=OCTUNE_RUNS)
    for setting in settings:
        table += TABLE_HEAD.format(setting=setting.name)
        print(setting.name, flush=True)
        for case in filter(setting.applies_to, chosen):
            result = results.setdefault(setting.name, {})[case.name] = compare(case, setting)
            print(row(case, result), flush=True)
            table += row(case, result) + "\n"
            (cases.WORK / "results.json").write_text(json.dumps(results, indent=1) + "\n")
            (cases.WORK / "table.md").write_text(table)
    print(f"\n{cases.WORK / 'table.md'}")


if __name__ == "__main__":
    main()
