# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""The bench judges right: scores, plain rules, generator; and we keep what we promise."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from dashboard.stats.evaluation import detectors, metrics, pairs, peers, rules, synthetic


def test_f1_counts_index_zero_and_uses_every_report_once() -> None:
    marks = {"a": [10, 50], "b": [12]}
    # Reports 0, 11, 90. Precision: 0 and one of the two at 10 and 12 -> 2 of 3.
    # Recall: a finds 0 and 10 of three, b both of two.
    precision, recall = 2 / 3, (2 / 3 + 1) / 2
    want = 2 * precision * recall / (precision + recall)
    assert metrics.f1(marks, [11, 90]) == pytest.approx(want)
    assert metrics.f1({"a": []}, []) == 1


def test_covering_weighs_segments_by_length() -> None:
    assert metrics.covering({"a": [40]}, [], 100) == pytest.approx(0.4 * 0.4 + 0.6 * 0.6)
    assert metrics.covering({"a": [40]}, [40], 100) == pytest.approx(1)


def test_majority_needs_three_people() -> None:
    marks = {"a": [20], "b": [22, 80], "c": [24], "d": [81], "e": []}
    assert metrics.majority(marks) == [22]


def test_online_score_counts_late_hits_and_false_reports() -> None:
    count = metrics.Count()
    score = metrics.OnlineScore(count, [50])
    score.answer(49, [20])
    score.answer(52, [20, 51])
    score.answer(53, [20, 50])
    score.close()
    assert (count.hits, count.false, count.missed, count.delays) == (1, 1, 0, [3])


def test_peers_are_either_scored_or_named() -> None:
    assert len(peers.missing()) + len({name.split()[0] for name in peers.installed()}) >= 4
    assert set(peers.missing()) <= {
        "apache-otava",
        "signal-processing-algorithms",
        "ruptures",
        "asv",
    }


def test_plain_rules_find_a_plain_step() -> None:
    values = np.full(60, 100.0) + np.random.default_rng(1).normal(0, 0.5, 60)
    values[30:] *= 1.2
    assert rules.previous_run(values) == [30]
    assert rules.perfherder(values) == [30]


def test_synthetic_set_is_seeded_and_has_the_step_it_says() -> None:
    first, again = (list(synthetic.offline_set(5)) for _ in range(2))
    assert all((a.values == b.values).all() for a, b in zip(first, again, strict=True))
    assert len(first) == 5 * 5 * 3 * 6
    large = [s for s in first if s.step == 0.2 and s.kind == "lognormal" and s.sigma == 0.005]
    for item in large:
        (at,) = item.truth
        jump = abs(np.log(np.median(item.values[at:]) / np.median(item.values[:at])))
        assert jump == pytest.approx(np.log(1.2), abs=0.01)


def test_our_detector_keeps_its_promise_on_the_synthetic_set() -> None:
    precision, recall, false, _ = detectors.score_synthetic(detectors.ours, seed=2027, copies=4)
    assert float(precision) >= 0.93
    assert float(recall) >= 0.58
    assert float(false) <= 0.2


def test_intervals_cover_as_promised() -> None:
    for noise in pairs.NOISES:
        assert 0.93 <= pairs.coverage(noise, 10, 1500, 3, paired=False) <= 0.97
        assert 0.93 <= pairs.coverage(noise, 10, 1500, 4, paired=True) <= 0.97


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-p", "no:cacheprovider"]))
