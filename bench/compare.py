#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""octune beside NNCF and ONNX Runtime: compare.py [NAME|SETTING...], started by compare_peers. Writes
build/bench/results.json, table.md.

Every program is a process of its own. Its time is wall clock from start to end as a user waits for it, for the peers
without loading Python's modules and the model; its memory is the largest resident set the kernel saw. The calibration
samples are the same files for all, mapped into memory, so they count for all.
"""
import json
import shutil
import sys

import cases
import measure
from measure import BENCH, BUILD, bare_inference, bare_seconds, last_json, run

OCTUNE_RUNS = 3
PEERS = {"nncf": "NNCF", "ort": "ORT"}


def quantize_octune(case, setting, folder):
    runs = [measure.quantize(case, folder, ["--preset", setting.preset]) for _ in range(OCTUNE_RUNS)]
    return {"wall_s": min(one["wall_s"] for one in runs), "peak_mb": max(one["peak_mb"] for one in runs),
            "timings_s": runs[-1]["record"]["timings_s"], "model_type": runs[-1]["record"]["plan"]["model_type"]}


def model_of(tool, case, folder):
    return folder / tool / (f"{case.name}.onnx" if tool == "ort" else f"{case.name}.xml")


def quantize_peer(tool, case, setting, folder):
    """What quantize_<tool>.py says, or why it has no model."""
    try:
        text, wall, peak = run([sys.executable, BENCH / f"quantize_{tool}.py", case.name, setting.name,
                                model_of(tool, case, folder)])
    except measure.Failed as error:  # killed for want of memory, say
        return {"error": str(error).splitlines()[0].split(" of ")[0]}
    return {**last_json(text), "wall_s": wall, "peak_mb": peak}


def latency(case, models, precision):
    """Entries of `octune benchmark` by label; ratios are to the first model."""
    document = run([BUILD / "octune", "benchmark", *models.values(), "--data", case.data("test"), "--precision", precision,
                    "--progress", "none", "--json", *case.normalization_flags()])[0]
    return dict(zip(models, json.loads(document)["latency"], strict=True))


def compare(case, setting):
    folder = cases.WORK / "out" / case.name / setting.name
    shutil.rmtree(folder, ignore_errors=True)
    result = {"bare": bare_inference(case)}
    result["octune"] = quantize_octune(case, setting, folder / "octune")
    for tool in PEERS:
        (folder / tool).mkdir(parents=True)
        result[tool] = quantize_peer(tool, case, setting, folder)
    again = bare_inference(case)  # the machine may have become slower or faster in the meantime
    for key in ("sync_s", "streams_s"):
        result["bare"][key] = min(result["bare"][key], again[key])
    models = {tool: model_of(tool, case, folder) for tool in (*PEERS, "octune") if "error" not in result[tool]}
    scored = {"float": case.model, **models}
    text = run([sys.executable, BENCH / "score.py", case.name, *(f"{label}={path}" for label, path in scored.items())])[0]
    result["score"] = last_json(text)
    # A model that OpenVINO cannot run was scored with ONNX Runtime; latencies of two runtimes say nothing together.
    timed = {tool: path for tool, path in models.items() if result["score"]["runtime"][tool] == "openvino"}
    result["latency"] = {precision: latency(case, {**timed, "float": case.model}, precision) for precision in ("auto", "f32")}
    return result


def speed(result, precision, tool):
    """octune's median latency over that of `tool`; None where it has none."""
    entries = result["latency"][precision]
    return entries["octune"]["median_ms"] / entries[tool]["median_ms"] if tool in entries else None


def missed(case, result):
    """What octune promises beside its peers, where it does not hold here."""
    found = []
    if result["octune"]["wall_s"] > 2 * bare_seconds(result["bare"]) + 1:
        found.append("time")
    allowed = 0.5 if case.unit == "dB" else 0.005
    for tool, title in PEERS.items():
        if "error" in result[tool]:
            continue
        difference = result["score"]["difference"][f"octune-{tool}"]
        if max(difference["value"], difference["interval"][1]) < -allowed:
            found.append(f"accuracy ({title})")
        ratio = speed(result, "auto", tool)
        if ratio is not None and ratio > 1.05:
            found.append(f"latency ({title})")
        if result["octune"]["peak_mb"] > result[tool]["peak_mb"]:
            found.append(f"memory ({title})")
    return ", ".join(found) or "-"


def row(case, result):
    score, bare = result["score"], bare_seconds(result["bare"])
    factor = 1 if case.unit == "dB" else 100
    works = {tool: "error" not in result[tool] for tool in PEERS}

    def value(tool):
        return f"{factor * score['value'][tool]:.1f}" if tool in score["value"] else "fails"

    def difference(tool):
        if not works[tool]:
            return "-"
        entry = score["difference"][f"octune-{tool}"]
        low, high = (factor * v for v in entry["interval"])
        return f"{factor * entry['value']:+.1f} ({low:+.1f} to {high:+.1f})"

    def milliseconds(tool):
        entries = result["latency"]["auto"]
        return f"{entries[tool]['median_ms']:.2f}" if tool in entries else "-"

    def ratio(precision, tool):
        found = speed(result, precision, tool)
        return "-" if found is None else f"{found:.2f}"

    cells = [
        f"{case.name} ({score['samples']})",
        "-" if case.unit == "dB" else value("float"), *map(value, (*PEERS, "octune")), *map(difference, PEERS),
        *map(milliseconds, ("float", *PEERS, "octune")), *(ratio("auto", tool) for tool in PEERS), ratio("f32", "nncf"),
        f"{bare:.2f}", *(f"{result[tool]['quantize_s'] / bare:.1f}" if works[tool] else "-" for tool in PEERS),
        f"{result['octune']['wall_s'] / bare:.1f} ({result['octune']['wall_s']:.2f} s)",
        *(f"{result[tool]['peak_mb']:.0f}" if works[tool] else "-" for tool in PEERS), f"{result['octune']['peak_mb']:.0f}",
        missed(case, result),
    ]
    return "| " + " | ".join(cells) + " |"


def failures(results):
    """A line for every model that a peer could not quantize, and for every one that OpenVINO could not run."""
    lines = []
    for setting, by_case in results.items():
        for name, result in by_case.items():
            for tool, title in PEERS.items():
                if "error" in result[tool]:
                    lines.append(f"- {title}, {name}, {setting}: {result[tool]['error']}")
                elif result["score"]["runtime"][tool] != "openvino":
                    lines.append(f"- {title}, {name}, {setting}: OpenVINO cannot run its model; scored with ONNX Runtime")
    return "\n" + "\n".join(lines) + "\n" if lines else ""


HEAD = """\
octune beside NNCF 3.4 and ONNX Runtime 1.31 (ORT) on {cpu}, {cores} cores. Same 300 calibration samples, batch 1, same
settings. Accuracy in points (hundredths; resnet50_thin: dB of signal to quantization noise) with FP32 pinned; differences
with their 95 % interval, paired by sample. Latency in OpenVINO: interleaved medians as the runtime runs by default (BF16
where the CPU has it); ratios octune / peer, to NNCF also with FP32 pinned. Time: `nncf.quantize` and ORT's pre-processing
and `quantize_static` alone, octune's whole process (best of {runs}), as multiples of bare FP32 inference (best of four)
over the same samples in memory. Missed: accuracy below the peer's by more than 0.5 beyond the interval, latency above 1.05
times, time above 2 times bare + 1 s, memory above the peer's.
"""

TABLE_HEAD = """
{setting}:

| model (test samples) | float | NNCF | ORT | octune | octune - NNCF | octune - ORT | float ms | NNCF ms | ORT ms | octune ms | ratio to NNCF | to ORT | to NNCF, f32 | bare s | NNCF time / bare | ORT time / bare | octune time / bare | NNCF MB | ORT MB | octune MB | missed |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
"""


def main():
    words = sys.argv[1:]
    settings = [setting for setting in cases.SETTINGS if setting.name in words] or cases.SETTINGS
    names = [word for word in words if word not in [setting.name for setting in cases.SETTINGS]]
    chosen = cases.chosen(names)
    results = {}
    table = HEAD.format(runs=OCTUNE_RUNS, **measure.machine())
    for setting in settings:
        table += TABLE_HEAD.format(setting=setting.name)
        print(setting.name, flush=True)
        for case in filter(setting.applies_to, chosen):
            result = results.setdefault(setting.name, {})[case.name] = compare(case, setting)
            print(row(case, result), flush=True)
            table += row(case, result) + "\n"
            (cases.WORK / "results.json").write_text(json.dumps(results, indent=1) + "\n")
            (cases.WORK / "table.md").write_text(table + failures(results))
    print(failures(results) + f"\n{cases.WORK / 'table.md'}")


if __name__ == "__main__":
    measure.main(main)
