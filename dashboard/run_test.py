# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Run: what is accepted, and that each refusal names file, field and value."""

import copy
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from dashboard import testing
from dashboard.run import BadRunError, Run, parse_run


def suite_file(**kwargs: Any) -> dict[str, Any]:
    return testing.Machine(1).run(**kwargs)


def foreign_file() -> dict[str, Any]:
    """A file of another harness, as Google Benchmark writes it."""
    row = {"run_type": "iteration", "repetitions": 3, "threads": 1, "iterations": 100}
    rows = [
        row | {"name": "BM_Copy/8/real_time", "run_name": "BM_Copy/8/real_time"}
        | {"repetition_index": i, "real_time": 1.5 + i, "cpu_time": 1.4, "time_unit": "us"}
        | {"bytes_per_second": 5e9}
        for i in range(3)
    ]  # fmt: skip
    median = {"name": "BM_Copy/8/real_time_median", "run_name": "BM_Copy/8/real_time"}
    rows.append(row | median | {"run_type": "aggregate", "aggregate_name": "median"}
                | {"real_time": 2.5, "cpu_time": 1.4, "time_unit": "us"})  # fmt: skip
    context = {"date": "2026-03-01T10:00:00+02:00", "host_name": "h", "num_cpus": 4, "caches": []}
    return {"context": context, "benchmarks": rows}


def test_suite_file_is_read_whole() -> None:
    run = parse_run(suite_file(rounds=4), "run.json")
    assert len(run.benches) == len(testing.row_names()) + len(testing.CANARIES)
    bench = run.benches["channel_counter/before/producers:8/procs:2"]
    assert bench.rounds == (0, 1, 2, 3)
    assert bench.figures["ev.chan_fast"] == (1.0, 1.0, 1.0, 1.0)
    assert (run.machine, run.size, run.policy) == ("m0123456789ab", "core", "default")
    pair = run.pairs["channel_counter"]
    assert (pair.exercise, pair.claim, pair.signature[0].counter) == (5, 44, "chan_fast")


def test_run_id_follows_content_not_layout(tmp_path: Path) -> None:
    data = suite_file()
    one, two = tmp_path / "a.json", tmp_path / "b.json"
    one.write_text(json.dumps(data))
    two.write_text(json.dumps(data, indent=4, sort_keys=True))
    assert Run.load(one).run_id == Run.load(two).run_id
    data["benchmarks"][0]["ns_per_op"] += 1
    assert parse_run(data, "c.json").run_id != Run.load(one).run_id


def test_host_name_is_not_kept() -> None:
    assert "secret-host" not in json.dumps(dict(parse_run(suite_file(), "run.json").context))


def test_foreign_file_takes_the_commit_given() -> None:
    run = parse_run(foreign_file(), "other.json", commit="v1.2")
    assert run.commit == "v1.2"
    assert run.benches["BM_Copy/8"].ns == (1500.0, 2500.0, 3500.0)
    assert run.benches["BM_Copy/8"].figures["bytes_per_second"] == (5e9, 5e9, 5e9)
    assert run.date == "2026-03-01T08:00:00+00:00"
    assert run.machine.startswith("foreign-")


def test_aggregates_alone_give_one_value() -> None:
    data = foreign_file()
    data["benchmarks"] = data["benchmarks"][-1:]
    assert parse_run(data, "other.json", commit="v1").benches["BM_Copy/8"].ns == (2500.0,)


def test_failed_row_of_a_foreign_file_is_left_out() -> None:
    data = foreign_file()
    data["benchmarks"].append({"name": "BM_Bad", "error_occurred": True, "error_message": "no"})
    assert set(parse_run(data, "other.json", commit="v1").benches) == {"BM_Copy/8"}


def test_order_is_by_commit_time_then_date() -> None:
    machine = testing.Machine(1)
    late = parse_run(machine.run(git_time="2026-03-02T00:00:00+00:00"), "late.json")
    early = parse_run(machine.run(git_time="2026-03-01T23:00:00-05:00"), "early.json")
    assert early.git_time == "2026-03-02T04:00:00+00:00"
    assert sorted([early, late], key=lambda run: run.order) == [late, early]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b"\xff\xfe\x00", "is not text: byte 0xff at 0"),
        (b"hello", "is not JSON"),
        (b'{"context": {', "cut short"),
        (b"[" * 100_000, "is not JSON: "),
        (b"[]", "is not a Google Benchmark file"),
        (b'{"a": 1}', "is not a Google Benchmark file"),
        (b'{"context": 3, "benchmarks": []}', "context is 3: an object is wanted"),
        (b'{"context": {}, "benchmarks": {}}', "benchmarks is {}: a list is wanted"),
    ],
)
def test_files_that_are_no_runs(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "run.json"
    path.write_bytes(content)
    with pytest.raises(BadRunError) as caught:
        Run.load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_file_and_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadRunError, match=r"none\.json: cannot be read: No such file"):
        Run.load(tmp_path / "none.json")
    with pytest.raises(BadRunError, match="cannot be read: Is a directory"):
        Run.load(tmp_path)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("git_commit", None, "context.git_commit is missing: say which with --commit"),
        ("git_commit", "unknown", 'context.git_commit is "unknown"'),
        ("git_commit", 7, "context.git_commit is 7: a text is wanted"),
        ("git_commit", "a b", 'context.git_commit is "a b": a commit'),
        ("git_dirty", "maybe", 'context.git_dirty is "maybe": "true" or "false" is wanted'),
        ("git_time", "yesterday", 'context.git_time is "yesterday": a time'),
        ("date", None, "context.date is missing"),
        ("unpark_schema", "9", 'context.unpark_schema is "9": this dashboard reads schema "1"'),
        ("machine", None, "context.machine is missing"),
        ("pair.channel_counter", "{", 'context.pair.channel_counter is "{": a JSON text is wanted'),
        ("pair.channel_counter", "{}", "context.pair.channel_counter.exercise is missing"),
        ("pair.channel_counter", '{"exercise":5,"variants":"x"}', "variants is"),
    ],
)
def test_bad_context_is_named(field: str, value: object, says: str) -> None:
    data = suite_file()
    if value is None:
        del data["context"][field]
    else:
        data["context"][field] = value
    with pytest.raises(BadRunError) as caught:
        parse_run(data, "run.json")
    assert str(caught.value).startswith("run.json: ")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("ns_per_op", 0, "benchmarks[3].ns_per_op is 0: a number above 0 is wanted"),
        ("ns_per_op", "fast", 'benchmarks[3].ns_per_op is "fast": a number is wanted'),
        ("ns_per_op", float("nan"), "benchmarks[3].ns_per_op is NaN: a finite number is wanted"),
        ("ns_per_op", 10**400, "a finite number is wanted"),
        ("ev.parks", float("inf"), "benchmarks[3].ev.parks is Infinity: a finite number"),
        ("run_name", "", "benchmarks[3].name"),
    ],
)
def test_bad_row_is_named(field: str, value: object, says: str) -> None:
    data = suite_file()
    data["benchmarks"][3] = data["benchmarks"][3] | {field: value}
    with pytest.raises(BadRunError) as caught:
        parse_run(data, "run.json")
    assert says in str(caught.value)


def test_failed_row_of_the_suite_refuses_the_file() -> None:
    data = suite_file()
    data["benchmarks"][2].update(error_occurred=True, error_message="result differs")
    with pytest.raises(BadRunError, match=r'benchmarks\[2\] .* failed: "result differs"'):
        parse_run(data, "run.json")


def test_round_given_twice_is_refused() -> None:
    data = suite_file()
    data["benchmarks"].append(copy.deepcopy(data["benchmarks"][0]))
    with pytest.raises(BadRunError, match="repeats round"):
        parse_run(data, "run.json")


def test_file_without_rows_is_refused() -> None:
    data = suite_file()
    data["benchmarks"] = []
    with pytest.raises(BadRunError, match="benchmarks has no measured row"):
        parse_run(data, "run.json")


def test_commit_must_not_contradict_the_file() -> None:
    assert parse_run(suite_file(), "run.json", commit="aaaa").commit == testing.COMMIT_A
    with pytest.raises(BadRunError, match='--commit says "b"'):
        parse_run(suite_file(), "run.json", commit="b")
    with pytest.raises(BadRunError, match="--commit is"):
        parse_run(suite_file(), "run.json", commit="a b")


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-p", "no:cacheprovider"]))
