"""Orders from the console: asked for, confirmed, carried out once, and refused in words."""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.examiner.orders import Order, Verb
from proxy.examiner.status import Status
from proxy.store.errors import UnavailableError
from tests.console.stage import Orders, console, route
from tests.proxy.desk import some_status
from tests.proxy.examiner.console.visitor import Visitor

ORDERS = "/routes/support/orders"


@pytest.fixture
def orders() -> Orders:
    """What was ordered."""
    return Orders()


@pytest.fixture
def visitor(tmp_path: Path, orders: Orders) -> Iterator[Visitor]:
    """Somebody who has signed in."""
    with console(tmp_path, orders, token="secret") as url:
        found = Visitor(url)
        found.sign_in("secret")
        yield found


def text(page: str) -> str:
    """What a page says, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def give(visitor: Visitor, verb: str, **fields: str) -> str:
    """Send a verb's form; what the page after it says, with its status first."""
    answer = visitor.send(f"{ORDERS}/{verb}", visitor.hidden(f"{ORDERS}/{verb}") | {"who": "ana"} | fields)
    page = visitor.get(answer.headers["location"]) if answer.is_redirect else answer
    return f"{answer.status_code} {text(page.text)}"


@pytest.mark.parametrize(
    ("verb", "fields", "order"),
    [
        ("promote", {"full": "on", "reason": "the  fix\nis out"}, {"full": True, "reason": "the fix is out"}),
        ("promote", {}, {}),
        ("pause", {"reason": "a holiday"}, {"reason": "a holiday"}),
        ("resume", {}, {}),
        ("retry", {}, {}),
        ("set-weight", {"percent": "12.5", "slice": "math"}, {"percent": 12.5, "slice": "math"}),
        ("set-weight", {"percent": " 0 ", "slice": ""}, {"percent": 0.0}),
    ],
)
def test_an_order_is_carried_out_and_said(
    visitor: Visitor, orders: Orders, verb: str, fields: dict[str, str], order: dict[str, str | float | bool]
) -> None:
    """Once, as it was given, by whom and why; the route's page says what was done."""
    said = give(visitor, verb, **fields)
    wanted = dataclasses.replace(Order(Verb(verb), who="ana"), **order)  # type: ignore[arg-type] # as its fields are
    assert orders.taken == [("support", wanted)]
    assert said.startswith("303 ")
    assert f"support: {verb} was done." in said


@pytest.mark.parametrize("verb", list(Verb))
def test_looking_at_an_order_orders_nothing(visitor: Visitor, orders: Orders, verb: str) -> None:
    """Browsers load links before anybody clicks."""
    page = visitor.get(f"{ORDERS}/{verb}")
    assert page.status_code == 200
    assert "Leave it as it is" in page.text
    assert orders.taken == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"percent": "101"}, "percent"),
        ({"percent": "1e1"}, "percent"),
        ({"percent": '5, "slice": "math"'}, "percent"),
        ({"percent": ""}, "percent"),
        ({"percent": "٣"}, "percent"),
        ({"percent": "5", "slice": "maths"}, "is no slice"),
        ({"percent": "5", "who": "x" * 201}, "more than 200"),
        ({"percent": "5", "reason": "x" * 1001}, "more than 1000"),
    ],
)
def test_what_cannot_be_read_is_refused_and_what_was_written_stays(
    visitor: Visitor, orders: Orders, fields: dict[str, str], said: str
) -> None:
    """By the same rules as the API's, and nobody types it all again."""
    answer = give(visitor, "set-weight", **fields)
    assert answer.startswith("400 ")
    assert "Nothing was changed." in answer
    assert said in answer
    assert orders.taken == []


def test_what_makes_no_sense_now_is_refused_in_the_rollouts_words(visitor: Visitor) -> None:
    """With the form still there."""
    answer = give(visitor, "abort")
    assert answer.startswith("409 ")
    assert "Nothing was changed. nothing is served, so there is nothing to take back." in answer


def test_an_order_about_another_standing_is_not_carried_out(tmp_path: Path, orders: Orders) -> None:
    """A page that was left open says "promote" about a step that was made long ago."""
    steps = [3]

    def status() -> Status:
        return some_status(route(step=steps[0]))

    with console(tmp_path, orders, status=status) as url:
        visitor = Visitor(url)
        fields = visitor.hidden(f"{ORDERS}/promote") | {"who": "ana"}
        steps[0] = 4
        late = visitor.send(f"{ORDERS}/promote", fields)
        again = visitor.send(f"{ORDERS}/promote", visitor.hidden(f"{ORDERS}/promote") | {"who": "ana"})
    assert (late.status_code, again.status_code) == (409, 303)
    assert "The rollout has moved since you looked." in text(late.text)
    assert len(orders.taken) == 1


def test_an_order_that_was_not_stored_says_so(tmp_path: Path) -> None:
    """An operator must never believe that a rollout moved."""

    async def failing(_: str, __: Order) -> str:
        raise UnavailableError("the disk is full")

    with console(tmp_path, order=failing) as url:
        answer = give(Visitor(url), "pause")
    assert answer.startswith("503 ")
    assert "The order could not be stored: the disk is full." in answer


def test_a_name_is_remembered_and_none_is_the_consoles(visitor: Visitor, orders: Orders) -> None:
    """A history in which nobody did it explains nothing."""
    give(visitor, "pause", who="ana <b>")
    page = visitor.get(f"{ORDERS}/resume").text
    give(visitor, "resume", who=" ")
    assert 'value="ana &lt;b&gt;"' in page
    assert [order.who for _, order in orders.taken] == ["ana <b>", "console"]


@pytest.mark.parametrize(("path", "status"), [(f"{ORDERS}/destroy", 404), ("/routes/suport/orders/pause", 404)])
def test_unknown_verbs_and_routes_are_none(visitor: Visitor, path: str, status: int) -> None:
    """With what there is."""
    assert visitor.get(path).status_code == status


def test_an_abort_says_what_will_happen_and_who_was_told(tmp_path: Path) -> None:
    """Which slices come down, and then which workers heard; it needs no name."""
    orders = Orders(under_way=True)
    with console(tmp_path, orders, token="secret") as url:
        visitor = Visitor(url)
        visitor.sign_in("secret")
        page = text(visitor.get(f"{ORDERS}/abort").text)
        done = give(visitor, "abort", who="")
    assert "What will happen: code 25 % → 0 % , math 10 % → 0 % . 1 worker is told at once" in page
    assert "support: abort was done. Sent to worker 0 (process 4242, 5 requests in flight)." in done
    assert [one.who for _, one in orders.taken] == ["console"]


def test_where_no_worker_is_connected_an_order_says_so(tmp_path: Path) -> None:
    """Before it and after: the order is kept, and nobody has heard of it."""

    def alone() -> Status:
        return dataclasses.replace(some_status(route()), workers=())

    with console(tmp_path, Orders(under_way=True), status=alone) as url:
        visitor = Visitor(url)
        page = text(visitor.get(f"{ORDERS}/abort").text)
        done = give(visitor, "abort")
    assert "No worker is connected to this examiner." in page
    assert "abort was done. No worker is connected to this examiner" in done


@pytest.mark.parametrize(
    ("phase", "offered"),
    [
        ("shadow", ["abort"]),
        ("canary", ["abort", "pause"]),
        ("promoted", ["abort", "pause"]),
        ("paused", ["abort", "resume"]),
        ("rolled_back", ["retry"]),
    ],
)
def test_what_is_urgent_stands_at_the_top(tmp_path: Path, phase: str, offered: list[str]) -> None:
    """Only what makes sense in the phase; all orders stand below."""
    with console(tmp_path, status=lambda: some_status(route(phase=phase))) as url:
        page = Visitor(url).get("/routes/support").text
    top = page.partition('class="urgent"')[2].partition("</nav>")[0]
    assert re.findall(r"/orders/([\w-]+)", top) == offered
