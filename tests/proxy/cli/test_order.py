"""The verbs that order, against a real port: what arrives there, what is told, what a script sees."""

from __future__ import annotations

import dataclasses
import getpass
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from proxy.cli.order import whoami
from proxy.examiner.orders import Order, Verb
from proxy.store.errors import UnavailableError
from proxy.store.store import Store
from routing.rollout import RolloutError
from tests.proxy.cli.command import practicum
from tests.proxy.desk import a_desk, served, some_status
from tests.proxy.rollouts import moving_route


@contextmanager
def obeying(store: Store, taken: list[tuple[str, Order]], failure: Exception | None = None) -> Iterator[str]:
    """A port that notes every order, and answers or fails as it was told; its URL."""

    async def order(route: str, given: Order) -> str:
        taken.append((route, given))
        if failure:
            raise failure
        return "paused\x1b[2J: nothing is raised"

    route = dataclasses.replace(moving_route(), phase="paused", waits="a holiday")
    with served(a_desk(store, order=order, status=lambda: some_status(route))) as url:
        yield url


@pytest.mark.parametrize(
    ("argv", "order"),
    [
        (["promote"], Order(Verb.PROMOTE)),
        (["promote", "--full"], Order(Verb.PROMOTE, full=True)),
        (["pause"], Order(Verb.PAUSE)),
        (["resume"], Order(Verb.RESUME)),
        (["abort"], Order(Verb.ABORT)),
        (["retry"], Order(Verb.RETRY)),
        (["set-weight", "12.125"], Order(Verb.SET_WEIGHT, percent=12.125)),
        (["set-weight", "0", "--slice", "math"], Order(Verb.SET_WEIGHT, percent=0.0, slice="math")),
        (["set-weight", "100.000"], Order(Verb.SET_WEIGHT, percent=100.0)),
    ],
)
def test_an_order_arrives_as_it_was_typed(store: Store, argv: list[str], order: Order) -> None:
    """With who typed it, and why."""
    taken: list[tuple[str, Order]] = []
    with obeying(store, taken) as url:
        verb, *options = argv
        ran = practicum(verb, "support", *options, "--reason", "a  holiday", "--admin", url)
    assert (ran.code, ran.err) == (0, "")
    assert taken == [("support", dataclasses.replace(order, who=whoami(), reason="a holiday"))]


def test_what_was_done_and_how_it_stands_is_told(store: Store) -> None:
    """In two lines, of which nothing acts on the terminal."""
    with obeying(store, []) as url:
        ran = practicum("pause", "support", "--admin", url)
    assert ran.out.splitlines() == [
        "support: paused\\x1b[2J: nothing is raised",
        "now paused, step 2 of 6 (waits: a holiday); the student serves at most 5 %",
    ]


def test_json_is_what_the_port_says(store: Store) -> None:
    """For scripts."""
    with obeying(store, []) as url:
        told = json.loads(practicum("abort", "support", "--json", "--admin", url).out)
    assert (told["done"].startswith("paused"), told["route"]["phase"]) == (True, "paused")


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (RolloutError("cannot pause: the rollout is shadow"), "practicum: cannot pause: the rollout is shadow\n"),
        (UnavailableError("database x: locked"), "answered 503: pause of 'support' could not be stored: database x"),
    ],
)
def test_a_refusal_is_exit_code_1_with_the_reason(store: Store, failure: Exception, said: str) -> None:
    """A script that promotes must not go on as if it had."""
    with obeying(store, [], failure) as url:
        ran = practicum("pause", "support", "--admin", url)
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err


def test_a_slice_or_a_route_that_nobody_knows_reaches_nobody(store: Store) -> None:
    """The port refuses, and says what is known."""
    taken: list[tuple[str, Order]] = []
    with obeying(store, taken) as url:
        slice_ = practicum("set-weight", "support", "5", "--slice", "maths", "--admin", url)
        route = practicum("abort", "suport", "--admin", url)
    assert (slice_.code, route.code, taken) == (1, 1, [])
    assert "general, reasoning, math" in slice_.err
    assert "known: support" in route.err


@pytest.mark.parametrize("percent", ["101", "100.001", "-1", "5%", "0.0001", "five", "05", "", "1e1", "\u0665"])
def test_what_is_no_percentage_is_misuse(percent: str) -> None:
    """Exit code 2, before anything is sent."""
    with pytest.raises(SystemExit) as ended:
        practicum("set-weight", "support", percent)
    assert ended.value.code == 2


def test_who_orders_is_the_user_and_the_machine() -> None:
    """The store keeps it with every decision."""
    assert whoami() == f"{getpass.getuser()}@{socket.gethostname()}"
