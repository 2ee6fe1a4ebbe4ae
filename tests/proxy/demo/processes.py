"""The demonstration as a process, and what runs on its behalf."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.proxy.cli.command import environment


def demo(directory: Path, *arguments: str) -> subprocess.Popen[str]:
    """A running demonstration that works, and has its temporary files, in this directory."""
    command = [sys.executable, "-m", "proxy", "demo", *arguments]
    environ = environment({"TMPDIR": str(directory)})
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ, cwd=directory
    )


def running_in(directory: Path) -> list[str]:
    """The command lines of all processes that work in this directory, as everything the demonstration starts does."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == directory:
                found.append((process / "cmdline").read_bytes().decode().replace("\0", " "))
        except OSError:
            continue  # it ended, or is another user's
    return found
