"""Load and upstream in C, so that they cost a fraction of any proxy between them; compiled here, run from here."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

_SOURCES = Path(__file__).parent
_FLAGS = ("-O2", "-std=c11", "-Wall", "-Wextra", "-Werror")


class NativeError(Exception):
    """The C programs could not be built, or a load went wrong."""


@dataclass(frozen=True, slots=True)
class Programs:
    """The two programs, compiled."""

    load: Path
    upstream: Path

    @classmethod
    def build(cls, folder: Path) -> Programs:
        """Compile both into a folder. Raises NativeError where there is no C compiler."""
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if compiler is None:
            raise NativeError("No C compiler (cc, gcc, clang) is here, and load and upstreams are C. Install one.")
        for name in ("load", "upstream"):
            command = [compiler, *_FLAGS, "-o", str(folder / name), str(_SOURCES / f"{name}.c")]
            built = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- our own sources
            if built.returncode:
                raise NativeError(f"{name}.c does not compile: {built.stderr}")
        return cls(folder / "load", folder / "upstream")


@dataclass(frozen=True, slots=True)
class Load:
    """What clients do: so many connections, for so long or so many requests each, at most so many starts a second."""

    connections: int
    warmup: float = 0.0
    seconds: float = 0.0
    each: int = 0
    rate: float = 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What clients saw.

    ``in_time`` ended within the measured seconds, ``completed`` are all that ended since. ``pieces`` is how often bytes
    came: a proxy that gathers chunks does less work and keeps its readers waiting.
    """

    completed: int
    in_time: int
    errors: int
    reconnects: int
    unanswered: int
    pieces: int
    seconds: float
    p50_us: float
    p90_us: float
    p99_us: float
    max_us: float
    first_p50_us: float
    first_p99_us: float


class Running:
    """A load under way: past its warm-up, not yet at its end."""

    def __init__(self, program: Path, port: int, request: Path, load: Load) -> None:
        numbers = (load.connections, load.warmup, load.seconds, load.each, load.rate)
        command = [str(program), str(port), str(request), *map(str, numbers)]
        self._process = subprocess.Popen(  # noqa: S603 -- compiled here
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self._expect("begin")

    def outcome(self, *, faultless: bool = True) -> Outcome:
        """Wait for the end. Raises NativeError if any request failed and none may."""
        with self._process as process:  # its complaints are a line: they wait in their pipe
            assert process.stdout is not None and process.stderr is not None  # noqa: S101, PT018 -- pipes
            out, complaints = process.stdout.read(), process.stderr.read()
        if process.returncode:
            raise NativeError(f"the load ended with code {process.returncode}: {complaints}")
        outcome = msgspec.json.decode(out, type=Outcome)
        if faultless and (outcome.errors or outcome.unanswered or not outcome.completed):
            raise NativeError(f"requests failed: {outcome}: {complaints}")
        return outcome

    def _expect(self, word: str) -> None:
        assert self._process.stdout is not None  # noqa: S101 -- it is a pipe
        if self._process.stdout.readline().strip() != word:
            self._process.kill()
            raise NativeError(f"the load did not begin: {self._process.communicate()[1]}")


@contextmanager
def holding(program: Path, port: int, request: Path, connections: int) -> Iterator[None]:
    """Keep so many replies open that have begun and go on no further."""
    command = [str(program), str(port), str(request), str(connections), "hold", "0", "0", "0"]
    process = subprocess.Popen(  # noqa: S603 -- compiled here
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None  # noqa: S101 -- it is a pipe
        if process.stdout.readline().strip() != "holding":
            process.kill()
            raise NativeError(f"{connections} replies could not be held open: {process.communicate()[1]}")
        yield
    finally:
        process.communicate()


class Upstream:
    """A model server: one reply of 1.2 kB, or a stream of ``chunks`` events, one every ``interval`` seconds."""

    def __init__(self, program: Path, port: int, *, interval: float, chunks: int) -> None:
        self.port = port
        command = [str(program), str(port), str(int(interval * 1e6)), str(chunks)]
        self._process = subprocess.Popen(command)  # noqa: S603 -- compiled here

    def stop(self) -> None:
        """End it."""
        self._process.send_signal(signal.SIGCONT)
        self._process.kill()
        self._process.wait()

    def hang(self) -> None:
        """Accept and read nothing any more, and keep every connection: what a wedged server does."""
        self._process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Go on as if nothing had happened."""
        self._process.send_signal(signal.SIGCONT)
