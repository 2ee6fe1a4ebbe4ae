"""The admin port: probes, metrics, and the examiner's knowledge over HTTP.

The application is composed from a ``Desk`` of plain callables; it holds no state and starts nothing, and what is
ordered of a rollout it only passes on. Reads of the store run on threads, so a slow database delays its own answer and
nothing else. ``guard`` decides who may ask, ``answers`` how errors look, ``documents`` what a pair is in JSON,
``orders`` what an operator may want, ``explanation`` why a gate says what it says. The counterpart is ``proxy.cli``.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Iterator
from itertools import islice

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from proxy.examiner.answers import Problem, json_answer, on_problem, text_answer
from proxy.examiner.config_answers import effective_answer, verdict
from proxy.examiner.console.app import Console
from proxy.examiner.desk import Desk
from proxy.examiner.documents import PairPage, document, row
from proxy.examiner.explanation import EXAMPLES, examples, explained
from proxy.examiner.guard import Guard
from proxy.examiner.guessing import Guesses
from proxy.examiner.orders import read_order
from proxy.examiner.pair_query import decision_limit, pair_filter
from proxy.examiner.status import ConfidenceStatus, RouteStatus
from proxy.store.errors import StoreError
from proxy.store.pair import Pair
from proxy.store.query import PairFilter, cursor
from proxy.store.store import Store
from routing.rollout import RolloutError

MAX_BODY = 1024 * 1024
_NDJSON = "application/x-ndjson"
_CHUNK = 20  # pairs encoded on a thread at a time: bounds memory, whatever the size of the export


@dataclasses.dataclass(frozen=True, slots=True)
class Done:
    """What an order came to: the sentence that says what was done, and the route after it."""

    done: str
    route: RouteStatus


@dataclasses.dataclass(frozen=True, slots=True)
class Confidence:
    """How a route's student is judged, reply by reply, with the diagrams; None until it was looked at."""

    route: str
    confidence: ConfidenceStatus | None


def admin_app(desk: Desk) -> Starlette:
    """The admin port's application."""
    endpoints, guesses = _Endpoints(desk), Guesses()
    return Starlette(
        routes=[
            Route("/livez", endpoints.alive),
            Route("/readyz", endpoints.ready),
            Route("/metrics", endpoints.metrics),
            Route("/api/routes", endpoints.routes),
            Route("/api/routes/{route}", endpoints.route),
            Route("/api/routes/{route}/explain", endpoints.explain),
            Route("/api/routes/{route}/decisions", endpoints.decisions),
            Route("/api/routes/{route}/confidence", endpoints.confidence),
            Route("/api/routes/{route}/{verb}", endpoints.verb, methods=["POST"]),
            Route("/api/pairs", endpoints.pairs),
            Route("/api/pairs/{pair}", endpoints.pair),
            Route("/api/config", endpoints.config),
            Route("/api/config/validate", endpoints.validate, methods=["POST"]),
        ],
        middleware=[
            Middleware(Console, desk=desk, guesses=guesses),
            Middleware(Guard, token=desk.token, guesses=guesses),
        ],
        exception_handlers=dict.fromkeys((Problem, StoreError, HTTPException, Exception), on_problem),
    )


class _Endpoints:
    """One method for each path."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def alive(self, _: Request) -> Response:
        return text_answer("ok\n", "text/plain")

    async def ready(self, _: Request) -> Response:
        reasons = list(self._desk.ready())
        return json_answer({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)

    async def metrics(self, request: Request) -> Response:
        body, media_type = self._desk.metrics("application/openmetrics-text" in request.headers.get("accept", ""))
        return Response(body, headers={"content-type": media_type})

    async def routes(self, _: Request) -> Response:
        return json_answer(self._desk.status())

    async def route(self, request: Request) -> Response:
        return json_answer(self._known(request.path_params["route"]))

    async def verb(self, request: Request) -> Response:
        route = self._known(request.path_params["route"]).name
        order = read_order(request.path_params["verb"], await _body(request))
        try:
            done = await self._desk.order(route, order)
        except RolloutError as exc:
            raise Problem(409, str(exc), param="verb", code="not_possible_now") from exc
        except StoreError as exc:
            message = f"{order.verb} of {route!r} could not be stored: {exc}; see its status, and order it again"
            raise Problem(503, message, param="verb", code="store_unavailable") from exc
        return json_answer(Done(done, self._known(route)))

    async def explain(self, request: Request) -> Response:
        found = explained(self._known(request.path_params["route"]), request.query_params)
        wanted = PairFilter(
            route=found.route, behavior=found.behavior, slice=request.query_params.get("slice"), limit=EXAMPLES
        )
        pairs = await asyncio.to_thread(self._desk.store.pairs, wanted)
        return json_answer(dataclasses.replace(found, examples=examples(found, pairs)))

    async def decisions(self, request: Request) -> Response:
        route = self._known(request.path_params["route"]).name
        limit = decision_limit(request.query_params)
        try:
            found = await asyncio.to_thread(self._desk.decisions, route, limit)
        except RolloutError as exc:
            raise Problem(409, str(exc), code="not_possible_now") from exc
        return json_answer({"decisions": found})

    async def confidence(self, request: Request) -> Response:
        route = self._known(request.path_params["route"]).name
        return json_answer(Confidence(route, self._desk.confidence(route)))

    async def pairs(self, request: Request) -> Response:
        if _NDJSON in request.headers.get("accept", ""):
            wanted = pair_filter(request.query_params, bounded=False)
            return await _all_pairs(self._desk.store, wanted)
        wanted = pair_filter(request.query_params, bounded=True)
        return Response(await asyncio.to_thread(_page, self._desk.store, wanted), media_type="application/json")

    async def pair(self, request: Request) -> Response:
        pair_id: str = request.path_params["pair"]
        found = await asyncio.to_thread(self._desk.store.pair, pair_id)
        if found is None:
            message = f"no pair {pair_id!r} is kept: it agreed and was not in the sample, is too old, or never was"
            raise Problem(404, message, param="id", code="unknown_pair")
        return json_answer(document(found))

    async def config(self, request: Request) -> Response:
        return effective_answer(self._desk.config(), request.headers.get("accept", ""))

    async def validate(self, request: Request) -> Response:
        return await verdict(await _body(request))

    def _known(self, name: str) -> RouteStatus:
        routes = self._desk.status().routes
        found = next((route for route in routes if route.name == name), None)
        if found is None:
            known = ", ".join(route.name for route in routes)
            raise Problem(404, f"no route {name!r}; known: {known}", param="route", code="unknown_route")
        return found


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise Problem(413, f"the body is larger than {MAX_BODY} bytes", code="body_too_large")
    return bytes(body)


def _page(store: Store, wanted: PairFilter) -> bytes:
    """A page of rows, encoded; asking for one pair more than its limit tells whether another page follows."""
    limit = wanted.limit or 1
    found = store.pairs(dataclasses.replace(wanted, limit=limit + 1))
    shown = found[:limit]
    following = cursor(shown[-1]) if len(found) > limit else None
    return msgspec.json.encode(PairPage(tuple(row(pair) for pair in shown), following))


async def _all_pairs(store: Store, wanted: PairFilter) -> Response:
    """Whole pairs, one to a line. The first are read before the answer begins, so that a broken store is a 503."""
    pairs = store.iterate(wanted)
    first = await asyncio.to_thread(_lines, pairs)
    return StreamingResponse(_stream(pairs, first), media_type=_NDJSON)


async def _stream(pairs: Iterator[Pair], lines: bytes) -> AsyncIterator[bytes]:
    while lines:
        yield lines
        lines = await asyncio.to_thread(_lines, pairs)


def _lines(pairs: Iterator[Pair]) -> bytes:
    return b"".join(msgspec.json.encode(document(pair)) + b"\n" for pair in islice(pairs, _CHUNK))
