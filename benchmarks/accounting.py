"""What processes cost, by the kernel's own books: CPU time in nanoseconds, and memory in proportion to sharing.

Linux only: it reads ``/proc``. A process's CPU time is what its living threads have run (``schedstat``), so work that
the kernel does in a process's name, its share of loopback TCP included, counts.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Iterable
from pathlib import Path

_PROC = Path("/proc")


def cpu_ns(pids: Iterable[int]) -> int:
    """CPU time of processes so far, in nanoseconds; those that are gone count nothing."""
    return sum(_thread_ns(task) for pid in pids for task in _entries(_PROC / str(pid) / "task"))


def _thread_ns(task: Path) -> int:
    try:
        return int((task / "schedstat").read_text().split()[0])
    except (OSError, IndexError):  # it ended
        return 0


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def memory_kib(pids: Iterable[int]) -> float:
    """Proportional set size of processes, in KiB: shared pages are divided among those that share them."""
    total = 0
    for pid in pids:
        for line in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return float(total)


def tree(root: int) -> list[int]:
    """A process and all its living descendants."""
    children: dict[int, list[int]] = {}
    for pid, (parent, _) in _processes().items():
        children.setdefault(parent, []).append(pid)
    found = [root]
    for pid in found:  # grows while it is walked
        found += children.get(pid, [])
    return found


def titled(root: int, title: str) -> list[int]:
    """The processes below ``root`` whose command line begins with ``title``."""
    return [pid for pid in tree(root) if command_line(pid).startswith(title)]


def command_line(pid: int) -> str:
    """What ``ps`` would show; empty for one that is gone."""
    try:
        return (_PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def pin(pids: Iterable[int], cores: set[int]) -> None:
    """Let every thread of these processes run on these cores only."""
    for pid in pids:
        for task in _entries(_PROC / str(pid) / "task"):
            os.sched_setaffinity(int(task.name), cores)


def ours_ns() -> int:
    """CPU time of this process and of everything it started, what has ended included."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return cpu_ns(tree(os.getpid())) + int((ended.ru_utime + ended.ru_stime) * 1e9)


def machine_ns() -> int:
    """CPU time that the machine's cores were not idle, in nanoseconds since it started; to the kernel's tick."""
    fields = [int(field) for field in (_PROC / "stat").read_text().splitlines()[0].split()[1:9]]
    user, nice, system, _idle, _waiting, irq, softirq, steal = fields
    return (user + nice + system + irq + softirq + steal) * 1_000_000_000 // os.sysconf("SC_CLK_TCK")


def by_process() -> dict[int, tuple[str, int]]:
    """Every process's name and CPU time so far, in nanoseconds."""
    return {pid: (name, cpu_ns([pid])) for pid, (_, name) in _processes().items()}


def _processes() -> dict[int, tuple[int, str]]:
    """Parent and name of every process."""
    found = {}
    for folder in _PROC.iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            head, _, rest = (folder / "stat").read_text().rpartition(")")
        except OSError:  # it ended
            continue
        found[int(folder.name)] = (int(rest.split()[1]), head.partition("(")[2])
    return found
