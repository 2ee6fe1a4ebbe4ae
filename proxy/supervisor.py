"""The parent process: it holds the listening sockets, starts workers and examiner, and starts again what dies.

A crashed worker loses its own requests only, for the sockets stay open here and the others accept; a crashed examiner
costs no request at all. Restarts wait longer each time until a process has lived for a while. On SIGTERM the examiner
says at once that this host is not ready any more, and the workers stop first, so that it still gets their last records.
It refuses to serve, to examine and to read more of the configuration than where to listen.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import uvloop
from setproctitle import setproctitle

from proxy.config.environment import guarded, unset
from proxy.config.parse import load
from proxy.config.settings import Config
from proxy.errors import ConfigError
from proxy.process import LEAVING, Errand
from proxy.siblings import Team
from proxy.store.errors import StoreError
from proxy.telemetry.logs import set_up, write_as

log = logging.getLogger("practicum.supervisor")

_BACKLOG = 2048
_SHORTEST, _LONGEST = 0.1, 10.0
_STABLE = 10.0  # seconds after which a process counts as healthy
_MARGIN = 5.0  # seconds beyond its own limits before a process is killed
_EXAMINER_STOPS = 15.0


def serve(config_path: str, workers: int) -> int:
    """Serve until SIGTERM or SIGINT. Returns the exit code: 1 if the configuration or an address cannot be used."""
    path = Path(config_path)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # until a loop takes over: stop, and clean up
    setproctitle("practicum serve")
    set_up("supervisor")
    try:
        loaded = guarded(load(path), str(path), os.environ)
        config = loaded.config
        write_as(config.log.format)
        data, admin = _bind(config.listen.host, config.listen.port), _bind(config.admin.host, config.admin.port)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"cannot listen: {error}\n")
        return 1
    for warning in (*loaded.warnings, *unset(config, os.environ)):
        log.warning("%s", warning)
    _announce(data, admin, workers)
    return _run(path, config, data, admin, workers)


def _run(path: Path, config: Config, data: socket.socket, admin: socket.socket, workers: int) -> int:
    folder = tempfile.mkdtemp(prefix="practicum-")
    handover = str(Path(folder) / "handover.sock")
    try:
        if workers == 0:
            from proxy.one_process import run_both  # noqa: PLC0415 -- both halves' weight, where both run here

            uvloop.run(run_both(path, handover, data, admin))
        else:
            uvloop.run(Supervisor(path, config, handover, data, admin).run(workers))
    except StoreError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        log.warning("stopped before everything had started")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


class Child:
    """One process that is to run for as long as the supervisor does."""

    def __init__(self, title: str, command: Sequence[str], fds: Sequence[int]) -> None:
        self.title = title
        self.process: asyncio.subprocess.Process | None = None
        self._command = command
        self._fds = fds
        self._starting = asyncio.Lock()
        self._stopping = asyncio.Event()

    async def keep_running(self) -> None:
        """Start it, and again whenever it ends, until ``stop``."""
        pause = _SHORTEST
        while not self._stopping.is_set():
            began = time.monotonic()
            async with self._starting:
                self.process = await asyncio.create_subprocess_exec(*self._command, pass_fds=self._fds)
            code = await self.process.wait()
            if self._stopping.is_set():
                return
            pause = _SHORTEST if time.monotonic() - began > _STABLE else min(pause * 2, _LONGEST)
            log.warning("the %s ended with code %d; it starts again in %.1f s", self.title, code, pause)
            await asyncio.sleep(pause)

    def signal(self, number: int) -> None:
        """Pass a signal on, if it runs."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(number)

    async def stop(self, patience: float) -> None:
        """Ask it to stop, and kill it if it has not after ``patience`` seconds."""
        self._stopping.set()
        async with self._starting:  # one that is being started right now is to be stopped as well
            self.signal(signal.SIGTERM)
        if self.process is None:
            return
        try:
            await asyncio.wait_for(self.process.wait(), patience)
        except TimeoutError:
            log.warning("the %s did not stop within %.0f s and is killed", self.title, patience)
            self.signal(signal.SIGKILL)
            await self.process.wait()


class Supervisor:
    """The running installation of this host."""

    def __init__(self, path: Path, config: Config, handover: str, data: socket.socket, admin: socket.socket) -> None:
        self._path = path
        self._config = config
        self._handover = handover
        self._data = data
        self._admin = admin
        self._stopping = asyncio.Event()

    async def run(self, workers: int) -> None:
        """Keep everything running until a signal to stop."""
        lifeline, kept_open = os.pipe()
        examiner = self._child("proxy.examiner", "examiner", self._admin, lifeline)
        team = Team(workers, str(Path(self._handover).parent)) if workers > 1 else None
        serving = [self._child("proxy.worker", str(n), self._data, lifeline, team) for n in range(workers)]
        self._listen_to_signals([examiner, *serving])
        keeping = [asyncio.create_task(child.keep_running()) for child in (examiner, *serving)]
        await self._stopping.wait()
        examiner.signal(LEAVING)
        self._data.close()  # with the workers' own copies closed too, new connections are refused
        if team is not None:
            team.close()
        patience = self._config.listen.drain + _MARGIN
        await asyncio.gather(*(child.stop(patience) for child in serving))
        await examiner.stop(_EXAMINER_STOPS)
        for task in keeping:
            task.cancel()
        await asyncio.gather(*keeping, return_exceptions=True)
        os.close(kept_open)
        os.close(lifeline)

    def _listen_to_signals(self, children: Sequence[Child]) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        loop.add_signal_handler(signal.SIGHUP, self._hang_up, children)

    @staticmethod
    def _hang_up(children: Sequence[Child]) -> None:
        for child in children:
            child.signal(signal.SIGHUP)

    def _child(
        self, module: str, name: str, listening: socket.socket, lifeline: int, team: Team | None = None
    ) -> Child:
        spare = Path(self._handover).with_name("config-in-force.yaml")
        place = team.place(int(name)) if team else ""
        errand = Errand(name, self._path, spare, self._handover, listening.fileno(), lifeline, place)
        command = [sys.executable, "-m", module, *errand.argv()]
        fds = (listening.fileno(), lifeline, *(team.fds if team else ()))
        return Child(f"{module.removeprefix('proxy.')} {name}", command, fds)


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise OSError(error.errno, f"{host}:{port}: {error.strerror}. Free the port, or change it.") from error
    listening.listen(_BACKLOG)
    listening.setblocking(False)
    return listening


def _announce(data: socket.socket, admin: socket.socket, workers: int) -> None:
    how = f"{workers} workers and an examiner" if workers else "everything in one process"
    served, administered = data.getsockname()[:2], admin.getsockname()[:2]
    log.info("data port %s:%d, admin port %s:%d, %s", *served, *administered, how)
