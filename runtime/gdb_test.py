# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""gdb.py in gdb on an optimized program: the list of goroutines, and their frames."""

import re
import shutil
import subprocess
import unittest
from pathlib import Path

FOLDER = Path(__file__).parent


def gdb(*commands: str) -> str:
    """What gdb says to these commands once the fixture has stopped in Stop."""
    arguments = ["gdb", "-nx", "-batch", "-x", str(FOLDER / "gdb.py")]
    for command in ("set pagination off", "set debuginfod enabled off", "break Stop", "run"):
        arguments += ["-ex", command]
    for command in commands:
        arguments += ["-ex", command]
    ended = subprocess.run(
        [*arguments, str(FOLDER / "gdb_fixture")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return ended.stdout + ended.stderr


class GdbTest(unittest.TestCase):
    def setUp(self) -> None:
        if shutil.which("gdb") is None:
            self.skipTest("gdb is not installed")
        if "Breakpoint 1, " not in gdb():
            self.skipTest("gdb may not trace a process here: " + gdb()[-300:])

    def test_info_goroutines_tells_what_each_waits_for(self) -> None:
        said = gdb("info goroutines")
        self.assertRegex(said, r"(?m)^goroutine 1 \[running, thread \d+\] main$")
        for reason in ("chan receive", "sync.Mutex.Lock"):
            where = rf"(?m)^goroutine \d+ \[{re.escape(reason)}\] created at .*gdb_fixture\.cc:\d+$"
            self.assertRegex(said, where)

    def test_a_parked_goroutine_shows_its_frames_and_the_program_goes_on(self) -> None:
        listed = gdb("info goroutines")
        found = re.search(r"goroutine (\d+) \[chan receive\]", listed)
        assert found is not None, listed
        said = gdb(f"goroutine {found[1]} bt", "continue")
        self.assertRegex(said, r"(?s)WaitForValue .*Outer .*unpark_goroutine_entry")
        self.assertRegex(said, r"exited normally")

    def test_a_running_goroutine_shows_its_threads_frames(self) -> None:
        self.assertRegex(gdb("goroutine 1 bt"), r"(?s)#0 .*Stop.*unpark_goroutine_entry")

    def test_a_goroutine_that_is_not_there_is_named(self) -> None:
        self.assertIn("there is no goroutine 4711", gdb("goroutine 4711 bt"))
        self.assertIn("usage: goroutine N COMMAND", gdb("goroutine x"))


if __name__ == "__main__":
    unittest.main()
