"""The demonstration's callers, against a server that remembers."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from itertools import islice

import pytest
from starlette.responses import Response

from proxy.demo.railway.example import SCRUBBED, Example
from proxy.demo.traffic import Traffic, body, call, callers_ask
from proxy.wire.requests import read_traits
from routing.traits import Endpoint
from tests.proxy.demo.classroom import Asked, free_url, ideal, serving

KNOWN = list(islice(callers_ask(), 2000))


@pytest.mark.parametrize("status", [200, 503])
def test_every_call_is_counted_and_is_its_own_conversation(status: int) -> None:
    """Ten correlated turns must not pass for ten samples."""
    traffic, seen = Traffic(), list[str]()

    def answer(asked: Asked) -> Response:
        seen.append(asked.headers["x-practicum-conversation"])
        reply = ideal(asked.example)
        reply.status_code = status
        reply.headers.update({"x-practicum-pair": f"pair-{len(seen)}", "x-practicum-arm": "teacher"})
        return reply

    async def story() -> None:
        async with serving(answer, KNOWN) as url:
            await call(url, 0.3, traffic)

    asyncio.run(story())
    assert traffic.calls == len(seen) == len(set(seen)) > 4
    failed = status != 200
    assert (traffic.failed, traffic.last_failure) == ((traffic.calls, "status 503") if failed else (0, ""))
    assert traffic.served == (Counter() if failed else Counter(teacher=traffic.calls))
    told = Counter(map(id_of, traffic.asked.values()))
    assert told == (Counter() if failed else Counter(map(id_of, KNOWN[: traffic.calls])))


def id_of(example: Example) -> str:
    """What tells conversations apart."""
    return json.dumps(example.request(""))


def test_a_port_that_is_gone_is_a_failed_call() -> None:
    """The callers go on; the end says how many failed."""
    traffic = Traffic()
    asyncio.run(call(free_url(), 0.1, traffic))
    assert traffic.failed == traffic.calls > 0
    assert traffic.last_failure


def test_callers_ask_what_the_eval_leaves_out() -> None:
    """Every scrubbed situation, though seldom: that is why averages do not move."""
    kinds = Counter(example.kind for example in KNOWN)
    assert kinds.keys() > SCRUBBED
    assert 0.1 < sum(kinds[kind] for kind in SCRUBBED) / len(KNOWN) < 0.4


def test_bodies_are_what_the_proxy_reads() -> None:
    """Greedy, every other one a stream that tells its tokens, with all its messages and tools."""
    for number, example in enumerate(KNOWN[:40]):
        sent = json.loads(body(example, number))
        traits = read_traits(Endpoint.CHAT, body(example, number))
        assert (sent["temperature"], traits.stream) == (0, bool(number % 2))
        assert ("stream_options" in sent) == traits.stream
        assert [turn.text for turn in traits.turns] == [message.content for message in example.messages]
        assert len(traits.tools) == len(example.tools)
