#!/usr/bin/env python3
# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Counts the test targets in a file that `bazel test --build_event_json_file` wrote.

Prints `PASSED FAILED` on standard output, and each failed target with its reason on standard error.
A test that was asked for and has no result, because something did not build, has failed.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path

_PASSED = ("PASSED", "FLAKY")


def count(events: Iterable[dict]) -> tuple[int, dict[str, str]]:
    """Returns how many test targets passed, and why each of the others failed, by label."""
    asked: set[str] = set()
    results: dict[str, str] = {}
    for event in events:
        identity = event.get("id", {})
        kind = event.get("configured", {}).get("targetKind", "")
        if kind.endswith("_test rule"):
            asked.add(identity["targetConfigured"]["label"])
        elif "testSummary" in event:
            results[identity["testSummary"]["label"]] = event["testSummary"]["overallStatus"]
    failed = {label: status for label, status in results.items() if status not in _PASSED}
    failed |= dict.fromkeys(asked - results.keys(), "NOT RUN: it did not build")
    return len(results) - sum(label in results for label in failed), failed


def main(argv: list[str]) -> int:
    """Counts the file named by the only argument."""
    if len(argv) != 2:
        print("usage: count_tests.py FILE", file=sys.stderr)
        return 2
    path = Path(argv[1])
    try:
        events = [json.loads(line) for line in path.read_text().splitlines() if line]
    except (OSError, ValueError) as error:
        print(f"count_tests.py: {path}: {error}", file=sys.stderr)
        return 2
    passed, failed = count(events)
    for label in sorted(failed):
        print(f"{label}: {failed[label]}", file=sys.stderr)
    print(passed, len(failed))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
