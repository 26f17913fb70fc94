# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Scores of change points against people's marks, as TCPDBench defines them (arXiv:2003.06222)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

MARGIN = 5
NEW_REPORT_GAP = 10


def matched(truth: Iterable[int], found: Iterable[int], margin: int = MARGIN) -> list[int]:
    """The true points that some found point, used once, lies within `margin` of."""
    free = set(found)
    hits = []
    for point in sorted(truth):
        near = [(abs(point - x), x) for x in free if abs(point - x) <= margin]
        if near:
            free.discard(min(near)[1])
            hits.append(point)
    return hits


def f1(marks: Mapping[str, Sequence[int]], found: Sequence[int]) -> float:
    """F1 of precision against all marks and recall of the mean person; index 0 is everyone's."""
    people = [{0, *points} for points in marks.values()]
    answer = {0, *found}
    union = set().union(*people)
    precision = len(matched(union, answer)) / len(answer)
    recall = sum(len(matched(person, answer)) / len(person) for person in people) / len(people)
    return 2 * precision * recall / (precision + recall)


def _segments(points: Iterable[int], length: int) -> list[tuple[int, int]]:
    edges = sorted({0, length, *(p for p in points if 0 < p < length)})
    return list(itertools.pairwise(edges))


def covering(marks: Mapping[str, Sequence[int]], found: Sequence[int], length: int) -> float:
    """Mean over people of the length-weighted best Jaccard overlap of their segments with ours."""
    ours = _segments(found, length)
    total = 0.0
    for points in marks.values():
        for begin, end in _segments(points, length):
            best = 0.0
            for low, high in ours:
                shared = min(end, high) - max(begin, low)
                if shared > 0:
                    best = max(best, shared / (max(end, high) - min(begin, low)))
            total += best * (end - begin) / length
    return total / len(marks)


def majority(marks: Mapping[str, Sequence[int]], votes: int = 3, margin: int = MARGIN) -> list[int]:
    """Points that at least `votes` people marked within the margin: the median of each cluster."""
    pairs = sorted((point, name) for name, points in marks.items() for point in points)
    points: list[int] = []
    begin = 0
    for k in range(1, len(pairs) + 1):
        if k == len(pairs) or pairs[k][0] - pairs[k - 1][0] > margin:
            cluster = pairs[begin:k]
            if len({name for _, name in cluster}) >= votes:
                points.append(cluster[len(cluster) // 2][0])
            begin = k
    return points


@dataclass
class Count:
    """Hits, false reports and misses added up over series, and how many values were seen."""

    hits: int = 0
    false: int = 0
    missed: int = 0
    values: int = 0
    delays: list[int] = field(default_factory=list)

    def add(self, truth: Sequence[int], found: Sequence[int], length: int) -> None:
        hits = len(matched(truth, found))
        self.hits += hits
        self.false += len(found) - hits
        self.missed += len(truth) - hits
        self.values += length

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + self.false) if self.hits + self.false else float("nan")

    @property
    def recall(self) -> float:
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else float("nan")

    @property
    def f1(self) -> float:
        total = 2 * self.hits + self.false + self.missed
        return 2 * self.hits / total if total else 1.0

    @property
    def false_per_1000(self) -> float:
        return 1000 * self.false / self.values if self.values else 0.0


class OnlineScore:
    """Watches the answers of a detector as a series grows by one value at a time."""

    def __init__(self, count: Count, truth: Sequence[int]) -> None:
        self._count = count
        self._truth = list(truth)
        self._hit: set[int] = set()
        self._reported: list[int] = []

    def answer(self, now: int, found: Iterable[int]) -> None:
        """The answer after value `now` (from 0): only reports far from earlier ones are new."""
        self._count.values += 1
        for point in found:
            if any(abs(point - old) <= NEW_REPORT_GAP for old in self._reported):
                continue
            self._reported.append(point)
            near = [t for t in self._truth if abs(t - point) <= MARGIN and now >= t]
            if near and near[0] not in self._hit:
                self._hit.add(near[0])
                self._count.hits += 1
                self._count.delays.append(now - near[0] + 1)
            else:
                self._count.false += 1

    def close(self) -> None:
        self._count.missed += len(self._truth) - len(self._hit)
