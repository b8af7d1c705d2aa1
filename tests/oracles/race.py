#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""Numbers of src/evaluate/race_test.cpp: where the betting test is won, computed with 50 decimal digits.

    tests/oracles/race.py      prints a line a case: N, tau, stream, samples until won with alpha = 0.02, last wealth
"""
from decimal import Decimal, getcontext

getcontext().prec = 50


def stream(kind, count):
    """The i-th number of a stream, without any library's random numbers: a multiplicative congruential generator."""
    state = 12345
    for _ in range(count):
        state = state * 48271 % 2147483647
        u = state % 1000
        if kind == "errors":        # 5 % worse, 1 % better
            yield Decimal(1 if u < 50 else -1 if u < 60 else 0)
        elif kind == "gains":       # 0.5 % worse, 4 % better
            yield Decimal(1 if u < 5 else -1 if u < 45 else 0)
        else:                       # small differences of both signs, 0.02 on average
            yield (Decimal(u) / 1000 - Decimal("0.4")) / 5


def race(count, tau, kind):
    stakes = [Decimal("0.004") * (Decimal("0.9") / Decimal("0.004")) ** (Decimal(j) / 23) for j in range(24)]
    wealth = [Decimal(1)] * 24
    total, crossing = Decimal(0), None
    for t, d in enumerate(stream(kind, count)):
        mean = (count * tau - total) / (count - t)
        if mean < -1:
            crossing = crossing or t
            break
        if -1 < mean < 1:
            wealth = [w * (1 + s * (d - mean) / (1 + mean)) for w, s in zip(wealth, stakes)]
        total += d
        if crossing is None and sum(wealth) / 24 >= 50:
            crossing = t + 1
    return crossing, sum(wealth) / 24


for case in ((2000, Decimal("0.01"), "errors"), (2000, Decimal("-0.01"), "gains"), (4000, Decimal("0.01"), "small"),
             (300, Decimal("0.01"), "errors"), (2000, Decimal("0.05"), "errors")):
    crossing, wealth = race(*case)
    print(*case, crossing, f"{wealth:.6e}")
