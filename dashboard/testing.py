# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Seeded suite files as the harness writes them, with noise as shared virtual machines have it.

A whole run is slower or faster together (log sd 8 %, drifting), each benchmark adds its own
run-to-run noise, each round a little more, and now and then a round is an outlier. Effects and
event changes are put in by name, so a test knows the truth.
"""

from __future__ import annotations

import dataclasses
import json
import math
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

CANARIES = {"canary/integer_spin": 950.0, "canary/memory": 4200.0, "canary/contended_atomic": 31.0}
COMMIT_A = "a" * 40
COMMIT_B = "b" * 40


@dataclasses.dataclass(frozen=True)
class Shape:
    """A made-up pair: times per operation, and the event that its before side is about."""

    exercise: int
    claim: float
    counter: str
    before_events: float
    before_ns: float
    after_ns: float
    extra: tuple[tuple[str, float], ...] = ()  # further variants and their ns
    workloads: tuple[str, ...] = ("items:1000",)
    p99: bool = False
    wrong: tuple[str, ...] = ()
    claim_text: str = ""
    not_measured: str = ""


SHAPES: dict[str, Shape] = {
    "goroutine_per_item": Shape(1, 2, "spawns", 1, 480, 205, (), ("items:10000", "items:100000")),
    "locked_worker": Shape(2, 3, "locked_handoffs", 1.9, 900, 160),
    "gosched_in_loop": Shape(3, 16, "yields", 1, 18, 0.4),
    "spawn_per_request": Shape(4, 0, "spawns", 4, 2600, 2100, (), ("requests:2000",), True),
    "channel_counter": Shape(
        5, 44, "chan_fast", 1, 62, 21, (("sharded", 3.1), ("batched", 1.2)), ("producers:8",)
    ),
    "channel_as_lock": Shape(6, 40, "parks", 2, 310, 34),
    "single_lock_cache": Shape(
        7, 32, "sema_slow", 0.08, 95, 44, (), ("readers:32", "readers:31,writers:1")
    ),
    "shared_job_channel": Shape(8, 0, "parks", 0.12, 74, 69, (("spsc_ring", 28.0),)),
    "unbuffered_reads": Shape(9, 30, "blocking_calls", 1, 260, 6.2),
    "after_in_select": Shape(10, 10, "timers_added", 1, 420, 95),
    "foreign_call_per_item": Shape(11, 0, "foreign_calls", 1, 22, 19),
    "quota_oversubscribed": Shape(
        12,
        20,
        "cgroup_throttled",
        0.3,
        5200,
        3900,
        (),
        ("quota:50",),
        True,
        (),
        "p99 180 ms -> 9 ms",
    ),
    "count_in_hot_path": Shape(
        13, 0, "goroutine_count_reads", 1, 58, 41, (("ticker", 40.0),), ("requests:200000",)
    ),
    "sleep_zero_pacing": Shape(14, 18, "yields", 1, 71, 29),
    "child_goroutines": Shape(15, 7, "spawns", 3, 1500, 410, (("pipeline", 620.0),)),
    "add_inside_goroutine": Shape(
        16, 2.4, "spawns", 1, 330, 320, (("racy", 310.0),), ("items:1000",), False, ("racy",)
    ),
    "locked_foreign_call": Shape(17, 3, "locked_handoffs", 1, 240, 190),
}


def row_names(procs: int = 2) -> list[str]:
    """The names of all benchmarks of a made-up file, canaries left out."""
    return [
        f"{pair}/{variant}/{workload}/procs:{procs}"
        for pair, shape in SHAPES.items()
        for workload in shape.workloads
        for variant in _times(shape)
    ]


def _times(shape: Shape) -> dict[str, float]:
    return {"before": shape.before_ns, "after": shape.after_ns, **dict(shape.extra)}


class Machine:
    """A source of runs with correlated noise; the same seed gives the same runs."""

    def __init__(
        self,
        seed: int,
        run_noise: float = 0.08,
        bench_noise: float = 0.02,
        round_noise: float = 0.03,
        drift: float = 0.5,
    ) -> None:
        self._random = random.Random(seed)
        self._run_noise, self._bench_noise, self._round_noise = run_noise, bench_noise, round_noise
        # How much of a run's slowness the next one keeps, and of each benchmark's own.
        self._drift = drift
        self._common = 0.0
        self._own: dict[str, float] = {}
        self._minute = 0

    def run(
        self,
        *,
        commit: str = COMMIT_A,
        git_time: str = "2026-03-01T12:00:00+00:00",
        dirty: bool = False,
        policy: str = "default",
        effects: Mapping[str, float] | None = None,
        events: Mapping[str, float] | None = None,
        slower: float = 1.0,
        rounds: int = 5,
        cpu_model: str = "Example CPU @ 2.5 GHz",
    ) -> dict[str, Any]:
        """One suite file. `effects` multiplies times of benchmarks whose name starts so, `events`
        their events per
        operation; `slower` makes the machine, canaries included, slower."""
        rng = self._random
        self._common = self._drift * self._common + rng.gauss(0, self._run_noise)
        self._minute += 9
        common = math.exp(self._common) * slower
        rows: list[dict[str, Any]] = []
        for name, ns in CANARIES.items():
            level = ns * common * self._own_noise(name)
            rows += [self._row(name, level, at, rounds, {}) for at in range(rounds)]
        for pair, shape in SHAPES.items():
            for workload in shape.workloads:
                for variant, ns in _times(shape).items():
                    name = f"{pair}/{variant}/{workload}/procs:2"
                    level = ns * common * _factor(effects, name)
                    level *= self._own_noise(name)
                    figures = _figures(shape, variant, _factor(events, name), rng)
                    rows += [self._row(name, level, at, rounds, figures) for at in range(rounds)]
        rng.shuffle(rows)
        context = self._context(commit, git_time, dirty, policy) | {"cpu_model": cpu_model}
        return {"context": context, "benchmarks": rows}

    def _own_noise(self, name: str) -> float:
        last = self._own.get(name, 0.0)
        self._own[name] = self._drift * last + self._random.gauss(0, self._bench_noise)
        return math.exp(self._own[name])

    def _row(
        self, name: str, level: float, at: int, rounds: int, figures: Mapping[str, float]
    ) -> dict[str, Any]:
        rng = self._random
        ns = level * math.exp(abs(rng.gauss(0, self._round_noise)))
        if rng.random() < 0.03:
            ns *= 1 + rng.random()
        row: dict[str, Any] = {
            "name": name,
            "run_name": name,
            "run_type": "iteration",
            "repetitions": rounds,
            "repetition_index": at,
            "threads": 1,
            "iterations": 100,
            "real_time": ns * 1000,
            "cpu_time": ns * 1900,
            "time_unit": "ns",
            "round": float(at),
            "ops": 1000.0,
            "ns_per_op": ns,
            "cpu_ns_per_op": ns * 1.9,
            "procs": 2.0,
        }
        row.update(figures)
        if "p99_ns" in figures:
            row.update({"p50_ns": ns * 1.1, "p99_ns": ns * figures["p99_ns"]})
        return row

    def _context(self, commit: str, git_time: str, dirty: bool, policy: str) -> dict[str, Any]:
        day, minutes = divmod(self._minute, 24 * 60)
        date = f"2026-03-{1 + day % 28:02d}T{minutes // 60:02d}:{minutes % 60:02d}:00+00:00"
        context: dict[str, Any] = {
            "date": date,
            "host_name": "secret-host",
            "num_cpus": 2,
            "library_build_type": "release",
            "load_avg": [0.4, 0.3, 0.2],
            "unpark_schema": "1",
            "git_commit": commit,
            "git_dirty": "true" if dirty else "false",
            "git_time": git_time,
            "compiler": "gcc 12.2.0",
            "compiler_flags": "-O3",
            "kernel": "6.1.0",
            "cgroup_quota": "none",
            "governor": "unknown",
            "turbo": "unknown",
            "smt": "unknown",
            "seed": "1",
            "policy": policy,
            "rounds": "5",
            "size": "core",
            "machine": "m0123456789ab",
        }
        for pair, shape in SHAPES.items():
            context[f"pair.{pair}"] = json.dumps(_pair_json(pair, shape))
        return context


def _factor(effects: Mapping[str, float] | None, name: str) -> float:
    return math.prod(value for key, value in (effects or {}).items() if name.startswith(key))


def _figures(shape: Shape, variant: str, factor: float, rng: random.Random) -> dict[str, float]:
    mine = shape.before_events if variant == "before" else 0.0
    figures = {f"ev.{counter}": 0.0 for counter in ("parks", "readies", "spawns", "yields")}
    figures["ev.futex_wakes"] = abs(rng.gauss(0.002, 0.0005))
    figures["ev.parks"] = 0.01 * factor
    figures["ev.readies"] = 0.01 * factor
    figures[f"ev.{shape.counter}"] = mine * factor
    figures["allocs_per_op"] = 2.0 if variant == "before" else 0.0
    figures["alloc_bytes_per_op"] = 96.0 if variant == "before" else 0.0
    if shape.p99:
        figures["p99_ns"] = 18.0 if variant == "before" else 3.0
    if variant in shape.wrong:
        figures["fig.lost_items"] = 130.0
    return figures


def _pair_json(pair: str, shape: Shape) -> dict[str, Any]:
    return {
        "exercise": shape.exercise,
        "lesson": f"What {pair.replace('_', ' ')} costs, and what to do instead.",
        "claim": shape.claim,
        "claim_text": shape.claim_text or (f"{shape.claim:g}x" if shape.claim else ""),
        "claim_source": "seed, Go 1.23, 8 procs",
        "tier": "always",
        "premature_below": "10k operations/s",
        "variants": list(_times(shape)),
        "wrong_on_purpose": list(shape.wrong),
        "signature": [
            {
                "counter": shape.counter,
                "before_at_least": shape.before_events / 2,
                "after_at_most": shape.before_events / 10,
            }
        ],
        "not_measured": shape.not_measured,
    }


def write(path: Path, data: Mapping[str, Any]) -> Path:
    """Writes a file as Google Benchmark would."""
    path.write_text(json.dumps(data, indent=1))
    return path
