#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""Checks that includes go downward only.

A module is a folder of src/; ALLOWED lists the modules each may include. Includes are written from the root of src/
("graph/queries.hpp") or of include/ ("octune/plan.hpp"). The public headers may be included by everybody and may
themselves include nothing but each other, OpenVINO and the standard library. Test code (foo_test.cpp, test_*.hpp) may
include testing/ besides; nothing else may. CMake does not see any of this: it lets static libraries form cycles.

    tools/check_layers.py [ROOT]      prints file:line of every violation, exit code 1 if there is one
    tools/check_layers.py --self-test
"""
import pathlib
import re
import sys
import tempfile

FOUNDATION = {"graph", "target", "infer", "data"}  # one layer: these do not include each other
MEASURING = {"calibration", "evaluate", "layerwise"}  # nor do these
ALLOWED = {
    "base": set(),
    "graph": {"base"},
    "target": {"base"},
    "infer": {"base"},
    "data": {"base"},
    "calibration": {"base"} | FOUNDATION,
    "evaluate": {"base"} | FOUNDATION,
    "layerwise": {"base"} | FOUNDATION,
    "quantize": {"base"} | FOUNDATION | MEASURING,
    "config": {"base", "quantize"} | FOUNDATION | MEASURING,
    "report": {"base", "quantize"} | FOUNDATION | MEASURING,
    "cli": {"base", "quantize", "config", "report"} | FOUNDATION | MEASURING,
}
SOURCES = {".hpp", ".cpp", ".in"}
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')


def includes(path):
    """(line, is_quoted, included path) of every #include of a file."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match[1] == '"', match[2]


def sources(folder):
    return sorted(p for p in folder.rglob("*") if p.suffix in SOURCES)


def is_test(path):
    return path.stem.endswith(("_test", "_bench")) or path.stem.startswith("test_")


def module_problem(module, path, quoted, target):
    """Why a file of `module` may not include `target`, or None."""
    head = target.split("/")[0]
    if not quoted:
        return f"<{target}> is octune's own; write it in quotes" if head in ALLOWED or head == "octune" else None
    if head in ("octune", module):
        return None
    if head == "testing":
        return None if is_test(path) else f'"{target}" is for tests only'
    if head not in ALLOWED or "/" not in target:
        return f'"{target}" names no module; write "module/file.hpp", or <...> for other libraries'
    if head in ALLOWED[module]:
        return None
    return f'{module} may not include "{target}"; allowed: {", ".join(sorted(ALLOWED[module])) or "no module"}'


def public_problem(quoted, target):
    """Why a public header may not include `target`, or None."""
    if quoted:
        return None if target.startswith("octune/") else f'a public header may not include "{target}"; allowed: "octune/..."'
    if target.startswith("openvino/") or re.fullmatch(r"[a-z0-9_]+", target):
        return None
    return f"a public header may not include <{target}>; allowed: OpenVINO and the standard library"


def check(root):
    """All violations below `root`, as "file:line: what is wrong; what is allowed"."""
    found = []

    def add(path, line, problem):
        if problem:
            found.append(f"{path.relative_to(root)}:{line}: {problem}")

    for folder in sorted(p for p in (root / "src").iterdir() if p.is_dir()):
        if folder.name not in ALLOWED:
            found.append(f"src/{folder.name}:1: not in the table; add the module to ALLOWED in tools/check_layers.py")
            continue
        for path in sources(folder):
            for line, quoted, target in includes(path):
                add(path, line, module_problem(folder.name, path, quoted, target))
    for path in sources(root / "include"):
        for line, quoted, target in includes(path):
            add(path, line, public_problem(quoted, target))
    return found


def self_test():
    """Every kind of violation is found in a small tree, and nothing else is."""
    files = {
        "src/base/file.hpp": "#pragma once\n#include <string>\n",
        "src/base/up.cpp": '#include "base/file.hpp"\n#include "graph/queries.hpp"\n',
        "src/graph/queries.hpp": '#include "octune/plan.hpp"\n#include "base/file.hpp"\n',
        "src/graph/sideways.cpp": '#include "infer/runtime.hpp"\n',
        "src/graph/queries_test.cpp": '#include "testing/models.hpp"\n#include <gtest/gtest.h>\n',
        "src/graph/shipped.cpp": '\n#  include "testing/models.hpp"\n',
        "src/graph/bare.cpp": '#include "queries.hpp"\n',
        "src/graph/angle.cpp": "#include <octune/plan.hpp>\n",
        "src/quantize/apply.cpp": '#include "graph/queries.hpp"\n#include "calibration/collect.hpp"\n',
        "src/cli/main.cpp": '#include "report/json.hpp"\n#include <CLI/CLI.hpp>\n',
        "src/config/peer.cpp": '#include "report/json.hpp"\n',
        "src/helpers/helpers.hpp": "",
        "include/octune/plan.hpp": '#include <vector>\n#include <openvino/core/model.hpp>\n#include "octune/error.hpp"\n',
        "include/octune/error.hpp": '#include "base/file.hpp"\n#include <nlohmann/json.hpp>\n',
    }
    expected = ["src/base/up.cpp:2", "src/config/peer.cpp:1", "src/graph/angle.cpp:1", "src/graph/bare.cpp:1",
                "src/graph/shipped.cpp:2", "src/graph/sideways.cpp:1", "src/helpers:1", "include/octune/error.hpp:1",
                "include/octune/error.hpp:2"]
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        found = [re.match(r"[^:]+:\d+", problem)[0] for problem in check(root)]
    if sorted(found) != sorted(expected):
        sys.exit(f"check_layers self-test: expected {sorted(expected)}, found {sorted(found)}")
    for module, allowed in ALLOWED.items():
        for lower in allowed:
            if module in ALLOWED[lower] or not ALLOWED[lower] <= allowed:
                sys.exit(f"check_layers self-test: the table has a cycle or a gap between {module} and {lower}")
    print("check_layers self-test: passed")


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent).resolve()
    found = check(root)
    for problem in found:
        print(problem)
    if found:
        sys.exit(1)
    print(f"check_layers: {len(ALLOWED)} modules, no include goes upward or sideways")


if __name__ == "__main__":
    main()
