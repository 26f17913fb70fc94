# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Goroutines in gdb: `info goroutines`, and `goroutine N bt` for one, parked or running.

    gdb -x runtime/gdb.py PROGRAM

`goroutine N COMMAND` runs any gdb command in the frames of goroutine N. A parked one's registers
are put in place for the time of the command, so that needs a live process; a core file has only
`info goroutines`. Works on optimized builds: the runtime has a table of what this script must know.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import gdb

# The words of unpark_debug_layout in runtime/sched/dump.cc.
LAYOUT = (
    "version",
    "scheduler",
    "wait_reasons",
    "n_wait_reasons",
    "states",
    "n_states",
    "scheduler_g_slabs",
    "scheduler_all_ms",
    "slab_next",
    "slab_size",
    "g_size",
    "g_id",
    "g_state",
    "g_wait_reason",
    "g_context",
    "g_spawned_at",
    "m_curg",
    "m_thread",
    "m_all_next",
)
VERSION = 2


def _read(address: int, n: int) -> bytes:
    return bytes(gdb.selected_inferior().read_memory(address, n))


def _word(address: int) -> int:
    return struct.unpack("<Q", _read(address, 8))[0]


def _text(address: int) -> str:
    text = b""
    while address and not text.endswith(b"\0"):
        text += _read(address + len(text), 1)
    return text.rstrip(b"\0").decode(errors="replace")


@dataclass(frozen=True)
class Goroutine:
    """One goroutine; sp, bp and ip are those of its last switch, right for a parked one only."""

    id: int
    address: int
    state: str
    reason: str
    sp: int
    bp: int
    ip: int
    created: str  # FILE:LINE, empty for main


class Runtime:
    """The runtime in the debugged process."""

    def __init__(self) -> None:
        try:
            base = int(gdb.parse_and_eval("(unsigned long)&unpark_debug_layout"))
        except gdb.error as error:
            raise gdb.GdbError(f"no Unpark runtime in this program: {error}") from error
        words = struct.unpack(f"<{len(LAYOUT)}Q", _read(base, 8 * len(LAYOUT)))
        self.at = dict(zip(LAYOUT, words, strict=True))
        if self.at["version"] != VERSION:
            version = self.at["version"]
            raise gdb.GdbError(f"the runtime's table is of version {version}, not {VERSION}")
        self.scheduler = _word(self.at["scheduler"])
        self.reasons = self._texts("wait_reasons")
        self.states = self._texts("states")

    def _texts(self, name: str) -> list[str]:
        count = self.at["n_" + name]
        return [_text(_word(self.at[name] + 8 * i)) for i in range(count)]

    def goroutines(self) -> Iterator[Goroutine]:
        """All that have not ended, in no order."""
        if not self.scheduler:
            return
        size = self.at["g_size"]
        slab = _word(self.scheduler + self.at["scheduler_g_slabs"])
        while slab:
            for i in range(self.at["slab_size"]):
                g = self._goroutine(slab + i * size)
                if g.state != self.states[0]:
                    yield g
            slab = _word(slab + self.at["slab_next"])

    def _goroutine(self, address: int) -> Goroutine:
        at = self.at
        location = _word(address + at["g_spawned_at"])
        created = ""
        if location:
            file, _, line = struct.unpack("<QQI", _read(location, 20))
            created = f"{_text(file)}:{line}"
        sp, bp, ip = struct.unpack("<QQQ", _read(address + at["g_context"], 24))
        return Goroutine(
            id=_word(address + at["g_id"]),
            address=address,
            state=self.states[_read(address + at["g_state"], 1)[0]],
            reason=self.reasons[_read(address + at["g_wait_reason"], 1)[0]],
            sp=sp,
            bp=bp,
            ip=ip,
            created=created,
        )

    def threads(self) -> dict[int, gdb.InferiorThread]:
        """The thread that each running goroutine is on, by the goroutine's address."""
        by_handle = {
            int.from_bytes(thread.handle()[:8], "little"): thread
            for thread in gdb.selected_inferior().threads()
        }
        running = {}
        m = _word(self.scheduler + self.at["scheduler_all_ms"]) if self.scheduler else 0
        while m:
            g = _word(m + self.at["m_curg"])
            thread = by_handle.get(_word(m + self.at["m_thread"]))
            if g and thread is not None:
                running[g] = thread
            m = _word(m + self.at["m_all_next"])
        return running


class InfoGoroutines(gdb.Command):
    """List goroutines: number, state, what it waits for or its thread, where it was started."""

    def __init__(self) -> None:
        super().__init__("info goroutines", gdb.COMMAND_STATUS)

    def invoke(self, argument: str, from_tty: bool) -> None:
        """Called by gdb."""
        runtime = Runtime()
        threads = runtime.threads()
        for g in sorted(runtime.goroutines(), key=lambda g: g.id):
            what = g.reason if g.state == "waiting" else g.state
            if g.address in threads:
                what += f", thread {threads[g.address].num}"
            created = f" created at {g.created}" if g.created else " main"
            print(f"goroutine {g.id} [{what}]{created}")


class GoroutineCommand(gdb.Command):
    """goroutine N COMMAND: run COMMAND (bt, say) in the frames of goroutine N."""

    def __init__(self) -> None:
        super().__init__("goroutine", gdb.COMMAND_STACK)

    def invoke(self, argument: str, from_tty: bool) -> None:
        """Called by gdb."""
        number, _, command = argument.partition(" ")
        if not number.isdigit() or not command:
            raise gdb.GdbError("usage: goroutine N COMMAND")
        runtime = Runtime()
        g = next((g for g in runtime.goroutines() if g.id == int(number)), None)
        if g is None:
            raise gdb.GdbError(f"there is no goroutine {number}")
        selected = gdb.selected_thread()
        thread = runtime.threads().get(g.address)
        if thread is not None:
            thread.switch()
            try:
                gdb.execute(command, from_tty)
            finally:
                selected.switch()
        elif g.state == "waiting":
            self._in_parked(g, command, from_tty)
        else:
            raise gdb.GdbError(f"goroutine {number} is {g.state}: it has no frames to show")

    @staticmethod
    def _in_parked(g: Goroutine, command: str, from_tty: bool) -> None:
        gdb.execute("frame 0", to_string=True)
        names = ("$sp", "$rbp", "$pc")
        saved = [int(gdb.parse_and_eval(f"(unsigned long){name}")) for name in names]

        def put(values: list[int]) -> None:
            for name, value in zip(names, values, strict=True):
                gdb.execute(f"set {name} = {value}", to_string=True)

        try:
            put([g.sp, g.bp, g.ip])
            gdb.execute(command, from_tty)
        finally:
            gdb.execute("frame 0", to_string=True)
            put(saved)


InfoGoroutines()
GoroutineCommand()
