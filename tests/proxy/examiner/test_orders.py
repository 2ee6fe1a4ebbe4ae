"""Orders as they come over HTTP: read to the letter, or refused with what is allowed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import suppress

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.examiner.admin import MAX_BODY, Done
from proxy.examiner.answers import Problem
from proxy.examiner.orders import LONGEST_REASON, LONGEST_WHO, Order, Verb, read_order
from proxy.examiner.status import Status
from proxy.store.errors import UnavailableError
from proxy.store.store import Store
from routing.rollout import RolloutError
from routing.traits import Slice
from tests.proxy.desk import a_desk, filled, route_status, served, some_status

BARE = tuple(verb for verb in Verb if verb is not Verb.SET_WEIGHT)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """An empty store."""
    opened = filled(tmp_path_factory.mktemp("orders"), ())
    yield opened
    opened.close()


def refused(verb: str, body: bytes) -> Problem:
    """The problem with this order."""
    with pytest.raises(Problem) as caught:
        read_order(verb, body)
    return caught.value


@pytest.mark.parametrize("verb", BARE)
@pytest.mark.parametrize("body", [b"", b"{}", b" \n{ }\n"])
def test_only_set_weight_needs_anything(verb: Verb, body: bytes) -> None:
    """An abort at night is one line of curl."""
    assert read_order(verb, body) == Order(verb, who="api")


def test_every_key_is_read() -> None:
    """Each under the verb that takes it."""
    said = b', "who": "ana@box", "reason": "new  data\\nset"}'
    assert read_order("promote", b'{"full": true' + said) == Order(
        Verb.PROMOTE, True, None, "", "ana@box", "new data set"
    )
    ceiling = read_order("set-weight", b'{"percent": 12.125, "slice": "math"' + said)
    assert ceiling == Order(Verb.SET_WEIGHT, False, 12.125, "math", "ana@box", "new data set")


@pytest.mark.parametrize(("text", "percent"), [("0", 0.0), ("100", 100.0), ("0.001", 0.001), ("33.30", 33.3)])
def test_percentages_at_their_limits(text: str, percent: float) -> None:
    """0 takes all traffic back, and a thousandth of a percent is a bucket."""
    assert read_order("set-weight", f'{{"percent": {text}}}'.encode()).percent == percent


@pytest.mark.parametrize(
    ("verb", "body", "code", "said"),
    [
        ("explode", b"", "unknown_verb", "promote, pause, resume, abort, retry, set-weight"),
        ("set-weight", b'{"slice": "math"}', "missing_key", "from 0 to 100"),
        ("set-weight", b'{"percent": 100.001}', "invalid_value", "100.001 is not between 0 and 100"),
        ("set-weight", b'{"percent": -1}', "invalid_value", "-1 is not between"),
        ("set-weight", b'{"percent": 0.0001}', "invalid_value", "three decimals; round it"),
        ("set-weight", b'{"percent": "5"}', "invalid_value", '"5" is not a percentage; write a plain number'),
        ("set-weight", b'{"percent": true}', "invalid_value", "true is not a percentage"),
        ("set-weight", b'{"percent": null}', "invalid_value", "null is not a percentage"),
        ("set-weight", b'{"percent": 5, "slice": "maths"}', "invalid_value", ", ".join(Slice)),
        ("set-weight", b'{"percent": 5, "full": true}', "unknown_key", "takes no 'full'"),
        ("promote", b'{"full": 1}', "invalid_value", "1 is neither true nor false"),
        ("promote", b'{"ful": true}', "unknown_key", "it takes: full, who, reason"),
        ("abort", b'{"who": 7}', "invalid_value", "7 is no text"),
        ("abort", b'{"reason": "a\\u0000b"}', "invalid_value", "character 0"),
        ("abort", b'{"reason": "\\ud800 and so on, and on"}', "invalid", ""),
        ("abort", b"[]", "invalid_body", "no JSON object"),
        ("abort", b'{"reason": "half', "invalid_body", "no JSON object"),
        ("abort", b'{"reason": "\xff"}', "invalid_body", "no JSON object"),
        ("abort", b'{"reason": ' + b"[" * 100_000, "invalid_body", "no JSON object"),
    ],
)
def test_a_mistake_is_named_with_its_remedy(verb: str, body: bytes, code: str, said: str) -> None:
    """An operator in a hurry mends it from the message alone."""
    problem = refused(verb, body)
    assert (problem.code or "").startswith(code)
    assert problem.status == (404 if code == "unknown_verb" else 400)
    assert said in problem.message


def test_a_slice_is_never_ignored() -> None:
    """Whoever pauses with a slice means that slice, and would stop the whole route."""
    problem = refused("pause", b'{"slice": "math"}')
    assert (problem.status, problem.param) == (400, "slice")
    assert "nothing was changed" in problem.message


@pytest.mark.parametrize(("key", "limit"), [("who", LONGEST_WHO), ("reason", LONGEST_REASON)])
def test_texts_have_a_limit(key: str, limit: int) -> None:
    """They are stored with every decision and shown in tables."""
    assert read_order("pause", f'{{"{key}": "{"x" * limit}"}}'.encode())
    problem = refused("pause", f'{{"{key}": "{"x" * (limit + 1)}"}}'.encode())
    assert f"has {limit + 1} characters, more than {limit}" in problem.message
    assert len(problem.message) < 200


@given(st.sampled_from(list(Verb)), st.binary())
def test_any_bytes_are_an_order_or_a_problem(verb: Verb, body: bytes) -> None:
    """The port is open to whatever sends."""
    for sent in (body, b'{"reason": ' + body + b"}", b'{"reason": "' + body + b'"}'):
        with suppress(Problem):
            assert read_order(verb, sent).verb is verb


class Controller:
    """Stands for whoever carries orders out: notes them, and answers or fails as it was told."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.taken: list[tuple[str, Order]] = []
        self._failure = failure

    async def order(self, route: str, order: Order) -> str:
        """Take an order."""
        self.taken.append((route, order))
        if self._failure:
            raise self._failure
        return f"{route} was told to {order.verb}"

    def status(self) -> Status:
        """A route that moved with the first order."""
        return some_status(dataclasses.replace(route_status(), phase="paused" if self.taken else "canary"))


@pytest.mark.parametrize("verb", Verb)
def test_an_order_is_carried_out_and_told(store: Store, verb: Verb) -> None:
    """What was done, and how the route stands after it."""
    controller = Controller()
    body = {"who": "ana@box", "reason": "new student"} | ({"percent": 5} if verb is Verb.SET_WEIGHT else {})
    with served(a_desk(store, order=controller.order, status=controller.status)) as url:
        answer = httpx.post(f"{url}/api/routes/support/{verb}", json=body)
    done = msgspec.json.decode(answer.content, type=Done)
    assert (answer.status_code, done.done, done.route.phase) == (200, f"support was told to {verb}", "paused")
    percent = 5.0 if verb is Verb.SET_WEIGHT else None
    assert controller.taken == [("support", Order(verb, percent=percent, who="ana@box", reason="new student"))]


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (RolloutError("nothing to promote: the rollout is promoted, 3 of 3 steps made"), 409, "not_possible_now"),
        (UnavailableError("database x: locked"), 503, "store_unavailable"),
        (RuntimeError("the inner secret"), 500, None),
    ],
)
def test_an_order_that_cannot_be_carried_out_says_why(
    store: Store, failure: Exception, status: int, code: str | None
) -> None:
    """A script tells what to try again from what makes no sense now; our own faults show no detail."""
    with served(a_desk(store, order=Controller(failure).order)) as url:
        response = httpx.post(f"{url}/api/routes/support/promote", json={})
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (status, code)
    assert (str(failure) in error["message"]) is (status != 500)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("suport/pause", "{}", 404),
        ("support/explode", "{}", 404),
        ("support/explain", "{}", 404),
        ("support/pause", '{"slice": "math"}', 400),
        ("support/set-weight", "{}", 400),
        ("support/set-weight", '{"percent": 101}', 400),
        ("support/pause", "#" * (MAX_BODY + 1), 413),
    ],
)
def test_what_is_no_order_reaches_nobody(store: Store, path: str, body: str, status: int) -> None:
    """Half understood is not understood."""
    controller = Controller()
    with served(a_desk(store, order=controller.order)) as url:
        response = httpx.post(f"{url}/api/routes/{path}", content=body, headers={"content-type": "application/json"})
    assert response.status_code == status
    assert response.json()["error"]["message"]
    assert not controller.taken
