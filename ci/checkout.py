# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""A checkout for tests of the commands: the real scripts beside stand-ins for what they call.

Bazel, the suite and the dashboard are played by a few lines of shell, so that a test decides what
each of them does.
"""

import os
import shutil
import signal
import subprocess
from pathlib import Path

_SOURCE = Path(__file__).resolve().parent

_SETUP = """#!/bin/bash
[[ ! -e fakes/setup ]] || . fakes/setup
"""
_BAZEL = """#!/bin/bash
case "$1" in
  build) [[ -e fakes/build ]] && { . fakes/build || exit; } ;;
  shutdown) touch fakes/shut-down ;;
esac
exit 0
"""
# The suite or the dashboard; fakes/PART, if a test wrote it, is what that part does.
_PROGRAM = """#!/bin/bash
for argument in "$@"; do
  case "$argument" in
    --benchmark_out=*) out="${{argument#*=}}" ;;
    --benchmark_list_tests)
      [[ ! -e "{fakes}/list" ]] || . "{fakes}/list"
      echo pair/before/small
      exit 0
      ;;
  esac
done
echo "{name} $*" >>"{fakes}/calls"
name={name} verb="${{1:-}}"
[[ {name} == dashboard ]] && part="$verb" || part=suite
[[ -e "{fakes}/$part" ]] && {{ . "{fakes}/$part" || exit; }}
[[ $part != suite ]] || echo '{{}}' >"$out"
exit 0
"""


class Checkout:
    """A git work tree under `folder`: the commands of ci/ and stand-ins that do nothing."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "checkout"
        self.home = folder / "home"
        self.cache = folder / "cache"
        self.fakes = self.root / "fakes"
        (self.root / "ci").mkdir(parents=True)
        for name in ("bench", "nightly", "lib.sh", "requirements.lock"):
            shutil.copy(_SOURCE / name, self.root / "ci" / name)
        self._program(self.root / "ci/setup", _SETUP)
        self._program(folder / "bin/bazel", _BAZEL)
        outputs = self.root / ".bazel/bin"
        for name in ("benchmarks/suite", "dashboard/dashboard"):
            text = _PROGRAM.format(name=name.split("/")[1], fakes=self.fakes)
            self._program(outputs / name, text)
        self.fakes.mkdir()
        self.environment = {
            "HOME": str(folder),
            "PATH": f"{folder}/bin:/usr/bin:/bin",
            "UNPARK_HOME": str(self.home),
            "UNPARK_CACHE": str(self.cache),
            "GIT_CONFIG_GLOBAL": os.devnull,
        }
        self._git("init", "--quiet")
        who = ("-c", "user.name=Test", "-c", "user.email=test@example.invalid")
        self._git(*who, "commit", "--quiet", "--allow-empty", "--message=first")

    @staticmethod
    def _program(path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def _git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.root, env=self.environment, check=True)

    def fake(self, part: str, shell: str) -> None:
        """Makes setup, build, list, suite, ingest, check or report run these lines first."""
        (self.fakes / part).write_text(shell + "\n")

    def calls(self) -> list[str]:
        """What was called in turn: `suite ...` and `dashboard VERB ...`."""
        path = self.fakes / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def run(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs ci/COMMAND to its end."""
        return subprocess.run(
            [self.root / "ci" / command, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def run_and_interrupt(self, command: str, part: str) -> tuple[int, str]:
        """Runs ci/COMMAND, sends SIGINT once `part` has begun; returns exit status and messages.

        The part then waits for ever: a command that does not pass the signal on hangs the test.
        """
        begun, never = self.fakes / "begun", self.fakes / "never"
        os.mkfifo(begun)
        os.mkfifo(never)
        self.fake(part, f"echo begun >{begun}; read -r line <{never}")
        with subprocess.Popen(
            [self.root / "ci" / command],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            begun.read_text()
            # As a terminal does it: to the foreground's whole process group.
            os.killpg(process.pid, signal.SIGINT)
            messages = process.communicate()[1]
        return process.returncode, messages
