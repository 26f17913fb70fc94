# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""mutants.py ROOT CACHE [NAME...]: what ci/mutants does.

Objects are kept in CACHE and made again when a file that they include has changed, so a mutant
costs the compilation of the few files that see it.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

LIST = "runtime/testing/mutants.toml"
GOOGLETEST = Path("/usr/src/googletest/googletest")
FLAGS = ["-std=c++20", "-O1", "-g1", "-fomit-frame-pointer", "-march=x86-64-v2", "-w"]
# What a test is linked with.
FOLDERS = "os sched observe errors chan time sync context net testing".split()
TEST_SECONDS = 60
# Far more than ci/test does: a test stops at the first failure.
EFFORT = {"UNPARK_EXPLORE_RUNS": "1500", "UNPARK_STRESS_SECONDS": "20"}
# Without a mutant the tests only have to pass.
NO_EFFORT = {"UNPARK_EXPLORE_RUNS": "50", "UNPARK_STRESS_SECONDS": "1"}


class BadInputError(Exception):
    """What makes the exit status 2."""


@dataclass(frozen=True)
class Mutant:
    """One planted bug: texts to replace in one file, and the test that must find it."""

    name: str
    breaks: str
    file: str
    replacements: list[tuple[str, str]]
    test: str
    filter: str

    def apply(self, text: str) -> str:
        """The text of the file with the bug in it."""
        for old, new in self.replacements:
            if text.count(old) != 1:
                raise BadInputError(
                    f"{LIST}: {self.name} does not apply: {self.file} has {text.count(old)} times, "
                    f"not once:\n{old}"
                )
            text = text.replace(old, new)
        return text


def read_list(root: Path) -> list[Mutant]:
    """All mutants; BadInputError names what is wrong with one."""
    mutants = []
    for entry in tomllib.loads((root / LIST).read_text())["mutant"]:
        name = entry.get("name", "a mutant without a name")
        missing = {"name", "breaks", "file", "old", "new", "test", "filter"} - entry.keys()
        if missing:
            raise BadInputError(f"{LIST}: {name} has no {', '.join(sorted(missing))}")
        for path in (entry["file"], f"runtime/testing/{entry['test']}.cc"):
            if not (root / path).is_file():
                raise BadInputError(f"{LIST}: {name}: there is no {path}")
        replacements = [(entry["old"], entry["new"])]
        if "also_old" in entry:
            replacements.append((entry["also_old"], entry["also_new"]))
        mutant = Mutant(
            name, entry["breaks"], entry["file"], replacements, entry["test"], entry["filter"]
        )
        mutant.apply((root / mutant.file).read_text())
        mutants.append(mutant)
    return mutants


class Builder:
    """Compiles the sources under `tree` and links tests; one for the scratch copy."""

    def __init__(self, tree: Path, cache: Path) -> None:
        self.tree = tree
        self.cache = cache
        self.pool = ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1))

    def _digest(self, files: list[str]) -> str:
        digest = hashlib.sha256()
        for name in files:
            digest.update((self.tree / name).read_bytes())
            digest.update(b"\0")
        return digest.hexdigest()[:20]

    def _object(self, source: str, flags: list[str]) -> Path:
        """The object file of one source; its name holds the digest of all that it includes."""
        stem = hashlib.sha256(" ".join([source, *flags]).encode()).hexdigest()[:20]
        for deps in self.cache.glob(f"{stem}.*.deps"):
            files = deps.read_text().split("\n")
            made = self.cache / f"{stem}.{self._digest(files) if self._all_there(files) else ''}.o"
            if made.is_file():
                return made
        raw, temporary = (self.cache / f"{stem}.{os.getpid()}.{end}" for end in ("d", "tmp"))
        command = ["g++", *FLAGS, *flags, "-I.", f"-I{GOOGLETEST}/include", f"-I{GOOGLETEST}"]
        command += ["-MMD", "-MF", str(raw), "-c", source, "-o", str(temporary)]
        result = subprocess.run(command, cwd=self.tree, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise BadInputError(f"{source} does not compile:\n{result.stderr[:3000]}")
        words = raw.read_text().replace("\\\n", " ").split(":", 1)[1].split()
        files = sorted(word for word in words if not word.startswith("/"))
        raw.unlink()
        digest = self._digest(files)
        (self.cache / f"{stem}.{digest}.deps").write_text("\n".join(files))
        return temporary.rename(self.cache / f"{stem}.{digest}.o")

    def _all_there(self, files: list[str]) -> bool:
        return all((self.tree / name).is_file() for name in files)

    def test(self, name: str, output: Path) -> Path:
        """Links runtime/testing/NAME.cc with all of the runtime."""
        flags = ["-DUNPARK_EXPLORE"] if "explore" in name else []
        sources = sorted(
            str(path.relative_to(self.tree))
            for folder in FOLDERS
            for path in (self.tree / "runtime" / folder).glob("*.cc")
            if not path.name.endswith("_test.cc")
        )
        sources.append("runtime/go.cc")
        sources.append(f"runtime/testing/{name}.cc")
        sources += [f"{GOOGLETEST}/src/{part}.cc" for part in ("gtest-all", "gtest_main")]
        objects = list(self.pool.map(lambda source: self._object(source, flags), sources))
        link = ["g++", *map(str, objects), "-lpthread", "-o", str(output)]
        result = subprocess.run(link, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise BadInputError(f"{name} does not link:\n{result.stderr[:3000]}")
        return output


def run(binary: Path, tests: str, effort: dict[str, str]) -> tuple[str | None, float, str]:
    """Which test failed, if any; after how long; and the output."""
    start = time.monotonic()
    command = [str(binary), f"--gtest_filter={tests}", "--gtest_fail_fast"]
    environment = {**os.environ, **effort}
    try:
        result = subprocess.run(
            command,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TEST_SECONDS,
            check=False,
        )
        output, status = result.stdout + result.stderr, result.returncode
    except subprocess.TimeoutExpired as expired:
        output, status = (expired.stdout or b"").decode(errors="replace"), None
    seconds = time.monotonic() - start
    begun = re.findall(r"^\[ RUN      \] (\S+)", output, re.MULTILINE)
    if not begun:
        raise BadInputError(f"{binary.name}: no test matches {tests}\n{output[-2000:]}")
    if status == 0:
        return None, seconds, output
    failed = re.findall(r"^\[  FAILED  \] (\S+)", output, re.MULTILINE)
    if failed:
        return failed[0].rstrip(","), seconds, output
    end = "hangs" if status is None else "crashes" if status < 0 else "ends the program"
    return f"{begun[-1]} ({end})", seconds, output


def main(root: Path, cache: Path, arguments: list[str]) -> int:
    """Exit status."""
    mutants = read_list(root)
    if arguments == ["--list"]:
        for mutant in mutants:
            print(f"{mutant.name:40} {mutant.breaks}")
        return 0
    unknown = set(arguments) - {mutant.name for mutant in mutants}
    if unknown:
        raise BadInputError(
            f"unknown mutant {', '.join(sorted(unknown))}; ci/mutants --list names them"
        )
    chosen = [mutant for mutant in mutants if not arguments or mutant.name in arguments]
    cache.mkdir(parents=True, exist_ok=True)
    survivors = 0
    with TemporaryDirectory(prefix="unpark-mutants-") as scratch:
        tree = Path(scratch) / "tree"
        subprocess.run(["cp", "-r", "--parents", "runtime", str(_made(tree))], cwd=root, check=True)
        builder = Builder(tree, cache)
        for test in sorted({mutant.test for mutant in chosen}):
            filters = ":".join(sorted({mutant.filter for mutant in chosen if mutant.test == test}))
            failed, _, output = run(builder.test(test, tree / test), filters, NO_EFFORT)
            if failed is not None:
                raise BadInputError(
                    f"{test} fails without any mutant, in {failed}:\n{output[-3000:]}"
                )
        print(f"{'mutant':40} {'found by':55} after", flush=True)
        for mutant in chosen:
            file = tree / mutant.file
            original = file.read_text()
            file.write_text(mutant.apply(original))
            try:
                binary = builder.test(mutant.test, tree / mutant.test)
            except BadInputError as error:
                raise BadInputError(f"{LIST}: {mutant.name}: {error}") from error
            finally:
                file.write_text(original)
            found, seconds, _ = run(binary, mutant.filter, EFFORT)
            survivors += found is None
            finder = found or "NOBODY: it survived"
            print(f"{mutant.name:40} {finder:55} {seconds:4.1f} s", flush=True)
    print(f"{len(chosen) - survivors} of {len(chosen)} mutants found")
    return 1 if survivors else 0


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]))
    except BadInputError as error:
        print(f"ci/mutants: {error}", file=sys.stderr)
        sys.exit(2)
