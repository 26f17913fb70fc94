# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Measures exercises with study and writes the figures into their lessons and into the index.

    bazel run //benchmarks:figures                    # all that have a lesson with figures
    bazel run //benchmarks:figures -- 5 channel_as_lock --seconds=3
    bazel run //benchmarks:figures -- --sweep         # the index's table of crossovers

A lesson's figures stand between two marks. The first mark has a hash of the pair's sources, so that
a test can tell figures that were measured with other code than today's.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

_BEGIN = "<!-- figures of the sources {hash}, written by `{command}` -->"
_END = "<!-- end of the figures -->"
_BLOCK = re.compile(
    r"<!-- figures of the sources ([0-9a-f]{16}), written by `([^`]*)` -->\n.*?" + _END, re.DOTALL
)

_SWEEPS_BEGIN = "<!-- crossovers, written by `bazel run //benchmarks:figures -- --sweep` -->"
_SWEEPS = re.compile(re.escape(_SWEEPS_BEGIN) + r"\n.*?" + _END, re.DOTALL)


_PROGRAM = Path("benchmarks/study")  # in the runfiles, where bazel run starts
_NOTHING = 2  # study's exit status where an exercise has no sweep


class FiguresError(Exception):
    """What a user can do something about, in a line."""


def sources_hash(folder: Path) -> str:
    """16 hex digits that change with any of the pair's own sources; tests are none."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.suffix in (".h", ".cc") and not path.stem.endswith("_test"):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def recorded(readme: str) -> tuple[str, str] | None:
    """Hash and command of the figures in a lesson; None: it has none."""
    found = _BLOCK.search(readme)
    return (found[1], found[2]) if found else None


def ratio_text(ratio: float) -> str:
    """As the commands print it: 44x, 2.4x, 0.97x."""
    return f"{ratio:.0f}x" if ratio >= 10 else f"{ratio:.1f}x" if ratio >= 2 else f"{ratio:.2f}x"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _by_variant(variants: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {variant["name"].split("/")[1]: variant for variant in variants}


def _compared(variant: dict[str, Any] | None, before: dict[str, Any]) -> str:
    if variant is None:
        return "-"
    if "ratio" not in before:
        return "the before is wrong"
    if "ratio" not in variant:
        return "wrong on purpose"
    ratio, low, high = (ratio_text(variant[key]) for key in ("ratio", "low", "high"))
    return f"{ratio} [{low}, {high}]"


def block(study: dict[str, Any], source_hash: str, where: str) -> str:
    """The lesson's figures: `study` is the JSON of study, `where` names machine and commit."""
    metric = "p99_ns" if study["metric"] == "p99_ns" else "ns_per_op"
    unit = "p99 of a request, us" if metric == "p99_ns" else "ns an operation"
    scale = 1e-3 if metric == "p99_ns" else 1
    go = study.get("go")
    theirs = _by_variant(go["variants"]) if go else {}
    claim = ratio_text(study["claim"]) if study["claim"] else "no figure"
    command = f"bazel run //benchmarks:figures -- {study['exercise']}"
    lines = [
        _BEGIN.format(hash=source_hash, command=command),
        f"| variant | {unit} | before / variant [95 %] | in Go: {unit} | before / variant [95 %] |",
        "|---|---|---|---|---|",
    ]
    sides = _by_variant(study["variants"])
    for name, ours in sides.items():
        other = theirs.get(name)
        lines.append(
            f"| {name} | {_number(ours[metric] * scale)} | "
            f"{'' if name == 'before' else _compared(ours, sides['before'])} | "
            f"{_number(other[metric] * scale) if other else '-'} | "
            f"{'' if name == 'before' else _compared(other, sides['before'])} |"
        )
    versions = f", {go['version'].removeprefix('go version ')}" if go else ""
    lines += [
        "",
        f"Claim: {claim}. Workload `{study['workload']}`, {where}{versions}.",
        f"Verdict here: {study['verdict']}.",
        _END,
    ]
    return "\n".join(lines)


def with_block(readme: str, text: str) -> str:
    """The lesson with its figures replaced, or added under "## Measure it"."""
    if _BLOCK.search(readme):
        return _BLOCK.sub(lambda _: text, readme, count=1)
    if "## Measure it\n" not in readme:
        raise FiguresError('the lesson has no "## Measure it" to put the figures under')
    return readme.rstrip("\n") + "\n\n" + text + "\n"


def with_index_row(index: str, study: dict[str, Any]) -> str:
    """The index with the cells "here" and "Go" of the exercise's row replaced."""
    here = _index_cell(study["variants"])
    go = _index_cell(study["go"]["variants"]) if "go" in study else "-"
    row = re.compile(rf"^(\| {study['exercise']} \| \[.*)\|[^|\n]*\|[^|\n]*\|$", re.MULTILINE)
    changed, count = row.subn(lambda found: f"{found[1]}| {here} | {go} |", index)
    if count != 1:
        raise FiguresError(f"the index has {count} rows for exercise {study['exercise']}")
    return changed


def _index_cell(variants: list[dict[str, Any]]) -> str:
    after = _by_variant(variants).get("after")
    return ratio_text(after["ratio"]) if after and "ratio" in after else "wrong before"


def with_crossovers(index: str, sweeps: list[dict[str, Any]], where: str) -> str:
    """The index with its table of crossovers replaced: `sweeps` are JSON of study --sweep."""
    lines = [
        _SWEEPS_BEGIN,
        "| # | pair | measured here | the text: premature below | CPU time saved at that rate |",
        "|---|---|---|---|---|",
    ]
    for sweep in sweeps:
        saved = sorted(point["saved_cpu_ns"] for point in sweep["points"])
        load = "-"
        if sweep["premature_rate"]:
            low, high = (sweep["premature_rate"] * saved[i] * 1e-7 for i in (0, -1))
            load = f"{low:.2g} to {high:.2g} % of a CPU"
        lines.append(
            f"| {sweep['exercise']} | {sweep['pair']} | {sweep['crossover']} | "
            f"{sweep['premature_below']} | {load} |"
        )
    text = "\n".join([*lines, "", f"On {where}.", _END])
    changed, count = _SWEEPS.subn(lambda _: text, index)
    if count != 1:
        raise FiguresError(f"the index has {count} places for the table of crossovers, not one")
    return changed


def machine_and_commit(workspace: Path) -> str:
    """What figures need to be compared: processor, CPUs, kernel, commit."""
    cpu = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(workspace), *words], capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    commit = git("rev-parse", "--short=10", "HEAD") or "no commit"
    # Lessons that were just written do not change what is measured.
    dirty = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!*.md")
    return (
        f"{os.cpu_count()} CPUs of {cpu[1] if cpu else 'an unknown processor'}, "
        f"Linux {os.uname().release.split('-')[0]}, commit {commit}{'+changes' if dirty else ''}"
    )


def _study(program: Path, exercise: str, *flags: str) -> dict[str, Any] | None:
    """What study found; None: it says that this exercise has nothing of the kind."""
    words = [str(program), exercise, "--json", *flags]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode == _NOTHING and "--sweep" in flags:
        return None
    if done.returncode != 0:
        raise FiguresError(f"study {exercise} ended with status {done.returncode}")
    return json.loads(done.stdout)


def write_figures(workspace: Path, study: dict[str, Any]) -> Path:
    """Writes a study into its lesson and the index; returns the lesson."""
    folder = workspace / "patterns" / f"ex{study['exercise']:02d}_{study['pair']}"
    readme, index = folder / "README.md", workspace / "patterns" / "README.md"
    text = block(study, sources_hash(folder), machine_and_commit(workspace))
    lesson = with_block(readme.read_text(), text)
    table = with_index_row(index.read_text(), study)
    readme.write_text(lesson)
    index.write_text(table)
    return readme


def main(arguments: list[str]) -> int:
    """Exit status: 0; 2 bad arguments or no place to write; 3 a study failed."""
    parser = argparse.ArgumentParser(prog="figures", description=__doc__.splitlines()[0])
    parser.add_argument("exercises", nargs="*", help="numbers, names or slugs; default: 1 to 17")
    parser.add_argument("--seconds", type=float, default=3, help="of each study; default 3")
    parser.add_argument("--no-go", action="store_true", help="leave the Go side out")
    parser.add_argument("--sweep", action="store_true", help="measure crossovers instead")
    flags = parser.parse_args(arguments)
    workspace = os.environ.get("BUILD_WORKSPACE_DIRECTORY")
    if workspace is None:
        print("figures: run it by bazel run //benchmarks:figures", file=sys.stderr)
        return 2
    exercises = flags.exercises or [str(number) for number in range(1, 18)]
    try:
        if flags.sweep:
            _measure_sweeps(Path(workspace), exercises, flags.seconds)
        else:
            _measure_lessons(Path(workspace), exercises, flags.seconds, not flags.no_go)
    except FiguresError as error:
        print(f"figures: {error}", file=sys.stderr)
        return 3
    except OSError as error:
        print(f"figures: {error}", file=sys.stderr)
        return 2
    return 0


def _measure_lessons(workspace: Path, exercises: list[str], seconds: float, go: bool) -> None:
    flags = [f"--seconds={seconds}", *(["--go"] if go else [])]
    for exercise in exercises:
        study = _study(_PROGRAM.resolve(), exercise, *flags)
        if study is not None:
            print(f"figures: wrote {write_figures(workspace, study)}")


def _measure_sweeps(workspace: Path, exercises: list[str], seconds: float) -> None:
    studies = [
        _study(_PROGRAM.resolve(), exercise, "--sweep", f"--seconds={seconds}")
        for exercise in exercises
    ]
    index = workspace / "patterns" / "README.md"
    sweeps = [study for study in studies if study is not None]
    index.write_text(with_crossovers(index.read_text(), sweeps, machine_and_commit(workspace)))
    print(f"figures: wrote {index}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
