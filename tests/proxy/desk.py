"""A real admin port on the loopback, over a real SQLite store, for the tests of the port and of the command line."""

from __future__ import annotations

import dataclasses
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from proxy.config.parse import parse
from proxy.examiner.admin import admin_app
from proxy.examiner.desk import Desk
from proxy.examiner.status import Cell, MirrorHealth, RouteStatus, Status, Weights, WorkerStatus
from proxy.store.entry import Entry
from proxy.store.pair import Pair
from proxy.store.store import Store

CONFIG = b"""\
listen: {host: 0.0.0.0, port: 18080, client_keys_env: CLIENT_KEYS}
routes:
  support:
    models: [support]
    teacher: {base_url: "http://teacher/v1"}
    student: {base_url: "http://student/v1", model: small}
"""
TOKEN = "open-sesame"
_PATIENCE = 10.0


def route_status(name: str = "support", cells: Sequence[Cell] = ()) -> RouteStatus:
    """A route in shadow mode whose mirror has done some work."""
    mirror = MirrorHealth(12, {"compared": 9, "shed": 3, "expired": 0}, 1, 2048, 2, "closed", "", 3.0, 0.42)
    found = tuple(cells) or (Cell("general", "refusal", "lost", 8, 2, 4, 1), Cell("math", "answer", "lost", 0, 0))
    weights = Weights(100.0, 0.0, 0.0, 0.0)
    return RouteStatus(
        name, (name, "gpt"), "http://teacher/v1", "small at http://student/v1", "shadow", weights, mirror, found
    )


def some_status(*routes: RouteStatus) -> Status:
    """A healthy installation of one worker."""
    workers = (WorkerStatus("0", 4242, "abcdef012345", 5),)
    return Status("0.1.0", "abcdef012345", True, True, 0, workers, routes or (route_status(),))


def a_desk(store: Store, **changed: object) -> Desk:
    """A desk over this store that is ready and has no token, but for what is changed."""
    desk = Desk(
        status=some_status,
        ready=list,
        metrics=lambda openmetrics: (
            (b"# EOF\n", "application/openmetrics-text") if openmetrics else (b"", "text/plain")
        ),
        store=store,
        config=lambda: parse(CONFIG, "test").config,
    )
    return dataclasses.replace(desk, **changed)  # type: ignore[arg-type] # the fields' own types hold at run time


def filled(path: Path, pairs: Sequence[Pair]) -> Store:
    """A store in a new SQLite file that holds these pairs."""
    store = Store.open(database(path))
    store.write([Entry(pair) for pair in pairs], "batch")
    return store


def database(path: Path) -> str:
    """The URL of the SQLite file in this directory."""
    return f"sqlite:///{path / 'pairs.db'}"


@contextmanager
def served(desk: Desk, port: int = 0) -> Iterator[str]:
    """The admin port of this desk, served by uvicorn on this port or on a free one; its URL."""
    listening = socket.create_server(("127.0.0.1", port))
    config = uvicorn.Config(
        admin_app(desk), lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        deadline = time.monotonic() + _PATIENCE
        while not server.started:
            assert time.monotonic() < deadline, "the admin port did not start"
            time.sleep(0.005)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(_PATIENCE)
        listening.close()
