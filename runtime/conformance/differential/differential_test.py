# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""A thousand programs end here as they did in Go; and the comparison finds what differs."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from runtime.conformance.differential import differential

RECORDED = differential.FOLDER / "recorded.txt"
OURS = {"unpark": differential.FOLDER / "interpreter"}


def setUpModule() -> None:
    # Thread sanitizer sleeps a second as each process ends: here some 800 do.
    if "TSAN_OPTIONS" in os.environ:
        os.environ["TSAN_OPTIONS"] += ":atexit_sleep_ms=0"
    # Address sanitizer would walk the stack of each allocation, by the unwinder.
    if "ASAN_OPTIONS" in os.environ:
        os.environ["ASAN_OPTIONS"] += ":malloc_context_size=0"


class RecordedTest(unittest.TestCase):
    def test_a_thousand_programs_agree_with_go(self) -> None:
        tally = differential.compare_with_recorded(RECORDED, OURS, runs=1, procs=[1, 4])
        self.assertEqual(tally.disagreements, [])
        self.assertEqual(tally.programs, 1000)
        for kind in ("done", "deadlock", "panic", "fatal"):
            self.assertGreater(tally.kinds[f"unpark {kind}"], 20, kind)
        # Where one outcome is allowed, ours is Go's.
        self.assertGreater(tally.single, 300)

    def test_rare_forms_agree_with_the_model(self) -> None:
        rare = [
            "c- w m0 q0;* S[v0,s0=1]",  # every case nil
            "c- w m0 q0;* S[]",
            "c- w m0 q0;* S[v0,d] S[s0=1,d] S[v0,s0=2,d]",
            "c0 w m0 q0;* S[v0,s0=1];* S[v0,s0=2]",  # both sides of one channel
            "c0 w m0 q0;*! s0=1;*! S[s0=2,v0];* G c0",
            # A writer that waits for a writer.
            "c0 w1 m0 q1;* W0 X0 N0 Y0 v0;* s0=1 X0 N0 s0=3 Y0 s0=2 c0;* S[v0,v0] D0 l0 p0 u0",
        ]
        tally = differential.compare(
            OURS, differential.with_outcomes(rare), runs=1, procs=[1, 2, 4]
        )
        self.assertEqual(tally.disagreements, [])

    def test_a_planted_divergence_is_found(self) -> None:
        planted = {"planted": differential.FOLDER / "planted_interpreter"}
        tally = differential.compare_with_recorded(RECORDED, planted, runs=1, procs=[2])
        self.assertGreater(len(tally.disagreements), 10)
        for text in tally.disagreements:
            self.assertRegex(text, r"S\[[^]]*d\]")  # all by the fault, which is in default

    def test_an_outcome_of_go_that_is_not_allowed_is_found(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            changed = Path(folder) / "recorded.txt"
            changed.write_text("c0 w m0 q0;* s0=7;* v0\tdone |8\n")
            arguments = ["--recorded", str(changed), "--procs", "1"]
            self.assertEqual(differential.main(arguments), 1)


class EndTest(unittest.TestCase):
    def test_last_words(self) -> None:
        deadlock = (
            "fatal error: all goroutines are asleep - deadlock!\n\n"
            "goroutine 9 [select, 2 minutes]:\nf()\n\ngoroutine 1 [chan receive (nil chan)]:\n"
        )
        self.assertEqual(
            differential.end_of_process(deadlock), "deadlock chan receive (nil chan),select"
        )
        self.assertEqual(
            differential.end_of_process("panic: send on closed channel\n\ngoroutine 7 [running]:"),
            "panic send on closed channel",
        )
        with self.assertRaises(differential.InterpreterError):
            differential.end_of_process("Segmentation fault")

    def test_a_bad_program_is_named(self) -> None:
        bad = subprocess.run(
            [str(differential.FOLDER / "generator"), "-"],
            input="c0 w m0 q0;* s0\n",
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(bad.returncode, 2)
        self.assertIn("position 15: expected '='", bad.stderr)


if __name__ == "__main__":
    unittest.main()
