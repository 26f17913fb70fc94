# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Text: numbers as people read them."""

import io
import math
import sys

import pytest

from dashboard import testing, text
from dashboard.pairs import measure_pairs
from dashboard.run import parse_run
from dashboard.verdict import check


@pytest.mark.parametrize(
    ("ns", "says"),
    [
        (0.351, "0.351 ns"),
        (3.423, "3.42 ns"),
        (62.0, "62.0 ns"),
        (999.9, "1.00 us"),
        (1500, "1.50 us"),
        (2.5e7, "25.0 ms"),
        (3e9, "3.00 s"),
        (math.nan, "-"),
    ],
)
def test_duration(ns: float, says: str) -> None:
    assert text.duration(ns) == says


@pytest.mark.parametrize(
    ("ratio", "says"),
    [
        (1.24, "24 % slower"),
        (0.87, "13 % faster"),
        (2.1, "2.10 times as slow"),
        (0.25, "4.00 times as fast"),
        (1.001, "the same"),
        (math.nan, "-"),
    ],
)
def test_change(ratio: float, says: str) -> None:
    assert text.change(ratio) == says


def test_claims_lose_needless_zeros_and_measurements_keep_digits() -> None:
    assert text.claim(44) == "x44"
    assert text.claim(2.4) == "x2.4"
    assert text.ratio(2) == "x2.00"
    assert text.ratio(1234.5) == "x1,234"


def test_interval_is_not_made_up() -> None:
    assert text.interval(1.2, 1.29) == "1.20 to 1.29"
    assert text.interval(0, math.inf) == "no interval yet"


def test_account_of_a_check_ends_with_the_counts() -> None:
    machine = testing.Machine(1)
    runs = [parse_run(machine.run(), "run.json") for _ in range(10)]
    effects = {"channel_as_lock/after": 1.5}
    runs += [parse_run(machine.run(policy="nospin", effects=effects), "r.json") for _ in range(10)]
    out = io.StringIO()
    text.print_check(check(runs), everything=False, out=out)
    lines = out.getvalue().splitlines()
    assert lines[0] == "judged:  aaaaaaaaaa policy=nospin (10 runs)"
    assert lines[1] == "against: aaaaaaaaaa (10 runs), machine m0123456789ab, core"
    assert lines[-1].startswith("verdict: 1 regressed, 0 improved, 42 unchanged, 0 unknown")
    assert sum(line.startswith("regressed ") for line in lines) == 1
    assert not any(line.startswith("unchanged ") for line in lines)


def test_pairs_show_claim_ratio_and_event() -> None:
    results = measure_pairs([parse_run(testing.Machine(1).run(), "run.json")])
    out = io.StringIO()
    text.print_pairs(results, out)
    line = next(line for line in out.getvalue().splitlines() if " channel_counter " in line)
    assert line.startswith("  5  channel_counter")
    assert "claim x44" in line
    assert "[" in line
    assert "chan fast 1 to 0 per operation" in line


def test_no_pairs_no_table() -> None:
    out = io.StringIO()
    text.print_pairs([], out)
    assert out.getvalue() == ""


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-p", "no:cacheprovider"]))
