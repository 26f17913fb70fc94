# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Measures exercises with study and writes the figures into their lessons and into the index.

    bazel run //benchmarks:figures                    # the seventeen exercises
    bazel run //benchmarks:figures -- --scenarios     # the scenarios
    bazel run //benchmarks:figures -- 5 channel_as_lock --seconds=3
    bazel run //benchmarks:figures -- --sweep         # the index's crossovers

A lesson's figures stand between two marks. The first mark has a hash of the pair's sources, so that
a test can tell figures that were measured with other code than today's. What the sweeps found is
kept in patterns/crossovers.json, with the same hash; the index's table and figure are made of it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import sweep_figure

_BEGIN = "<!-- figures of the sources {hash}, written by `{command}` -->"
_END = "<!-- end of the figures -->"
_BLOCK = re.compile(
    r"<!-- figures of the sources ([0-9a-f]{16}), written by `([^`]*)` -->\n.*?" + _END, re.DOTALL
)

_SWEEPS_BEGIN = "<!-- crossovers, written by `bazel run //benchmarks:figures -- --sweep` -->"
_SWEEPS = re.compile(re.escape(_SWEEPS_BEGIN) + r"\n.*?" + _END, re.DOTALL)

_PROGRAM = Path("benchmarks/study")  # in the runfiles, where bazel run starts
# What a lesson shows beside the times, by the output of a program of its own.
_BESIDE = {
    "thread_per_task": Path("patterns/ex110_thread_per_task/weigh"),
    "peterson_lock": Path("patterns/ex111_peterson_lock/how_often"),
}
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


def _compared(variant: dict[str, Any], before: dict[str, Any]) -> str:
    if "ratio" not in before:
        return "the before is wrong"
    if "ratio" not in variant:
        return "wrong on purpose"
    ratio, low, high = (ratio_text(variant[key]) for key in ("ratio", "low", "high"))
    return f"{ratio} [{low}, {high}]"


def _table(study: dict[str, Any]) -> list[str]:
    metric = "p99_ns" if study["metric"] == "p99_ns" else "ns_per_op"
    unit = "p99 of a request, us" if metric == "p99_ns" else "ns an operation"
    scale = 1e-3 if metric == "p99_ns" else 1
    heads = [f"`{study['workload']}`", unit, "before / variant [95 %]"]
    ours = _by_variant(study["variants"])
    theirs = _by_variant(study["go"]["variants"]) if "go" in study else None
    if theirs is not None:
        heads += [f"in Go: {unit}", "before / variant [95 %]"]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for name, variant in ours.items():
        cells = [name, *_cells(name, variant, ours["before"], metric, scale)]
        if theirs is not None:
            cells += _cells(name, theirs.get(name), theirs["before"], metric, scale)
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _cells(
    name: str, variant: dict[str, Any] | None, before: dict[str, Any], metric: str, scale: float
) -> list[str]:
    if variant is None:
        return ["-", "-"]
    compared = "" if name == "before" else _compared(variant, before)
    return [_number(variant[metric] * scale), compared]


def block(studies: Sequence[dict[str, Any]], source_hash: str, where: str, beside: str) -> str:
    """The lesson's figures: `studies` are the JSON of study, one for each workload; `where` names
    machine and commit, `beside` is what a program of the pair's own says.
    """
    first = studies[0]
    claim = ratio_text(first["claim"]) if first["claim"] else "no figure"
    versions = f", {first['go']['version'].removeprefix('go version ')}" if "go" in first else ""
    command = f"bazel run //benchmarks:figures -- {first['exercise']}"
    lines = [_BEGIN.format(hash=source_hash, command=command)]
    for study in studies:
        lines += [*_table(study), ""]
    if beside:
        lines += [*("    " + line for line in beside.splitlines()), ""]
    lines.append(f"Claim: {claim}. {where}{versions}.")
    for study in studies:
        lines += ["", f"Verdict with `{study['workload']}`: {study['verdict']}."]
    return "\n".join([*lines, _END])


def with_block(readme: str, text: str) -> str:
    """The lesson with its figures replaced, or added under "## Measure it"."""
    if _BLOCK.search(readme):
        return _BLOCK.sub(lambda _: text, readme, count=1)
    if "## Measure it\n" not in readme:
        raise FiguresError('the lesson has no "## Measure it" to put the figures under')
    return readme.rstrip("\n") + "\n\n" + text + "\n"


def with_index_row(index: str, study: dict[str, Any]) -> str:
    """The index with the cells "here" and, where the exercise is there in Go, "Go" replaced."""
    cells = [_index_cell(study["variants"])]
    if "go" in study:
        cells.append(_index_cell(study["go"]["variants"]))
    written = r"\|[^|\n]*" * len(cells) + r"\|$"
    row = re.compile(rf"^(\| {study['exercise']} \| \[.*){written}", re.MULTILINE)
    changed, count = row.subn(lambda found: f"{found[1]}| {' | '.join(cells)} |", index)
    if count != 1:
        raise FiguresError(f"the index has {count} rows for exercise {study['exercise']}")
    return changed


def _index_cell(variants: list[dict[str, Any]]) -> str:
    after = _by_variant(variants).get("after")
    return ratio_text(after["ratio"]) if after and "ratio" in after else "wrong before"


def with_crossovers(index: str, sweeps: Sequence[dict[str, Any]]) -> str:
    """The index with its table of crossovers replaced: `sweeps` are JSON of study --sweep, each
    with `where` it was measured.
    """
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
    lines += ["", "![Ratio of before to after by the parameter that decides](crossovers.svg)", ""]
    lines += [f"On {where}." for where in dict.fromkeys(sweep["where"] for sweep in sweeps)]
    changed, count = _SWEEPS.subn(lambda _: "\n".join([*lines, _END]), index)
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


def _folder(workspace: Path, study: dict[str, Any]) -> Path:
    return workspace / "patterns" / f"ex{study['exercise']:02d}_{study['pair']}"


def write_figures(workspace: Path, studies: Sequence[dict[str, Any]], beside: str = "") -> Path:
    """Writes an exercise's studies into its lesson and the index; returns the lesson."""
    folder = _folder(workspace, studies[0])
    readme, index = folder / "README.md", workspace / "patterns" / "README.md"
    text = block(studies, sources_hash(folder), machine_and_commit(workspace), beside)
    lesson = with_block(readme.read_text(), text)
    table = with_index_row(index.read_text(), studies[0])
    readme.write_text(lesson)
    index.write_text(table)
    return readme


def write_sweeps(workspace: Path, sweeps: Sequence[dict[str, Any]]) -> Path:
    """Adds sweeps to those that are kept, and makes the index's table and figure anew."""
    patterns = workspace / "patterns"
    kept_in, index = patterns / "crossovers.json", patterns / "README.md"
    kept = json.loads(kept_in.read_text()) if kept_in.exists() else []
    where = machine_and_commit(workspace)
    for sweep in sweeps:
        sources = sources_hash(_folder(workspace, sweep))
        kept = [other for other in kept if other["exercise"] != sweep["exercise"]]
        kept.append({**sweep, "sources": sources, "where": where})
    kept.sort(key=lambda sweep: sweep["exercise"])
    index.write_text(with_crossovers(index.read_text(), kept))
    kept_in.write_text(json.dumps(kept, indent=1) + "\n")
    sweep_figure.draw_all(kept, str(patterns / "crossovers.svg"))
    return index


def main(arguments: list[str]) -> int:
    """Exit status: 0; 2 bad arguments or no place to write; 3 a study failed."""
    parser = argparse.ArgumentParser(prog="figures", description=__doc__.splitlines()[0])
    parser.add_argument("exercises", nargs="*", help="numbers, names or slugs; default: 1 to 17")
    parser.add_argument("--scenarios", action="store_true", help="all scenarios, 101 and up")
    parser.add_argument("--seconds", type=float, default=3, help="of each study; default 3")
    parser.add_argument("--no-go", action="store_true", help="leave the Go side out")
    parser.add_argument("--sweep", action="store_true", help="measure crossovers instead")
    flags = parser.parse_args(arguments)
    workspace_text = os.environ.get("BUILD_WORKSPACE_DIRECTORY")
    if workspace_text is None:
        print("figures: run it by bazel run //benchmarks:figures", file=sys.stderr)
        return 2
    workspace = Path(workspace_text)
    exercises = flags.exercises or _numbers(workspace, flags.scenarios)
    try:
        if flags.sweep:
            sweeps = [
                found
                for exercise in exercises
                if (found := _study(exercise, "--sweep", f"--seconds={flags.seconds}"))
            ]
            print(f"figures: wrote {write_sweeps(workspace, sweeps)}")
        else:
            for exercise in exercises:
                go = not flags.no_go and _is_in_go(workspace, exercise)
                print(f"figures: wrote {_measure_lesson(workspace, exercise, flags.seconds, go)}")
    except FiguresError as error:
        print(f"figures: {error}", file=sys.stderr)
        return 3
    except OSError as error:
        print(f"figures: {error}", file=sys.stderr)
        return 2
    return 0


def _numbers(workspace: Path, scenarios: bool) -> list[str]:
    """Of all pairs of one kind, in order; scenarios begin at 101."""
    files = (workspace / "patterns").glob("ex*_*/pair.cc")
    numbers = sorted(int(file.parent.name[2:].split("_")[0]) for file in files)
    return [str(number) for number in numbers if (number > 100) == scenarios]


def _is_in_go(workspace: Path, exercise: str) -> bool:
    """Whether benchmarks/go has the exercise, of which number, name or slug is given."""
    for file in (workspace / "benchmarks" / "go").glob("ex*_*.go"):
        number, name = file.stem[2:].split("_", 1)
        if exercise in (number, str(int(number)), name, file.stem):
            return True
    return False


def _study(exercise: str, *flags: str) -> dict[str, Any] | None:
    """What study found; None: it says that this exercise has nothing of the kind."""
    words = [str(_PROGRAM.resolve()), exercise, "--json", *flags]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode == _NOTHING and "--sweep" in flags:
        return None
    if done.returncode != 0:
        raise FiguresError(f"study {exercise} ended with status {done.returncode}")
    return json.loads(done.stdout)


def _measure_lesson(workspace: Path, exercise: str, seconds: float, go: bool) -> Path:
    flags = [f"--seconds={seconds}", *(["--go"] if go else [])]
    studies = [_study(exercise, *flags)]
    for workload in studies[0]["workloads"][1:]:
        studies.append(_study(exercise, *flags, f"--workload={workload}"))
    return write_figures(workspace, studies, _said_beside(studies[0]["pair"]))


def _said_beside(pair: str) -> str:
    if pair not in _BESIDE:
        return ""
    done = subprocess.run([_BESIDE[pair].resolve()], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise FiguresError(f"{_BESIDE[pair]} ended with status {done.returncode}")
    return done.stdout.rstrip("\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
