# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Names: taken apart, and matched between variants."""

import sys

import pytest

from dashboard.names import Name, is_event, natural


def test_name_is_taken_apart() -> None:
    name = Name.of("channel_counter/before/producers:8/procs:2")
    assert (name.pair, name.variant, name.workload) == (
        "channel_counter",
        "before",
        "producers:8/procs:2",
    )
    assert name.task == "producers:8"
    assert Name.of("BM_Copy/8") == Name("BM_Copy/8", "", "")


def test_counterpart_has_the_same_procs_where_there_are_several() -> None:
    names = ["p/before/n:1/procs:2", "p/before/n:1/procs:8", "p/before/n:2/procs:2"]
    assert Name.of("p/after/n:1/procs:8").counterpart("before", names) == "p/before/n:1/procs:8"
    assert Name.of("p/after/n:1/procs:4").counterpart("before", names) is None


def test_counterpart_may_differ_in_procs_where_the_pair_is_about_them() -> None:
    names = ["quota/before/quota:0.5/procs:64", "quota/before/quota:1.25/procs:64"]
    after = Name.of("quota/after/quota:0.5/procs:1")
    assert after.counterpart("before", names) == names[0]
    assert after.counterpart("rounded", names) is None


def test_numbers_sort_as_numbers() -> None:
    assert sorted(["n:10", "n:9", "m", "n:9,w:1"], key=natural) == ["m", "n:9", "n:9,w:1", "n:10"]


def test_samples_are_no_events() -> None:
    assert is_event("ev.parks")
    assert is_event("allocs_per_op")
    assert not is_event("ev.runq_length")
    assert not is_event("p99_ns")


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-p", "no:cacheprovider"]))
