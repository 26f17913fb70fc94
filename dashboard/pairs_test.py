# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Pairs: measured inside rounds, beside the claim."""

import json
import sys

import pytest

from dashboard import testing
from dashboard.pairs import PairResult, measure_pairs
from dashboard.run import parse_run


def results(n: int, **kwargs: float) -> dict[str, PairResult]:
    machine = testing.Machine(1)
    # type: ignore[arg-type]
    runs = [parse_run(machine.run(**kwargs), "run.json") for _ in range(n)]
    return {result.pair.name: result for result in measure_pairs(runs)}


@pytest.mark.parametrize("n", [2, 10])
def test_ratio_is_measured_with_an_interval(n: int) -> None:
    found = results(n)["channel_counter"].headline
    assert found is not None
    assert found.low < found.ratio < found.high
    assert found.ratio == pytest.approx(62 / 21, rel=0.1)


def test_slowness_of_the_machine_cancels() -> None:
    slow, quick = (results(10, slower=s)["goroutine_per_item"].headline for s in (3.0, 1.0))
    assert slow is not None
    assert quick is not None
    assert slow.ratio == pytest.approx(quick.ratio, rel=0.05)


def test_pairs_are_in_the_order_of_the_exercises() -> None:
    assert [result.pair.exercise for result in results(1).values()] == list(range(1, 18))


def test_every_further_variant_is_measured() -> None:
    found = results(5)["channel_counter"].measures
    assert [measure.variant for measure in found] == ["after", "sharded", "batched"]


def test_status_compares_with_the_claim() -> None:
    found = {name: result.status for name, result in results(10).items()}
    assert found["unbuffered_reads"] == "reached"
    assert found["channel_counter"] == "smaller"
    assert found["shared_job_channel"] == "no figure claimed"
    assert found["add_inside_goroutine"] in ("smaller", "not reproduced")


def test_too_few_rounds_reach_no_claim() -> None:
    assert results(1, rounds=2)["unbuffered_reads"].status == "too few rounds"


def test_claim_about_p99_is_measured_on_p99() -> None:
    found = results(10)["quota_oversubscribed"]
    assert found.headline is not None
    assert found.headline.metric == "p99"
    assert found.headline.ratio == pytest.approx(5200 / 3900 * 6, rel=0.1)
    assert [measure.metric for measure in found.measures] == ["p99", "time"]


def test_wrong_variant_is_never_part_of_a_ratio() -> None:
    found = results(3)["add_inside_goroutine"]
    assert "racy" in found.pair.variants
    assert {measure.variant for measure in found.measures} == {"after"}


def test_pair_whose_before_is_wrong_tells_its_faults_instead_of_a_ratio() -> None:
    data = testing.Machine(1).run()
    key = "pair.add_inside_goroutine"
    data["context"][key] = data["context"][key].replace(
        '"wrong_on_purpose": ["racy"]', '"wrong_on_purpose": ["before"]'
    )
    for row in data["benchmarks"]:
        if row["name"].startswith("add_inside_goroutine/before"):
            row["fig.lost_items"] = 138.0
    found = measure_pairs([parse_run(data, "run.json")])
    pair = next(result for result in found if result.pair.name == "add_inside_goroutine")
    assert pair.headline is None
    assert pair.measures == ()
    assert "wrong on purpose (lost items 138)" in pair.note


def test_events_of_the_signature_collapse() -> None:
    first = results(3)["channel_counter"].collapses[0]
    assert (first.counter, first.before, first.after) == ("ev.chan_fast", 1.0, 0.0)
    assert first.expected
    assert first.holds


def test_event_that_did_not_collapse_is_not_hidden() -> None:
    machine = testing.Machine(1)
    data = machine.run()
    for row in data["benchmarks"]:
        if row["name"].startswith("channel_counter/after"):
            row["ev.chan_fast"] = 0.9
    found = measure_pairs([parse_run(data, "run.json")])
    pair = next(result for result in found if result.pair.name == "channel_counter")
    assert not pair.collapses[0].holds


def test_signature_of_another_workload_is_not_expected_here() -> None:
    data = testing.Machine(1).run()
    key = "pair.channel_counter"
    pair = json.loads(data["context"][key])
    pair["signature"][0]["workload"] = "producers:99"
    data["context"][key] = json.dumps(pair)
    found = measure_pairs([parse_run(data, "run.json")])
    result = next(result for result in found if result.pair.name == "channel_counter")
    assert not any(collapse.expected for collapse in result.collapses)


def test_pair_that_was_not_measured_says_why() -> None:
    machine = testing.Machine(1)
    data = machine.run()
    key = "pair.quota_oversubscribed"
    data["context"][key] = data["context"][key].replace(
        '"not_measured": ""', '"not_measured": "no cgroup can be made"'
    )
    data["benchmarks"] = [r for r in data["benchmarks"] if "quota" not in r["name"]]
    found = measure_pairs([parse_run(data, "run.json")])
    pair = next(result for result in found if result.pair.name == "quota_oversubscribed")
    assert pair.status == "not measured"
    assert pair.note == "not measured here: no cgroup can be made"


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-p", "no:cacheprovider"]))
