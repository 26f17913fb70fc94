# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Machine: what it did is taken out, what the code did stays."""

import math
import sys
from collections.abc import Mapping

import numpy as np
import pytest

from dashboard import testing
from dashboard.machine import Machine, densest, normalise, run_factors, shorth, tabulate
from dashboard.run import parse_run


def shift_of(effects: Mapping[str, float], slower: float = 1.0, canaries: bool = True) -> Machine:
    source = testing.Machine(5, run_noise=0.05, drift=0.0)
    data = [source.run() for _ in range(8)]
    data += [source.run(effects=effects, slower=slower, policy="nosteal") for _ in range(8)]
    for file in data if not canaries else []:
        rows = file["benchmarks"]
        file["benchmarks"] = [row for row in rows if not row["name"].startswith("canary/")]
    return normalise(tabulate([parse_run(file, "run.json") for file in data]), 8)[1]


def every(ratio: float) -> dict[str, float]:
    return dict.fromkeys(testing.SHAPES, ratio)


def test_shorth_stays_with_the_majority() -> None:
    values = np.array([0.0, 0.01, -0.01, 0.0, 0.01, 0.9, 1.0, 1.1, np.nan])
    assert abs(shorth(values)) < 0.02


def test_densest_prefers_the_cluster_at_the_anchor() -> None:
    values = np.concatenate([np.full(10, 0.0), np.full(14, 0.4)])
    assert densest(values, 0.02, anchor=None) == pytest.approx(0.4, abs=0.01)
    assert densest(values, 0.02, anchor=0.03) == pytest.approx(0.0, abs=0.01)


def test_slow_machine_is_found() -> None:
    machine = shift_of({}, slower=1.3)
    assert machine.shift == pytest.approx(math.log(1.3), abs=0.06)
    assert set(machine.canaries) == {"integer_spin", "memory", "contended_atomic"}


def test_code_that_slows_everything_is_not_taken_for_the_machine() -> None:
    machine = shift_of(every(1.3))
    assert abs(machine.shift) < 0.06
    assert machine.shared == pytest.approx(math.log(1.3), abs=0.06)
    assert "held against the code" in machine.reason


def test_code_that_slows_most_on_a_slow_machine_is_told_apart() -> None:
    slow = dict.fromkeys(list(testing.SHAPES)[:10], 1.5)
    assert shift_of(slow, slower=1.2).shift == pytest.approx(math.log(1.2), abs=0.06)


def test_without_canaries_the_shared_shift_is_the_machine() -> None:
    machine = shift_of(every(1.3), canaries=False)
    assert machine.shift == pytest.approx(math.log(1.3), abs=0.06)


def test_run_factors_follow_whole_runs() -> None:
    source = testing.Machine(5, run_noise=0.0)
    runs = [parse_run(source.run(slower=s), "run.json") for s in (1, 1, 1.25, 1, 1)]
    factors = run_factors(tabulate(runs))
    assert factors[2] == pytest.approx(math.log(1.25), abs=0.03)
    assert max(abs(np.delete(factors, 2))) < 0.03


def test_benchmark_missing_in_a_run_is_no_number() -> None:
    source = testing.Machine(5)
    runs = [parse_run(source.run(rounds=1), "run.json") for _ in range(2)]
    name = testing.row_names()[0]
    del runs[1].benches[name]  # type: ignore[attr-defined]
    column = tabulate(runs).column(name)
    assert math.isfinite(column[0])
    assert math.isnan(column[1])


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-p", "no:cacheprovider"]))
