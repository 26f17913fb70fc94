# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""README.md's phrasebook has exactly the phrases that phrasebook_test.cc compiles and runs."""

import re
import unittest
from pathlib import Path

FOLDER = Path(__file__).parent
_PHRASE = re.compile(r"^ *// Go: (.+)\n((?:.*\n)+?) *// end$", re.MULTILINE)
_ROW = re.compile(r"^\| `(.+)` \| `(.+)` \|$", re.MULTILINE)


def on_one_line(code: str) -> str:
    """The code without its line breaks."""
    return " ".join(line.strip() for line in code.splitlines())


def phrases() -> list[tuple[str, str]]:
    """(Go, C++) of phrasebook_test.cc, in its order."""
    found = _PHRASE.findall((FOLDER / "phrasebook_test.cc").read_text())
    return [(go, on_one_line(code)) for go, code in found]


class PhrasebookTest(unittest.TestCase):
    def test_the_readme_has_the_phrases_that_run(self) -> None:
        readme = (FOLDER / "README.md").read_text()
        section = readme.split("## From Go to C++\n", 1)[1].split("\n## ", 1)[0]
        self.assertEqual(_ROW.findall(section), phrases())
        self.assertGreater(len(phrases()), 50)


if __name__ == "__main__":
    unittest.main()
