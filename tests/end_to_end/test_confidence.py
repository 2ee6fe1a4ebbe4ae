"""From log-probabilities to callers, over real processes: a student that knows what it cannot do, and one that doesn't.

Both are wrong about the same sixth of all questions. One is unsure there: a threshold is certified, it serves, and the
teacher answers what it was unsure of. The other is as sure as elsewhere: nothing is certified, and it never serves.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.end_to_end.behaviors import sized
from tests.end_to_end.practicum import Practicum, until
from tests.end_to_end.rollouts import ANSWER, REFUSAL, Callers, Said, School, shown
from tests.end_to_end.upstream import Exchange
from tests.proxy.cli.command import practicum as command

TARGET = 10.0  # percent
# Gates that let everything pass: what keeps wrong replies from callers here is confidence alone.
GATES = {
    "settleAfter": "1s",
    "riskBudget": 100,
    "defaults": {"successBelow": 90, "failureAbove": 95, "overNoise": None},
}
SECTION = {
    "gates": GATES,
    "audit": {"percentage": 100, "required_above": 100},
    "rollout": {"interval": "1s", "steps": [{"setWeight": 100}]},
    "fallback": {"target": TARGET},
}
LEARNT, SERVED = 320, 120  # conversations
KNOWING, GUESSING = "knowing", "guessing"
WRONG = 1 / 6  # of the conversations
TOKENS = 15


class Doubting(School):
    """A school with two students, told apart by their model; both comply with every other question to be refused."""

    def routes(self) -> dict[str, Mapping[str, object]]:
        """A route for each of the two."""
        student = {"base_url": self.url("student")}
        return {
            name: {**self.section(**SECTION), "student": {**student, "model": name}} for name in (KNOWING, GUESSING)
        }

    async def _student(self, exchange: Exchange) -> None:
        asked = json.loads(exchange.request.body)
        assert asked["logprobs"] is True
        number = int(str(asked["messages"][-1]["content"]).rpartition("number ")[2].rstrip("?"))
        doubts = is_wrong(number) if asked["model"] == KNOWING else _dice(number).random() < WRONG
        await _say(exchange, number, unsure=doubts)


def _dice(number: int, throw: int = 0) -> random.Random:
    return random.Random(2 * number + throw)  # noqa: S311 -- a world to repeat


def is_wrong(number: int) -> bool:
    """Whether the students answer what is to be refused; every third conversation is about that."""
    return number % 6 == 0


async def _say(exchange: Exchange, number: int, *, unsure: bool) -> None:
    """A reply with its log-probabilities, as they were asked for."""
    text = REFUSAL if number % 3 == 0 and not is_wrong(number) else ANSWER
    dice = _dice(number, 1)
    # As many for every text, or their number alone would tell which replies may be wrong.
    logprobs = [-dice.uniform(0.6, 2.5) if unsure else -dice.uniform(0.01, 0.3) for _ in range(TOKENS)]
    content = [_token(logprob) for logprob in logprobs]
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "logprobs": {"content": content}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 9, "completion_tokens": len(content), "total_tokens": 9 + len(content)}
    reply = {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
    await sized(exchange, b"200 OK", json.dumps(reply).encode(), ((b"Content-Type", b"application/json"),))


def _token(logprob: float) -> dict[str, object]:
    others = [{"token": "other", "logprob": logprob - 1.5, "bytes": None}]
    return {"token": " word", "logprob": logprob, "bytes": None, "top_logprobs": others}


@pytest.fixture(scope="module")
def school() -> Iterator[Doubting]:
    """The teacher and the students of this file."""
    with Doubting() as upstream:
        yield upstream


def confidence(practicum: Practicum, name: str) -> dict[str, object]:
    """What the admin port tells of a route's only slice."""
    told = json.loads(practicum.ask_admin(f"/api/routes/{name}/confidence").body)["confidence"]
    return next(iter(told["slices"]), {}) if told else {}


def test_what_a_student_knows_of_itself_decides_whether_it_serves(folder: Path, school: Doubting) -> None:
    """The promise is kept, because what was unsure fell back; where certainty tells nothing, nothing is served."""
    with Practicum(folder, school.routes()) as practicum:
        with Callers(practicum, KNOWING) as knowing, Callers(practicum, GUESSING) as guessing:
            learnt = [*knowing.hold(["math"], LEARNT), *guessing.hold(["math"], LEARNT)]
            assert {said.arm for said in learnt} == {"teacher"}, "nothing was certified yet"
            until(lambda: shown(practicum, KNOWING).weights == {"math": 100.0}, "a threshold is certified", 40)
            until(lambda: not confidence(practicum, KNOWING)["unproven"], "every gate passes")
            served = knowing.hold(["math"], SERVED)
            withheld = guessing.hold(["math"], SERVED)
        assert {said.arm for said in withheld} == {"teacher"}
        _has_kept_its_promise(practicum, served)
        _says_why_nothing_is_served(practicum)


def _has_kept_its_promise(practicum: Practicum, served: list[Said]) -> None:
    right = [said for said in served if not is_wrong(said.number)]
    by_student = [said for said in served if said.arm == "student"]
    wrong = [said for said in by_student if is_wrong(said.number)]
    assert len(wrong) <= TARGET / 100 * len(by_student)
    assert len(by_student) > len(right) / 2, "it serves most of what it knows"
    practicum.settle()
    audited = lambda: confidence(practicum, KNOWING).get("served") == len(by_student)  # noqa: E731 -- asked anew
    until(audited, "every answer was audited", 20)
    told = confidence(practicum, KNOWING)
    assert (told["diverged"], told["fell_back"]) == (len(wrong), len(served) - len(by_student))
    assert practicum.total("fallbacks_total", reason="unsure") == len(served) - len(by_student)
    labels = {"route": KNOWING, "slice": "math"}
    threshold = practicum.total("confidence_threshold", **labels, view="whole")
    assert 0.0 < threshold < 1.0
    promised = practicum.total("promise_target_ratio", route=KNOWING)
    assert practicum.total("served_divergence_ratio", **labels) <= promised == TARGET / 100


def _says_why_nothing_is_served(practicum: Practicum) -> None:
    stands = shown(practicum, GUESSING)
    assert (stands.phase, stands.weights) == ("promoted", {"math": 0.0}), "the rollout's own state is not touched"
    ran = command("confidence", GUESSING, "--admin", practicum.admin)
    assert "not served math: no confidence threshold is certified yet" in " ".join(ran.out.split())
    assert command("confidence", KNOWING, "--admin", practicum.admin).out.count("not served") == 0
