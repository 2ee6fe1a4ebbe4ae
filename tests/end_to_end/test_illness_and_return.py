"""A student that fails its callers, and what becomes of it, over real processes: pairs, illness and return.

No confidence is promised here, so the student is served by the hard rules alone; its evidence is written ahead.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.end_to_end.asks import CHAT
from tests.end_to_end.behaviors import sized
from tests.end_to_end.practicum import Practicum, until
from tests.end_to_end.rollouts import Callers, Said, School, certify, parsed, shown
from tests.end_to_end.upstream import Exchange
from tests.proxy.cli.command import practicum as command

COUNT = 40
OVER = 6  # seconds in which a student returns
UNASKED = {
    "mirror": {"percentage": 0},
    "audit": {"percentage": 0, "required_above": 50},
    "rollout": {"interval": "1s", "steps": [{"setWeight": 100}]},
    "fallback": {"promise": "none", "return_over": f"{OVER}s"},
}
"""Nothing is asked beside callers' requests."""


class Clinic(School):
    """A school whose student may be overloaded, and never answers in JSON."""

    def __init__(self) -> None:
        super().__init__()
        self.overloaded = False

    async def _student(self, exchange: Exchange) -> None:
        if self.overloaded:
            await sized(exchange, b"503 Service Unavailable", b'{"error": {"message": "too many"}}', ())
        else:
            await super()._student(exchange)

    async def _teacher(self, exchange: Exchange) -> None:
        if b"response_format" not in exchange.request.body:
            await super()._teacher(exchange)
            return
        choice = {"index": 0, "message": {"role": "assistant", "content": '{"lid": "open"}'}, "finish_reason": "stop"}
        whole = json.dumps({"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]})
        await sized(exchange, b"200 OK", whole.encode(), ((b"Content-Type", b"application/json"),))


@pytest.fixture(scope="module")
def clinic() -> Iterator[Clinic]:
    """The teacher and the student of this file."""
    with Clinic() as upstream:
        yield upstream


def promote(practicum: Practicum) -> None:
    """Have the student serve everything of a slice."""
    certify(f"sqlite:///{practicum.folder / 'practicum.db'}", parsed(practicum), ["code"], 800)
    until(lambda: shown(practicum).weights == {"code": 100.0}, "all is the student's", 20)


def test_a_request_that_fell_back_becomes_a_pair_without_another_call(folder: Path, clinic: Clinic) -> None:
    """Both replies are there: who turned it down sees what, though nothing is mirrored and nothing audited."""
    with Practicum(folder, {"support": clinic.section(**UNASKED)}) as practicum:
        promote(practicum)
        before, attempts = shown(practicum).conversations, practicum.total("upstream_attempts_total")
        asked = {"model": "support", "messages": [{"role": "user", "content": "How do I change a battery? As JSON."}]}
        body = json.dumps({**asked, "response_format": {"type": "json_object"}}).encode()
        answer = practicum.call(CHAT, body, (("x-practicum-slice", "code"),))
        assert (answer.head.value("x-practicum-arm"), answer.head.value("x-practicum-fallback")) == (
            "teacher",
            "malformed",
        )
        practicum.settle()
        assert practicum.total("upstream_attempts_total") - attempts == 2  # the caller's: the student, then the teacher
        assert practicum.total("mirror_pairs_total", outcome="compared") == 1
        (row,) = json.loads(practicum.ask_admin("/api/pairs?route=support&limit=1").body)["pairs"]
        assert (row["served"], row["fallback"], "format" in row["lost"]) == ("teacher", "malformed", True)
        assert (row["teacher"]["preview"], row["student"]["preview"][:5]) == ('{"lid": "open"}', "Sure.")
        page = " ".join(command("pair", row["id"], "--admin", practicum.admin).out.split())
        assert "served by the teacher in the student's place (malformed)" in page
        assert practicum.total("behavior_trials_total") == 0
        assert shown(practicum).conversations == before


def test_an_ill_student_is_spared_and_gets_its_share_back_bit_by_bit(folder: Path, clinic: Clinic) -> None:
    """Its weight stays, its callers are the teacher's meanwhile, and whoever has returned does not leave again."""
    with Practicum(folder, {"support": clinic.section(**UNASKED)}) as practicum, Callers(practicum) as callers:
        promote(practicum)
        conversations = callers.hold(["code"], COUNT)
        until(lambda: len(_students(callers, conversations)) == COUNT, "the student serves everybody")
        clinic.overloaded = True
        until(lambda: not _students(callers, conversations), "the teacher serves everybody")
        until(
            lambda: (callers.ask(conversations), practicum.total("fallbacks_total", reason="student_ill"))[1] >= COUNT,
            "the student is spared",
        )
        assert practicum.total("circuit_state", arm="student") > 0
        assert shown(practicum).weights == {"code": 100.0}
        clinic.overloaded = False
        returned = [until(lambda: _students(callers, conversations), "some return", 30)]
        assert len(returned[0]) < COUNT

        def everybody() -> bool:
            returned.append(_students(callers, conversations))
            return len(returned[-1]) == COUNT

        until(everybody, "all return", 30)
        assert all(earlier <= later for earlier, later in pairwise(returned))
        assert practicum.total("circuit_state", arm="student") == 0
        practicum.settle()


def _students(callers: Callers, conversations: list[Said]) -> frozenset[int]:
    """The conversations that the student serves now."""
    return frozenset(said.number for said in callers.ask(conversations) if said.arm == "student")
