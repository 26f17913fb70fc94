# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Witnesses: exact counters need no statistics, noisy ones must lie apart."""

import sys
from collections.abc import Sequence

import pytest

from dashboard import testing
from dashboard.run import Bench, Run, parse_run
from dashboard.sides import Mode, Side, Sides
from dashboard.witness import event_changes

NAME = testing.row_names()[0]


def sides(before: Sequence[float], now: Sequence[float]) -> Sides:
    template = parse_run(testing.Machine(1).run(rounds=1), "run.json")

    def run(parks: float) -> Run:
        bench = Bench(NAME, (0,), (5.0,), {"ev.parks": (parks,)})
        return Run(**{**vars(template), "benches": {NAME: bench}})

    return Sides(Mode.CHANGE, Side("a", tuple(map(run, before))), Side("b", tuple(map(run, now))))


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


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-p", "no:cacheprovider"]))
