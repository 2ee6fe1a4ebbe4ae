"""The endpoints: ``/v1/chat/completions``, ``/v1/completions``, ``/v1/models``, ``/health`` and ``/metrics``.

Requests come in as ``asks`` and leave as an ``answering.Answer``; between them stands what this file checks: the
model's name, the log-probabilities, and whether prompt and reply fit the context.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from proxy.demo.engine import asks, faults
from proxy.demo.engine.answering import Answer
from proxy.demo.engine.asks import Ask, RequestError
from proxy.demo.engine.batch import Continuation
from proxy.demo.engine.checkpoint import CheckpointError, read
from proxy.demo.engine.meters import Meters
from proxy.demo.engine.model import Model
from proxy.demo.engine.narration import Ending, narrate
from proxy.demo.engine.replies import ChatForm, Form, TextForm, Usage
from proxy.demo.engine.sampling import Sampler
from proxy.demo.engine.scheduler import Scheduler
from proxy.demo.engine.settings import Settings
from proxy.demo.engine.template import ConversationError, Template
from proxy.demo.engine.vocabulary import Vocabulary


class Engine:
    """A checkpoint, served; raises ``CheckpointError`` where it cannot be."""

    def __init__(self, settings: Settings) -> None:
        checkpoint = read(settings.checkpoint)
        self._settings = settings
        self._defaults = checkpoint.defaults
        self._vocabulary = Vocabulary(settings.checkpoint)
        self._template = Template(settings.checkpoint)
        if len(self._vocabulary) > checkpoint.shape.vocabulary:
            sizes = f"{len(self._vocabulary)} tokens, and the model has {checkpoint.shape.vocabulary}"
            raise CheckpointError(f"{settings.checkpoint}: the tokenizer has {sizes}; they belong to two checkpoints")
        self._scheduler = Scheduler(Model(checkpoint, settings.rows, settings.threads), settings.waiting)
        self._meters = Meters(settings.name, lambda: self._scheduler.load)
        self._created = int(time.time())

    def app(self) -> Starlette:
        """The application; the engine computes as long as its lifespan lasts."""
        routes = [
            Route("/v1/chat/completions", self._chat, methods=["POST"]),
            Route("/v1/completions", self._completion, methods=["POST"]),
            Route("/v1/models", self._models),
            Route("/health", self._health),
            Route("/metrics", self._metrics),
        ]
        return Starlette(routes=routes, exception_handlers=faults.HANDLERS, lifespan=self._lifespan)

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            computing = group.create_task(self._scheduler.run())
            yield
            computing.cancel()

    async def _chat(self, request: Request) -> Response:
        asked = asks.chat(await self._body(request), self._defaults)
        self._check(asked.ask)
        try:
            text = self._template.render(asked.messages, asked.tools)
        except ConversationError as exc:
            raise RequestError(str(exc), "messages") from exc
        prompt = await self._encode(text, bare=True)
        form = ChatForm(self._settings.name, _number(request), self._vocabulary, asked.ask.top is not None)
        return await self._respond(request, asked.ask, form, prompt)

    async def _completion(self, request: Request) -> Response:
        asked = asks.completion(await self._body(request), self._defaults)
        self._check(asked.ask)
        given = asked.prompt
        prompt = await self._encode(given, bare=False) if isinstance(given, str) else list(given)
        form = TextForm(self._settings.name, _number(request), self._vocabulary, asked.ask.top is not None)
        return await self._respond(request, asked.ask, form, prompt)

    async def _encode(self, text: str, *, bare: bool) -> list[int]:
        """Off the loop: a text that is long and strange takes its time, and others are being served."""
        return await asyncio.to_thread(self._vocabulary.encode, text, bare=bare)

    async def _body(self, request: Request) -> bytes:
        body, most = bytearray(), self._settings.body_bytes
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
                raise RequestError(f"the body has more than {most} bytes; send less", status=status)
        return bytes(body)

    def _check(self, ask: Ask) -> None:
        name, most = self._settings.name, self._settings.logprobs
        if ask.model not in (None, name):
            message = f"The model `{ask.model}` does not exist. Valid names: {name}."
            raise RequestError(message, "model", HTTPStatus.NOT_FOUND, "NotFoundError")
        if ask.top is not None and ask.top > most:
            message = f"Requested sample logprobs of {ask.top}, which is greater than max allowed: {most}"
            raise RequestError(message, "logprobs")

    async def _respond(self, request: Request, ask: Ask, form: Form, prompt: list[int]) -> Response:
        continuation = self._continuation(ask, prompt)
        self._scheduler.refuse_if_full()
        tokens = self._scheduler.tokens(continuation, _priority(request, ask))
        answer = Answer(form, narrate(tokens, self._vocabulary, ask), len(prompt), self._finished)
        if ask.stream:
            return answer.streamed(include_usage=ask.include_usage)
        return await answer.whole(request)

    def _continuation(self, ask: Ask, prompt: list[int]) -> Continuation:
        shape, length, wanted = self._scheduler.shape, len(prompt), ask.limit or 1
        if not prompt or min(prompt) < 0 or max(prompt) >= shape.vocabulary:
            raise RequestError(
                f"a prompt needs at least one token, and each from 0 to {shape.vocabulary - 1}", "prompt"
            )
        if length + wanted > shape.context:
            raise RequestError(
                f"This model's maximum context length is {shape.context} tokens. However, your request has {length} "
                f"input tokens and asks for {wanted} more; shorten one of them.",
                "input_tokens",
            )
        ends = frozenset[int]() if ask.ignore_end else self._defaults.ends
        return Continuation(prompt, ask.limit or shape.context - length, ends, Sampler(ask.sampling, ask.top))

    def _finished(self, usage: Usage, ending: Ending) -> None:
        self._meters.completed(usage.prompt_tokens, usage.completion_tokens, ending.reason)

    async def _models(self, _: Request) -> Response:
        card = {"id": self._settings.name, "object": "model", "created": self._created, "owned_by": "practicum"}
        card_and_context = {**card, "max_model_len": self._scheduler.shape.context}
        return JSONResponse({"object": "list", "data": [card_and_context]})

    async def _health(self, _: Request) -> Response:
        return Response(status_code=HTTPStatus.OK if self._scheduler.alive else HTTPStatus.SERVICE_UNAVAILABLE)

    async def _metrics(self, _: Request) -> Response:
        return Response(self._meters.text(), media_type="text/plain; version=0.0.4")


def _number(request: Request) -> str:
    """The number of a reply: the client's own, where it gave one."""
    return request.headers.get("x-request-id") or uuid4().hex


def _priority(request: Request, ask: Ask) -> int:
    """The header wins over the body; one that is no number does not count."""
    try:
        return int(request.headers.get("x-vllm-priority", ""))
    except ValueError:
        return ask.priority
