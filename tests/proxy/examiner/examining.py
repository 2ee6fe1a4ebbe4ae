"""One record examined, over real upstreams and a real database, and all that came of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from proxy.config.own import OwnBehavior
from proxy.config.settings import Audit, Privacy, Route, Tracing, Upstream
from proxy.examiner.backlog import Ended
from proxy.examiner.examination import Examination
from proxy.examiner.mirror_call import Caller
from proxy.examiner.sampling import Outcome, sample
from proxy.examiner.tracing.traces import Traces
from proxy.handover import Record
from proxy.store.confidences import Confidences, ConfidenceUnit
from proxy.store.pair import Cell, Pair
from proxy.store.store import Store
from proxy.store.writer import Bounds, Writer
from proxy.telemetry.tally import Tally
from proxy.upstreams import Upstreams
from routing.ledger import Ledger
from routing.style import StyleDrift
from tests.proxy.examiner.records import answered, route

Own = tuple[OwnBehavior, ...]


@dataclass
class Result:
    """What came of it. ``student_got`` and ``teacher_got`` are the calls that were made."""

    outcomes: list[Outcome]
    ended: Ended
    tally: Tally
    pair: Pair | None
    ledger: Ledger
    teacher_got: list[web.Request]
    student_got: list[web.Request]
    styles: dict[str, StyleDrift]
    cells: tuple[Cell, ...]
    units: list[ConfidenceUnit]


@asynccontextmanager
async def _answering(
    status: int, body: bytes, got: list[web.Request], asked: asyncio.Event | None = None
) -> AsyncIterator[str]:
    """A server; where it is to tell that it was ``asked``, it never answers."""

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        got.append(request)
        if asked is not None:
            asked.set()
            await asyncio.Event().wait()
        return web.Response(status=status, body=body, content_type="application/json")

    application = web.Application()
    for path in ("chat/completions", "responses"):
        application.router.add_post(f"/v1/{path}", answer)
    runner = web.AppRunner(application, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}/v1"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _writing(database: Store, bounds: Bounds | None) -> AsyncIterator[Writer]:
    writer = Writer(database, bounds)
    writing = asyncio.create_task(writer.run())
    try:
        yield writer
    finally:
        await writer.close(5)
        await writing


@asynccontextmanager
async def _tracing(collector: str | None, writer: Writer, tally: Tally) -> AsyncIterator[Traces]:
    traces = Traces(Tracing(collector, sample=100), {}, tally)
    yield traces
    await writer.close(5)  # what it writes last is traced too
    await traces.close(5)


@dataclass(frozen=True)
class Settings:
    """What a test sets apart: of the upstreams, the route, the writer.

    The teacher, asked now, says ``noise``, or 42; it is asked twice only where ``noise`` is given.
    """

    status: int = 200
    noise: bytes | None = None
    bounds: Bounds | None = None
    store: str = "full"
    own: Own = ()
    teacher_status: int = 200
    teacher_model: str | None = None
    audit: float = 100
    collector: str | None = None
    student_hangs: bool = False

    def route(self, student: str, teacher: str) -> Route:
        """The route between these servers."""
        privacy = Privacy(store=self.store, agreeing_sample=100)  # type: ignore[arg-type] # a literal
        return route(
            noise=100 if self.noise else 0,
            student=Upstream(student, "small"),
            teacher=Upstream(teacher, self.teacher_model),
            privacy=privacy,
            audit=Audit(self.audit),
            behaviors=self.own,
        )


def examine(folder: Path, told: Record, student: bytes = answered("41"), **changed: Any) -> Result:
    """Examine one record against a student that answers so; ``changed`` are fields of ``Settings``."""
    known, tally, outcomes = Settings(**changed), Tally(), list[Outcome]()
    student_got: list[web.Request] = []
    teacher_got: list[web.Request] = []

    async def main(database: Store) -> Ended:
        upstreams = Upstreams()
        hung = asyncio.Event() if known.student_hangs else None
        async with (
            _answering(known.status, student, student_got, hung) as url,
            _answering(known.teacher_status, known.noise or answered(), teacher_got) as again,
            _writing(database, known.bounds) as writer,
            _tracing(known.collector, writer, tally) as traces,
        ):
            caller = Caller(upstreams, lambda _: None, tally)
            examination = Examination(caller, writer, tally, lambda r: f"{r.name}.0", traces)
            asked = known.route(url, again)
            chosen = sample(asked, told)
            assert chosen is not None
            ended = await _until_it_hangs(examination.examine(asked, chosen, outcomes.append), hung)
            if known.own:
                await _concluded(outcomes)
            await upstreams.close()
            return ended

    with closing(Store.open(f"sqlite:///{folder}/pairs.db")) as database:
        ended = asyncio.run(main(database))
        return Result(
            outcomes,
            ended,
            tally,
            database.pair(told.pair),
            database.ledger("support", "support.0"),
            teacher_got,
            student_got,
            database.styles(told.route),
            database.cells(told.route),
            [kept.unit for kept in Confidences(database.engine).after("support", "support.0", 0)],
        )


async def _until_it_hangs(examining: Coroutine[None, None, Ended], hung: asyncio.Event | None) -> Ended:
    """Where its student is to hang, it is cancelled once that is asked, as the lane does when a pair expires."""
    if hung is None:
        return await examining
    task = asyncio.create_task(examining)
    await hung.wait()
    task.cancel()
    await asyncio.wait({task})
    return Ended(None)


async def _concluded(outcomes: list[Outcome]) -> None:
    async with asyncio.timeout(10):
        while not outcomes:  # noqa: ASYNC110 -- a judge's answer comes after the lane's part is over
            await asyncio.sleep(0.005)
