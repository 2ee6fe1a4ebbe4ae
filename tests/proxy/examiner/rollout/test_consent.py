"""Webhooks are asked in the background, and only a raise waits for them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

import pytest

from proxy.config.moving import Rollout
from proxy.config.settings import Route
from proxy.config.webhook import Webhook, WebhookType
from proxy.examiner.rollout.consent import Consent
from proxy.examiner.webhooks import About, Webhooks
from proxy.telemetry.tally import Tally
from routing.rollout import Phase, Progress, Reached
from tests.end_to_end.behaviors import sized
from tests.end_to_end.upstream import Exchange, Upstream
from tests.proxy.examiner.rollout.routes import route

SHADOW = Progress()
ONE = Progress(Phase.CANARY, slices={"math": Reached(1.0, served=1.0)})
DONE = replace(ONE, phase=Phase.PROMOTED)
ABOUT = About("support", "canary", "e.0")
OPEN_GATE = threading.Event()


async def says(exchange: Exchange) -> None:
    """``says:STATUS``."""
    await sized(exchange, exchange.argument.encode() + b" X", b"", ())


async def waits(exchange: Exchange) -> None:
    """A yes, once the gate is open."""
    await asyncio.to_thread(OPEN_GATE.wait, 30)
    await sized(exchange, b"200 OK", b"", ())


@pytest.fixture(scope="module")
def server() -> Iterator[Upstream]:
    with Upstream({"says": says, "waits": waits}) as running:
        yield running


def hooked(url: str, *kinds: WebhookType, interval: float = 30.0) -> Route:
    """A route with webhooks of these kinds."""
    hooks = tuple(Webhook(kind, kind, url, retries=0) for kind in kinds)
    return replace(route(), rollout=Rollout(webhooks=hooks, interval=interval))


def run(test: Callable[[Consent], Awaitable[None]]) -> None:
    """Run a test of a ``Consent``."""

    async def main() -> None:
        webhooks = Webhooks(Tally(), 0.0)
        try:
            await test(Consent(webhooks))
        finally:
            await webhooks.close()

    asyncio.run(main())


async def until(condition: Callable[[], object]) -> None:
    """Let the loop run until something holds."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 -- of any kind
            await asyncio.sleep(0.005)


def test_without_hooks_nobody_is_asked() -> None:
    """The usual case costs nothing."""

    async def test(consent: Consent) -> None:
        assert consent.given(hooked(""), ABOUT, SHADOW, ONE)
        assert consent.asked_back(hooked(""), ABOUT, ONE) == ""

    run(test)


def test_what_raises_nothing_needs_no_consent(server: Upstream) -> None:
    """Lowering never waits; nor does a step that only pauses."""

    async def test(consent: Consent) -> None:
        at = hooked(server.url("says:403"), "confirm-traffic-increase", "confirm-promotion")
        assert consent.given(at, ABOUT, ONE, SHADOW)
        assert consent.given(at, ABOUT, ONE, replace(ONE, step=1))

    run(test)


def test_a_raise_waits_for_a_yes_and_is_made_once(server: Upstream) -> None:
    """The look that asks does not wait; a later one hears the answer."""

    async def test(consent: Consent) -> None:
        at = hooked(server.url("waits"), "confirm-traffic-increase")
        OPEN_GATE.clear()
        assert not consent.given(at, ABOUT, SHADOW, ONE)
        assert not consent.given(at, ABOUT, SHADOW, ONE)
        OPEN_GATE.set()
        await until(lambda: consent.given(at, ABOUT, SHADOW, ONE))
        assert not consent.given(at, ABOUT, SHADOW, ONE)  # the next raise is another question

    run(test)


def test_a_no_stands_for_an_interval_and_is_asked_again(server: Upstream) -> None:
    """A hook is no busy signal."""

    async def test(consent: Consent) -> None:
        at = hooked(server.url("says:403"), "confirm-promotion", interval=0.05)
        before = len(server.received)
        assert not consent.given(at, ABOUT, ONE, DONE)
        await until(lambda: len(server.received) == before + 1)
        await until(lambda: not consent.given(at, ABOUT, ONE, DONE) and len(server.received) == before + 2)

    run(test)


def test_a_question_about_a_raise_that_nobody_wants_any_more_is_withdrawn(server: Upstream) -> None:
    """Its yes must not count for another one."""

    async def test(consent: Consent) -> None:
        at = hooked(server.url("waits"), "confirm-traffic-increase")
        OPEN_GATE.clear()
        assert not consent.given(at, ABOUT, SHADOW, ONE)
        assert consent.given(at, ABOUT, ONE, SHADOW)
        OPEN_GATE.set()
        assert not consent.given(at, ABOUT, SHADOW, ONE)

    run(test)


def test_a_hook_may_ask_for_a_rollback_while_there_is_anything_to_take_back(server: Upstream) -> None:
    """Its yes is a reason; before the first step nobody is asked."""

    async def test(consent: Consent) -> None:
        at = hooked(server.url("says:200"), "rollback")
        before = len(server.received)
        assert consent.asked_back(at, ABOUT, SHADOW) == ""
        assert len(server.received) == before
        heard: list[str] = []
        await until(lambda: heard.append(consent.asked_back(at, ABOUT, ONE)) or heard[-1])  # type: ignore[func-returns-value]
        assert heard[-1].startswith("the webhook rollback asks for a rollback")

    run(test)


def test_a_hook_that_does_not_want_one_is_asked_once_in_an_interval(server: Upstream) -> None:
    """However often the controller looks."""

    async def test(consent: Consent) -> None:
        at, before = hooked(server.url("says:404"), "rollback"), len(server.received)
        for _ in range(20):
            assert consent.asked_back(at, ABOUT, ONE) == ""
            await asyncio.sleep(0.005)
        await until(lambda: len(server.received) == before + 1)

    run(test)
