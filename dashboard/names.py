# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Names: what a benchmark's name says, as in `channel_counter/before/producers:8/procs:2`."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection

CANARY_PREFIX = "canary/"
# Counters that are samples of a length: not events, and never without noise.
_SAMPLES = frozenset(("ev.runq_length", "ev.runq_samples"))


@dataclasses.dataclass(frozen=True)
class Name:
    """The parts of a benchmark's name; a foreign name is all `pair`."""

    pair: str
    variant: str
    workload: str  # with procs

    @classmethod
    def of(cls, name: str) -> Name:
        """Takes a name apart."""
        pieces = name.split("/", 2)
        return cls(*pieces) if len(pieces) == 3 else cls(name, "", "")

    @property
    def task(self) -> str:
        """The workload without procs, which some pairs are about."""
        pieces = self.workload.split("/")
        return "/".join(piece for piece in pieces if not piece.startswith("procs:"))

    def counterpart(self, variant: str, names: Collection[str]) -> str | None:
        """Another variant's benchmark with this workload, or the only one with this task."""
        same = f"{self.pair}/{variant}/{self.workload}"
        if same in names:
            return same
        tasks = [
            name
            for name in names
            if (other := Name.of(name)).pair == self.pair
            and other.variant == variant
            and other.task == self.task
        ]
        return tasks[0] if len(tasks) == 1 else None


def natural(text: str) -> list[tuple[int, str]]:
    """A sorting key that takes digits for numbers: items:9 before items:10."""
    pieces = re.split(r"(\d+)", text)
    return [(int(piece), "") if piece.isdigit() else (-1, piece) for piece in pieces]


def is_event(key: str) -> bool:
    """Whether a figure counts events or allocations per operation."""
    return (key.startswith("ev.") and key not in _SAMPLES) or key == "allocs_per_op"
