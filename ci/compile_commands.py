#!/usr/bin/env python3
# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Writes compile_commands.json for clangd and clang-tidy from Bazel's own actions."""

import json
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
# Flags that clang rejects or warns of; they change no meaning.
_GCC_ONLY = ("-fno-canonical-system-headers", "-Wno-free-nonheap-object")
_REDACTED = ("-D__DATE__=", "-D__TIME__=", "-D__TIMESTAMP__=")


def _bazel(*arguments: str) -> str:
    done = subprocess.run(["bazel", *arguments], cwd=_ROOT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"compile_commands: bazel {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def _command(arguments: list[str], output_base: Path) -> dict:
    """One entry, with paths that hold outside of Bazel's own folder of links."""
    places = {
        "external/": f"{output_base}/external/",
        "bazel-out/": f"{output_base}/execroot/unpark/bazel-out/",
    }
    moved = []
    for argument in arguments:
        if argument in _GCC_ONLY or argument.startswith(_REDACTED):
            continue
        for prefix, place in places.items():
            if argument.startswith(prefix):
                argument = place + argument.removeprefix(prefix)
        moved.append(argument)
    source = arguments[arguments.index("-c") + 1]
    return {"directory": str(_ROOT), "file": source, "arguments": moved}


def main() -> int:
    """Writes the file and says how many entries it has."""
    output_base = Path(_bazel("info", "output_base").strip())
    actions = json.loads(_bazel("aquery", "--output=jsonproto", "mnemonic(CppCompile, //...)"))
    entries = {}
    for action in actions.get("actions", []):
        entry = _command(action["arguments"], output_base)
        if not entry["file"].startswith("external/"):
            entries.setdefault(entry["file"], entry)
    ordered = [entries[file] for file in sorted(entries)]
    (_ROOT / "compile_commands.json").write_text(json.dumps(ordered, indent=1) + "\n")
    print(f"compile_commands: {len(ordered)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
