# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""evaluate: scores the detectors side by side and checks the promises of this folder.

Usage: bazel run //dashboard/stats:evaluate -- [--data DIR] [--peers DIR] [--quick] [--only NAME]
Peers are scored where they can be imported; --peers DIR adds a folder of packages, repeatable.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

SECTIONS = ("detectors", "online", "pairs", "discoveries", "speed")


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints a Markdown table."""
    print(f"\n### {title}\n")
    print("| " + " | ".join(heads) + " |")
    print("|" + "---|" * len(heads))
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)


def show_detectors(data: Path | None, seed: int, copies: int) -> None:
    """Scores of all detectors on the labelled sets and the synthetic one."""
    from dashboard.stats.evaluation import detectors

    sets = detectors.labelled(data) if data else {}
    heads = ["default parameters", *(f"{n} F1 / cover / maj / FP per 1000" for n in sets)]
    heads += ["synthetic P", "R", "FP per 1000", "R at 1/2/5/10/20 %"]
    rows = []
    for name, find in detectors.candidates().items():
        print(f"evaluate: {name}", file=sys.stderr, flush=True)
        row = [name]
        row += [" / ".join(detectors.score_labelled(find, items)) for items in sets.values()]
        rows.append(row + detectors.score_synthetic(find, seed, copies))
    table("Change points, whole history at once", heads, rows)


def show_online(seed: int, copies: int) -> None:
    """How soon changes are found and how often falsely, one value at a time."""
    from dashboard.stats.evaluation import detectors

    rows = []
    for name, find in detectors.candidates().items():
        print(f"evaluate: online {name}", file=sys.stderr, flush=True)
        rows.append([name, *detectors.score_online(find, seed, copies)])
    heads = ["default parameters", "found", "delay mean/median", "false per 1000"]
    table("Change points, one value at a time", heads, rows)


def show_pairs(seed: int, trials: int) -> None:
    """Coverage of the intervals; false alarms and power beside the plain U test."""
    from dashboard.stats.evaluation import pairs

    rows = [
        [
            noise,
            kind,
            *(
                f"{pairs.coverage(noise, n, trials, seed, paired=paired):.3f}"
                for n in (5, 10, 20, 50)
            ),
        ]
        for noise in pairs.NOISES
        for kind, paired in (("unpaired", False), ("by rounds", True))
    ]
    table("Coverage of 95 % intervals of the ratio", ["noise", "", "n = 5", "10", "20", "50"], rows)
    rows = []
    for noise in pairs.NOISES:
        for count in (5, 10, 20):
            same = pairs.two_sample_rates(noise, count, 1.0, trials, seed)
            slower = pairs.two_sample_rates(noise, count, 1.05, trials, seed)
            rows += [
                [noise, str(count), name, f"{same[name]:.3f}", f"{slower[name]:.3f}"]
                for name in same
            ]
    heads = ["noise", "n", "rule", "false alarms", "5 % slower found"]
    table("Two samples: our verdict beside the plain U test", heads, rows)


def show_discoveries(seed: int, nights: int) -> None:
    """False alerts of simulated nights against the promise."""
    from dashboard.stats.evaluation import pairs

    rows = []
    for changed in (0, 5):
        for shared in (0.0, 0.5, 0.9):
            found = pairs.false_discoveries(50, changed, shared, nights, seed)
            rows.append([str(changed), f"{shared:.0%}", *(f"{v:.3f}" for v in found.values())])
    heads = ["of 50 changed", "shared noise", "false alerts a month", "false share", "found"]
    heads += ["BH alone: false a month", "BH: found"]
    table("Promise: expected false alerts per month: at most 1", heads, rows)


def show_speed() -> None:
    """Processor time of all detectors in this very run."""
    from dashboard.stats.evaluation import detectors

    lengths = (100, 1000, 10000)
    rows = []
    unit = {n: detectors.timing(detectors.ours, n) for n in lengths}
    for name, find in detectors.candidates().items():
        cells, spent = [], 0.0
        for length in lengths:
            # Growth is at least quadratic for some: skip what would take minutes.
            if spent > 0.5:
                cells.append("> 60 s")
                continue
            spent = detectors.timing(find, length)
            cells.append(f"{1e3 * spent:.3g} ms (x{spent / unit[length]:.3g})")
        rows.append([name, *cells])
    table("Processor time, and its ratio to ours", ["", *(f"n = {n}" for n in lengths)], rows)
    rows = []
    for length in lengths:
        median, mean = detectors.append_timing(length)
        rows.append([str(length), f"{1e6 * median:.1f} us", f"{1e6 * mean:.1f} us"])
    table("One append with its answer", ["n", "median", "mean, refits included"], rows)


def _name_missing_peers() -> None:
    from dashboard.stats.evaluation import peers

    if missing := peers.missing():
        names = " ".join(missing)
        print(f"not installed, not scored: {names} (pip install --target DIR {names}; --peers DIR)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Parses the command line and prints the tables asked for."""
    parser = argparse.ArgumentParser(prog="evaluate", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with the public labelled sets")
    parser.add_argument(
        "--peers", type=Path, action="append", default=[], help="folder to import peers from"
    )
    parser.add_argument("--quick", action="store_true", help="a tenth of the simulations")
    parser.add_argument("--only", choices=SECTIONS, help="one part of the bench")
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args(arguments)
    # Under "bazel run" the working directory is the runfiles tree.
    home = Path(os.environ.get("BUILD_WORKING_DIRECTORY", "."))
    for folder in [*options.peers, *([options.data] if options.data else [])]:
        if not (home / folder).is_dir():
            print(f"evaluate: {folder}: no such folder", file=sys.stderr)
            return 2
    sys.path += [str(home / folder) for folder in options.peers]
    wanted = (options.only,) if options.only else SECTIONS
    share = 10 if options.quick else 1
    if {"detectors", "online", "speed"} & set(wanted):
        _name_missing_peers()
    if "detectors" in wanted:
        show_detectors(home / options.data if options.data else None, options.seed, 10 // share)
    if "online" in wanted:
        show_online(options.seed, 1)
    if "pairs" in wanted:
        show_pairs(options.seed, 4000 // share)
    if "discoveries" in wanted:
        show_discoveries(options.seed, 600 // share)
    if "speed" in wanted:
        show_speed()
    return 0


if __name__ == "__main__":
    sys.exit(main())
