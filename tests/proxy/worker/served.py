"""Something that answers behind the worker's own HTTP protocol on loopback, in a thread with a loop of its own.

So a test may call it from a plain socket, block, and look at what it left behind. Its counterparts are
``tests.end_to_end.wire`` (who calls) and ``tests.end_to_end.upstream`` (who is called).
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine
from dataclasses import replace
from types import TracebackType
from typing import Self

import uvloop

from proxy.config.settings import Config, Listen, Mirror, Route, Upstream
from proxy.handover import Record
from proxy.telemetry.tally import Tally
from proxy.upstreams import Upstreams
from proxy.worker.endpoints import DataPort
from proxy.worker.http import Answer as Answering
from proxy.worker.listener import Listener
from proxy.worker.serving import Serving
from proxy.worker.teacher_guard import TeacherGuard
from proxy.worker.units import RequestFacts
from routing.confidence.assurance import Assurance
from routing.decision import Decision, Standing, decide
from tests.end_to_end.practicum import until
from tests.end_to_end.wire import Answer, Caller, Fields, request

LOOPBACK = "127.0.0.1"


def listening() -> socket.socket:
    """A socket as the supervisor hands it to a worker."""
    bound = socket.socket()
    bound.bind((LOOPBACK, 0))
    bound.listen(128)
    bound.setblocking(False)
    return bound


class InThread:
    """A coroutine that runs in a thread of its own; ``stop`` is called there, and must bring it to its end."""

    def __init__(self, run: Callable[[], Coroutine[None, None, None]], stop: Callable[[], None]) -> None:
        self._run = run
        self._stop = stop
        self._loop = uvloop.new_event_loop()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def call(self, function: Callable[[], object]) -> None:
        """Run a function on the thread's loop."""
        self._loop.call_soon_threadsafe(function)

    def stop(self, timeout: float = 10.0) -> None:
        """Ask it to end, and wait; what it raised is raised here."""
        if self._thread.is_alive():
            self.call(self._stop)
        self._thread.join(timeout)
        assert not self._thread.is_alive(), f"it did not stop within {timeout} s"
        if self._failure is not None:
            raise self._failure

    @property
    def ident(self) -> int:
        """The thread, as the system knows it."""
        assert self._thread.ident is not None
        return self._thread.ident

    @property
    def running(self) -> bool:
        """Whether it has not come to its end."""
        return self._thread.is_alive()

    def _work(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._run())
        except BaseException as failure:  # noqa: BLE001 -- the rim of a thread: whoever stops it gets to see this
            self._failure = failure
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()


class Served:
    """Whoever answers, on a loopback port; use it as a context manager."""

    def __init__(
        self,
        answer: Answering,
        listen: Listen,
        now: Callable[[], Listen] | None = None,
        refused: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._socket = listening()
        self.address: tuple[str, int] = self._socket.getsockname()
        self.listener = Listener(answer, now or (lambda: listen), refused)
        self.thread = InThread(self._run, self._stop)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.thread.stop()

    @property
    def open_connections(self) -> int:
        """How many clients are connected."""
        return len(self.listener.connections)

    def connect(self) -> Caller:
        """A connection of a client."""
        return Caller(self.address)

    def call(self, target: str, body: bytes | None = None, headers: Fields = (), method: str = "") -> Answer:
        """One request on a connection of its own, and its whole answer."""
        verb = method or ("GET" if body is None else "POST")
        with self.connect() as caller:
            caller.send(request(verb, target, body, headers))
            return caller.answer(bodiless=verb == "HEAD")

    async def _run(self) -> None:
        await self.listener.serve(self._socket)

    def _stop(self) -> None:
        self.listener.stop()


class Port(Served):
    """A data port with all that stands behind it in a worker, except the link: records end up in ``records``."""

    def __init__(self, config: Config, keys: frozenset[bytes] = frozenset(), **environ: str) -> None:
        self.config = config
        self.records: list[Record] = []
        self.tally = Tally()
        self.upstreams = Upstreams()
        self.upstreams.keep({target for route in config.routes.values() for target in (route.teacher, route.student)})
        self.standing: Standing | None = None
        self.guard = TeacherGuard()
        serving = Serving(
            self.upstreams, self.tally, self._hand, lambda name: environ.get(name or ""), self._assurance, self.guard
        )
        self.serving = serving
        self.budget = serving.budget
        self.app = DataPort(lambda: self.config, lambda: keys, serving, self._decide, self.tally)
        super().__init__(self.app.answer, config.listen, refused=self.app.unreadable)

    def settled(self, requests: int = 1) -> list[Record]:
        """The records of that many served requests, once nothing is in flight."""
        until(lambda: len(self.records) >= requests, f"{requests} records")
        until(lambda: self.app.in_flight == 0, "nothing is in flight")
        assert len(self.records) == requests
        return self.records

    async def _run(self) -> None:
        await super()._run()
        await self.upstreams.close()

    def _decide(self, facts: RequestFacts) -> Decision:
        return decide(self.standing, facts, 0.0)

    def _assurance(self, route: str) -> Assurance | None:
        return None if self.standing is None else self.standing.assurances.get(route)

    def _hand(self, record: Record) -> bool:
        self.records.append(record)
        return True


def config(teacher: Upstream, *models: str, listen: Listen | None = None, mirror: Mirror | None = None) -> Config:
    """A configuration of one route, ``support``."""
    student = Upstream("http://127.0.0.1:9/v1", "student")
    one = Route("support", models or ("support",), teacher, student, mirror=mirror or Mirror())
    return Config({"support": one}, listen or Listen(LOOPBACK))


def with_route(known: Config, name: str, teacher: Upstream, *models: str) -> Config:
    """One route more."""
    more = replace(known.routes["support"], name=name, models=models or (name,), teacher=teacher)
    return replace(known, routes={**known.routes, name: more})
