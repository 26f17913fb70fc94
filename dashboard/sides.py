# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Sides: which runs are judged (the candidate) and which they are compared with (the baseline).

A configuration is a commit, its dirty flag, a policy and a compiler with its flags. The candidate
is every run of the newest configuration. A default build is compared with the earlier default
builds; a build with a policy switched with the default runs of its own commit, so that the answer
is what the policy does; if these are too few, with all default runs before it. When all runs are of
one configuration, the newer half is compared with the older; and a commit whose binary was measured
before, with these runs. Then nothing in the code can have changed: whatever moved is the machine.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Sequence

from dashboard.run import Run

DEFAULT_POLICY = "default"
# Not policies of the runtime: the exercises in real Go, and primitives beside other runtimes.
GO, PEERS = "go", "peers"
# More history than this would compare with a machine and a compiler of long ago.
WINDOW = 30
# Fewer runs a side than this cannot be told apart by a rank test.
ENOUGH_RUNS = 4

Configuration = tuple[str, bool, str, str, str, str]


class Mode(enum.Enum):
    """How the two sides relate."""

    CHANGE = "change"  # two configurations
    SAME_BUILD = "same build"  # one binary, or two halves of one configuration
    FIRST = "first"  # nothing to compare with yet


@dataclasses.dataclass(frozen=True)
class Side:
    """Some runs and how people call them."""

    label: str
    runs: tuple[Run, ...]
    unit: str = "run"  # "round" where each is one round of a single run


@dataclasses.dataclass(frozen=True)
class Sides:
    """What is compared with what, oldest runs first on both sides."""

    mode: Mode
    baseline: Side
    candidate: Side

    @property
    def runs(self) -> tuple[Run, ...]:
        """Baseline, then candidate."""
        return self.baseline.runs + self.candidate.runs

    def around(self, begin: int, end: int) -> Sides:
        """The same runs cut at a change whose first run is one of `runs[begin:end]`."""
        older, newer = self.runs[:begin], self.runs[end - 1 :]
        return Sides(self.mode, Side("", older), Side("", newer))


def configuration(run: Run) -> Configuration:
    """What two runs of the same build share; dirty builds also need the same binary."""
    build = run.build if run.dirty else ""
    return (run.commit, run.dirty, run.policy, run.compiler, run.compiler_flags, build)


def of_the_suite(runs: Sequence[Run]) -> list[Run]:
    """The runs of the suite itself; where there are none, those there are."""
    return [run for run in runs if run.policy not in (GO, PEERS)] or list(runs)


def label(run: Run) -> str:
    """A configuration in a few words: "1a2b3c4d5e+dirty", "1a2b3c4d5e policy=nosteal"."""
    text = run.short_commit + ("+dirty" if run.dirty else "")
    return text if run.policy == DEFAULT_POLICY else f"{text} policy={run.policy}"


def choose_sides(runs: Sequence[Run], window: int = WINDOW) -> Sides:
    """Splits the runs of one machine and size. `runs` must not be empty; any order.

    Runs of real Go and of other runtimes are shown beside the suite's and judged against nothing.
    """
    ordered = sorted(of_the_suite(runs), key=lambda run: run.order)
    newest = ordered[-1]
    ordered = _on_one_cpu(ordered, newest)
    candidate = [run for run in ordered if configuration(run) == configuration(newest)]
    others = [run for run in ordered if configuration(run) != configuration(newest)]
    if not others:
        return _split_one_build(candidate)
    twins = [run for run in others if _same_binary(run, newest)]
    mode = Mode.SAME_BUILD if twins else Mode.CHANGE
    baseline = (twins or _reference(others, newest))[-window:]
    return Sides(
        mode, Side(_labels(baseline), tuple(baseline)), Side(label(newest), tuple(candidate))
    )


def _on_one_cpu(runs: list[Run], newest: Run) -> list[Run]:
    """The runs on the newest one's CPU model; all, where it is the first of other builds.

    Times of two CPU models do not compare, so a history begins anew with the second run on one.
    """
    alike = [run for run in runs if cpu_model(run) in (cpu_model(newest), "")]
    return alike if any(configuration(r) != configuration(newest) for r in alike) else runs


def cpu_model(run: Run) -> str:
    """As the run's context tells it; "" where it does not."""
    return run.context.get("cpu_model", "")


def _same_binary(one: Run, other: Run) -> bool:
    """Whether two commits were measured with one binary: a commit of documents changes no time."""
    return one.build == other.build != "" and one.policy == other.policy


def _split_one_build(runs: list[Run]) -> Sides:
    name = label(runs[-1])
    tells_apart = not runs[-1].dirty or runs[-1].build
    if tells_apart and len(runs) >= 2 * ENOUGH_RUNS:
        cut = (len(runs) + 1) // 2
        older, newer = tuple(runs[:cut]), tuple(runs[cut:])
        return Sides(
            Mode.SAME_BUILD, Side(f"{name}, older runs", older), Side(f"{name}, newer runs", newer)
        )
    if not tells_apart and len(runs) > 1:
        # Edits between two dirty runs of one commit are invisible: the newest run stands alone.
        older, newer = tuple(runs[:-1]), tuple(runs[-1:])
        return Sides(
            Mode.CHANGE, Side(f"{name}, runs before", older), Side(f"{name}, newest run", newer)
        )
    return Sides(Mode.FIRST, Side("nothing", ()), Side(name, tuple(runs)))


def _reference(others: list[Run], newest: Run) -> list[Run]:
    """The runs to compare with, by the first rule that finds any."""
    same_policy = [run for run in others if run.policy == newest.policy]
    default = [run for run in others if run.policy == DEFAULT_POLICY]
    if newest.policy != DEFAULT_POLICY:
        as_default = dataclasses.replace(newest, policy=DEFAULT_POLICY)
        here = [run for run in default if configuration(run) == configuration(as_default)]
        if len(here) >= ENOUGH_RUNS:
            return here
        return default or same_policy or others
    return same_policy or others


def _labels(runs: Sequence[Run]) -> str:
    names = list(dict.fromkeys(label(run) for run in runs))
    return names[0] if len(names) == 1 else f"{names[0]} .. {names[-1]}"
