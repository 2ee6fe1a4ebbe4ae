"""benchmarks.accounting: whose CPU and memory is read."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from benchmarks import accounting

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it reads Linux's accounts")


def test_cpu_time_is_of_the_processes_asked_for_and_of_no_others() -> None:
    """A figure of the wrong process is a figure that nobody would doubt."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as idle:
        before = accounting.cpu_ns([os.getpid()])
        sum(range(10**6))
        assert accounting.cpu_ns([os.getpid()]) > before
        assert accounting.tree(os.getpid()).count(idle.pid) == 1
        assert accounting.titled(os.getpid(), f"{sys.executable} -c input()") == [idle.pid]
        assert accounting.memory_kib([idle.pid]) > 0
        idle.communicate(b"\n")
    assert accounting.cpu_ns([idle.pid]) == 0
    assert accounting.command_line(idle.pid) == ""


def test_what_children_used_is_still_ours_when_they_are_gone() -> None:
    """Otherwise a load that has ended would be held for a disturbance by others."""
    before = accounting.ours_ns()
    subprocess.run([sys.executable, "-c", "sum(range(10**7))"], check=True)
    assert accounting.ours_ns() - before > 10_000_000
    assert accounting.machine_ns() > 0
