"""One request's reply, whole or streamed, and the end of its work when its client leaves first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from proxy.demo.engine import faults, replies
from proxy.demo.engine.narration import Ending, Piece
from proxy.demo.engine.replies import Form, Usage
from proxy.demo.engine.scheduler import OverloadedError, StoppedError

CLIENT_GONE = 499  # for the log alone: nobody reads it


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply to be made: its form and its pieces. ``finished`` is told of its tokens and its ending."""

    form: Form
    pieces: AsyncGenerator[Piece]
    prompt_tokens: int
    finished: Callable[[Usage, Ending], None]

    async def whole(self, request: Request) -> Response:
        """In one piece."""
        return await _unless_gone(request, self._whole())

    def streamed(self, *, include_usage: bool) -> Response:
        """As server-sent events."""
        return StreamingResponse(self._events(include_usage), media_type="text/event-stream")

    async def _whole(self) -> Response:
        async with aclosing(self.pieces):
            try:
                pieces = [piece async for piece in self.pieces]
            except (OverloadedError, StoppedError) as exc:
                return faults.respond(exc)
        usage = self._finish(len(pieces), pieces[-1])
        return Response(self.form.whole(pieces, usage), media_type="application/json")

    async def _events(self, include_usage: bool) -> AsyncGenerator[bytes]:
        for opening in self.form.opening():
            yield replies.event(opening)
        try:
            async with aclosing(self.pieces):
                count = 0
                async for piece in self.pieces:
                    count += 1
                    yield replies.event(self.form.chunk(piece))
            usage = self._finish(count, piece)
        except StoppedError as exc:  # vLLM, too, says so and then says that it is done
            yield replies.event(faults.stopped(exc))
        except OverloadedError as exc:
            yield replies.event(faults.overloaded(exc))
        else:
            if include_usage:
                yield replies.event(self.form.usage(usage))
        yield replies.DONE

    def _finish(self, count: int, last: Piece) -> Usage:
        usage = Usage(self.prompt_tokens, self.prompt_tokens + count, count)
        if last.ending:
            self.finished(usage, last.ending)
        return usage


async def _unless_gone(request: Request, work: Coroutine[None, None, Response]) -> Response:
    """What ``work`` returns; it is canceled when the client leaves before."""
    async with asyncio.TaskGroup() as group:
        response = group.create_task(work)
        leaving = group.create_task(_gone(request))
        leaving.add_done_callback(lambda _: response.cancel())
        response.add_done_callback(lambda _: leaving.cancel())
    return Response(status_code=CLIENT_GONE) if response.cancelled() else response.result()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
