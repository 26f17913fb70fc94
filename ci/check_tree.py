#!/usr/bin/env python3
# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Checks what no compiler sees: top level, names of one machine, sizes, loads in BUILD files.

Prints one line for each fault, with file and line, and exits 1 if there are any.
"""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

TOP_LEVEL = frozenset(
    [
        *("WORKSPACE", "BUILD", "runtime", "patterns", "benchmarks", "dashboard", "ci"),
        *("README.md", "CONTRIBUTING.md", "LICENSE", "pyproject.toml"),
    ]
)
MAX_BYTES = 1_000_000
# A folder that no other machine has; /home/NAME may be an example.
_MACHINE_PATH = re.compile(r"(?<![\w.$}~/-])/(?:root|work)/\w[\w.-]*")
_NATIVE_RULE = re.compile(r"^((?:cc|py|sh|java)_\w+)\(", re.MULTILINE)
_HOST = re.compile(r"https?://(?:[^/@\s]*@)?([\w.-]+\.[a-z]{2,})")


def top_level_faults(files: Iterable[str]) -> Iterator[str]:
    """Entries of the top level that have no place there; dot-files may be."""
    entries = {file.split("/", 1)[0] for file in files}
    for entry in sorted(entries - TOP_LEVEL):
        if not entry.startswith("."):
            yield f"{entry}: has no place in the top level"


def text_faults(file: str, text: str, hosts: frozenset[str]) -> Iterator[str]:
    """Paths of one machine, and hosts that this machine takes packages from."""
    for number, line in enumerate(text.splitlines(), 1):
        if match := _MACHINE_PATH.search(line):
            yield f"{file}:{number}: names a path of one machine: {match[0]}"
        for host in hosts:
            if host in line:
                yield f"{file}:{number}: names a package host of this machine: {host}"


def load_faults(file: str, text: str) -> Iterator[str]:
    """Rules that a BUILD or .bzl file uses without the load() that a newer Bazel wants."""
    for match in _NATIVE_RULE.finditer(text):
        rule = match[1]
        language = rule.split("_", 1)[0]
        folder = {"py": "python", "sh": "shell"}.get(language, language)
        path = f'"@rules_{folder}//{folder}:{rule}.bzl"'
        if path not in text:
            number = text.count("\n", 0, match.start()) + 1
            yield f"{file}:{number}: {rule} is used without load({path}, ...)"


def package_hosts() -> frozenset[str]:
    """The hosts that apt and pip of this machine take packages from."""
    commands = (
        ["apt-get", "indextargets", "--format", "$(REPO_URI)"],
        ["/usr/bin/python3", "-m", "pip", "config", "list"],
    )
    text = ""
    for command in commands:
        text += subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return frozenset(_HOST.findall(text))


def faults(root: Path) -> Iterator[str]:
    """Every fault of the work tree at `root`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    files = [file for file in listed.split("\0") if file and (root / file).is_file()]
    hosts = package_hosts()
    yield from top_level_faults(files)
    for file in files:
        content = (root / file).read_bytes()
        if len(content) > MAX_BYTES:
            yield f"{file}: has {len(content)} bytes; {MAX_BYTES} are the limit"
        if b"\0" in content:
            continue
        text = content.decode(errors="replace")
        yield from text_faults(file, text, hosts)
        if file.endswith(("BUILD", ".bzl")):
            yield from load_faults(file, text)


def main() -> int:
    """Checks the work tree that this file belongs to."""
    found = list(faults(Path(__file__).resolve().parent.parent))
    for fault in found:
        print(fault)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
