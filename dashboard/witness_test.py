# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Witnesses: exact counters need no statistics, noisy ones must lie apart."""

import math
import sys
from collections.abc import Sequence

import pytest

from dashboard import testing
from dashboard.run import Bench, Run, parse_run
from dashboard.sides import Mode, Side, Sides
from dashboard.witness import event_changes, event_steps

NAME = testing.row_names()[0]


def history(parks: Sequence[float]) -> tuple[Run, ...]:
    template = parse_run(testing.Machine(1).run(rounds=1), "run.json")

    def run(figure: float) -> Run:
        figures = {} if math.isnan(figure) else {"ev.parks": (figure,)}
        bench = Bench(NAME, (0,), (5.0,), figures)
        return Run(**{**vars(template), "benches": {NAME: bench}})

    return tuple(map(run, parks))


def sides(before: Sequence[float], now: Sequence[float]) -> Sides:
    return Sides(Mode.CHANGE, Side("a", history(before)), Side("b", history(now)))


@pytest.mark.parametrize(
    ("before", "now", "exact"),
    [
        ([1, 1, 1], [2], True),
        ([1, 1, 1, 2, 2, 2], [3], True),  # what it was last, not all it ever was
        ([1.0001, 1.0002, 1.0], [1.02], True),
        ([0.8, 1.1, 0.9, 1.0], [2.1, 1.9], False),
    ],
)
def test_change_is_told(before: list[float], now: list[float], exact: bool) -> None:
    (change,) = event_changes(NAME, sides(before, now))
    assert change.exact == exact


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ([1, 1, 1], [1]),
        ([1, 1, 1, 2, 2, 2], [2]),  # changed before: no news
        ([0.8, 1.1, 0.9, 1.0], [1.2]),
        ([0, 0, 0], [0.004]),  # a cost spread over many operations
        ([1, 1], [2]),  # too few
    ],
)
def test_nothing_is_told(before: list[float], now: list[float]) -> None:
    assert event_changes(NAME, sides(before, now)) == ()


@pytest.mark.parametrize(
    ("parks", "at", "exact"),
    [
        ([1, 1, 1, 2, 2, 2], 3, True),
        ([math.nan, 1, 1, 1, 2, 2, 2], 4, True),  # the counter is younger than the history
        ([1.1, 0.9, 1, 1.05, 0.95, 1, 0.9, 1.1, 2, 2.1, 1.9, 2, 2.1, 1.95], 8, False),
    ],
)
def test_step_of_a_history_is_told(parks: list[float], at: int, exact: bool) -> None:
    (step,) = event_steps(NAME, history(parks), 0.001)
    assert (step.at, step.change.exact) == (at, exact)
    assert (step.p == 0) == exact


@pytest.mark.parametrize(
    "parks",
    [
        [1] * 12,
        [1, 1, 1, 1, 2, 1, 1, 1, 1],  # an odd run
        [1, 1, 1, 1, 2, 2],  # not settled yet
        [1, 1.001, 1, 1.008, 1.009, 1.008],  # too little to matter
        [1.1, 0.9, 1, 1.05, 0.95, 1, 0.9, 1.1, 1.2, 1, 0.95, 1.1, 1, 0.9],
    ],
)
def test_no_step_of_a_history_is_told(parks: list[float]) -> None:
    assert event_steps(NAME, history(parks), 0.001) == []


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-p", "no:cacheprovider"]))
