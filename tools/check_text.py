#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""Checks the text of all tracked files.

    tools/check_text.py          prints file:line of every violation, exit code 1 if there is one
    tools/check_text.py --self-test

- No name of a host: what octune needs comes through the package managers, set up as each machine has them. Known
  exceptions are identifiers, not places to load from.
- No absolute path of one machine.
- C++, Python and shell sources begin with the licence header.
"""
import pathlib
import re
import subprocess
import sys

KNOWN_HOSTS = {"json-schema.org", "semver.org", "keepachangelog.com", "www.w3.org", "www.apache.org"}
HOST = re.compile(r"\b((?:[a-z0-9-]+\.)+(?:org|com|io|net|dev))\b(?![\w(])")
MACHINE_PATH = re.compile(r"(?<![\w.~}-])/(?:work|home|root|Users|mnt|opt)/[\w.]+")
HEADER = "SPDX-License-Identifier: Apache-2.0"
CODE = {".cpp", ".hpp", ".py"}


def problems(name, text):
    """(line, what is wrong) of one file."""
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        for host in HOST.findall(line):
            if host not in KNOWN_HOSTS:
                yield number, f"'{host}' is a host; name packages, not where they come from"
        for path in MACHINE_PATH.findall(line):
            yield number, f"'{path}' is a path of one machine; use relative paths"
    is_code = pathlib.Path(name).suffix in CODE or text.startswith("#!")
    if is_code and not any(HEADER in line for line in lines[:3]):
        yield 1, "the licence header is missing"


def self_test():
    header = "// " + HEADER + "\n"
    dot = "."
    cases = {
        "fine.cpp": (header + 'error("a/work/b", x.network, file.com())\n', []),
        "host.cpp": (header + f"\n// see packages{dot}example{dot}org\n", [3]),
        "path.md": ("in " + "/".join(["", "home", "me", "octune"]), [1]),
        "bare.hpp": ("#pragma once\n", [1]),
        "schema.json": ('{"$schema": "https://json-schema.org/draft"}', []),
    }
    for name, (text, expected) in cases.items():
        found = [line for line, _ in problems(name, text)]
        if found != expected:
            sys.exit(f"check_text self-test: {name}: expected lines {expected}, found {found}")
    print("check_text self-test: passed")


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    root = pathlib.Path(__file__).resolve().parent.parent
    names = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True, text=True).stdout
    checked, found = 0, 0
    for name in filter(None, names.split("\0")):
        path = root / name
        data = path.read_bytes() if path.is_file() else b"\0"
        if b"\0" in data:
            continue  # an image, or removed but not yet committed
        checked += 1
        for line, problem in problems(name, data.decode("utf-8", errors="replace")):
            found += 1
            print(f"{name}:{line}: {problem}")
    if found:
        sys.exit(1)
    print(f"check_text: {checked} files")


if __name__ == "__main__":
    main()
