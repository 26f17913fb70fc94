#!/usr/bin/env python3
# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Runs clang-tidy over files of compile_commands.json, except over those that were found clean."""

import functools
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_TIDY = "clang-tidy-16"
# Ours are written from the top folder on, so that no search path needs to be known.
_INCLUDE = re.compile(rb'^#include "([^"]+)"', re.MULTILINE)
_FINDING = re.compile(r"^\S+:\d+:\d+: (?:error|warning): ")


@functools.cache
def _includes(file: str) -> tuple[bytes, frozenset[str]]:
    """A file's hash, and which files of ours it includes."""
    content = (_ROOT / file).read_bytes()
    names = {name.decode() for name in _INCLUDE.findall(content)}
    ours = frozenset(name for name in names if (_ROOT / name).is_file())
    return hashlib.sha256(content).digest(), ours


def closure(file: str) -> list[str]:
    """The file and all files of ours that it includes, and so on."""
    reached, ahead = set(), {file}
    while ahead:
        reached |= ahead
        ahead = {name for each in ahead for name in _includes(each)[1]} - reached
    return sorted(reached)


def _key(file: str, arguments: list[str], common: bytes) -> str:
    """Changes with whatever clang-tidy's answer for this file depends on, but for this script."""
    key = hashlib.sha256(common + repr((file, arguments)).encode())
    for name in closure(file):
        key.update(name.encode() + b"\0" + _includes(name)[0])
    return key.hexdigest()


def findings(text: str) -> Iterator[str]:
    """Each finding of clang-tidy's output with its notes."""
    finding: list[str] = []
    for line in text.splitlines():
        if finding and _FINDING.match(line):
            yield "\n".join(finding)
            finding = []
        finding.append(line)
    if finding:
        yield "\n".join(finding)


def _tidy(file: str) -> str | None:
    """What clang-tidy has to say of the file; None: nothing."""
    command = [_TIDY, "--quiet", "-p", ".", file]
    if file.endswith("_test.cc"):
        # Half of its time; what the analyzer looks for, the sanitizers find when the test runs.
        command.append("--checks=-clang-analyzer-*")
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return None
    # Its findings are on standard output; where there are none, it could not run.
    return done.stdout.strip() or f"{file}: {_TIDY}: {done.stderr.strip()}"


def main() -> int:
    """Prints each finding once, though many files may include its header."""
    cache = Path(sys.argv[1])
    cache.mkdir(parents=True, exist_ok=True)
    commands = json.loads((_ROOT / "compile_commands.json").read_text())
    arguments = {entry["file"]: entry["arguments"] for entry in commands}
    version = subprocess.run([_TIDY, "--version"], capture_output=True, check=True).stdout
    common = version + (_ROOT / ".clang-tidy").read_bytes()
    keys = {file: _key(file, arguments.get(file, []), common) for file in sys.argv[2:] or arguments}
    ahead = [file for file, key in keys.items() if not (cache / key).exists()]
    print(
        f"lint: clang-tidy over {len(ahead)} of {len(keys)} files; the others were clean",
        flush=True,
    )
    seen: set[str] = set()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for file, text in zip(ahead, pool.map(_tidy, ahead), strict=True):
            if text is None:
                (cache / keys[file]).touch()
                continue
            for finding in findings(text):
                if finding not in seen:
                    seen.add(finding)
                    print(finding, flush=True)
    print(f"lint: {len(seen)} findings" if seen else "lint: nothing found")
    return 1 if seen else 0


if __name__ == "__main__":
    sys.exit(main())
