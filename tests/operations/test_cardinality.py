"""Hostile callers against the number of series: what a client makes up may cost it an answer, and never a series.

A label that a client can choose fills a Prometheus' memory within minutes. So one round of requests is sent with one
name each, many with other names, and the metrics page must have the very same series.
"""

from __future__ import annotations

import json
import random
import string
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.asks import CHAT
from tests.end_to_end.behaviors import BEHAVIORS
from tests.end_to_end.practicum import Practicum, route, until
from tests.end_to_end.upstream import Upstream
from tests.end_to_end.wire import Fields, request

ROUNDS = 25
STEADY = 3.0  # seconds without a new series: gauges follow what was compared within one
MARK = "hostile"


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Practicum]:
    """One route that takes every model there is, and one that a client has to name."""
    with Upstream(BEHAVIORS) as upstream:
        arms = route(upstream.url(), upstream.url())
        with Practicum(tmp_path, {"any": {**arms, "models": ["*"]}, "x": arms}) as practicum:
            yield practicum


def series(practicum: Practicum) -> set[str]:
    """Every series of the page, by its name and labels."""
    lines = practicum.ask_admin("/metrics").body.decode().splitlines()
    return {line.rpartition(" ")[0] for line in lines if line and not line.startswith("#")}


def steady(practicum: Practicum) -> set[str]:
    """The series, once no more come."""
    seen, since = series(practicum), time.monotonic()

    def still() -> bool:
        nonlocal seen, since
        if (now := series(practicum)) != seen:
            seen, since = now, time.monotonic()
        return time.monotonic() - since > STEADY

    until(still, "the series are steady", 30)
    return seen


def name(dice: random.Random) -> str:
    """A name that nobody sent before."""
    return MARK + "".join(dice.choices(string.ascii_letters + string.digits, k=dice.randrange(1, 60)))


def asks(dice: random.Random) -> Iterator[tuple[str, str, bytes | None, Fields]]:
    """One request of each kind: method, path, body and headers; whatever a client may name has a name of its own."""
    body = chat(model=name(dice))
    yield "POST", CHAT, body, ()
    yield "POST", CHAT, body, ((f"x-{name(dice)}", name(dice)), ("user-agent", name(dice)))
    yield "POST", CHAT, body, ((f"x-practicum-{name(dice)}", "1"), ("x-practicum-slice", name(dice)))
    yield "POST", CHAT, body, (("x-practicum-arm", name(dice)), ("x-practicum-conversation", name(dice)))
    yield "POST", CHAT, body, (("authorization", f"Bearer {name(dice)}"), ("x-practicum-pair", name(dice)))
    yield "POST", CHAT, chat(model="x", user=name(dice), **{name(dice): name(dice)}), ()
    yield "POST", f"/v1/{name(dice)}", body, ()
    yield "POST", f"{CHAT}?{name(dice)}={name(dice)}", body, ()
    yield "GET", f"/{name(dice)}", None, ()
    yield "GET", f"/v1/models/{name(dice)}", None, ()
    yield "DELETE", f"/v1/{name(dice)}/{name(dice)}", None, ()


def chat(**fields: str) -> bytes:
    """A chat request; its words are always the same, for they tell the slice."""
    return json.dumps({"messages": [{"role": "user", "content": "Two and two?"}], **fields}).encode()


def flood(practicum: Practicum, dice: random.Random) -> None:
    """One request of each kind, each on a connection of its own, and one that is no request: its method is no HTTP."""
    for method, path, body, headers in asks(dice):
        practicum.call(path, body, headers, method)
    with practicum.connect() as caller:
        caller.send(request(name(dice).upper(), CHAT, chat(model="x")))
        assert caller.answer().status == 400
    practicum.note()


def test_no_client_can_make_a_series(proxy: Practicum) -> None:
    """Model names, headers, paths, methods, fields: not one of them is a label."""
    dice = random.Random(7)  # noqa: S311 -- names to repeat
    flood(proxy, dice)
    proxy.settle()
    before = steady(proxy)
    assert any('route="any"' in one for one in before)
    for _ in range(ROUNDS):
        flood(proxy, dice)
    proxy.settle(60)
    after = steady(proxy)
    assert after == before
    assert not [one for one in after if MARK in one.lower()]
