"""What the demonstration runs on: two engines and a ``practicum serve``, each a process of its own, in one directory.

``staged`` starts them in order and, however its block ends, stops all of them in the reverse order. The engines end by
themselves when their standard input does. Ports are chosen free; everything stays on the loopback.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from proxy.demo.checkpoints import ARMS
from routing.observation import Arm

MODEL = "railway"
_NAMES: Mapping[Arm, str] = {Arm.TEACHER: MODEL, Arm.STUDENT: f"{MODEL}-student"}
_PORTS = range(12_000, 32_000)
_STOP = 15.0  # seconds
_LOG_TAIL = 2000  # characters
_CONFIG = """\
listen: {{host: 127.0.0.1, port: {data}, drain: 3s}}
admin: {{host: 127.0.0.1, port: {admin}}}
database: {database}
routes:
  {route}:
    models: [{route}]
    teacher: {{base_url: "{teacher}/v1"}}
    student: {{base_url: "{student}/v1", model: {student_model}}}
    noise_floor: {{percentage: 5}}
    privacy: {{agreeing_sample: 100}}  # in production 5: here those who invented the questions judge every pair, too
    rollout:
      interval: 1s  # in production 30s, the default: the whole demonstration takes a minute
      steps: [{{setWeight: 1}}, {{setWeight: 5}}, {{setWeight: 25}}, {{setWeight: 100}}]
    gates:
      settleAfter: 100ms  # in production 10m, the default: here a conversation is one request, over once it is answered
"""


class StageError(Exception):
    """The stage could not be set, or fell; the message says what failed and ends with what the process wrote."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A served model: where its engine answers, and the name it answers to."""

    url: str
    model: str


@dataclass(frozen=True, slots=True)
class Started:
    """A process of the stage, what people call it, and the file it writes to."""

    title: str
    process: Process
    log: Path

    def require_running(self) -> None:
        """Raise ``StageError`` where it ended, which nothing on the stage does by itself."""
        if self.process.returncode is not None:
            raise StageError(f"{self.title} ended with {self.process.returncode}: {self.written()}")

    def written(self) -> str:
        """The end of what it wrote."""
        return self.log.read_text(errors="replace")[-_LOG_TAIL:].strip() or "it wrote nothing"


@dataclass(frozen=True, slots=True)
class Stage:
    """A running stage: Practicum's two ports, its database's URL, its configuration, and the engines behind it."""

    data: str
    admin: str
    database: str
    config: Path
    engines: Mapping[Arm, Engine]
    processes: tuple[Started, ...]

    def require_running(self) -> None:
        """Raise ``StageError`` where a process ended by itself."""
        for started in self.processes:
            started.require_running()


@asynccontextmanager
async def staged(directory: Path, models: Path, patience: float = 30.0) -> AsyncIterator[Stage]:
    """The stage, set in an existing directory (an absolute path) and ready for requests.

    ``models`` holds the folders ``teacher`` and ``student``. Raises ``StageError``, also where a process is not ready
    after ``patience`` seconds, and ``OSError``.
    """
    async with AsyncExitStack() as stack:
        starting = [await stack.enter_async_context(_engine(arm, models / arm, directory)) for arm in ARMS]
        urls = [await _address(started, patience) for started in starting]
        engines = {arm: Engine(url, _NAMES[arm]) for arm, url in zip(ARMS, urls, strict=True)}
        data, admin = _free_ports(2)
        database = f"sqlite:///{directory}/practicum.db"
        config = directory / "practicum.yaml"
        config.write_text(_config(data, admin, database, engines))
        serving = await stack.enter_async_context(_serve(config))
        processes = (*starting, serving)
        ports = (f"http://127.0.0.1:{data}", f"http://127.0.0.1:{admin}")
        stage = Stage(*ports, database, config, engines, processes)
        await _ready(stage, serving, patience)
        yield stage


def _config(data: int, admin: int, database: str, engines: Mapping[Arm, Engine]) -> str:
    return _CONFIG.format(
        data=data,
        admin=admin,
        database=json.dumps(database),
        route=MODEL,
        teacher=engines[Arm.TEACHER].url,
        student=engines[Arm.STUDENT].url,
        student_model=engines[Arm.STUDENT].model,
    )


@asynccontextmanager
async def _engine(arm: Arm, checkpoint: Path, directory: Path) -> AsyncIterator[Started]:
    """An arm's process, not yet ready."""
    limits = ("--port", "0", "--max-num-seqs", "16", "--threads", "1", "--until-stdin-ends")
    command = ("-m", "proxy.demo.engine", str(checkpoint), "--served-model-name", _NAMES[arm], *limits)
    path = directory / f"{arm}.log"
    with path.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, stdin=PIPE, stdout=PIPE, stderr=log, start_new_session=True
        )
    try:
        yield Started(f"the {arm}'s engine", process, path)
    finally:
        assert process.stdin is not None  # noqa: S101 -- asked for above; asyncio's type cannot say so
        process.stdin.close()
        await _ended(process)


async def _address(engine: Started, patience: float) -> str:
    """Where an engine listens: the one line it prints."""
    assert engine.process.stdout is not None  # noqa: S101 -- as in ``_engine``
    try:
        async with asyncio.timeout(patience):
            line = await engine.process.stdout.readline()
            if not line:
                await engine.process.wait()
    except TimeoutError as exc:
        raise StageError(f"{engine.title} was not ready within {patience:g} s: {engine.written()}") from exc
    engine.require_running()
    return line.decode().strip()


@asynccontextmanager
async def _serve(config: Path) -> AsyncIterator[Started]:
    command = ("-m", "proxy", "serve", "--config", str(config))
    path = config.with_name("serve.log")
    with path.open("wb") as log:
        # A session of its own, so that Ctrl-C reaches only the demonstration, which then stops it in order.
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, stdin=DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield Started("`practicum serve`", process, path)
    finally:
        if process.returncode is None:
            process.terminate()
        await _ended(process)


async def _ended(process: Process) -> None:
    """Wait for a process that was told to end; what is left of its group after that is killed."""
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(_STOP):
                await process.wait()
    finally:
        with suppress(ProcessLookupError):  # the usual case: nobody of the group is left
            os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


async def _ready(stage: Stage, serving: Started, patience: float) -> None:
    deadline = asyncio.get_running_loop().time() + patience
    async with httpx.AsyncClient(trust_env=False) as client:
        while not await _is_ready(client, stage):
            stage.require_running()
            if asyncio.get_running_loop().time() > deadline:
                raise StageError(f"{serving.title} was not ready within {patience:g} s: {serving.written()}")
            await asyncio.sleep(0.05)


async def _is_ready(client: httpx.AsyncClient, stage: Stage) -> bool:
    try:
        admin = await client.get(f"{stage.admin}/readyz")
        data = await client.get(f"{stage.data}/v1/models")
    except httpx.TransportError:
        return False
    return admin.is_success and data.is_success


def _free_ports(count: int) -> list[int]:
    """Free ports, all different, below those that the kernel gives out by itself and could give out in the meantime."""
    ports: list[int] = []
    for port in random.SystemRandom().sample(_PORTS, len(_PORTS)):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            ports.append(port)
        if len(ports) == count:
            return ports
    raise StageError(f"of the ports {_PORTS.start} to {_PORTS.stop - 1} on 127.0.0.1, not {count} are free")
