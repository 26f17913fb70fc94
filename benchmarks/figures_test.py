# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Lessons: their figures are of today's sources, and the commands they name exist."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import figures

PATTERNS = Path("patterns")
LESSONS = sorted(PATTERNS.glob("ex*_*/README.md"))
PAIRS = [readme for readme in LESSONS if (readme.parent / "pair.cc").exists()]

STUDY: dict[str, Any] = {
    "exercise": 5,
    "pair": "channel_counter",
    "claim": 44,
    "metric": "ns_per_op",
    "workload": "producers:8",
    "workloads": ["producers:8"],
    "verdict": "weaker here: 44x claimed, 4.0x measured",
    "variants": [
        {"name": "channel_counter/before/producers:8/procs:2", "ns_per_op": 120.4, "ratio": 1,
         "low": 1, "high": 1},
        {"name": "channel_counter/after/producers:8/procs:2", "ns_per_op": 30.1, "ratio": 4,
         "low": 3.9, "high": 4.2},
        {"name": "channel_counter/load_store/producers:8/procs:2", "ns_per_op": 2},
    ],
    "go": {
        "version": "go version go1.23.4 linux/amd64",
        "variants": [
            {"name": "channel_counter/before/producers:8/procs:2", "ns_per_op": 60, "ratio": 1,
             "low": 1, "high": 1},
            {"name": "channel_counter/after/producers:8/procs:2", "ns_per_op": 5, "ratio": 12,
             "low": 11, "high": 13},
        ],
    },
}  # fmt: skip

SWEEP: dict[str, Any] = {
    "exercise": 5,
    "pair": "channel_counter",
    "parameter": "n",
    "metric": "ns_per_op",
    "crossover": "the after pays up to n 10, not from 100 on",
    "premature_below": "1,000 a second",
    "premature_rate": 1000,
    "points": [
        {"value": 10, "ratio": 2, "low": 1.9, "high": 2.1, "saved_cpu_ns": 1e6},
        {"value": 100, "ratio": 1, "low": 0.9, "high": 1.1, "saved_cpu_ns": 1e5},
    ],
}


def test_all_seventeen_are_here() -> None:
    numbers = {int(path.parent.name[2:].split("_")[0]) for path in PAIRS}
    assert set(range(1, 18)) <= numbers


@pytest.mark.parametrize("readme", PAIRS, ids=lambda path: path.parent.name)
def test_figures_are_of_these_sources(readme: Path) -> None:
    found = figures.recorded(readme.read_text())
    assert found is not None, f"{readme} has no figures: bazel run //benchmarks:figures"
    source_hash, command = found
    assert source_hash == figures.sources_hash(readme.parent), (
        f"{readme}: its figures were measured with other sources: {command}"
    )


def test_crossovers_are_of_these_sources_and_in_the_index() -> None:
    sweeps = json.loads((PATTERNS / "crossovers.json").read_text())
    for sweep in sweeps:
        (folder,) = PATTERNS.glob(f"ex*_{sweep['pair']}")
        assert sweep["sources"] == figures.sources_hash(folder), (
            f"{folder}: its crossover was measured with other sources: "
            f"bazel run //benchmarks:figures -- --sweep {sweep['exercise']}"
        )
    swept = {sweep["pair"] for sweep in sweeps}
    assert swept == {
        pair.parent.name.split("_", 1)[1]
        for pair in PAIRS
        if ".sweep = " in (pair.parent / "pair.cc").read_text()
    }
    index = (PATTERNS / "README.md").read_text()
    assert index == figures.with_crossovers(index, sweeps)


@pytest.mark.parametrize("readme", LESSONS, ids=lambda path: path.parent.name)
def test_commands_exist(readme: Path) -> None:
    number, name = readme.parent.name[2:].split("_", 1)
    commands = re.findall(
        r"bazel run (?:--config=[a-z]+ )?//([a-z0-9_/]+):([a-z_]+)(?: -- ([^`\n]*))?",
        readme.read_text(),
    )
    assert commands
    for package, target, words in commands:
        build = Path(package) / "BUILD"
        assert f'name = "{target}"' in build.read_text(), f"{readme} names {package}:{target}"
        for word in words.split() if package == "benchmarks" else ():
            if word.startswith("--benchmark_filter="):
                assert word == f"--benchmark_filter=^{name}/"
            elif not word.startswith("-"):
                assert word == str(int(number))


def test_writes_figures_once_and_replaces_them() -> None:
    lesson = "# Exercise\n\n## Measure it\n\n    a command\n\nText.\n"
    other = {**STUDY, "workload": "producers:1"}
    first = figures.with_block(lesson, figures.block([STUDY, other], "0" * 16, "2 CPUs", "1 kg"))
    assert first.startswith(lesson.rstrip())
    assert figures.recorded(first) == ("0" * 16, "bazel run //benchmarks:figures -- 5")
    assert "| `producers:8` | ns an operation | before / variant [95 %] | in Go: ns an " in first
    assert "| `producers:1` | ns an operation |" in first
    assert "| before | 120 |  | 60.0 |  |" in first
    assert "| after | 30.1 | 4.0x [3.9x, 4.2x] | 5.00 | 12x [11x, 13x] |" in first
    assert "| load_store | 2.00 | wrong on purpose | - | - |" in first
    assert "\n    1 kg\n" in first
    assert "Claim: 44x. 2 CPUs, go1.23.4 linux/amd64." in first
    assert "Verdict with `producers:8`: weaker here: 44x claimed, 4.0x measured." in first
    second = figures.with_block(first, figures.block([STUDY, other], "1" * 16, "2 CPUs", "1 kg"))
    assert second == first.replace("0" * 16, "1" * 16)


def test_without_go_there_is_no_column_for_it() -> None:
    study = {key: value for key, value in STUDY.items() if key != "go"}
    text = figures.block([study], "0" * 16, "2 CPUs", "")
    assert "| `producers:8` | ns an operation | before / variant [95 %] |\n|---|---|---|\n" in text
    assert "| after | 30.1 | 4.0x [3.9x, 4.2x] |\n" in text


def test_lesson_without_a_place_is_refused() -> None:
    with pytest.raises(figures.FiguresError, match="Measure it"):
        figures.with_block("# Exercise\n", "figures")


def test_index_row_gets_both_ratios() -> None:
    index = (
        "| 5 | [channel_counter](x) | lesson | 44 x | always | - | - |\n| 15 | [b](x) | - | - |\n"
    )
    assert figures.with_index_row(index, STUDY) == (
        "| 5 | [channel_counter](x) | lesson | 44 x | always | 4.0x | 12x |\n"
        "| 15 | [b](x) | - | - |\n"
    )


def test_index_row_of_a_scenario_gets_one() -> None:
    study = {key: value for key, value in STUDY.items() if key != "go"}
    assert figures.with_index_row("| 5 | [channel_counter](x) | always | - |\n", study) == (
        "| 5 | [channel_counter](x) | always | 4.0x |\n"
    )


MARKS = (
    "before\n<!-- crossovers, written by `bazel run //benchmarks:figures -- --sweep` -->\n"
    "<!-- end of the figures -->\nafter\n"
)


def test_crossovers_stand_beside_the_thresholds() -> None:
    sweep = {**SWEEP, "where": "2 CPUs"}
    written = figures.with_crossovers(MARKS, [sweep])
    assert (
        "| 5 | channel_counter | the after pays up to n 10, not from 100 on | 1,000 a second | "
        "10 to 1e+02 % of a CPU |"
    ) in written
    assert "\nOn 2 CPUs.\n" in written
    assert figures.with_crossovers(written, [sweep]) == written
    with pytest.raises(figures.FiguresError, match="0 places"):
        figures.with_crossovers("no marks", [sweep])


def test_a_sweep_replaces_its_own_alone(tmp_path: Path) -> None:
    patterns = tmp_path / "patterns"
    for folder in ("ex05_channel_counter", "ex15_other"):
        (patterns / folder).mkdir(parents=True)
    (patterns / "README.md").write_text(MARKS)
    figures.write_sweeps(tmp_path, [{**SWEEP, "exercise": 15, "pair": "other"}])
    figures.write_sweeps(tmp_path, [SWEEP])
    figures.write_sweeps(tmp_path, [{**SWEEP, "crossover": "another one"}])
    kept = json.loads((patterns / "crossovers.json").read_text())
    assert [sweep["exercise"] for sweep in kept] == [5, 15]
    assert [sweep["crossover"] for sweep in kept] == ["another one", SWEEP["crossover"]]
    assert "| 5 | channel_counter | another one |" in (patterns / "README.md").read_text()
    assert "</svg>" in (patterns / "crossovers.svg").read_text()


def test_hash_follows_sources_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "after.h").write_text("one")
    (tmp_path / "README.md").write_text("text")
    before = figures.sources_hash(tmp_path)
    (tmp_path / "README.md").write_text("other text")
    (tmp_path / "ring_test.cc").write_text("a test")
    assert figures.sources_hash(tmp_path) == before
    (tmp_path / "after.h").write_text("two")
    assert figures.sources_hash(tmp_path) != before


if __name__ == "__main__":
    sys.exit(pytest.main([__file__]))
