# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""The command line. Exit status 0 clean, 1 regression, 2 bad input."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from dashboard.pairs import go_runs, measure_pairs
from dashboard.record import record
from dashboard.run import BadRunError, Run
from dashboard.store import History, StoreError
from dashboard.text import print_check, print_pairs, print_record
from dashboard.verdict import REGRESSED, Check, Rules, check, compare_runs

CLEAN, REGRESSION, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


class _Parser(argparse.ArgumentParser):
    """Errors are one line."""

    def error(self, message: str) -> NoReturn:
        print(f"dashboard: {message}; --help tells more", file=sys.stderr)
        raise SystemExit(BAD_INPUT)


def home() -> Path:
    """Where history and report lie by default: $UNPARK_HOME, or ~/.local/share/unpark."""
    return _place(os.environ.get("UNPARK_HOME") or "~/.local/share/unpark")


def _place(text: str) -> Path:
    """A path as typed; `bazel run` starts us elsewhere and tells where the user stands."""
    path = Path(text).expanduser()
    return (
        path if path.is_absolute() else Path(os.environ.get("BUILD_WORKING_DIRECTORY", ".")) / path
    )


def _percent(text: str) -> float:
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        value = -1.0
    if not 0 < value <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r}: a percentage above 0 is wanted")
    return value / 100


def _alerts(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < 30:
        raise argparse.ArgumentTypeError(f"{text!r}: a number above 0 and below 30 is wanted")
    return value


def _parser() -> _Parser:
    places = _Parser(add_help=False, allow_abbrev=False)
    places.add_argument("--db", help="history (default: $UNPARK_HOME/history.sqlite)")
    rules = _Parser(add_help=False, allow_abbrev=False)
    rules.add_argument(
        "--min-effect",
        type=_percent,
        default=Rules.min_effect,
        metavar="PERCENT",
        help="smallest change worth a verdict (default: 10)",
    )
    rules.add_argument(
        "--false-alerts",
        type=_alerts,
        default=Rules.per_month,
        metavar="N",
        help="false alerts a month that checks every night may expect (default: 2)",
    )
    parser = _Parser(
        prog="dashboard",
        allow_abbrev=False,
        description="Keeps benchmark runs, tells what became slower, and shows it.",
        epilog="Exit status: 0 clean, 1 regression, 2 bad input. History and report lie in"
        " UNPARK_HOME (default: ~/.local/share/unpark).",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    ingest = verbs.add_parser("ingest", parents=[places], help="store runs: all files or none")
    ingest.add_argument("files", nargs="+", metavar="FILE")
    ingest.add_argument("--commit", help="commit of files that do not name theirs")
    checks = verbs.add_parser("check", parents=[places, rules], help="judge the newest build")
    checks.add_argument("--all", action="store_true", help="list unchanged benchmarks too")
    verbs.add_parser(
        "changes",
        parents=[places, rules],
        help="list what changed in the history, recovered or not",
    )
    report = verbs.add_parser("report", parents=[places, rules], help="write the HTML report")
    report.add_argument("--out", help="folder (default: $UNPARK_HOME/report)")
    compare = verbs.add_parser("compare", parents=[rules], help="judge file B against file A")
    compare.add_argument("baseline", metavar="A")
    compare.add_argument("candidate", metavar="B")
    compare.add_argument("--all", action="store_true", help="list unchanged benchmarks too")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one verb and returns the exit status."""
    try:
        options = _parser().parse_args(arguments)
        verbs = {
            "ingest": _ingest,
            "check": _check,
            "changes": _changes,
            "report": _report,
            "compare": _compare,
        }
        return verbs[options.verb](options)
    except SystemExit as stop:
        return int(stop.code or 0)
    except (BadRunError, StoreError) as error:
        print(f"dashboard: {error}", file=sys.stderr)
        return BAD_INPUT
    except OSError as error:
        print(f"dashboard: {error.filename}: {error.strerror}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("dashboard: interrupted; history and report are as they were", file=sys.stderr)
        return INTERRUPTED


def _history(options: argparse.Namespace) -> History:
    return History(_place(options.db) if options.db else home() / "history.sqlite")


def _ingest(options: argparse.Namespace) -> int:
    runs: list[Run] = []
    total = len(options.files)
    for number, name in enumerate(options.files, 1):
        if total > 1:
            print(f"reading {number}/{total} {name}", file=sys.stderr)
        run = Run.load(_place(name), options.commit)
        twin = next((other for other in runs if other.run_id == run.run_id), None)
        if twin is not None:
            raise BadRunError(f"{name}: run {run.run_id} is given twice (also as {twin.source})")
        runs.append(run)
    history = _history(options)
    history.add(runs)
    what = f"run {runs[0].run_id}" if total == 1 else f"{total} runs"
    print(f"stored {what} in {history.path} ({history.count()} runs in all)")
    return CLEAN


def _rules(options: argparse.Namespace) -> Rules:
    return Rules(min_effect=options.min_effect, per_month=options.false_alerts)


def _check(options: argparse.Namespace) -> int:
    history = _history(options)
    machine, size = _newest_series(history)
    runs = history.runs(machine, size)
    result = check(runs, _rules(options))
    status = _tell(result, options.all)
    print_pairs(measure_pairs(result.sides.candidate.runs, go_runs(runs)))
    return status


def _changes(options: argparse.Namespace) -> int:
    history = _history(options)
    print_record(record(history.runs(*_newest_series(history)), _rules(options)))
    return CLEAN


def _newest_series(history: History) -> tuple[str, str]:
    series = history.series()
    if not series:
        raise StoreError(f"{history.path}: no run here yet: ingest one first")
    return series[0]


def _tell(result: Check, everything: bool) -> int:
    print_check(result, everything)
    return REGRESSION if result.of(REGRESSED) else CLEAN


def _compare(options: argparse.Namespace) -> int:
    older, newer = (
        Run.load(_place(name), nameless=Path(name).stem)
        for name in (options.baseline, options.candidate)
    )
    return _tell(compare_runs(older, newer, _rules(options)), options.all)


def _report(options: argparse.Namespace) -> int:
    from dashboard.report import write_report  # matplotlib takes a second to load

    out = _place(options.out) if options.out else home() / "report"
    index = write_report(_history(options), out, _rules(options))
    print(f"wrote {index}")
    return CLEAN


if __name__ == "__main__":
    sys.exit(main())
