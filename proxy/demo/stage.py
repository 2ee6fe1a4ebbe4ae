"""What the demonstration runs on: two arms and a ``practicum serve``, each a process of its own, in one directory.

``staged`` starts them in order and, however its block ends, stops all of them in the reverse order. The arms end by
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
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from proxy.demo.prompts import MODEL
from routing.observation import Arm

_PORTS = range(12_000, 32_000)
_STOP = 15.0  # seconds
_LOG_TAIL = 2000  # characters
_CONFIG = """\
listen: {{host: 127.0.0.1, port: {data}, drain: 3s}}
admin: {{host: 127.0.0.1, port: {admin}}}
database: {database}
routes:
  {model}:
    models: [{model}]
    teacher: {{base_url: "http://127.0.0.1:{teacher}/v1"}}
    student: {{base_url: "http://127.0.0.1:{student}/v1", model: {model}-student}}
    noise_floor: {{percentage: 10}}
    privacy: {{agreeing_sample: 100}}
"""


class StageError(Exception):
    """The stage could not be set; the message says what failed and ends with what the process wrote."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A running stage. ``serving`` is the process of ``practicum serve``."""

    data: str
    admin: str
    database: str
    serving: Process


@asynccontextmanager
async def staged(directory: Path, patience: float = 30.0) -> AsyncIterator[Stage]:
    """The stage, set in an existing directory (an absolute path) and ready for requests.

    Raises ``StageError``, also where it is not ready after ``patience`` seconds, and ``OSError``.
    """
    async with AsyncExitStack() as stack:
        teacher, student = [await stack.enter_async_context(_arm(arm, patience)) for arm in (Arm.TEACHER, Arm.STUDENT)]
        data, admin = _free_ports(2)
        database = f"sqlite:///{directory}/practicum.db"
        config = _CONFIG.format(
            data=data, admin=admin, database=json.dumps(database), model=MODEL, teacher=teacher, student=student
        )
        (directory / "practicum.yaml").write_text(config)
        serving = await stack.enter_async_context(_serve(directory))
        stage = Stage(f"http://127.0.0.1:{data}", f"http://127.0.0.1:{admin}", database, serving)
        await _ready(stage, directory, patience)
        yield stage


@asynccontextmanager
async def _arm(arm: Arm, patience: float) -> AsyncIterator[int]:
    """An arm's process; the port it listens on."""
    command = (sys.executable, "-m", "proxy.demo.arms", arm.value)
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, start_new_session=True)
    try:
        assert process.stdout is not None  # noqa: S101 -- asked for above; asyncio's type cannot say so
        async with asyncio.timeout(patience):
            line = await process.stdout.readline()
        if not line.strip().isdigit():
            raise StageError(f"the scripted {arm} did not start")
        yield int(line)
    except TimeoutError as exc:
        raise StageError(f"the scripted {arm} did not start within {patience:g} s") from exc
    finally:
        assert process.stdin is not None  # noqa: S101 -- as above
        process.stdin.close()
        await _ended(process)


@asynccontextmanager
async def _serve(directory: Path) -> AsyncIterator[Process]:
    command = (sys.executable, "-m", "proxy", "serve", "--config", str(directory / "practicum.yaml"))
    with (directory / "serve.log").open("wb") as log:
        # A session of its own, so that Ctrl-C reaches only the demonstration, which then stops it in order.
        process = await asyncio.create_subprocess_exec(
            *command, stdin=DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield process
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


async def _ready(stage: Stage, directory: Path, patience: float) -> None:
    deadline = asyncio.get_running_loop().time() + patience
    async with httpx.AsyncClient(trust_env=False) as client:
        while not await _is_ready(client, stage):
            if stage.serving.returncode is not None:
                raise StageError(f"`practicum serve` ended with {stage.serving.returncode}: {_log_tail(directory)}")
            if asyncio.get_running_loop().time() > deadline:
                raise StageError(f"`practicum serve` was not ready within {patience:g} s: {_log_tail(directory)}")
            await asyncio.sleep(0.05)


async def _is_ready(client: httpx.AsyncClient, stage: Stage) -> bool:
    try:
        admin = await client.get(f"{stage.admin}/readyz")
        data = await client.get(f"{stage.data}/v1/models")
    except httpx.TransportError:
        return False
    return admin.is_success and data.is_success


def _log_tail(directory: Path) -> str:
    return (directory / "serve.log").read_text(errors="replace")[-_LOG_TAIL:].strip() or "it wrote nothing"


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
