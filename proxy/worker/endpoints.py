"""What the data port answers: a client's head and body become an ``Ask``, or an error of ours.

No framework stands between the connection and this file, because everything here is paid for by every request. It
refuses to know how a request is served; ``serving`` does.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import re
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from itertools import chain

import msgspec

from proxy.config.settings import Config, Listen, Route
from proxy.slicing import HEADER, UnknownSliceError, told
from proxy.telemetry.catalog import REQUESTS
from proxy.telemetry.refusal_log import RefusalLog
from proxy.telemetry.tally import Tally
from proxy.upstream import Headers
from proxy.wire.errors import WireError
from proxy.wire.head import Head, glance
from proxy.worker.client import Client
from proxy.worker.exchange import Ask
from proxy.worker.failures import send_error
from proxy.worker.replies import RequestError
from proxy.worker.serving import Serving
from proxy.worker.units import RequestFacts
from routing.decision import Decision
from routing.traits import Endpoint, Slice

log = logging.getLogger("practicum.worker")

Read = Callable[[], Awaitable[tuple[bytes, bool]]]
Fields = Mapping[bytes, bytes]

_POSTED = {
    "/v1/chat/completions": Endpoint.CHAT,
    "/v1/completions": Endpoint.COMPLETIONS,
    "/v1/responses": Endpoint.RESPONSES,
    "/v1/messages": Endpoint.MESSAGES,
}
_OTHER = Endpoint.OTHER  # up to Python 3.11, looking a member up is a call
_MODELS = re.compile("/v1/models(?:/|$)")
_MIN_RATE = 16 * 1024  # bytes a second that extend a body's time
_CREATED = 1_700_000_000  # /v1/models wants a date; routes have none


class DataPort:
    """The application behind the data port."""

    def __init__(
        self,
        config: Callable[[], Config],
        keys: Callable[[], frozenset[bytes]],
        serving: Serving,
        decide: Callable[[RequestFacts], Decision],
        tally: Tally,
    ) -> None:
        self.in_flight = 0
        self._config = config
        self._keys = keys
        self._serving = serving
        self._decide = decide
        self._tally = tally
        self._refusals = RefusalLog(tally)

    async def answer(self, client: Client) -> None:
        """Answer one request, whatever happens."""
        started = time.monotonic()
        self.in_flight += 1
        try:
            await self._answer(client, started)
        except RequestError as error:
            self._refused(client, error.status, error.code)
            send_error(client, error)
        except asyncio.CancelledError:  # while its body came; from then on it is an exchange of ``serving``'s
            if not client.gone:
                raise
            client.task.uncancel()
            self._count(client, "client_gone")
            self._refusals.left(_endpoint(client), client.path)
        except Exception:  # the rim of a request: our own fault is logged whole, the caller gets a plain 500
            log.exception("a request to %s failed inside the proxy", _endpoint(client))
            self._refused(client, 500, "internal")
            if client.gone or client.answered:
                client.abandon()
            else:
                send_error(client, RequestError(500, "internal", "The proxy failed; its log says why."))
        finally:
            self.in_flight -= 1

    def unreadable(self, status: int) -> None:
        """A connection has refused what is no request, or was none in time."""
        self._tally.count(REQUESTS, "none", _OTHER, "none", "rejected")
        self._refusals.refused(_OTHER, "", status, "bad_request")

    async def _answer(self, client: Client, started: float) -> None:
        config = self._config()
        _refuse_what_is_not_ours(client)
        keys = self._keys()
        if keys:
            _authenticate(client.fields, keys)
        if client.method == "GET" and _MODELS.match(client.path):
            _send_models(client, config)
            self._tally.count(REQUESTS, "none", Endpoint.MODELS, "none", "ok")
            return
        body = client.body()
        if body is None:
            body = await read_body(client.read, client.fields.get(b"content-length", b""), config.listen)
        elif len(body) > config.listen.max_body:
            raise _too_large(config.listen.max_body)
        await self._serving.serve(self._ask(config, client, body, started), client, keep_credentials=not keys)

    def _ask(self, config: Config, client: Client, body: bytes, started: float) -> Ask:
        endpoint, headers = _endpoint(client), client.headers
        route, head = _route(config, endpoint, client.fields, body)
        told_slice = _told(headers) if HEADER in client.fields and endpoint is not _OTHER else None
        facts = RequestFacts(route, endpoint, headers, body, told_slice)
        return Ask(
            pair=new_pair_id(),
            route=route,
            endpoint=endpoint,
            method=client.method,
            target=client.target.removeprefix("/v1"),
            headers=headers,
            fields=client.fields,
            body=body,
            model=head.model,
            stream=head.stream,
            store=head.store,
            decision=self._decide(facts),
            started=started,
            slice=told_slice,
            facts=facts,
        )

    def _refused(self, client: Client, status: int, code: str) -> None:
        self._count(client, "rejected")
        self._refusals.refused(_endpoint(client), client.path, status, code)

    def _count(self, client: Client, outcome: str) -> None:
        self._tally.count(REQUESTS, "none", _endpoint(client), "none", outcome)


async def read_body(read: Read, declared: bytes, listen: Listen) -> bytes:
    """The request's body, within ``max_body`` and in time: ``body_timeout``, longer for what comes at a fair rate.

    ``declared`` is its content-length, as the header has it. Raises RequestError.
    """
    limit = listen.max_body
    if declared and int(declared) > limit:
        raise _too_large(limit)
    pieces: list[bytes] = []
    size, more = 0, True
    began = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout_at(began + listen.body_timeout) as alarm:
            while more:
                piece, more = await read()
                pieces.append(piece)
                size += len(piece)
                if size > limit:
                    raise _too_large(limit)
                alarm.reschedule(began + listen.body_timeout + size / _MIN_RATE)
    except TimeoutError as late:
        words = f"The request's body did not arrive within listen.body_timeout, {listen.body_timeout:g} seconds."
        raise RequestError(408, "body_timeout", words, headers=((b"connection", b"close"),)) from late
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def new_pair_id() -> str:
    """28 hexadecimal digits: milliseconds since 1970, then chance; so ids sort by time."""
    return f"{time.time_ns() // 1_000_000:012x}{next(_CHANCE)}"


def _chances() -> Iterator[list[str]]:
    """16 hexadecimal digits each, from one call to the kernel for many."""
    while True:
        yield os.urandom(8 * 512).hex(" ", 8).split()


_CHANCE = chain.from_iterable(_chances())


def _endpoint(client: Client) -> Endpoint:
    if client.method == "POST":
        return _POSTED.get(client.path, _OTHER)
    return _OTHER


def _refuse_what_is_not_ours(client: Client) -> None:
    path = client.path
    if b"upgrade" in client.fields and client.fields[b"upgrade"].lower() == b"websocket":
        raise RequestError(400, "websocket", "This proxy does not carry websockets. Use HTTP, streamed or not.")
    if not path.startswith("/v1/") or (".." in path and ".." in path.split("/")):
        raise RequestError(404, "unknown_url", f"Unknown request URL: {client.method} {path}. This port serves /v1/*.")


def _authenticate(fields: Fields, keys: frozenset[bytes]) -> None:
    scheme, _, token = fields.get(b"authorization", b"").rpartition(b" ")
    offered = token if scheme.strip().lower() in {b"", b"bearer"} else b""
    offered = offered or fields.get(b"x-api-key", b"")
    if not offered:
        raise RequestError(401, "missing_api_key", "Give an API key: Authorization: Bearer KEY, or x-api-key: KEY.")
    if hashlib.sha256(offered).digest() not in keys:
        raise RequestError(401, "invalid_api_key", "This API key is not one of this proxy's client keys.")


def _route(config: Config, endpoint: Endpoint, fields: Fields, body: bytes) -> tuple[Route, Head]:
    """The route that a request asks for, by its model; other endpoints than the four may have none."""
    if endpoint is _OTHER:
        return _route_of_other(config, fields, body), Head("")
    if fields.get(b"content-encoding", b"") not in {b"", b"identity"}:
        raise RequestError(
            415, "unsupported_encoding", "Send the request's body uncompressed: it must be read to route it."
        )
    try:
        head = glance(body)
    except WireError as error:
        raise RequestError(400, "invalid_request", str(error), param=error.param) from error
    route = config.route_for(head.model)
    if route is None:
        known = ", ".join(model for r in config.routes.values() for model in r.models)
        message = (
            f"The model `{head.model[:200]}` does not exist or you do not have access to it. Models here: {known}."
        )
        raise RequestError(404, "model_not_found", message, param="model")
    return route, head


def _told(headers: Headers) -> Slice | None:
    """The slice that the caller names. One that does not exist is refused: ignored, a slip would never be seen."""
    try:
        return told(headers)
    except UnknownSliceError as error:
        raise RequestError(400, "unknown_slice", str(error), param=HEADER.decode()) from error


def _route_of_other(config: Config, fields: Fields, body: bytes) -> Route:
    found = None
    if body and fields.get(b"content-type", b"").startswith(b"application/json"):
        try:
            found = config.route_for(glance(body).model)
        except WireError:
            found = None  # what the teacher makes of it is the teacher's to say
    return found or config.wildcard or next(iter(config.routes.values()))


def _send_models(client: Client, config: Config) -> None:
    models = [{"id": name, "object": "model", "created": _CREATED, "owned_by": "practicum"} for name in config.routes]
    wanted = client.path.removeprefix("/v1/models").strip("/")
    if wanted:
        models = [model for model in models if model["id"] == wanted]
        if not models:
            raise RequestError(404, "model_not_found", f"The model `{wanted[:200]}` does not exist.", param="model")
    page: object = models[0] if wanted else {"object": "list", "data": models}
    body = msgspec.json.encode(page)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    client.start(200, headers)
    client.write(body, more=False)


def _too_large(limit: int) -> RequestError:
    message = f"The request's body exceeds listen.max_body, {limit} bytes. Send less, or raise the limit."
    return RequestError(413, "body_too_large", message)
