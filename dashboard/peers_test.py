# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Go and other runtimes: shown beside the suite, never judged with it."""

import sys
from pathlib import Path
from typing import Any

import pytest

from dashboard import testing
from dashboard.cli import CLEAN, main
from dashboard.peers import peer_table
from dashboard.run import parse_run


def peers_file(machine: testing.Machine, times: dict[str, float]) -> dict[str, Any]:
    data = machine.run(policy="peers", rounds=1)
    data["context"] = {k: v for k, v in data["context"].items() if not k.startswith("pair.")}
    data["benchmarks"] = [
        {"name": name, "run_type": "iteration", "round": at, "time_unit": "ns",
         "real_time": ns * (1 + at), "ns_per_op": ns * (1 + at)}
        for name, ns in times.items() for at in range(3)
    ]  # fmt: skip
    return data


TIMES = {
    "primitives/unpark/spawn_one/procs:2": 50.0,
    "primitives/go/spawn_one/procs:2": 200.0,
    "primitives/rust_tokio/spawn_one/procs:2": 150.0,
    "primitives/go/mutex_8/procs:2": 20.0,
}


def test_table_has_the_newest_medians_and_the_fastest_other() -> None:
    machine = testing.Machine(1)
    files = [peers_file(machine, TIMES | {"primitives/unpark/spawn_one/procs:2": ns})
             for ns in (90.0, 50.0)]  # fmt: skip
    table = peer_table([parse_run(data, "run.json") for data in files])
    assert table is not None
    assert table.systems == ("unpark", "go", "rust_tokio")
    mutex, spawn = table.rows
    assert (mutex.name, spawn.name) == ("mutex_8/procs:2", "spawn_one/procs:2")
    assert spawn.ns["unpark"] == 100
    assert spawn.ratio == pytest.approx(3)
    assert str(mutex.ratio) == "nan"
    assert peer_table([parse_run(machine.run(), "run.json")]) is None


def test_go_and_peers_stand_beside_the_suite_and_are_not_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("UNPARK_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("BUILD_WORKING_DIRECTORY", raising=False)
    machine = testing.Machine(2)
    data = [machine.run(rounds=5) for _ in range(5)]
    go = machine.run(rounds=6, policy="go", effects={"channel_counter/before": 4.0})
    go["context"]["compiler"] = "go version go1.26.8 linux/amd64"
    data += [go, peers_file(machine, TIMES)]
    files = [testing.write(tmp_path / f"{i}.json", file) for i, file in enumerate(data)]
    assert main(["ingest", *map(str, files)]) == CLEAN
    assert main(["check"]) == CLEAN
    out = capsys.readouterr().out
    assert "judged:  aaaaaaaaaa (5 runs)" in out
    (line,) = (line for line in out.splitlines() if " channel_counter " in line)
    assert "claim x44" in line
    assert " Go x1" in line  # 4 x 62 / 21
    assert main(["report"]) == CLEAN
    page = (tmp_path / "home" / "report" / "index.html").read_text()
    assert "go version go1.26.8 linux/amd64 on this machine" in page
    assert "Fastest other / Unpark" in page
    assert "spawn_one/procs:2" in page


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-p", "no:cacheprovider"]))
