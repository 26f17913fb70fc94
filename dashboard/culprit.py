# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Culprits: which commit a change belongs to, how probably, and what changed with it.

Only commits that were measured can be named; of a range, the commits between two measured ones
share what is said of the later one.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence

import numpy as np

from dashboard import stats
from dashboard.machine import Array
from dashboard.run import Run
from dashboard.sides import configuration, label

_MASS = 0.9  # probability that a range of commits holds


@dataclasses.dataclass(frozen=True)
class Place:
    """Where a change lies: after one build, and by which of the next."""

    begin: int  # the first run of the new level is in [begin, end)
    end: int
    after: str  # label of the last build that is surely before the change
    commits: tuple[tuple[str, float], ...]  # label and probability, most probable first

    @property
    def culprit(self) -> str:
        """The most probable build."""
        return self.commits[0][0]


@dataclasses.dataclass(frozen=True)
class Moved:
    """A benchmark that changed, as grouping needs it."""

    name: str
    place: Place
    ratio: float  # above 1: slower
    exercise: str = ""
    counters: frozenset[str] = frozenset()  # events per operation that changed too


@dataclasses.dataclass(frozen=True)
class Culprit:
    """Changes that one commit explains."""

    moved: tuple[Moved, ...]
    after: str
    commits: tuple[tuple[str, float], ...]
    common: tuple[str, ...]  # what most of the changes share

    @property
    def slower(self) -> tuple[Moved, ...]:
        """Those that lost time, the worst first."""
        return tuple(sorted((m for m in self.moved if m.ratio > 1), key=lambda m: -m.ratio))

    @property
    def faster(self) -> tuple[Moved, ...]:
        """Those that gained, the best first."""
        return tuple(sorted((m for m in self.moved if m.ratio <= 1), key=lambda m: m.ratio))


def is_new_build(runs: Sequence[Run], index: int) -> bool:
    """Whether another build begins with this run."""
    return index == 0 or configuration(runs[index]) != configuration(runs[index - 1])


def between_sides(runs: Sequence[Run], cut: int) -> Place:
    """The place of a change between two sides: the build that begins at `cut`."""
    return Place(cut, cut + 1, label(runs[cut - 1]), ((label(runs[cut]), 1.0),))


def find_place(logs: Array, index: int, runs: Sequence[Run]) -> Place:
    """Where the step at `index` of a series lies; a step inside one build is no commit's.

    Probability that falls inside a build, where no code changed, goes to the builds around it.
    """
    found = stats.attribute(np.exp(logs), index)
    mass = {
        found.first + k: float(p)
        for k, p in enumerate(found.probabilities)
        if is_new_build(runs, found.first + k)
    }
    total = sum(mass.values())
    if total <= 0:
        return between_sides(runs, index)
    ranked = sorted(mass.items(), key=lambda item: (-item[1], item[0]))
    kept: list[tuple[int, float]] = []
    held = 0.0
    for at, p in ranked:
        kept.append((at, p / total))
        held += p / total
        if held >= _MASS:
            break
    begin, end = min(at for at, _ in kept), max(at for at, _ in kept) + 1
    commits = tuple((label(runs[at]), p) for at, p in kept)
    return Place(begin, end, label(runs[begin - 1]), commits)


def group(moved: Sequence[Moved]) -> tuple[Culprit, ...]:
    """As few culprits as explain all changes, each change with one, the largest group first."""
    changes = [
        stats.Change(str(i), m.place.begin, m.place.end, m.exercise, m.counters, m.ratio > 1)
        for i, m in enumerate(moved)
    ]
    culprits = []
    for event in stats.group_changes(changes):
        members = tuple(moved[int(change.benchmark)] for change in event.changes)
        commits = _agreed([m.place.commits for m in members])
        after = max(members, key=lambda m: m.place.begin).place.after
        culprits.append(Culprit(members, after, commits, event.suggestions))
    return tuple(sorted(culprits, key=lambda c: -len(c.moved)))


def _agreed(shares: Sequence[Sequence[tuple[str, float]]]) -> tuple[tuple[str, float], ...]:
    """What independent witnesses of one commit say together: the product of what each says."""
    first: Mapping[str, float] = dict(shares[0])
    logs = {
        commit: sum(math.log(max(dict(share).get(commit, 0.0), 1e-9)) for share in shares)
        for commit in first
    }
    top = max(logs.values())
    weights = {commit: math.exp(value - top) for commit, value in logs.items()}
    total = sum(weights.values())
    ranked = sorted(((c, w / total) for c, w in weights.items()), key=lambda item: -item[1])
    return tuple((commit, share) for commit, share in ranked if share >= 0.01)
