# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""What ci/lint reads of sources and of clang-tidy's output."""

import sys
from pathlib import Path

import pytest

from ci import lint

OUTPUT = """\
a.h:1:2: error: one [check]
  code
  ^
b.cc:3:4: note: of one
b.cc:5:6: warning: two [check]"""


def test_a_finding_keeps_its_code_and_notes() -> None:
    one, two = lint.findings(OUTPUT)
    assert one.startswith("a.h:1:2")
    assert one.endswith("b.cc:3:4: note: of one")
    assert two == "b.cc:5:6: warning: two [check]"


def test_output_without_a_finding_is_not_lost() -> None:
    assert list(lint.findings("error: no such option")) == ["error: no such option"]


def test_a_file_depends_on_the_headers_of_its_headers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.cc").write_text('#include "a/x.h"\n#include "gtest/gtest.h"\n')
    (tmp_path / "a").mkdir()
    (tmp_path / "a/x.h").write_text('#include <vector>\n#include "a/y.h"\n')
    (tmp_path / "a/y.h").write_text('#include "a/x.h"\n')
    monkeypatch.setattr(lint, "_ROOT", tmp_path)
    assert lint.closure("x.cc") == ["a/x.h", "a/y.h", "x.cc"]


if __name__ == "__main__":
    sys.exit(pytest.main([__file__]))
