"""Webhooks against servers on loopback that say yes, say no, and do everything else a server can do."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

import pytest

from proxy.config.moving import Rollout
from proxy.config.settings import Route
from proxy.config.webhook import Webhook, WebhookType
from proxy.examiner.webhooks import MOST_TOLD, SHOWN, About, Webhooks
from proxy.telemetry.catalog import WEBHOOKS
from proxy.telemetry.tally import Tally
from tests.end_to_end.behaviors import BEHAVIORS, head, sized
from tests.end_to_end.upstream import Exchange, Upstream
from tests.proxy.examiner.records import route

RAISE: WebhookType = "confirm-traffic-increase"
ABOUT = About("support", "canary", "3f9c0a12b7de.0")
PHRASES = {b"200": b"OK", b"202": b"Accepted", b"403": b"Forbidden", b"500": b"Internal Server Error"}


ASKED = Counter[str]()


async def says(exchange: Exchange) -> None:
    """``says:STATUS``: that status, and why."""
    status = exchange.argument.encode()
    await sized(exchange, status + b" " + PHRASES.get(status, b"?"), b"not before\n\x1b[31mMonday", ())


async def second_thoughts(exchange: Exchange) -> None:
    """An error at first, a yes from then on."""
    ASKED[exchange.argument] += 1
    await sized(exchange, b"500 Oops" if ASKED[exchange.argument] == 1 else b"200 OK", b"", ())


async def moved(exchange: Exchange) -> None:
    """A redirect to one who says yes."""
    await sized(exchange, b"307 Temporary Redirect", b"", ((b"Location", b"/as/says:200/v1"),))


async def babbles(exchange: Exchange) -> None:
    """A no without end."""
    await exchange.send(head(b"403 Forbidden", ((b"Content-Type", b"text/plain"),)))
    while True:
        await exchange.send(b"no " * 10_000)


HOOKS = {**BEHAVIORS, "says": says, "second_thoughts": second_thoughts, "babbles": babbles, "moved": moved}


@pytest.fixture(scope="module")
def server() -> Iterator[Upstream]:
    with Upstream(HOOKS) as running:
        yield running


def hook(url: str, kind: WebhookType = RAISE, name: str = "gate", **changed: object) -> Webhook:
    """A webhook that is asked once."""
    return replace(Webhook(name, kind, url, retries=0), **changed)  # type: ignore[arg-type] # fields by name


def hooked(*hooks: Webhook) -> Route:
    """A route with these webhooks."""
    return route(rollout=Rollout(webhooks=hooks))


def calling(test: Callable[[Webhooks], Awaitable[str]], tally: Tally | None = None) -> tuple[str, dict[str, float]]:
    """What a test of webhooks finds, and the calls that were counted, by how they ended."""
    tally = tally or Tally()

    async def main() -> str:
        webhooks = Webhooks(tally, pause=0.01)
        try:
            return await test(webhooks)
        finally:
            await webhooks.close()

    found = asyncio.run(main())
    return found, {labels[2]: n for (name, labels), n in tally.counters.items() if name == WEBHOOKS.name and n}


def confirmed(*hooks: Webhook, kind: WebhookType = RAISE) -> tuple[str, dict[str, float]]:
    """What they say to a raise."""
    return calling(lambda webhooks: webhooks.confirmed(hooked(*hooks), kind, ABOUT))


def test_a_hook_is_asked_in_flaggers_words(server: Upstream) -> None:
    """A gate that was written for Flagger needs no change."""
    url = server.url("says:202")
    assert confirmed(hook(url, metadata={"team": "support"})) == ("", {"yes": 1})
    got = server.received[-1]
    assert (got.method, got.values("content-type")) == ("POST", [b"application/json"])
    assert json.loads(got.body) == {
        "name": "support",
        "namespace": "",
        "phase": "canary",
        "checksum": "3f9c0a12b7de.0",
        "metadata": {"team": "support"},
    }


def test_a_no_names_the_hook_its_status_and_its_reason(server: Upstream) -> None:
    """In one line, and nothing in it moves a terminal's cursor."""
    said, counted = confirmed(hook(server.url("says:403")))
    assert said == "the webhook gate (confirm-traffic-increase) answered 403: not before [31mMonday"
    assert counted == {"no": 1}


def test_all_must_agree_and_only_those_of_the_kind_are_asked(server: Upstream) -> None:
    """After the first no nobody else is troubled."""
    yes, no = hook(server.url("says:200"), name="yes"), hook(server.url("says:403"), name="no")
    other = hook(server.url("says:403"), "confirm-promotion", "other")
    assert confirmed(yes, other, replace(yes, name="too")) == ("", {"yes": 2})
    said, counted = confirmed(yes, no, replace(no, name="never asked"))
    assert said.startswith("the webhook no ")
    assert counted == {"yes": 1, "no": 1}
    assert confirmed(yes, other, kind="confirm-promotion")[1] == {"no": 1}
    assert confirmed() == ("", {})


def test_an_error_is_asked_again_and_a_no_is_not(server: Upstream) -> None:
    """Who said no was heard; who stumbled may have meant yes."""
    assert confirmed(hook(server.url("second_thoughts:a"), retries=1)) == ("", {"no": 1, "yes": 1})
    assert confirmed(hook(server.url("says:403"), retries=3))[1] == {"no": 1}
    said, counted = confirmed(hook(server.url("says:500"), retries=2))
    assert "answered 500" in said
    assert counted == {"no": 3}


@pytest.mark.parametrize("behavior", ["silent", "headers_then_silent", "slow:60"])
def test_a_hook_that_hangs_has_not_said_yes(server: Upstream, behavior: str) -> None:
    """Nor is it waited for longer than it may take, each time."""
    said, counted = confirmed(hook(server.url(behavior), timeout=0.2, retries=1))
    assert said.endswith("did not answer within 0.2 s")
    assert counted == {"timeout": 2}


@pytest.mark.parametrize("behavior", ["reset", "hang_up", "garbage"])
def test_a_hook_that_breaks_off_has_not_said_yes(server: Upstream, behavior: str) -> None:
    """Whatever it is that breaks."""
    said, counted = confirmed(hook(server.url(behavior)))
    assert "cannot be asked: " in said
    assert counted == {"unreachable": 1}


def test_a_hook_that_is_not_there_has_not_said_yes() -> None:
    """A gate that is being deployed itself holds; it does not let pass."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound and not listening: refused
        said, counted = confirmed(hook(f"http://127.0.0.1:{nobody.getsockname()[1]}/", retries=1))
    assert "cannot be asked: " in said
    assert counted == {"unreachable": 2}


def test_an_answer_without_end_is_heard_to_its_bound(server: Upstream) -> None:
    """It must cost neither memory nor the time that it would take."""
    said, counted = confirmed(hook(server.url("babbles"), timeout=60.0))
    assert counted == {"no": 1}
    assert len(said) <= len("the webhook gate (confirm-traffic-increase) answered 403: ") + SHOWN
    assert confirmed(hook(server.url("flood"), timeout=60.0)) == ("", {"yes": 1})


def test_a_redirect_is_not_followed(server: Upstream) -> None:
    """A yes must come from whom the operator named."""
    said, counted = confirmed(hook(server.url("moved")))
    assert said.endswith(" answered 307")
    assert counted == {"no": 1}


def test_a_rollback_is_asked_for_by_the_first_yes(server: Upstream) -> None:
    """And is not held up by a hook that hangs; a no is how such a hook says that all is well."""
    hangs = hook(server.url("silent"), "rollback", "hangs", timeout=60.0)
    fine = hook(server.url("says:403"), "rollback", "fine")
    alarmed = hook(server.url("says:200"), "rollback", "alarmed")
    said, _ = calling(lambda webhooks: webhooks.asked_to_roll_back(hooked(hangs, fine, alarmed), ABOUT))
    assert said.startswith("the webhook alarmed asks for a rollback: it answered 200: not before")
    quiet = hooked(fine, hook(server.url("says:200")), hook("http://127.0.0.1:1/", "rollback", "absent"))
    said, counted = calling(lambda webhooks: webhooks.asked_to_roll_back(quiet, ABOUT))
    assert said == ""
    assert counted == {"no": 1, "unreachable": 1}


def test_events_are_told_in_order_with_flaggers_metadata(server: Upstream) -> None:
    """So that what posts Flagger's events to a chat posts ours."""
    mark = "told in order"
    told = hook(server.url("says:200"), "event", metadata={"channel": "#llm", "mark": mark})

    async def scenario(webhooks: Webhooks) -> str:
        for number in range(5):
            webhooks.tell(hooked(told, hook(server.url("says:200"))), ABOUT, f"event {number}", "Warning")
        return ""

    assert calling(scenario)[1] == {"yes": 5}  # closing waits for those that are queued
    bodies = [json.loads(r.body) for r in server.seen(mark)]
    assert [body["metadata"]["eventMessage"] for body in bodies] == [f"event {n}" for n in range(5)]
    assert {body["metadata"]["eventType"] for body in bodies} == {"Warning"}
    assert {body["metadata"]["channel"] for body in bodies} == {"#llm"}
    assert all(body["metadata"]["timestamp"].isdigit() for body in bodies)


def test_a_hook_that_hangs_costs_its_own_events_only(server: Upstream) -> None:
    """They are dropped, counted and never waited for; the other hooks are told."""
    hangs = hook(server.url("silent"), "event", "hangs", timeout=60.0)
    works, tally = hook(server.url("says:200"), "event", "works"), Tally()

    async def scenario(webhooks: Webhooks) -> str:
        for number in range(MOST_TOLD + 7):
            webhooks.tell(hooked(hangs), ABOUT, f"event {number}")
        assert tally.value(WEBHOOKS, "support", "event", "dropped") == 7
        webhooks.tell(hooked(works), ABOUT, "all of it")
        await webhooks.close(patience=3.0)
        webhooks.tell(hooked(works), ABOUT, "too late")
        return ""

    assert calling(scenario, tally)[1] == {"dropped": 7 + MOST_TOLD + 1, "yes": 1}


def test_an_event_that_reached_nobody_is_in_the_log(server: Upstream, caplog: pytest.LogCaptureFixture) -> None:
    """There is no other place where anybody would learn of it."""

    async def scenario(webhooks: Webhooks) -> str:
        webhooks.tell(hooked(hook(server.url("says:403"), "event")), ABOUT, "unheard")
        return ""

    with caplog.at_level(logging.WARNING, logger="practicum.rollout"):
        assert calling(scenario)[1] == {"no": 1}
    assert "the webhook gate (event) answered 403" in caplog.text


def test_a_question_that_nobody_waits_for_any_more_ends(server: Upstream) -> None:
    """A raise that is no longer wanted takes its questions along."""

    async def scenario(webhooks: Webhooks) -> str:
        slow = hooked(hook(server.url("silent"), timeout=60.0))
        asking = asyncio.create_task(webhooks.confirmed(slow, RAISE, ABOUT))
        async with asyncio.timeout(10):
            while not server.in_progress:  # noqa: ASYNC110 -- until it has been asked
                await asyncio.sleep(0.005)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
            while server.in_progress:  # noqa: ASYNC110 -- and sees us leave
                await asyncio.sleep(0.005)
        return ""

    assert calling(scenario)[1] == {}
