"""The stream: it tells of changes, of nothing else, and gives its place back."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable

import pytest
from starlette.requests import Request
from starlette.responses import StreamingResponse

from proxy.examiner.answers import Problem
from proxy.examiner.console.live import MOST, Live
from proxy.examiner.console.rendering import SESSION
from proxy.examiner.console.sessions import Session
from proxy.examiner.status import Status
from tests.proxy.desk import route_status, some_status

PAUSE = 0.01


def request(session: Session | None = None) -> Request:
    """A request as the door leaves it."""
    return Request({"type": "http", "method": "GET", "path": "/events", "headers": [], SESSION: session})


def never() -> bool:
    """The examiner goes on."""
    return False


async def stream(live: Live, session: Session | None = None) -> AsyncIterator[str]:
    """The stream's pieces."""
    answer = await live.events(request(session))
    assert isinstance(answer, StreamingResponse)
    assert answer.media_type == "text/event-stream"
    assert isinstance(answer.body_iterator, AsyncGenerator)
    async with contextlib.aclosing(answer.body_iterator) as pieces:
        async for piece in pieces:
            yield piece.decode() if isinstance(piece, bytes) else str(piece)


def counting() -> Callable[[], Status]:
    """A status that is another one each time."""
    numbers = itertools.count()
    return lambda: some_status(route_status(f"route-{next(numbers)}"))


async def first(pieces: AsyncIterator[str], count: int) -> list[str]:
    """So many pieces of a stream."""
    return [await anext(pieces) for _ in range(count)]


def test_a_change_is_told() -> None:
    """And nothing of what it is: the page asks for itself."""
    found = asyncio.run(first(stream(Live(counting(), never, PAUSE)), 3))
    assert found == ["retry: 10\n\n", *["event: changed\ndata: status\n\n"] * 2]


def test_what_stays_as_it_was_is_a_beat() -> None:
    """A page that hears nothing knows that it is not live, and a browser that is gone is noticed."""
    found = asyncio.run(first(stream(Live(some_status, never, PAUSE)), 3))
    assert found[1:] == ["event: beat\ndata: as before\n\n"] * 2


def test_listeners_share_one_look() -> None:
    """Ten open pages must not cost ten looks."""
    looks = itertools.count()

    def status() -> Status:
        next(looks)
        return some_status()

    async def listen() -> None:
        live = Live(status, never, pause=3600.0)
        for _ in range(5):
            await anext(stream(live))

    asyncio.run(listen())
    assert next(looks) == 1


def test_a_session_that_ends_ends_its_stream() -> None:
    """Signed out by time, also where a page stays open."""

    async def listen() -> list[str]:
        return [
            piece async for piece in stream(Live(counting(), never, PAUSE), Session(ends=time.monotonic() + 5 * PAUSE))
        ]

    assert asyncio.run(listen())[0].startswith("retry")


def test_an_examiner_that_stops_ends_the_streams() -> None:
    """Or its server would wait for open pages, and log each as a fault."""
    stopping: list[bool] = []

    async def listen() -> list[str]:
        found = []
        async for piece in stream(Live(counting(), lambda: bool(stopping), pause=3600.0)):
            found.append(piece)
            stopping.append(True)
        return found

    assert len(asyncio.run(listen())) == 1


def test_no_more_than_so_many_and_those_who_leave_make_room() -> None:
    """Each holds a connection of the port that probes come to."""

    async def crowd() -> int:
        live = Live(some_status, never, PAUSE)
        open_ones = [stream(live) for _ in range(MOST)]
        for one in open_ones:
            await anext(one)
        with pytest.raises(Problem, match="pages listen already"):
            await anext(stream(live))
        for one in open_ones:
            await one.aclose()  # type: ignore[attr-defined] # it is a generator
        assert live.listening == 0
        return len([await anext(stream(live))])

    assert asyncio.run(crowd()) == 1
