"""An operator's orders from the console: first a page that says what would happen, then the order.

The form is read by the API's own reader, as strictly, and carries where the rollout stood when its page was made: what
was decided about another standing is not carried out on this one. It changes nothing itself; ``Desk.order`` does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from proxy.examiner.answers import Problem
from proxy.examiner.console.door import confirmed
from proxy.examiner.console.pages import known
from proxy.examiner.console.rendering import HEADERS, html, visitor
from proxy.examiner.console.wordbook import ORDERS, Order
from proxy.examiner.desk import Desk
from proxy.examiner.orders import LONGEST_REASON, LONGEST_WHO, Verb, read_order
from proxy.examiner.status import RouteStatus, WorkerStatus
from proxy.store.errors import StoreError
from routing.rollout import RolloutError
from routing.traits import Slice

NOBODY = "console"
_NUMBER = re.compile(r"\d{1,3}(\.\d{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class OrderPage:
    """A verb's form: what was given so far, and ``refused``, why the last try was not carried out."""

    route: RouteStatus
    order: Order
    standing: str
    given: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""
    workers: tuple[WorkerStatus, ...] = ()
    slices: tuple[str, ...] = tuple(Slice)
    longest_who: int = LONGEST_WHO
    longest_reason: int = LONGEST_REASON


class Ordering:
    """The two sides of an order's page."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def form(self, request: Request) -> Response:
        """What would happen, and who orders it."""
        route, order, session = known(self._desk, request), _offered(request), visitor(request)
        asked = {name: request.query_params.get(name, "") for name in ("slice", "percent")}
        given = {"who": session.who if session else "", **asked}
        return html(request, "order.html", self._page(route, order, given))

    async def order(self, request: Request) -> Response:
        """Carry it out, or say why not."""
        given = await confirmed(request)
        route, order, session = known(self._desk, request), _offered(request), visitor(request)
        if session:
            session.who = given.get("who", "")[:LONGEST_WHO]
        try:
            done = await self._carried_out(route, order, given)
        except Problem as problem:
            page = self._page(route, order, given, problem.message)
            return html(request, "order.html", page, problem.status)
        if session:
            session.notice = f"{route.name}: {done}. {self._passed_on()}"
        return RedirectResponse(request.url.path.partition("/orders/")[0], 303, HEADERS)

    def _page(self, route: RouteStatus, order: Order, given: Mapping[str, str], refused: str = "") -> OrderPage:
        return OrderPage(route, order, standing(route), given, refused, self._desk.status().workers)

    def _passed_on(self) -> str:
        """Who was told. Workers do not answer: what is certain is that one which hears nothing serves the teacher."""
        workers = self._desk.status().workers
        if not workers:
            return "No worker is connected to this examiner; those that hear nothing serve the teacher."
        named = (f"worker {one.name} (process {one.pid}, {one.in_flight} requests in flight)" for one in workers)
        return f"Sent to {', '.join(named)}."

    async def _carried_out(self, route: RouteStatus, order: Order, given: Mapping[str, str]) -> str:
        if given.get("standing") != standing(route):
            raise Problem(409, "The rollout has moved since you looked. See where it stands now, and order it again.")
        wanted = read_order(order.verb, _as_json(order.verb, given))
        try:
            return await self._desk.order(route.name, wanted)
        except RolloutError as exc:
            raise Problem(409, f"{exc}.") from exc
        except StoreError as exc:
            raise Problem(503, f"The order could not be stored: {exc}. See the status, and order it again.") from exc


def standing(route: RouteStatus) -> str:
    """Where a rollout stands, as far as an order depends on it: its phase, its step, its epoch."""
    return f"{route.phase} {route.step}/{route.steps} {route.epoch}"


def _offered(request: Request) -> Order:
    name = request.path_params["verb"]
    if name not in set(Verb):
        raise Problem(404, f"{name!r} is no order; known: {', '.join(Verb)}.")
    return ORDERS[Verb(name)]


def _as_json(verb: Verb, given: Mapping[str, str]) -> bytes:
    """The form as the API takes an order; a percentage that is none is left for its reader to refuse."""
    order: dict[str, str | bool | msgspec.Raw] = {
        "who": given.get("who", "").strip() or NOBODY,
        "reason": given.get("reason", ""),
    }
    if verb is Verb.PROMOTE:
        order["full"] = given.get("full") == "on"
    if verb is Verb.SET_WEIGHT:
        percent = given.get("percent", "").strip()
        order["percent"] = msgspec.Raw(percent.encode()) if _NUMBER.fullmatch(percent) else percent
        if given.get("slice"):
            order["slice"] = given["slice"]
    return msgspec.json.encode(order)
