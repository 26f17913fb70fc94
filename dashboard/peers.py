# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Peers: the same primitives on Unpark and on other runtimes, from the files of benchmarks/peers.

A benchmark is named `primitives/SYSTEM/ROW/procs:N`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence

import numpy as np

from dashboard.names import Name, natural
from dashboard.run import Run
from dashboard.sides import PEERS

OURS = "unpark"


@dataclasses.dataclass(frozen=True)
class PeerRow:
    """One primitive with so many processors."""

    name: str
    ns: Mapping[str, float]  # by system: median over rounds, per operation

    @property
    def ratio(self) -> float:
        """The fastest other system's time over ours; NaN where either is missing."""
        others = [ns for system, ns in self.ns.items() if system != OURS]
        return min(others) / self.ns[OURS] if others and OURS in self.ns else math.nan


@dataclasses.dataclass(frozen=True)
class PeerTable:
    """All primitives that the newest measurements cover."""

    systems: tuple[str, ...]  # ours first
    rows: tuple[PeerRow, ...]


def peer_table(runs: Sequence[Run]) -> PeerTable | None:
    """The newest value of each system and primitive; None where nobody measured any."""
    newest: dict[str, dict[str, float]] = {}
    for run in sorted(runs, key=lambda run: run.order):
        for bench in run.benches.values() if run.policy == PEERS else ():
            name = Name.of(bench.name)
            newest.setdefault(name.workload, {})[name.variant] = float(np.median(bench.ns))
    if not newest:
        return None
    systems = sorted({system for ns in newest.values() for system in ns})
    systems.sort(key=lambda system: system != OURS)
    rows = tuple(PeerRow(name, newest[name]) for name in sorted(newest, key=natural))
    return PeerTable(tuple(systems), rows)
