"""The pages that show: routes, one route, its confidence, a gate, decisions, pairs, one pair, and what the words mean.

Each gathers what it shows from the desk and hands it to its template; reads of the store, and what takes time to draw,
run on threads. Nothing is changed here: ``ordering`` does that.
"""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from proxy.examiner.answers import Problem
from proxy.examiner.console.confidence_page import confidence_page
from proxy.examiner.console.curve import Curve, curves
from proxy.examiner.console.glossary import CHAPTERS
from proxy.examiner.console.matrix import Matrix, matrix
from proxy.examiner.console.pair_page import PairView, pair_view
from proxy.examiner.console.rendering import html
from proxy.examiner.console.timeline import Timeline, timeline
from proxy.examiner.console.wordbook import ORDERS, Order
from proxy.examiner.desk import Desk
from proxy.examiner.documents import PairRow, row
from proxy.examiner.explanation import Explanation, explained
from proxy.examiner.pair_query import pair_filter
from proxy.examiner.status import ConfidenceStatus, Decided, RouteStatus, SliceStatus, Status
from proxy.examiner.wording import badness, ranked, stuck
from proxy.store.pair import Pair
from proxy.store.query import PairFilter, cursor
from routing.behaviors.label import Behavior
from routing.divergence import Direction
from routing.fallback import FallbackReason
from routing.rollout import RolloutError
from routing.traits import Slice

_LATEST = 5  # decisions on a route's page
_HISTORY = 1000
_EXAMPLES = 5  # pairs on a gate's page, of the newest
_AMONG = 40
_PAGE = 40  # pairs
FILTERS = ("route", "behavior", "slice", "direction", "fallback", "since", "until")


@dataclass(frozen=True, slots=True)
class Home:
    """All ``routes``, the worst first. ``reasons`` say why the examiner is not ready."""

    status: Status
    routes: tuple[RouteStatus, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoutePage:
    """One route. ``stuck`` are the slices of which something is to be said, the worst first."""

    route: RouteStatus
    reasons: tuple[str, ...]
    stuck: tuple[SliceStatus, ...]
    matrix: Matrix
    timeline: Timeline | None
    decisions: tuple[Decided, ...]
    confidence: ConfidenceStatus | None
    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class GatePage:
    """One behavior's gate in one slice, which is the only one of ``found.slices``.

    ``examples`` are the gravest of the newest ``looked`` pairs that diverged, by their ``severities``.
    """

    route: RouteStatus
    found: Explanation
    curves: tuple[Curve, ...]
    examples: tuple[PairRow, ...]
    severities: Mapping[str, float]
    looked: int


@dataclass(frozen=True, slots=True)
class History:
    """What was decided about a route."""

    route: RouteStatus
    decisions: tuple[Decided, ...]
    full: bool


@dataclass(frozen=True, slots=True)
class PairsPage:
    """A page of pairs. ``chosen`` are the filters in force, ``next`` the query of the page after, or ""."""

    routes: tuple[str, ...]
    behaviors: tuple[str, ...]
    slices: tuple[str, ...]
    directions: tuple[str, ...]
    fallbacks: tuple[str, ...]
    chosen: QueryParams
    query: str
    rows: tuple[PairRow, ...]
    next: str


class Pages:
    """One method for each page."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def home(self, request: Request) -> Response:
        """All routes."""
        status = self._desk.status()
        routes = tuple(sorted(status.routes, key=_worst))
        return html(request, "home.html", Home(status, routes, tuple(self._desk.ready())))

    async def route(self, request: Request) -> Response:
        """One route: where its rollout stands, and why."""
        route = known(self._desk, request)
        decisions = await self._decisions(route.name)
        page = RoutePage(
            route=route,
            reasons=tuple(self._desk.ready()),
            stuck=tuple(one for one in ranked(route.slices) if stuck(one)),
            matrix=matrix(route.slices),
            timeline=await asyncio.to_thread(timeline, decisions, route.slices, time.time()),
            decisions=tuple(decisions[:_LATEST]),
            confidence=self._desk.confidence(route.name),
            orders=tuple(ORDERS.values()),
        )
        return html(request, "route.html", page)

    async def confidence(self, request: Request) -> Response:
        """How sure the student has to be, what was promised and what was kept, and why requests fell back."""
        route = known(self._desk, request)
        told, fallbacks = self._desk.confidence(route.name), self._desk.fallbacks(route.name)
        page = await asyncio.to_thread(confidence_page, route, told, fallbacks)
        return html(request, "confidence.html", page)

    async def glossary(self, request: Request) -> Response:
        """What the words mean."""
        return html(request, "glossary.html", CHAPTERS)

    async def gate(self, request: Request) -> Response:
        """One gate: what it knows, what it lacks, and pairs that diverged."""
        route = known(self._desk, request)
        behavior, name = request.path_params["behavior"], request.path_params["slice"]
        found = explained(route, QueryParams({"behavior": behavior, "slice": name}))
        wanted = PairFilter(route=route.name, behavior=behavior, slice=name, limit=_AMONG)
        pairs = await asyncio.to_thread(self._desk.store.pairs, wanted)
        grave = {pair.id: _severity(pair, behavior) for pair in pairs}
        shown = sorted(pairs, key=lambda pair: -grave[pair.id])[:_EXAMPLES]  # the newest first among equals
        drawn = await asyncio.to_thread(curves, found.slices[0].gate)
        return html(request, "gate.html", GatePage(route, found, drawn, tuple(map(row, shown)), grave, len(pairs)))

    async def decisions(self, request: Request) -> Response:
        """What was decided about a route, by whom and why."""
        route = known(self._desk, request)
        found = await self._decisions(route.name)
        return html(request, "decisions.html", History(route, tuple(found), len(found) == _HISTORY))

    async def pairs(self, request: Request) -> Response:
        """Pairs, and what they may be filtered by."""
        chosen = _chosen(request.query_params)
        wanted = dataclasses.replace(pair_filter(chosen, bounded=True), limit=_PAGE + 1)
        found = await asyncio.to_thread(self._desk.store.pairs, wanted)
        query = urlencode([(name, chosen[name]) for name in FILTERS if name in chosen])
        following = urlencode({"cursor": cursor(found[_PAGE - 1])}) if len(found) > _PAGE else ""
        status = self._desk.status()
        judged = {gate.behavior for route in status.routes for one in route.slices for gate in one.gates}
        page = PairsPage(
            routes=tuple(route.name for route in status.routes),
            behaviors=(*Behavior, *sorted(judged - set(Behavior))),
            slices=tuple(Slice),
            directions=tuple(Direction),
            fallbacks=tuple(FallbackReason),
            chosen=chosen,
            query=query,
            rows=tuple(map(row, found[:_PAGE])),
            next="&".join(filter(None, (query, following))) if following else "",
        )
        return html(request, "pairs.html", page)

    async def pair(self, request: Request) -> Response:
        """One pair: both replies beside each other."""
        page = await asyncio.to_thread(self._pair, request.path_params["pair"], _chosen(request.query_params))
        return html(request, "pair.html", page)

    def _pair(self, pair_id: str, chosen: QueryParams) -> PairView:
        found = self._desk.store.pair(pair_id)
        if found is None:
            message = f"No pair {pair_id!r} is kept: it agreed and was not in the sample, is too old, or never was."
            raise Problem(404, message)
        query = {name: chosen[name] for name in FILTERS if name in chosen}
        wanted = dataclasses.replace(
            pair_filter(QueryParams(query), bounded=True), limit=1, before_cursor=cursor(found)
        )
        older = self._desk.store.pairs(wanted)
        return pair_view(found, urlencode(query), older[0].id if older else "")

    async def _decisions(self, route: str) -> Sequence[Decided]:
        try:
            return await asyncio.to_thread(self._desk.decisions, route, _HISTORY)
        except RolloutError:  # nothing here moves rollouts: none was made
            return ()


def known(desk: Desk, request: Request) -> RouteStatus:
    """The route that a path names. Raises ``Problem`` where there is none."""
    name, routes = request.path_params["route"], desk.status().routes
    found = next((route for route in routes if route.name == name), None)
    if found is None:
        raise Problem(404, f"There is no route {name!r}; known: {', '.join(route.name for route in routes)}.")
    return found


def _worst(route: RouteStatus) -> tuple[bool, int]:
    """A key to sort by: routes in trouble, then by the worst of their verdicts; others stay in the file's order."""
    return not route.trouble, min((badness(one.verdict) for one in route.slices), default=badness(""))


def _severity(pair: Pair, behavior: str) -> float:
    """How gravely a pair diverged in a behavior, from 0 to 1."""
    return max((one.severity for one in pair.trials if one.diverged and one.behavior == behavior), default=0.0)


def _chosen(query: QueryParams) -> QueryParams:
    """The query without the fields that a form sends empty."""
    return QueryParams([(name, value) for name, value in query.multi_items() if value])
