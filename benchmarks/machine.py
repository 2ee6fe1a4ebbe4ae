"""The machine that a benchmark runs on: its description, its two cores' roles, and whether it is left alone.

A figure taken while others work is not reported: ``require_quiet`` waits a while and then refuses, naming who it saw.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import accounting

QUIET = 0.12  # cores that may be busy before a round: the kernel's own work, a scraper
DISTURBED = 0.15  # cores that others may use during a measurement before it is taken again
_PATIENCE = 90.0  # seconds to wait for quiet
_WINDOW = 1.0


class LoadedError(Exception):
    """Others use this machine; no figure would hold."""


@dataclass(frozen=True, slots=True)
class Cores:
    """Who runs where: the proxy under test on one core, load, upstreams and everything else on another."""

    proxy: int
    load: int

    @classmethod
    def here(cls) -> Cores:
        """The last two cores this process may use."""
        usable = sorted(os.sched_getaffinity(0))
        if len(usable) < 2:  # noqa: PLR2004 -- one for the proxy, one for the load
            raise LoadedError(f"A benchmark needs two cores, one for the proxy and one for its load; {usable} is here.")
        return cls(proxy=usable[-2], load=usable[-1])


@contextmanager
def pinned(cores: set[int]) -> Iterator[None]:
    """What is started within runs on these cores, from its first instruction on."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def require_quiet(window: float = _WINDOW, *, patience: float = _PATIENCE) -> float:
    """Wait until the machine is idle, and return how many cores were busy then. Raises LoadedError after a while."""
    end = time.monotonic() + patience
    while True:
        names = accounting.by_process()
        seen = _busy(window)
        if seen <= QUIET:
            return seen
        if time.monotonic() > end:
            raise LoadedError(
                f"This machine is loaded: {seen:.2f} of its cores were busy for {window:g} s before a round, by "
                f"{_busiest(names, window)}; at most {QUIET} may be. Stop what runs beside, or give "
                f"--even-if-loaded to see figures that are not kept."
            )


def await_settled(window: float = _WINDOW, *, patience: float = _PATIENCE) -> None:
    """Wait until what we started has done its work, whatever others do; at most a while."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        before, began = accounting.ours_ns(), time.monotonic()
        time.sleep(window)
        if (accounting.ours_ns() - before) / 1e9 / (time.monotonic() - began) <= QUIET:
            return


def _busy(window: float) -> float:
    before, began = accounting.machine_ns(), time.monotonic()
    time.sleep(window)
    return (accounting.machine_ns() - before) / 1e9 / (time.monotonic() - began)


def _busiest(before: dict[int, tuple[str, int]], window: float) -> str:
    grown = {pid: (ns - before[pid][1], name) for pid, (name, ns) in accounting.by_process().items() if pid in before}
    top = sorted(grown.items(), key=lambda item: -item[1][0])[:3]
    return ", ".join(f"{name} ({pid}) {ns / 1e9 / window:.2f}" for pid, (ns, name) in top)


class Watch:
    """How much of the machine others used while something of ours ran."""

    def __init__(self) -> None:
        self._machine, self._ours, self._began = accounting.machine_ns(), accounting.ours_ns(), time.monotonic()

    def others(self) -> float:
        """Cores' worth of CPU that processes not of ours have used since."""
        theirs = accounting.machine_ns() - self._machine - (accounting.ours_ns() - self._ours)
        return theirs / 1e9 / (time.monotonic() - self._began)


def describe() -> str:
    """Processor, cores, kernel, Python."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    cores = len(os.sched_getaffinity(0))
    return f"{model}, {cores} cores, Linux {platform.release().partition('-')[0]}, Python {platform.python_version()}"
