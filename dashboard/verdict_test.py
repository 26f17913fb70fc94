# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Verdicts: true changes are flagged, others are not, and too few data is said."""

import sys
from collections.abc import Mapping

import pytest

from dashboard import testing
from dashboard.run import Run, parse_run
from dashboard.verdict import (
    IMPROVED,
    REGRESSED,
    UNCHANGED,
    UNKNOWN,
    Check,
    Rules,
    check,
    compare_runs,
)

EFFECTS = {"channel_counter/after": 1.3, "child_goroutines": 1.2, "unbuffered_reads/before": 0.7}


class Lab:
    """One machine, whose runs follow each other."""

    def __init__(self, seed: int, **noise: float) -> None:
        self.machine = testing.Machine(seed, **noise)
        self.runs: list[Run] = []

    def measure(self, n: int = 10, **kwargs: object) -> "Lab":
        # type: ignore[arg-type]
        self.runs += [parse_run(self.machine.run(**kwargs), "run.json") for _ in range(n)]
        return self

    def nights(self, n: int, first: int, effects: Mapping[str, float] | None = None) -> "Lab":
        """One run a commit, a commit a night."""
        for night in range(first, first + n):
            time = f"2026-{1 + night // 28:02d}-{1 + night % 28:02d}T00:00:00+00:00"
            self.measure(1, commit=f"{night:04x}" + "0" * 36, git_time=time, effects=effects)
        return self

    def check(self, **rules: float) -> Check:
        return check(self.runs, Rules(**rules))


def truth(effects: Mapping[str, float], above: bool) -> set[str]:
    return {
        name
        for name in testing.row_names()
        for start, ratio in effects.items()
        if name.startswith(start) and (ratio > 1) == above
    }


def flagged(result: Check, verdict: str = REGRESSED) -> set[str]:
    return {v.name for v in result.of(verdict)}


@pytest.mark.parametrize("seed", range(4))
def test_ten_runs_with_a_policy_flag_what_is_slower_and_nothing_else(seed: int) -> None:
    lab = Lab(seed).measure(10)
    result = lab.measure(10, policy="nosteal", effects=EFFECTS, slower=1.15).check()
    assert flagged(result) == truth(EFFECTS, above=True)
    assert flagged(result, IMPROVED) == truth(EFFECTS, above=False)
    assert {v.cause for v in result.of(REGRESSED)} <= {"code", "code and machine"}


@pytest.mark.parametrize("seed", range(6))
def test_ten_runs_of_the_same_build_after_ten_flag_nothing(seed: int) -> None:
    result = Lab(seed, bench_noise=0.05).measure(10).measure(10, slower=1.2).check()
    assert {v.verdict for v in result.verdicts} == {UNCHANGED}


@pytest.mark.parametrize("seed", range(6))
def test_commit_that_changes_nothing_flags_nothing_on_a_slower_machine(seed: int) -> None:
    result = Lab(seed).measure(10).measure(10, commit=testing.COMMIT_B, slower=1.3).check()
    assert not flagged(result)
    assert not flagged(result, IMPROVED)
    assert {v.cause for v in result.of(UNCHANGED)} <= {"machine", ""}


def test_small_true_change_is_below_the_smallest_effect() -> None:
    lab = Lab(1, bench_noise=0.005, round_noise=0.01).measure(10)
    lab.measure(10, policy="nospin", effects={"channel_counter": 1.05})
    assert not flagged(lab.check())
    assert flagged(lab.check(min_effect=0.02)) >= truth({"channel_counter": 1.05}, above=True)


def test_ratio_and_interval_tell_the_truth() -> None:
    lab = Lab(2).measure(10).measure(10, policy="nosteal", effects=EFFECTS)
    found = next(v for v in lab.check().of(REGRESSED) if v.name.startswith("channel_counter"))
    assert found.low < found.ratio < found.high
    assert found.ratio == pytest.approx(1.3, rel=0.06)
    assert found.pair is not None
    assert found.pair.ratio == pytest.approx(1.3, rel=0.08)


def test_unchanged_says_what_would_have_been_seen() -> None:
    lab = Lab(3, bench_noise=0.08).measure(10).measure(10, commit=testing.COMMIT_B)
    assert all(0.1 <= v.detectable < 1 for v in lab.check().of(UNCHANGED))


def test_first_run_is_unknown() -> None:
    result = Lab(1).measure(1).check()
    assert {v.verdict for v in result.verdicts} == {UNKNOWN}
    assert all("too few data" in v.reason for v in result.verdicts)


def test_second_commit_is_unknown_not_guessed() -> None:
    result = Lab(1).nights(2, 0).nights(1, 2, EFFECTS).check()
    assert {v.verdict for v in result.verdicts} == {UNKNOWN}
    assert all("too few data: 2 and 1 run" in v.reason for v in result.verdicts)


def test_one_slow_night_is_suspect_and_later_ones_confirm_it_briefly() -> None:
    lab = Lab(4).nights(30, 0)
    assert not lab.check().suspects
    effects = {"channel_as_lock/before": 1.6}
    expected = truth(effects, above=True)
    lab.nights(1, 30, effects)
    assert {v.name for v in lab.check().suspects} == expected
    assert not flagged(lab.check())
    alarms = []
    for night in range(31, 43):
        result = lab.nights(1, night, effects).check()
        alarms.append(flagged(result))
        for v in result.of(REGRESSED):
            assert v.since == "001e000000"
            assert v.ratio == pytest.approx(1.6, rel=0.1)
    # A change that is just sure in one night may be just not sure seen from the next.
    first = alarms.index(expected)
    assert set().union(*alarms[:first], *alarms[first + 2 :]) == set()


def test_single_spike_is_never_confirmed() -> None:
    lab = Lab(5).nights(20, 0).nights(1, 20, {"channel_as_lock": 2.0})
    assert lab.check().suspects
    for night in range(21, 30):
        result = lab.nights(1, night).check()
        assert not flagged(result)


def test_events_that_change_are_told_beside_the_time() -> None:
    lab = Lab(6).measure(10)
    lab.measure(10, policy="nosteal", events={"channel_counter/after": 80.0})
    found = next(v for v in lab.check().verdicts if v.name.startswith("channel_counter/after"))
    assert found.verdict == UNCHANGED
    assert [e.counter for e in found.events] == ["ev.parks", "ev.readies"]
    assert found.events[0].candidate == pytest.approx(0.8)
    assert lab.check().events_only == [found]


def test_new_and_vanished_benchmarks_are_unknown() -> None:
    lab = Lab(7).measure(5).measure(5, commit=testing.COMMIT_B)
    name = testing.row_names()[0]
    for run in lab.runs[5:]:
        run.benches[name + "0"] = run.benches.pop(name)  # type: ignore[attr-defined, index]
    reasons = {v.name: v.reason for v in lab.check().of(UNKNOWN)}
    assert reasons == {name: "not in the newest runs", name + "0": "new: no history"}


def test_changed_context_is_told() -> None:
    lab = Lab(8).measure(5).measure(5, commit=testing.COMMIT_B)
    for run in lab.runs[5:]:
        run.context["kernel"] = "6.2.0"  # type: ignore[index]
    assert lab.check().context_changes == (("kernel", "6.1.0", "6.2.0"),)


def test_two_files_are_compared_by_their_rounds() -> None:
    lab = Lab(9).measure(1, rounds=12)
    lab.measure(1, rounds=12, commit=testing.COMMIT_B, effects=EFFECTS)
    assert flagged(compare_runs(*lab.runs)) >= truth(EFFECTS, above=True)
    assert compare_runs(*lab.runs).sides.candidate.unit == "round"


def test_small_steps_of_the_past_do_not_shorten_the_baseline() -> None:
    lab = Lab(17).nights(25, 0).nights(3, 25, {"channel_counter": 0.94})
    lab.measure(10, commit=f"{27:04x}" + "0" * 36, git_time="2026-01-28T00:00:00+00:00",
                policy="nosteal", effects={"channel_counter": 1.3})  # fmt: skip
    assert flagged(lab.check()) == truth({"channel_counter": 1.3}, above=True)


def test_step_inside_one_build_is_no_new_level() -> None:
    lab = Lab(12, bench_noise=0.01).measure(6).measure(6, effects={"after_in_select": 0.8})
    lab.measure(10, commit=testing.COMMIT_B)
    assert not flagged(lab.check())


def test_baseline_begins_after_the_last_change() -> None:
    effects = {"after_in_select": 1.5}
    lab = Lab(10).nights(12, 0).nights(12, 12, effects)
    lab.measure(8, commit="f" * 40, git_time="2026-12-01T00:00:00+00:00", effects=effects)
    assert not flagged(lab.check())


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-p", "no:cacheprovider"]))
