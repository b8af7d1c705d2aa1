#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""Table of what octune_kernels_bench measured: kernels.py RESULT.json, started by kernels.

CPU time, median of the repetitions; copying is the best of several memcpy of the same bytes in between.
"""
import json
import re
import sys


def main():
    with open(sys.argv[1]) as file:
        entries = [entry for entry in json.load(file)["benchmarks"] if entry.get("aggregate_name") == "median"]
    entries.sort(key=lambda entry: [int(part) if part.isdigit() else part
                                    for part in re.split(r"(\d+)", entry["run_name"])])
    print("CPU time, median of repetitions; copying is the best memcpy of the same bytes in the same process. Elements are\n"
          "values; of merging, bins and searches counters of a histogram; of files bytes.\n")
    print("| kernel | elements | ns an element | GB/s | copying, ns an element | ratio to copying |")
    print("|---|---|---|---|---|---|")
    for entry in entries:
        to_ns = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}[entry["time_unit"]]
        nanoseconds = entry["cpu_time"] * to_ns
        elements = entry["elements"]
        print(f"| {entry['run_name']} | {elements:.0f} | {nanoseconds / elements:.3f} | "
              f"{entry['bytes'] / nanoseconds:.1f} | {entry['copy_ns'] / elements:.3f} | "
              f"{nanoseconds / entry['copy_ns']:.1f} |")


if __name__ == "__main__":
    main()
