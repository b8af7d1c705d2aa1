#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""Runs clang-tidy (.clang-tidy) on the sources of a configured build folder, several at once.

    tools/run_clang_tidy.py BUILD_DIR [PATH...]      PATH: files or folders, default src, testing, tests, bench

The build's precompiled header is left out: it is g++'s, and matching all of OpenVINO's declarations against every check
takes longer than parsing what a file includes. So this also proves that sources include what they use.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import time

TIDY = "clang-tidy-19"  # Debian 12's default, 14, does not know std::source_location
# Warnings are the compiler's job; clang has others than g++.
HEADER = re.compile(r"-Winvalid-pch -include \S+/cmake_pch\.hxx")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    root = pathlib.Path(__file__).resolve().parent.parent
    build = pathlib.Path(sys.argv[1]).resolve()
    paths = [(root / path).resolve() for path in sys.argv[2:] or ["src", "testing", "tests", "bench"]]
    entries = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        file = pathlib.Path(entry["file"])
        if any(file == path or path in file.parents for path in paths):
            entries[file] = {**entry, "command": HEADER.sub("-w", entry["command"])}
    if not entries:
        sys.exit(f"run_clang_tidy: no such sources in {build}/compile_commands.json; run cmake --preset release")
    database = build / "tidy"
    database.mkdir(exist_ok=True)
    (database / "compile_commands.json").write_text(json.dumps(list(entries.values())))

    def run(file):
        start = time.monotonic()
        done = subprocess.run([TIDY, "-p", str(database), "--quiet", str(file)], capture_output=True, text=True)
        return file, done, time.monotonic() - start

    start, failed, slowest = time.monotonic(), 0, (0, "")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for file, done, seconds in pool.map(run, sorted(entries)):
            slowest = max(slowest, (seconds, file.name))
            if done.returncode != 0:
                failed += 1
                print(f"{file.relative_to(root)}:\n{done.stdout or done.stderr}", flush=True)
    print(f"clang-tidy: {len(entries)} files, {failed} with findings, {time.monotonic() - start:.0f} s "
          f"({slowest[1]} {slowest[0]:.0f} s)")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
