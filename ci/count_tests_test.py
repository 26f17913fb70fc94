# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""count_tests: passed, failed and unbuilt targets of a build event file."""

import sys
from pathlib import Path

import pytest

from ci import count_tests


def configured(label: str, kind: str) -> dict:
    return {"id": {"targetConfigured": {"label": label}}, "configured": {"targetKind": kind}}


def summary(label: str, status: str) -> dict:
    return {"id": {"testSummary": {"label": label}}, "testSummary": {"overallStatus": status}}


def test_each_target_counts_once() -> None:
    events = [
        configured("//a:lib", "cc_library rule"),
        configured("//a:good", "cc_test rule"),
        configured("//a:flaky", "py_test rule"),
        configured("//a:bad", "cc_test rule"),
        summary("//a:good", "PASSED"),
        summary("//a:flaky", "FLAKY"),
        summary("//a:bad", "FAILED"),
    ]
    assert count_tests.count(events) == (2, {"//a:bad": "FAILED"})


def test_a_test_without_result_has_failed() -> None:
    passed, failed = count_tests.count([configured("//a:unbuilt", "cc_test rule")])
    assert passed == 0
    assert failed == {"//a:unbuilt": "NOT RUN: it did not build"}


def test_a_truncated_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "events.json"
    path.write_text('{"id": {}}\n{"id":')
    assert count_tests.main(["count_tests.py", str(path)]) == 2
    assert str(path) in capsys.readouterr().err


if __name__ == "__main__":
    sys.exit(pytest.main([__file__]))
