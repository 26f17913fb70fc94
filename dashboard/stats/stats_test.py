# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""The Python face: what it accepts, refuses and promises."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from dashboard import stats


def normal(seed: int, count: int, sigma: float = 0.02) -> np.ndarray:
    return np.exp(np.random.default_rng(seed).normal(0, sigma, count))


def stepped(seed: int, ratio: float = 1.2) -> np.ndarray:
    values = normal(seed, 120)
    values[70:] *= ratio
    return values


@pytest.mark.parametrize("bad", [[], [math.nan, math.nan], [1.0, 0.0], [1.0, -2.0]])
@pytest.mark.parametrize(
    "call",
    [
        lambda bad: stats.change_points(bad),
        lambda bad: stats.shapes(bad),
        lambda bad: stats.ratio_interval(bad, [1.0, 2.0]),
        lambda bad: stats.compare([1.0, 2.0], bad),
        lambda bad: stats.effect_floor(bad),
    ],
)
def test_refuses_empty_nan_only_and_non_positive(
    call: Callable[[list[float]], object], bad: list[float]
) -> None:
    with pytest.raises(ValueError, match=r"empty|finite|positive"):
        call(bad)


def test_refuses_mismatched_and_misshaped() -> None:
    with pytest.raises(ValueError, match="3 values but 2 rounds"):
        stats.ratio_interval([1, 2, 3], [1, 2, 3], rounds_before=[0, 1], rounds_after=[0, 1, 2])
    with pytest.raises(ValueError, match="one side"):
        stats.ratio_interval([1, 2, 3], [1, 2, 3], rounds_before=[0, 1, 2])
    with pytest.raises(ValueError, match="dimensions"):
        stats.change_points(np.ones((3, 3)))
    with pytest.raises(ValueError, match="scale"):
        stats.change_points([1.0], scale="cubic")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="confidence"):
        stats.ratio_interval([1, 2], [1, 2], confidence=95)
    with pytest.raises(ValueError, match="q is"):
        stats.benjamini_hochberg([0.5], 1.5)


NOISE = stats.Noise(between=0.01, within=0.02, repetitions=5)
FLAT, ROW = np.ones(5), np.ones((5, 1))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: stats.split_noise([1, 2, 3], [0, 1]), "3 entries but runs has 2"),
        (lambda: stats.split_noise([1, 2], [0, 0]), "fewer than two runs"),
        (lambda: stats.split_noise([1, math.nan], [0, 1]), "NaN"),
        (lambda: stats.detectable_change(NOISE, runs=5, repetitions=3, alpha=0), "alpha"),
        (lambda: stats.detectable_change(NOISE, runs=0, repetitions=3), "runs is 0"),
        (lambda: stats.detectable_change(NOISE, runs=5, repetitions=0), "repetitions is 0"),
        (lambda: stats.cost_to_see(NOISE, repetitions=(5, 0)), "repetitions is 0"),
        (lambda: stats.effect_floor(np.ones(5)), "needs 16"),
        (lambda: stats.effect_floor(np.ones(20), window=0), "window"),
        (
            lambda: stats.shift_by_runs(
                [1, 2], [1, 2, 3], runs_baseline=[0, 1], runs_candidate=[0, 1]
            ),
            "candidate has 3 values but 2 runs",
        ),
        (
            lambda: stats.classify(stats.Side(FLAT, ROW[:4]), stats.Side(FLAT, ROW)),
            r"baseline\.canaries has the shape",
        ),
        (
            lambda: stats.classify(stats.Side(FLAT, ROW), stats.Side(FLAT, ROW, other=FLAT[:3])),
            "other",
        ),
        (lambda: stats.classify(stats.Side(FLAT, -ROW), stats.Side(FLAT, ROW)), "not positive"),
        (lambda: stats.event_change([], [1]), "baseline holds no finite value"),
        (lambda: stats.event_change([1], [math.nan]), "candidate holds no finite value"),
        (lambda: stats.benjamini_hochberg([2.0]), r"p_values\[0\] is 2"),
        (lambda: stats.benjamini_yekutieli([math.nan]), r"p_values\[0\] is nan"),
        (lambda: stats.student_tail(1.0, 0), "freedom is 0"),
        (lambda: stats.Detector(scale="cubic"), "scale is 'cubic'"),  # type: ignore[arg-type]
    ],
)
def test_error_says_which_value_is_wrong(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_ratio_is_before_over_after_and_compare_candidate_over_baseline() -> None:
    fast, slow = normal(1, 12), 2 * normal(2, 12)
    interval = stats.ratio_interval(slow, fast)
    assert interval.low < 2 < interval.high
    assert (interval.n_before, interval.n_after) == (12, 12)
    verdict = stats.compare(fast, slow)
    assert verdict.verdict == "regressed"
    assert verdict.ratio == pytest.approx(2, rel=0.05)
    assert stats.compare(slow, fast).verdict == "improved"
    assert stats.compare(fast, slow, lower_is_better=False).verdict == "improved"


def test_unchanged_says_what_it_would_have_seen() -> None:
    verdict = stats.compare(normal(3, 15), normal(4, 15))
    assert verdict.verdict == "unchanged"
    assert 0.01 < verdict.detectable < 0.05


def test_too_few_data_is_unknown() -> None:
    verdict = stats.compare([1.0, 1.1], [2.0, 2.1, 2.2])
    assert verdict.verdict == "unknown"
    assert verdict.detectable == math.inf
    assert "too few" in verdict.reason
    assert stats.ratio_interval([1.0], [2.0]).high == math.inf


def test_small_effects_are_not_reported() -> None:
    values = 1 + 1e-5 * np.random.default_rng(5).random(20)
    assert stats.compare(values, values * 1.002, min_effect=0.01).verdict == "unchanged"
    assert stats.compare(values, values * 1.002, min_effect=0.001).verdict == "regressed"


def test_change_points_report_ratio_interval_and_index() -> None:
    covered = 0
    for seed in range(40):
        (change,) = stats.change_points(stepped(seed))
        assert abs(change.index - 70) <= 1
        assert change.confirmed
        covered += change.low < 1.2 < change.high
    assert covered >= 35  # of 40 intervals of 95 %


def test_linear_scale_takes_zero_and_negative() -> None:
    values = np.random.default_rng(7).normal(0, 1, 100)
    values[50:] -= 8
    (change,) = stats.change_points(values, scale="linear")
    assert change.ratio == pytest.approx(-8, abs=1)


def test_detector_agrees_with_change_points_and_suspects() -> None:
    values = stepped(8)
    detector = stats.Detector(values[:90])
    for value in values[90:]:
        found = detector.append(value)
    assert found == stats.change_points(values)
    assert detector.suspect is None
    detector.append(values[-1] * 2)
    assert detector.suspect is not None
    assert stats.change_points([*values, values[-1] * 2], suspects=True)[-1] == detector.suspect
    with pytest.raises(ValueError, match="positive"):
        detector.append(-1)
    assert len(detector) == 121


def test_lists_integers_and_strided_arrays_are_accepted() -> None:
    values = np.round(1000 * stepped(9)).astype(np.int64)
    want = stats.change_points(values.astype(float))
    assert stats.change_points(list(values)) == want
    assert stats.change_points(np.repeat(values, 2)[::2]) == want


def test_input_is_left_alone_and_threads_agree() -> None:
    values = stepped(10)
    copy = values.copy()
    want = stats.change_points(values)
    with ThreadPoolExecutor(4) as pool:
        assert all(r == want for r in pool.map(lambda _: stats.change_points(values), range(50)))
    assert (values == copy).all()


def test_threads_may_share_a_detector() -> None:
    values = stepped(12)
    detector = stats.Detector(values[:60])
    with ThreadPoolExecutor(4) as pool:
        for answers in (pool.map(lambda _: detector.append(1.0), range(60)),
                        pool.map(lambda _: detector.change_points, range(60))):  # fmt: skip
            list(answers)
    assert len(detector) == 120
    assert detector.change_points == stats.change_points([*values[:60], *[1.0] * 60])


def test_benjamini_hochberg_rejects_at_q() -> None:
    found = stats.benjamini_hochberg([0.001, 0.5, 0.011, 0.9], 0.05)
    assert list(found.rejected) == [True, False, True, False]


def test_nightly_budget_keeps_its_promise() -> None:
    budget = stats.NightlyBudget(per_month=3, nights=30)
    rng = np.random.default_rng(11)
    alerts = 0
    for _ in range(3000):  # a hundred months, benchmarks correlated
        shared = rng.normal()
        z = 0.7 * shared + math.sqrt(1 - 0.49) * rng.normal(size=40)
        p = [math.erfc(abs(x) / math.sqrt(2)) for x in z]
        p[:5] = [0.0] * 5  # five truly changed: they must not let false ones through
        alerts += int(budget.night(p).rejected[5:].sum())
    assert 150 <= alerts <= 300 + 5 * math.sqrt(300)
    assert budget.promise() == "expected false alerts per month: at most 3"
    with pytest.raises(ValueError, match="per_month"):
        stats.NightlyBudget(per_month=0)


def test_events_exact_counters_need_no_statistics() -> None:
    change = stats.event_change([2.0] * 3, [3.0] * 3)
    assert (change.kind, change.changed, change.p) == ("exact", True, 0.0)
    assert not stats.event_change([2.0] * 3, [2.0] * 3).changed
    rng = np.random.default_rng(12)
    noisy = stats.event_change(rng.poisson(100, 20), rng.poisson(100, 20))
    assert (noisy.kind, noisy.changed) == ("noisy", False)
    assert stats.event_change(rng.poisson(100, 20), rng.poisson(150, 20)).changed
    with pytest.raises(ValueError, match="negative"):
        stats.event_change([-1.0], [1.0])


def side(seed: int, code: float = 1.0, machine: float = 1.0, cpu: str = "a") -> stats.Side:
    rng = np.random.default_rng(seed)
    level = machine * np.exp(rng.normal(0, 0.02, 10))

    def times(factor: float) -> np.ndarray:
        return factor * level * np.exp(rng.normal(0, 0.01, 10))

    canaries = np.stack([times(1), times(3), times(7)], axis=1)
    return stats.Side(time=times(code), canaries=canaries, other=times(5), cpu_model=cpu)


@pytest.mark.parametrize(
    ("code", "machine", "cause"),
    [(1, 1, "none"), (1.15, 1, "code"), (1, 1.3, "machine"), (1.3, 1.2, "both")],
)
def test_classify_tells_code_from_machine(code: float, machine: float, cause: str) -> None:
    evidence = stats.classify(side(13), side(14, code, machine))
    assert evidence.cause == cause
    assert evidence.machine == pytest.approx(machine, rel=0.05)
    assert evidence.adjusted == pytest.approx(code, rel=0.05)


def test_classify_reports_events_that_time_hides_and_other_cpus() -> None:
    parks = stats.event_change([1.0] * 4, [2.0] * 4)
    assert stats.classify(side(13), side(14), events=(parks,)).cause == "code"
    other = stats.classify(side(13), side(14, cpu="b"))
    assert other.cause == "machine"
    assert "CPU models differ" in other.reason


def test_attribution_ranks_commits() -> None:
    values = stepped(15, 4.0)
    values[68:70] = math.nan
    found = stats.attribute(values, 70)
    assert (found.begin, found.end) == (68, 71)
    assert found.probabilities.sum() == pytest.approx(1)
    commits = [[f"c{i}"] for i in range(120)]
    commits[69] = ["c69a", "c69b"]
    shares = stats.commit_probabilities(found, commits)
    assert shares["c68"] == pytest.approx(1 / 3, abs=0.04)
    assert shares["c69a"] == pytest.approx(1 / 6, abs=0.02)
    with pytest.raises(ValueError, match="index"):
        stats.attribute(values, 0)


def test_changes_of_one_commit_are_one_event_with_a_common_cause() -> None:
    semaphores = frozenset({"parks_sema"})
    changes = [
        stats.Change("mutex/after", 10, 13, "6", semaphores),
        stats.Change("pool/after", 12, 15, "8", semaphores),
        stats.Change("timer/after", 40, 41, "14"),
    ]
    first, second = stats.group_changes(changes)
    assert [c.benchmark for c in first.changes] == ["mutex/after", "pool/after"]
    assert (first.begin, first.end) == (12, 13)
    assert first.suggestions == ("event counter parks_sema (2 of 2)",)
    assert second.suggestions == ()
    with pytest.raises(ValueError, match="empty"):
        stats.group_changes([stats.Change("x", 3, 3)])


def test_power_figures_are_consistent() -> None:
    noise = stats.Noise(between=0.01, within=0.02, repetitions=5)
    seen = stats.detectable_change(noise, runs=10, repetitions=5)
    assert 0.01 < seen < 0.05
    (cost,) = stats.cost_to_see(noise, seen, repetitions=(5,))
    assert cost.runs == 10
    assert stats.detectable_change(noise, runs=2, repetitions=5) == math.inf
    with pytest.raises(ValueError, match="change"):
        stats.cost_to_see(noise, 0)


def test_shapes_name_kinds_and_ratios() -> None:
    (shape,) = stats.shapes(stepped(16))
    assert shape.kind == "step"
    assert shape.size == pytest.approx(1.2, rel=0.03)


def test_effect_floor_follows_the_noise() -> None:
    quiet, loud = stats.effect_floor(normal(17, 80, 0.01)), stats.effect_floor(normal(17, 80, 0.1))
    assert quiet < loud
    assert stats.effect_floor(stepped(18, 3.0)) < 0.1


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-p", "no:cacheprovider"]))
