"""The demonstration as a process, and what runs on its behalf."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from select import select

from tests.proxy.cli.command import environment

PATIENCE = 60.0


class Playing:
    """A running demonstration; ``out`` is what it has written to standard output so far."""

    def __init__(self, process: subprocess.Popen[bytes], reading: int) -> None:
        self.process = process
        self.out = ""
        self._reading = reading

    def until(self, text: str) -> None:
        """Wait until it has written this."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.out:
            ready, _, _ = select([self._reading], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"the demonstration did not write {text!r}: {self.out}"
            assert self._read(), f"the demonstration ended without {text!r}: {self.out}"

    def ended(self) -> tuple[int, str]:
        """Wait for its end; the exit code and what it wrote to standard error."""
        while self._read():
            pass
        assert self.process.stderr is not None
        error = self.process.stderr.read().decode()
        return self.process.wait(PATIENCE), error

    def _read(self) -> bool:
        """Read what there is; False at the end."""
        try:
            data = os.read(self._reading, 65536)
        except OSError:  # how a terminal says that nobody holds its other end any more
            data = b""
        self.out += data.decode(errors="replace")
        return bool(data)


@contextmanager
def playing(directory: Path, *arguments: str, terminal: bool = False) -> Iterator[Playing]:
    """A demonstration that works, and has its temporary files, in this directory; killed if the block fails."""
    command = [sys.executable, "-m", "proxy", "demo", *arguments]
    environ = environment({"TMPDIR": str(directory), "TERM": "xterm"})
    reading, writing = pty.openpty() if terminal else os.pipe()
    process = subprocess.Popen(command, stdout=writing, stderr=subprocess.PIPE, env=environ, cwd=directory)
    os.close(writing)
    try:
        yield Playing(process, reading)
    finally:
        process.kill()
        process.communicate()
        os.close(reading)


def running_in(directory: Path) -> dict[int, str]:
    """The command lines, by process id, of all that work in this directory, as all the demonstration starts do."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == directory:
                found[int(process.name)] = (process / "cmdline").read_bytes().decode().replace("\0", " ")
        except OSError:
            continue  # it ended, or is another user's
    return found
