"""What the calls of a pair are sent, and what is remembered of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from proxy.examiner.mirror_call import Call, Caller, Heard
from proxy.examiner.tracing.trail import ROLES, Trail
from proxy.telemetry.tally import Tally
from proxy.telemetry.trace_ids import shadow
from proxy.upstreams import Upstreams
from routing.traits import Endpoint
from tests.end_to_end.judges import JUDGES
from tests.end_to_end.upstream import Upstream
from tests.proxy.examiner.records import STUDENT, chat

pytestmark = pytest.mark.anyio
PAIR = "019a0b0c0d0e" + "00112233445566f0"


@pytest.fixture
def student() -> Iterator[Upstream]:
    """One that answers."""
    with Upstream(JUDGES) as running:
        yield running


async def made(trail: Trail, student: Upstream, *purposes: str) -> list[Heard]:
    """What was heard of such calls, one after the other."""
    upstreams = Upstreams()
    caller = Caller(upstreams, lambda _: None, Tally())
    target = replace(STUDENT, base_url=student.url("says:prose"))
    call = Call(target, "support", "student", "mirror", Endpoint.CHAT, "/chat/completions", chat(), False, PAIR, 10_000)
    heard = [await trail.follow(caller, replace(call, purpose=purpose)) for purpose in purposes]
    await upstreams.close()
    return heard


def parents(student: Upstream) -> list[list[bytes]]:
    """What the server was told."""
    return [request.values("traceparent") for request in student.received]


async def test_where_nothing_is_traced_a_call_is_a_call(student: Upstream) -> None:
    """Nothing is sent, and nothing is kept in memory."""
    trail = Trail(PAIR)
    (heard,) = await made(trail, student, "mirror")
    assert (heard.status, trail.calls, parents(student)) == (200, [], [[]])


async def test_calls_of_selected_pairs_carry_a_parent_each_its_own(student: Upstream) -> None:
    """Also those of one purpose."""
    trail = Trail(PAIR, kept=True, told=True)
    await made(trail, student, "mirror", "judge", "judge")
    places = [shadow(PAIR, ROLES["mirror"]), shadow(PAIR, ROLES["judge"]), shadow(PAIR, ROLES["judge"], 1)]
    assert [call.place for call in trail.calls] == places
    assert parents(student) == [[f"00-{place.trace}-{place.span}-01".encode()] for place in places]


async def test_calls_of_other_pairs_are_remembered_only(student: Upstream) -> None:
    """Nobody could know yet whether they will be kept; of the request no second copy is."""
    trail = Trail(PAIR, kept=True)
    (heard,) = await made(trail, student, "mirror")
    (call,) = trail.calls
    assert (call.heard, call.call.body, call.given_up) == (heard, b"", False)
    assert parents(student) == [[]]


async def test_what_a_judge_is_asked_is_not_what_the_caller_asked(student: Upstream) -> None:
    """So its settings are its own."""
    trail = Trail(PAIR, kept=True)
    await made(trail, student, "mirror", "judge")
    assert [call.asked and call.asked.model for call in trail.calls] == [None, "large"]
