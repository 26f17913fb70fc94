# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Runs the same primitives on Unpark and on every peer that this machine has, side by side.

Exit status: 0 all well, 2 bad input, 3 a wrong answer, a crash or a row that exceeds its time,
130 interrupted.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn, TextIO

from benchmarks.peers import compare, systems

CLEAN, BAD_INPUT, FAILED, INTERRUPTED = 0, 2, 3, 130
ROW_LIMIT_SECONDS = 120


class BadInputError(Exception):
    """What the user gave cannot be used; one line."""


class FailedError(Exception):
    """A program crashed or gave a wrong answer; one line."""


class _Parser(argparse.ArgumentParser):
    """Errors are one line."""

    def error(self, message: str) -> NoReturn:
        print(f"peers: {message}; --help tells more", file=sys.stderr)
        raise SystemExit(BAD_INPUT)


@dataclasses.dataclass(frozen=True)
class Series:
    """What is compared under one name."""

    name: str
    row: str
    size: int
    workers: int


@dataclasses.dataclass(frozen=True)
class Step:
    """One run of one program."""

    series: Series
    program: systems.Program
    repetition: int


@dataclasses.dataclass(frozen=True)
class Curve:
    """A row over growing sizes or workers."""

    row: str
    sizes: Sequence[int]
    workers: Sequence[int]

    def series(self) -> list[Series]:
        """Its points: spawn_all_100."""
        return [
            Series(f"{self.row}_{size}", self.row, size, workers)
            for size in self.sizes
            for workers in self.workers
        ]


CURVES = (
    Curve("spawn_all", [10**n for n in range(2, 7)], [2]),
    Curve("parked", [10**n for n in range(2, 7)], [2]),
    Curve("chan_8p1c", [1024], [2**n for n in range(7)]),
    Curve("after_func_stop", [10**n for n in range(1, 7)], [1]),
    Curve("select_ready", [2, 4, 16, 64], [1]),
    Curve("mutex", [2**n for n in range(7)], [2]),
)


def _positive(kind: type, least: float, most: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text!r}: a number from {least} to {most} is wanted")
        return value

    return read


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"{text!r}: is no pattern: {error}") from None


def _program(text: str) -> tuple[str, Path]:
    name, equals, path = text.partition("=")
    if not name or not equals or not path:
        raise argparse.ArgumentTypeError(f"{text!r}: SYSTEM=PATH is wanted")
    return name, Path(path)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    names = ", ".join((compare.OURS, *(system.name for system in systems.SYSTEMS)))
    made = _Parser(prog="peers", description=__doc__, allow_abbrev=False)
    made.add_argument("--rows", type=_pattern, default=_pattern(""), help="regex of NAME/WORKERS")
    made.add_argument("--systems", default="", help=f"of {names}; comma between; default all")
    made.add_argument(
        "--repetitions", type=_positive(int, 1, 1000), default=6, help="default 6; at least 5 count"
    )
    made.add_argument(
        "--min-time", type=_positive(float, 0, 60), default=0.1, help="seconds a run, default 0.1"
    )
    made.add_argument("--seed", type=_positive(int, 0, 2**63), help="of the order")
    made.add_argument("--out", help="JSON for the dashboard")
    made.add_argument("--commit", default="", help="40 hex digits; default: git tells")
    made.add_argument(
        "--curves", action="store_true", help="how cost grows with tasks, workers, timers, cases"
    )
    made.add_argument("--list", action="store_true", help="print rows and systems, run nothing")
    made.add_argument(
        "--program",
        type=_program,
        action="append",
        default=[],
        metavar="SYSTEM=PATH",
        help="run this program for a system instead of building it",
    )
    return made


def user_path(text: str) -> Path:
    """A path as typed: `bazel run` starts us elsewhere and tells where the user stands."""
    path = Path(text).expanduser()
    return path if path.is_absolute() else Path(_where()) / path


def _where() -> str:
    return os.environ.get("BUILD_WORKING_DIRECTORY", ".")


def our_program(given: Mapping[str, Path]) -> systems.Program:
    """Unpark's own, which Bazel builds beside this file."""
    path = given.get(compare.OURS, systems.HERE / "unpark_peer")
    if not path.exists():
        raise BadInputError(f"{path} is missing: run it by bazel run //benchmarks:peers")
    return systems.Program(compare.OURS, (str(path.absolute()),), "this commit")


def programs(
    wanted: Sequence[str], given: Mapping[str, Path], say: Callable[[str], None]
) -> list[systems.Program]:
    """Unpark's and every wanted system's; what cannot be built is told and left out."""
    known = {system.name: system for system in systems.SYSTEMS}
    for name in (*wanted, *given):
        if name != compare.OURS and name not in known:
            raise BadInputError(
                f"{name!r} is no system; there are {', '.join((compare.OURS, *known))}"
            )
    found = [our_program(given)]
    for name, system in known.items():
        if wanted and name not in wanted:
            continue
        if name in given:
            command = (str(given[name].absolute()), *system.arguments)
            found.append(systems.Program(name, command, "as given"))
            continue
        try:
            found.append(systems.build(system, say))
        except systems.UnavailableError as why:
            say(f"{name} skipped: {why}")
    return found


def read_series(program: systems.Program) -> list[Series]:
    """Unpark's list."""
    done = _run([*program.command, "--series"], 60)
    entries = [json.loads(line) for line in done.stdout.splitlines()]
    return [
        Series(entry["name"], entry["row"], entry["size"], workers)
        for entry in entries
        for workers in entry["workers"]
    ]


def select(series: Sequence[Series], rows: re.Pattern[str]) -> list[Series]:
    """Those whose NAME/WORKERS matches. Raises BadInputError when there is none."""
    chosen = [s for s in series if rows.search(f"{s.name}/{s.workers}")]
    if not chosen:
        raise BadInputError(f"--rows={rows.pattern!r} matches none of {len(series)} rows (--list)")
    return chosen


def _run(command: Sequence[str], seconds: float) -> subprocess.CompletedProcess[str]:
    """Its output; FailedError when it does not end well."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise FailedError(f"it ran longer than {seconds:.0f} s") from None
    except OSError as error:
        raise FailedError(f"it cannot be run: {error.strerror}") from None
    if done.returncode != 0:
        last = (done.stderr.strip() or "it said nothing").splitlines()[-1]
        raise FailedError(f"exit status {done.returncode}: {last}")
    return done


def plan(
    series: Sequence[Series],
    chosen: Sequence[systems.Program],
    repetitions: int,
    order: random.Random,
) -> Iterator[Step]:
    """In each repetition every series once, in random order, its systems as neighbours."""
    rows = {program.system: program.rows() for program in chosen}
    for repetition in range(repetitions):
        for one in order.sample(series, len(series)):
            able = [program for program in chosen if one.row in rows[program.system]]
            for program in order.sample(able, len(able)):
                yield Step(one, program, repetition)


def run_step(step: Step, min_time: float) -> compare.Result:
    """Runs the program and reads its line."""
    one = step.series
    done = _run(
        [
            *step.program.command,
            f"--row={one.row}",
            f"--size={one.size}",
            f"--workers={one.workers}",
            f"--min_time={min_time}",
        ],
        ROW_LIMIT_SECONDS + min_time,
    )
    return read_result(done.stdout, step)


def read_result(text: str, step: Step) -> compare.Result:
    """A program's line of JSON. Raises FailedError."""
    try:
        line = json.loads(text)
        result = compare.Result(
            series=step.series.name,
            system=step.program.system,
            workers=step.series.workers,
            repetition=step.repetition,
            operations=int(line["operations"]),
            ns_per_op=float(line["ns_per_op"]),
            cpu_ns_per_op=float(line["cpu_ns_per_op"]),
            answer=str(line["answer"]),
            figures={name: float(value) for name, value in line["figures"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FailedError(f"it printed {text.strip()[:80]!r}: {error!r}") from None
    if result.operations < 1 or result.ns_per_op <= 0:
        raise FailedError(f"it printed {text.strip()[:80]!r}: no operation was timed")
    return result


class Answers:
    """Compares the answers of all systems to a series."""

    def __init__(self) -> None:
        self._first: dict[Series, tuple[str, str]] = {}

    def check(self, step: Step, answer: str) -> None:
        """Raises FailedError when it differs from the first one."""
        system, first = self._first.setdefault(step.series, (step.program.system, answer))
        if answer != first:
            raise FailedError(f"wrong answer: {answer}, where {system} says {first}")


class Progress:
    """One line that is written over on a terminal; elsewhere a line every ten seconds."""

    def __init__(self, steps: int, stream: TextIO, clock: Callable[[], float]) -> None:
        self._steps, self._stream, self._clock = steps, stream, clock
        self._done, self._began = 0, clock()
        self._shown = -10.0

    def step(self, what: str) -> None:
        """The next step starts."""
        now = self._clock() - self._began
        left = ""
        if self._done:
            seconds = now / self._done * (self._steps - self._done)
            left = f", about {seconds:.0f} s left"
        text = f"[{self._done + 1}/{self._steps}] {what}{left}"
        if self._stream.isatty():
            print(f"\r\033[K{text[:100]}", end="", file=self._stream, flush=True)
        elif now - self._shown >= 10:
            print(text, file=self._stream, flush=True)
            self._shown = now
        self._done += 1

    def end(self) -> None:
        """Other text may follow."""
        if self._stream.isatty():
            print("\r\033[K", end="", file=self._stream, flush=True)


def measure(steps: Sequence[Step], min_time: float) -> tuple[list[compare.Result], list[str]]:
    """All results, and one line for each failure; what failed once is not run again."""
    results: list[compare.Result] = []
    failures: dict[tuple[Series, str], str] = {}
    answers = Answers()
    progress = Progress(len(steps), sys.stderr, time.monotonic)
    for step in steps:
        key = (step.series, step.program.system)
        name = f"{step.series.name}/{step.series.workers} {step.program.system}"
        progress.step(name)
        if key in failures:
            continue
        try:
            result = run_step(step, min_time)
            answers.check(step, result.answer)
            results.append(result)
        except FailedError as error:
            failures[key] = f"{name}: {error}"
    progress.end()
    return results, list(failures.values())


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", os.environ.get("BUILD_WORKSPACE_DIRECTORY", _where()), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def commit_context(given: str) -> dict[str, str]:
    """What the file says of its commit. Raises BadInputError when nothing is known."""
    if given and not re.fullmatch(r"[0-9a-f]{40}", given):
        raise BadInputError(f"--commit={given!r}: 40 hex digits are wanted")
    commit = given or _git("rev-parse", "HEAD")
    if not commit:
        raise BadInputError("the commit is not known here: say it with --commit")
    context = {"git_commit": commit}
    if when := _git("show", "--no-patch", "--format=%cI", commit):
        context["git_time"] = when
    if not given:
        dirty = _git("status", "--porcelain", "--untracked-files=no")
        context["git_dirty"] = "true" if dirty else "false"
    return context


def write_json(
    path: Path,
    results: Sequence[compare.Result],
    chosen: Sequence[systems.Program],
    context: Mapping[str, str],
) -> None:
    """A Google Benchmark file that the dashboard takes; written whole or not at all."""
    described = json.loads(_run([*chosen[0].command, "--context"], 60).stdout)
    content = {
        "context": {
            "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "num_cpus": os.cpu_count(),
            "library_build_type": "release",
            "unpark_schema": "1",
            "size": "core",
            "policy": "peers",  # a history of its own beside the suite's
            **described,
            **context,
            **{f"version.{program.system}": program.version for program in chosen},
        },
        "benchmarks": compare.benchmark_rows(results),
    }
    scratch = path.with_name(path.name + ".part")
    try:
        scratch.write_text(json.dumps(content, indent=1) + "\n")
        scratch.replace(path)
    except OSError as error:
        raise BadInputError(f"--out={str(path)!r} cannot be written: {error.strerror}") from None


def _say(text: str) -> None:
    print(f"peers: {text}", file=sys.stderr, flush=True)


def _list(series: Sequence[Series], chosen: Sequence[systems.Program]) -> None:
    reasons = {system.name: system.left_out for system in systems.SYSTEMS}
    rows = {program.system: program.rows() for program in chosen}
    for one in series:
        print(f"{one.name}/{one.workers}")
        for program in chosen:
            if one.row not in rows[program.system]:
                why = reasons.get(program.system, {}).get(one.row, "not written")
                print(f"  without {program.system}: {why}")
    for program in chosen:
        print(f"system {program.system}: {program.version}")


def _main(arguments: argparse.Namespace) -> int:
    given = {name: user_path(str(path)) for name, path in arguments.program}
    wanted = [name for name in arguments.systems.split(",") if name]
    context = commit_context(arguments.commit) if arguments.out else {}
    if arguments.out and not user_path(arguments.out).parent.is_dir():
        raise BadInputError(f"--out={arguments.out!r}: there is no such folder")
    chosen = programs(wanted, given, _say)
    points = [point for curve in CURVES for point in curve.series()]
    series = select(points if arguments.curves else read_series(chosen[0]), arguments.rows)
    if arguments.list:
        _list(series, chosen)
        return CLEAN
    seed = arguments.seed if arguments.seed is not None else time.time_ns()
    steps = list(plan(series, chosen, int(arguments.repetitions), random.Random(seed)))
    results, failures = measure(steps, arguments.min_time)
    place = {(one.name, one.workers): at for at, one in enumerate(series)}
    results.sort(key=lambda r: (place[r.series, r.workers], r.system, r.repetition))
    table = compare.Table(results)
    print("\n".join((*compare.ratio_table(table), "", *compare.value_table(table), "")))
    print("\n".join(compare.summary(table)))
    for program in chosen:
        print(f"{program.system}: {program.version}")
    for failure in failures:
        _say(failure)
    if arguments.out:
        seed_context = {"seed": str(seed), "rounds": str(int(arguments.repetitions))}
        write_json(user_path(arguments.out), results, chosen, context | seed_context)
        _say(f"wrote {user_path(arguments.out)}")
    return FAILED if failures else CLEAN


def main(arguments: Sequence[str]) -> int:
    """The whole program; returns its exit status."""
    try:
        return _main(parser().parse_args(arguments))
    except BadInputError as error:
        _say(str(error))
        return BAD_INPUT
    except FailedError as error:
        _say(f"{compare.OURS}: {error}")
        return FAILED
    except KeyboardInterrupt:
        _say("interrupted; nothing was written")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
