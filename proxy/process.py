"""The processes behind ``practicum serve``: a worker, the examiner, or both in one, from arguments to exit code.

They name themselves for ``ps``, stop in good order on SIGTERM, SIGINT or when their supervisor is gone (its end of the
lifeline closes), and read their configuration again on SIGHUP.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import uvloop
from setproctitle import setproctitle

from proxy.config.reload import Reloader
from proxy.store.errors import StoreError
from proxy.telemetry.logs import set_up

log = logging.getLogger("practicum.process")

_STOPPING = (signal.SIGTERM, signal.SIGINT)


def run_worker(argv: Sequence[str]) -> int:
    """The command of a worker process."""
    arguments = _arguments(argv)
    name = f"worker {arguments.name}"
    _introduce(name)
    uvloop.run(_worker(arguments))
    return 0


def run_examiner(argv: Sequence[str]) -> int:
    """The command of the examiner process; 1 if the store cannot be opened."""
    arguments = _arguments(argv)
    _introduce("examiner")
    try:
        uvloop.run(_examiner(arguments))
    except StoreError as error:
        log.error("the examiner cannot start: %s", error)  # noqa: TRY400 -- its message says it all
        return 1
    return 0


async def _worker(arguments: argparse.Namespace) -> None:
    from proxy.worker.app import Worker  # noqa: PLC0415 -- each process pays for its own half only

    reloader = Reloader(arguments.config)
    worker = Worker(reloader, arguments.handover, arguments.name, os.environ)
    _listen_to_signals(worker.stop, reloader, arguments.lifeline)
    await worker.run(socket.socket(fileno=arguments.fd))


async def _examiner(arguments: argparse.Namespace) -> None:
    from proxy.examiner.app import Examiner  # noqa: PLC0415 -- as above
    from proxy.store.store import Store  # noqa: PLC0415 -- as above

    reloader = Reloader(arguments.config)
    store = await asyncio.to_thread(Store.open, reloader.config.database)
    examiner = Examiner(reloader, arguments.handover, store, os.environ)
    _listen_to_signals(examiner.stop, reloader, arguments.lifeline)
    await examiner.run(socket.socket(fileno=arguments.fd))


async def run_both(config: Path, handover: str, data: socket.socket, admin: socket.socket) -> None:
    """A worker and the examiner in this process, over the same socket as ever."""
    from proxy.examiner.app import Examiner  # noqa: PLC0415 -- only one of the ways to run
    from proxy.store.store import Store  # noqa: PLC0415 -- as above
    from proxy.worker.app import Worker  # noqa: PLC0415 -- as above

    reloader = Reloader(config)
    store = await asyncio.to_thread(Store.open, reloader.config.database)
    examiner = Examiner(reloader, handover, store, os.environ)
    worker = Worker(Reloader(config), handover, "0", os.environ)
    _listen_to_signals(worker.stop, reloader, None)
    examining = asyncio.create_task(examiner.run(admin))
    try:
        await worker.run(data)
    finally:
        examiner.stop()
        await examining


def _introduce(name: str) -> None:
    setproctitle(f"practicum {name}")
    set_up(name)


def _listen_to_signals(stop: Callable[[], None], reloader: Reloader, lifeline: int | None) -> None:
    loop = asyncio.get_running_loop()
    for number in _STOPPING:
        loop.add_signal_handler(number, stop)
    loop.add_signal_handler(signal.SIGHUP, reloader.check_now)
    if lifeline is not None:
        loop.add_reader(lifeline, _orphaned, lifeline, stop)


def _orphaned(lifeline: int, stop: Callable[[], None]) -> None:
    asyncio.get_running_loop().remove_reader(lifeline)
    log.warning("the supervisor is gone: stopping")
    stop()


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--handover", required=True)
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument("--lifeline", type=int, required=True)
    parser.add_argument("--name", default="0")
    return parser.parse_args(argv)
