# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Systems: which peers there are, how each is built, and what it lacks.

A peer is a folder with its sources and one command that builds them. The command runs in a copy of
the folder, in the cache, once for each content: nothing is downloaded, and the tree stays clean.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).parent
BUILD_SECONDS = 900


class UnavailableError(Exception):
    """A system cannot be built here; the message says why and how to change that."""


@dataclasses.dataclass(frozen=True)
class System:
    """One contender. `build` leaves an executable `program` in the working directory."""

    name: str
    folder: str
    version: Sequence[str]  # a command that prints the version of what is measured
    build: Sequence[str]
    install: str
    least: tuple[int, ...] = ()  # the oldest version that builds it
    arguments: Sequence[str] = ()  # before those of the row
    shared: Sequence[str] = ()  # sources beside the folder; they go to benchmarks/peers/ in it
    environment: Mapping[str, str] = dataclasses.field(default_factory=dict)
    # Why it has no such row, by row; what is missing here must be in the program's --list.
    left_out: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Program:
    """A system that can be run."""

    system: str
    command: tuple[str, ...]
    version: str

    def rows(self) -> frozenset[str]:
        """The rows that it has."""
        done = subprocess.run(
            [*self.command, "--list"], capture_output=True, text=True, check=True, timeout=60
        )
        return frozenset(done.stdout.split())


_GXX = ("g++", "-std=c++20", "-O2", "-DNDEBUG", "-march=x86-64-v2", "-fomit-frame-pointer")
_GXX_SOURCES = ("-I.", "main.cc", "benchmarks/peers/peer.cc", "-o", "program")
_GXX_SHARED = ("peer.h", "peer.cc", "task_rows.h")
_GXX_VERSION = ("g++", "--version")
_GXX_LEAST = (12,)

_TOO_MANY = "a thread for each task: too many"
_NO_CONTEXTS = "it has no contexts"
_SELECTS = "select_ready select_default select_producers"
_TIMERS = "timer_stop timer_reset after_func_stop"
_CONTEXTS = "context_cancel context_tree"
_FOREIGN = "foreign_empty blocking_empty blocking_syscall"
_TASKS = "yield_two yield_alone sleep_zero spawn_all spawn_one skynet fib parked"
_CHANNELS = f"ping_pong ping_pong_threads chan_1p1c chan_8p1c chan_1p8c {_SELECTS}"
_LOCKS = "mutex read_lock write_lock"
_SCHEDULING = "sleepers wake_idle work_conservation tight_loop"
_OTHER = f"{_TIMERS} {_FOREIGN} {_CONTEXTS}"
_NO_TIMERS = "it has no timers to stop"
_NO_FOREIGN = "it knows no foreign or blocking call"


def _without(rows_by_reason: Mapping[str, str]) -> dict[str, str]:
    return {row: why for why, rows in rows_by_reason.items() for row in rows.split()}


def _channels_only(scheduling: str) -> dict[str, str]:
    """Of a system that has channels; and of `scheduling`, what it lacks."""
    return _without(
        {
            "it has channels only": (
                f"{_TASKS} {_LOCKS} atomic_add {scheduling} tight_loop {_OTHER}"
            ),
            "it has no select": _SELECTS,
        }
    )


def _package(*names: str) -> Sequence[str]:
    """A command that prints the version of the first of these Debian packages that is there."""
    shown = "${Package} ${Version}\\n"
    script = f"dpkg-query -W -f='{shown}' {' '.join(names)} 2>/dev/null | tail -n 1 | grep ."
    return ("sh", "-c", script)


def _rust(name: str, left_out: Mapping[str, str]) -> System:
    """One of those that the program in rust/ has."""
    return System(
        name=name,
        folder="rust",
        version=("rustc", "--version"),
        least=(1, 85),
        # The lock file is made here, from what benchmarks/peers/setup fetched.
        build=("sh", "-c", "cargo build -q --release --offline && cp target/release/peers program"),
        install="install Rust 1.85 or later (https://rustup.rs) and run benchmarks/peers/setup",
        arguments=(f"--system={name}",),
        left_out=left_out,
    )


SYSTEMS: Sequence[System] = (
    System(
        name="go",
        folder="go",
        version=("go", "version"),
        least=(1, 23),
        build=("go", "build", "-o", "program", "."),
        install="install Go 1.23 or later (https://go.dev/doc/install) and put go on PATH",
        environment={"GOTOOLCHAIN": "local", "CGO_ENABLED": "1", "GOFLAGS": "-mod=mod"},
        left_out={"blocking_empty": "it marks system calls only; see blocking_syscall"},
    ),
    System(
        name="threads",
        folder="threads",
        version=_GXX_VERSION,
        least=_GXX_LEAST,
        build=(*_GXX, *_GXX_SOURCES, "-lpthread"),
        install="install g++ 12 or later",
        shared=(*_GXX_SHARED, "joinable.h"),
        left_out=_without(
            {
                _TOO_MANY: "spawn_all parked skynet fib",
                "it has no select": _SELECTS,
                _NO_TIMERS: _TIMERS,
                _NO_CONTEXTS: _CONTEXTS,
                "a sleep of 0 is no call at all": "sleep_zero",
                "a call of foreign code is a plain call": "foreign_empty blocking_empty",
            }
        ),
    ),
    System(
        name="boost_fiber",
        folder="boost_fiber",
        version=_package("libboost-fiber-dev", "libboost-fiber1.81-dev"),
        least=(1, 74),
        build=(*_GXX, *_GXX_SOURCES, "-lboost_fiber", "-lboost_context", "-lpthread"),
        install="apt install libboost-fiber1.81-dev",
        shared=(*_GXX_SHARED, "joinable.h"),
        left_out=_without(
            {
                "it has no select": _SELECTS,
                _NO_TIMERS: _TIMERS,
                _NO_CONTEXTS: _CONTEXTS,
                "a fiber stays with its scheduler's threads": "ping_pong_threads",
                "a sleep of 0 is a yield": "sleep_zero",
                "its reader-writer lock is not a fiber's": "read_lock write_lock",
                "a loop is never interrupted": "tight_loop",
                _NO_FOREIGN: _FOREIGN,
            }
        ),
    ),
    System(
        name="tbb",
        folder="tbb",
        version=_package("libtbb-dev"),
        least=(2021, 8),
        build=(*_GXX, *_GXX_SOURCES, "-ltbb", "-lpthread"),
        install="apt install libtbb-dev",
        shared=_GXX_SHARED,
        left_out=_without(
            {
                "a task cannot park or yield": (
                    "yield_two yield_alone sleep_zero parked ping_pong ping_pong_threads chan_1p1c "
                    "chan_8p1c chan_1p8c sleepers wake_idle work_conservation tight_loop"
                ),
                "it has no select": _SELECTS,
                _NO_TIMERS: _TIMERS,
                _NO_CONTEXTS: _CONTEXTS,
                _NO_FOREIGN: _FOREIGN,
            }
        ),
    ),
    _rust(
        "tokio",
        _without(
            {
                "a task stays on the runtime's threads": "ping_pong_threads",
                "its channel has one receiver": "chan_1p8c",
                "its select has no default": "select_default",
                "it has no unbuffered channel": "select_producers",
                "a sleep of 0 is a yield": "sleep_zero",
                "a callback is a task of its own": "after_func_stop",
                "a loop is never interrupted": "tight_loop",
                _NO_FOREIGN: _FOREIGN,
                _NO_CONTEXTS: _CONTEXTS,
            }
        ),
    ),
    _rust("tokio_kanal", _channels_only("sleepers wake_idle work_conservation ping_pong_threads")),
    _rust(
        "may",
        _without(
            {
                "each stack is a mapping, and some 32,000 fit": "spawn_all parked skynet fib",
                "a coroutine stays on the runtime's threads": "ping_pong_threads",
                "its channels are unbounded": "chan_1p1c chan_8p1c chan_1p8c",
                "its select is of another kind": _SELECTS,
                _NO_TIMERS: _TIMERS,
                "a sleep of 0 is a yield": "sleep_zero",
                "a thread cannot wait for a coroutine's channel": "wake_idle",
                "a loop is never interrupted": "tight_loop",
                _NO_FOREIGN: _FOREIGN,
                _NO_CONTEXTS: _CONTEXTS,
            }
        ),
    ),
    _rust(
        "crossbeam",
        {
            row: why
            for row, why in _channels_only("sleepers work_conservation").items()
            if row not in _SELECTS.split()
        },
    ),
    _rust("kanal", _channels_only("sleepers work_conservation")),
    _rust(
        "parking_lot",
        _without({"it has locks only": f"{_TASKS} {_CHANNELS} {_SCHEDULING} {_OTHER} atomic_add"}),
    ),
    _rust(
        "rayon",
        _without(
            {
                "a closure cannot park or yield": (
                    f"yield_two yield_alone sleep_zero parked {_CHANNELS} {_SCHEDULING}"
                ),
                "it has no locks": _LOCKS,
                "it has none of these": _OTHER,
            }
        ),
    ),
)


def cache_folder() -> Path:
    """Where built peers lie."""
    root = os.environ.get("UNPARK_CACHE") or "~/.cache/unpark"
    return Path(root).expanduser() / "peers"


def _version(system: System) -> str:
    try:
        done = subprocess.run(
            system.version, capture_output=True, text=True, check=False, timeout=60
        )
    except FileNotFoundError:
        raise UnavailableError(f"there is no {system.version[0]}; {system.install}") from None
    if done.returncode != 0:
        raise UnavailableError(f"{' '.join(system.version)} failed; {system.install}")
    text = done.stdout.strip()
    if not is_at_least(text, system.least):
        raise UnavailableError(f"'{text}' is too old; {system.install}")
    return text


def is_at_least(text: str, least: tuple[int, ...]) -> bool:
    """Whether the first number with a point in a version's text is no older than `least`."""
    match = re.search(r"\d+(?:\.\d+)+", text)
    if match is None:
        return not least
    return tuple(int(part) for part in match[0].split(".")) >= least


def _sources(system: System) -> dict[Path, bytes]:
    """The files by their place in the build folder."""
    folder = HERE / system.folder
    own = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    shared = {Path("benchmarks/peers") / n: (HERE / n).read_bytes() for n in system.shared}
    return own | shared


def build(system: System, say: Callable[[str], None] = lambda text: None) -> Program:
    """Builds the system unless its program is there already. Raises UnavailableError."""
    version = _version(system)
    sources = _sources(system)
    key = hashlib.sha256(repr((version, tuple(system.build), sorted(sources.items()))).encode())
    folder = cache_folder() / f"{system.folder}-{key.hexdigest()[:16]}"
    program = folder / "program"
    if not program.exists():
        say(f"building {system.folder}, once")
        _compile(system, sources, folder)
    return Program(system.name, (str(program), *system.arguments), version)


def _compile(system: System, sources: Mapping[Path, bytes], folder: Path) -> None:
    for name, content in sources.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    done = subprocess.run(
        system.build,
        cwd=folder,
        env={**os.environ, **system.environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=BUILD_SECONDS,
    )
    if done.returncode != 0 or not (folder / "program").exists():
        reason = next(
            (line for line in done.stderr.splitlines() if "error" in line.lower()), "no program"
        )
        shutil.rmtree(folder)
        raise UnavailableError(f"it does not build: {reason.strip()}; {system.install}")
