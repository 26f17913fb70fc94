# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""The walk-through of a pair of one's own: its commands run, and its text is the code."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(os.environ["TEST_SRCDIR"]) / "own_pair"
README = (EXAMPLE / "README.md").read_text()
COMMANDS = re.findall(r"^ +bazel run //:(\w+) -- (.*)$", README, re.MULTILINE)


def run(target: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    words = [str(EXAMPLE / target), *arguments]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_there_are_commands() -> None:
    assert {target for target, _ in COMMANDS} == {"study", "suite"}


@pytest.mark.parametrize(("target", "words"), COMMANDS)
def test_commands_run(target: str, words: str) -> None:
    # A test runs outside of any checkout, whose commit the suite would take.
    commit = ["--commit=" + "0" * 40] if target == "suite" else []
    done = run(target, *words.split(), *commit)
    assert done.returncode == 0, done.stderr
    assert "shared_log" in done.stdout


def test_shows_the_registration_as_it_is() -> None:
    code = re.search(r"```cpp\n(.*?)```", README, re.DOTALL)
    assert code is not None
    assert (EXAMPLE / "shared_log" / "pair.cc").read_text().endswith(code[1])


def test_registration_takes_at_most_twenty_lines() -> None:
    lines = (EXAMPLE / "shared_log" / "pair.cc").read_text().splitlines()
    assert len([line for line in lines if line and not line.startswith("//")]) <= 20


if __name__ == "__main__":
    sys.exit(pytest.main([__file__]))
