# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Lessons: their figures are of today's sources, and the commands they name exist."""

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import figures

PATTERNS = Path("patterns")
LESSONS = sorted(PATTERNS.glob("ex[01][0-9]_*/README.md"))
BUILDS = {"//benchmarks": Path("benchmarks/BUILD").read_text()}

STUDY: dict[str, Any] = {
    "exercise": 5,
    "pair": "channel_counter",
    "claim": 44,
    "metric": "ns_per_op",
    "workload": "producers:8",
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


def test_all_seventeen_are_here() -> None:
    numbers = {int(path.parent.name[2:].split("_")[0]) for path in LESSONS}
    assert set(range(1, 18)) <= numbers


@pytest.mark.parametrize("readme", LESSONS, ids=lambda path: path.parent.name)
def test_figures_are_of_these_sources(readme: Path) -> None:
    found = figures.recorded(readme.read_text())
    if found is None:
        pytest.skip("it has no figures yet: bazel run //benchmarks:figures")
    source_hash, command = found
    assert source_hash == figures.sources_hash(readme.parent), (
        f"{readme}: its figures were measured with other sources: {command}"
    )


@pytest.mark.parametrize("readme", LESSONS, ids=lambda path: path.parent.name)
def test_commands_exist(readme: Path) -> None:
    number, name = readme.parent.name[2:].split("_", 1)
    commands = re.findall(r"bazel run (//[a-z_/]+):([a-z_]+)(?: -- ([^`\n]*))?", readme.read_text())
    assert commands
    for package, target, words in commands:
        assert f'name = "{target}"' in BUILDS[package], f"{readme} names {package}:{target}"
        for word in words.split():
            if word.startswith("--benchmark_filter="):
                assert word == f"--benchmark_filter=^{name}/"
            elif not word.startswith("-"):
                assert word == str(int(number))


def test_writes_figures_once_and_replaces_them() -> None:
    lesson = "# Exercise\n\n## Measure it\n\n    a command\n\nText.\n"
    first = figures.with_block(lesson, figures.block(STUDY, "0" * 16, "2 CPUs"))
    assert first.startswith(lesson.rstrip())
    assert figures.recorded(first) == ("0" * 16, "bazel run //benchmarks:figures -- 5")
    assert "| after | 30.1 | 4.0x [3.9x, 4.2x] | 5.00 | 12x [11x, 13x] |" in first
    assert "| load_store | 2.00 | wrong on purpose | - | - |" in first
    assert "Claim: 44x. Workload `producers:8`, 2 CPUs, go1.23.4 linux/amd64." in first
    second = figures.with_block(first, figures.block(STUDY, "1" * 16, "2 CPUs"))
    assert second == first.replace("0" * 16, "1" * 16)


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


def test_crossovers_stand_beside_the_thresholds() -> None:
    begin = "<!-- crossovers, written by `bazel run //benchmarks:figures -- --sweep` -->"
    index = f"before\n{begin}\n<!-- end of the figures -->\nafter\n"
    sweep = {
        "exercise": 5,
        "pair": "channel_counter",
        "crossover": "the after pays up to n 10, not from 100 on",
        "premature_below": "1,000 a second",
        "premature_rate": 1000,
        "points": [{"saved_cpu_ns": 1e6}, {"saved_cpu_ns": 1e5}],
    }
    written = figures.with_crossovers(index, [sweep], "2 CPUs")
    assert (
        "| 5 | channel_counter | the after pays up to n 10, not from 100 on | 1,000 a second | "
        "10 to 1e+02 % of a CPU |"
    ) in written
    assert figures.with_crossovers(written, [sweep], "2 CPUs") == written
    with pytest.raises(figures.FiguresError, match="0 places"):
        figures.with_crossovers("no marks", [sweep], "2 CPUs")


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
