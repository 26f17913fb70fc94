# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""The table of README.md and the tests beside it say the same."""

import re
import unittest
from collections import Counter
from pathlib import Path

FOLDER = Path(__file__).parent
_TEST = re.compile(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)", re.MULTILINE)
_ROW = re.compile(r"^\| (?!Go \|)(?!-)(.+?) \| (.+?) \| ?(.*?) ?\|$", re.MULTILINE)


def tests_in_sources() -> set[str]:
    """All tests of this folder, as Suite.Name."""
    return {
        f"{suite}.{name}"
        for source in FOLDER.glob("*_test.cc")
        for suite, name in _TEST.findall(source.read_text())
    }


class ReadmeTest(unittest.TestCase):
    def setUp(self) -> None:
        self.text = (FOLDER / "README.md").read_text()
        self.rows = _ROW.findall(self.text)
        self.named = set(re.findall(r"`(\w+\.\w+)`", "".join(row[1] for row in self.rows)))

    def test_every_named_test_exists(self) -> None:
        self.assertEqual(self.named - tests_in_sources(), set())

    def test_every_test_under_a_go_name_is_in_the_table(self) -> None:
        under_go_names = {t for t in tests_in_sources() if t.split(".")[1].startswith("Test")}
        self.assertEqual(under_go_names - self.named, set())

    def test_every_row_names_a_test_or_a_reason(self) -> None:
        for go, ours, reason in self.rows:
            self.assertTrue(ours != "-" or reason, go)

    def test_the_totals_are_those_of_the_table(self) -> None:
        kinds = Counter(
            "have" if ours != "-" else "later" if reason.startswith("not yet") else "never"
            for _, ours, reason in self.rows
        )
        totals = [int(n) for n in re.findall(r"\b\d+\b", self.text[self.text.index("Of ") :])[:4]]
        self.assertEqual(
            totals, [len(self.rows), kinds["have"], kinds["later"], kinds["never"]], self.text
        )


if __name__ == "__main__":
    unittest.main()
