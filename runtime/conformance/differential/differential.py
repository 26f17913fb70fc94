# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Runs random concurrent programs here and in Go and compares how they end with what Go allows.

bazel run //runtime/conformance/differential -- --programs 100000 --seed 1

A model enumerates all outcomes that Go's semantics allow each program (model.h). An outcome outside
of them, of Go or of this runtime, is a disagreement. Without `go` on PATH only this runtime is run.

Exit status: 0 all agree, 1 some do not, 2 bad arguments.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent
SHARD = 500  # programs an interpreter is given at a time
PATIENCE_S = 60  # an interpreter that needs longer for a shard hangs
GO = "interpreter_go"  # the name of the interpreter in Go
SHOWN = 10  # disagreements told in full

_STATE = re.compile(r"^goroutine \d+ \[([^,\]]+)[^\]]*\]:$", re.MULTILINE)


class InterpreterError(RuntimeError):
    """An interpreter ended in a way that no program can bring about."""


@dataclass(frozen=True)
class Program:
    """A program's text, and the outcomes that are allowed."""

    text: str
    allowed: frozenset[str]


@dataclass
class Tally:
    """What was run and what came out."""

    programs: int = 0
    single: int = 0  # programs with one allowed outcome
    kinds: Counter[str] = field(default_factory=Counter)  # of outcomes, by interpreter
    disagreements: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Counts other in."""
        self.programs += other.programs
        self.single += other.single
        self.kinds += other.kinds
        self.disagreements += other.disagreements


def end_of_process(stderr: str) -> str:
    """The outcome that an interpreter's last words tell."""
    for line in stderr.splitlines():
        if line.startswith("panic: "):
            return "panic " + line.removeprefix("panic: ")
        if line == "fatal error: all goroutines are asleep - deadlock!":
            return "deadlock " + ",".join(sorted(_STATE.findall(stderr)))
        if line.startswith("fatal error: "):
            return "fatal " + line.removeprefix("fatal error: ")
    raise InterpreterError(f"ended with: {stderr[-2000:]}")


def outcomes(interpreter: Path, file: Path, total: int, runs: int, procs: int) -> Iterator[str]:
    """The outcomes of `total` runs, `runs` for each program of file; a process for each bad end."""
    done = 0
    while done < total:
        command = [str(interpreter), str(file), str(done), str(runs), str(procs)]
        try:
            ended = subprocess.run(
                command, capture_output=True, text=True, timeout=PATIENCE_S, check=False
            )
        except subprocess.TimeoutExpired as error:
            printed = (error.stdout or b"").decode().splitlines()
            yield from printed
            words = (error.stderr or b"").decode()
            # Go's runtime may block itself where two goroutines end the program at once ("panic
            # during panic"); its words are out by then.
            yield end_of_process(words) if words and interpreter.name == GO else "hang"
            done += len(printed) + 1
            continue
        printed = ended.stdout.splitlines()
        yield from printed
        done += len(printed)
        if ended.returncode == 2:
            yield end_of_process(ended.stderr)
            done += 1
        elif ended.returncode != 0 or done < total:
            raise InterpreterError(f"{command} ended with {ended.returncode}: {ended.stderr}")


def compare(
    interpreters: dict[str, Path], programs: list[Program], runs: int, procs: list[int]
) -> Tally:
    """Runs each program `runs` times with each number of Ps in each interpreter."""
    tally = Tally(programs=len(programs), single=sum(len(p.allowed) == 1 for p in programs))
    with tempfile.TemporaryDirectory(prefix="unpark-differential-") as folder:
        file = Path(folder) / "programs"
        file.write_text("".join(p.text + "\n" for p in programs))
        for name, path in interpreters.items():
            for n in procs:
                for i, outcome in enumerate(outcomes(path, file, len(programs) * runs, runs, n)):
                    tally.kinds[f"{name} {outcome.split(' ', 1)[0]}"] += 1
                    check(tally, programs[i // runs], f"{name} with {n} Ps", outcome)
    return tally


def check(tally: Tally, program: Program, who: str, outcome: str) -> None:
    """Notes an outcome that is not allowed."""
    if outcome not in program.allowed:
        allowed = "\n    ".join(sorted(program.allowed))
        tally.disagreements.append(f"{program.text}\n  {who}: {outcome}\n  allowed:\n    {allowed}")


def programs_of(lines: Iterable[str]) -> list[Program]:
    """The generator's lines."""
    fields = (line.split("\t") for line in lines)
    return [Program(text, frozenset(allowed)) for text, *allowed in fields]


def generate(seed: int, count: int) -> list[Program]:
    """`count` random programs; the same ones for the same seed."""
    command = [str(FOLDER / "generator"), str(seed), str(count)]
    return programs_of(subprocess.check_output(command, text=True).splitlines())


def with_outcomes(texts: list[str]) -> list[Program]:
    """These programs with their allowed outcomes."""
    given = "".join(text + "\n" for text in texts)
    told = subprocess.check_output([str(FOLDER / "generator"), "-"], text=True, input=given)
    return programs_of(told.splitlines())


def read_recorded(path: Path) -> list[tuple[str, str]]:
    """(program, outcome in Go) for each line of a recording."""
    pairs = []
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        text, tab, outcome = line.partition("\t")
        if not tab:
            raise ValueError(f"{path}:{number}: no tab between program and outcome")
        pairs.append((text, outcome))
    return pairs


def compare_with_recorded(
    path: Path, interpreters: dict[str, Path], runs: int, procs: list[int]
) -> Tally:
    """Runs the programs of a recording; what Go did then must be allowed too."""
    recorded = read_recorded(path)
    programs = with_outcomes([text for text, _ in recorded])
    tally = compare(interpreters, programs, runs, procs)
    for program, (_, outcome) in zip(programs, recorded, strict=True):
        check(tally, program, "Go, as recorded", outcome)
    return tally


def record(path: Path, go: Path, programs: list[Program]) -> None:
    """Writes what Go does with these programs."""
    file = path.with_suffix(".programs")
    file.write_text("".join(p.text + "\n" for p in programs))
    ends = outcomes(go, file, len(programs), 1, 2)
    lines = [f"{p.text}\t{end}\n" for p, end in zip(programs, ends, strict=True)]
    path.write_text("".join(lines))
    file.unlink()


def build_go(folder: Path) -> Path | None:
    """The interpreter in Go, or None where there is no Go."""
    if shutil.which("go") is None:
        return None
    binary = folder / GO
    source = (FOLDER / "interpreter.go").resolve()
    subprocess.run(["go", "build", "-o", str(binary), str(source)], check=True, cwd=folder)
    return binary


def in_shards(
    arguments: argparse.Namespace, work: Callable[[list[Program]], Tally], tell: bool
) -> Tally:
    """Generates shards and works on `jobs` of them at a time."""
    total = Tally()
    counts = [min(SHARD, arguments.programs - n) for n in range(0, arguments.programs, SHARD)]

    def one(shard: int) -> Tally:
        return work(generate(arguments.seed * 1_000_000 + shard, counts[shard]))

    with ThreadPoolExecutor(arguments.jobs) as pool:
        for tally in pool.map(one, range(len(counts))):
            total.add(tally)
            if tell and total.programs % 10_000 == 0:
                print(f"{total.programs} programs, {len(total.disagreements)} disagreements")
    return total


def report(tally: Tally) -> int:
    """Tells the result; the exit status."""
    print(
        f"{tally.programs} programs, {tally.single} of them with a single allowed outcome; "
        f"{len(tally.disagreements)} disagreements"
    )
    for kind, n in sorted(tally.kinds.items()):
        print(f"  {kind}: {n} runs")
    for text in tally.disagreements[:SHOWN]:
        print(f"\n{text}")
    return 1 if tally.disagreements else 0


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="differential", description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=int, default=1000, help="how many (default 1000)")
    parser.add_argument("--seed", type=int, default=1, help="of the programs (default 1)")
    parser.add_argument("--runs", type=int, default=1, help="of each program per number of Ps")
    parser.add_argument("--procs", type=int, nargs="+", default=[1, 2, 4], help="numbers of Ps")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time (default 2)")
    parser.add_argument("--recorded", type=Path, help="run the programs of this file instead")
    parser.add_argument("--record", type=Path, help="write what Go does with the programs")
    parser.add_argument("--interpreter", type=Path, default=FOLDER / "interpreter", help="of ours")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """The command."""
    options = parse_arguments(arguments)
    with tempfile.TemporaryDirectory(prefix="unpark-differential-") as folder:
        interpreters = {"unpark": options.interpreter}
        if options.recorded:
            tally = compare_with_recorded(
                options.recorded, interpreters, options.runs, options.procs
            )
            return report(tally)
        go = build_go(Path(folder))
        if options.record:
            if go is None:
                print("differential: --record needs go on PATH", file=sys.stderr)
                return 2
            record(options.record, go, generate(options.seed, options.programs))
            return 0
        if go is None:
            print("go is not on PATH: only this runtime is compared with what Go allows")
        else:
            interpreters["go"] = go
        tally = in_shards(
            options, lambda p: compare(interpreters, p, options.runs, options.procs), tell=True
        )
        return report(tally)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
