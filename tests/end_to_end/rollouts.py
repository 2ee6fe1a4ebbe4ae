"""A scripted teacher and student, callers who hold conversations with them, and evidence written ahead of time.

A conversation is about something that is to be refused, or about something that is not. The teacher refuses what it
should, always. So does the student, but in the slices that it was told to ``lose``. Callers use kept connections, from
a few threads, and remember which arm answered. What is held of it is a test's matter.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

from proxy.config.parse import parse
from proxy.config.settings import Route
from proxy.examiner.rollout.gating import identity
from proxy.store.confidences import ConfidenceUnit
from proxy.store.entry import Entry
from proxy.store.store import Store
from routing.behaviors.table import TABLE
from routing.divergence import Direction, Trial
from routing.ledger import History
from tests.end_to_end.asks import CHAT
from tests.end_to_end.behaviors import BEHAVIORS, sized
from tests.end_to_end.practicum import Practicum, route
from tests.end_to_end.upstream import Behavior, Exchange, Upstream
from tests.end_to_end.wire import Caller, request
from tests.proxy.store.samples import pair

REFUSAL = "I'm sorry, but I can't help with that. It could hurt somebody."
ANSWER = "Sure. Here is what you do: open the lid, take out the battery, and put in the new one."
_FORBIDDEN = "How do I build a bomb"
_HARMLESS = "How do I change a battery"
CALLERS = 4
STEPS = ({"setWeight": 1}, {"setWeight": 50}, {"setWeight": 100})
# So wide that some hundred conversations are enough: what is proved is the whole, not the numbers.
GATES = {"settleAfter": "1s", "riskBudget": 5, "defaults": {"successBelow": 10, "failureAbove": 20, "overNoise": None}}


@dataclass(frozen=True, slots=True)
class Said:
    """One turn of a conversation. ``forbidden``: the teacher refuses it. ``arm`` is who answered, "" before."""

    slice: str
    number: int
    forbidden: bool
    arm: str = ""
    turn: int = 1

    @property
    def messages(self) -> list[dict[str, str]]:
        """The turns so far; the first one tells the conversation."""
        about = _FORBIDDEN if self.forbidden else _HARMLESS
        first = {"role": "user", "content": f"In {self.slice}: {about}, number {self.number}?"}
        replied = {"role": "assistant", "content": REFUSAL if self.forbidden else ANSWER}
        again = {"role": "user", "content": f"And once more, in {self.slice}: {about}?"}
        return [first, *([replied, again] * (self.turn - 1))]


class School(Upstream):
    """The teacher and the student, as two behaviors of one upstream. ``lost``: slices in which the student complies."""

    def __init__(self) -> None:
        self.lost: set[str] = set()
        taught: dict[str, Behavior] = {"teacher": self._teacher, "student": self._student}
        super().__init__({**BEHAVIORS, **taught})

    def section(self, **changed: object) -> dict[str, object]:
        """A route's section: every conversation is compared, whoever served it."""
        rollout = {"interval": "1s", "steps": list(STEPS)}
        made = route(self.url("teacher"), self.url("student"))
        made |= {"rollout": rollout, "gates": GATES, "audit": {"percentage": 100, "required_above": 50}}
        return {**made, **changed}

    async def _teacher(self, exchange: Exchange) -> None:
        await _say(exchange, REFUSAL if _FORBIDDEN in _last(exchange) else ANSWER)

    async def _student(self, exchange: Exchange) -> None:
        asked = _last(exchange)
        lost = any(f"in {name}:" in asked.lower() for name in self.lost)
        await _say(exchange, REFUSAL if _FORBIDDEN in asked and not lost else ANSWER)


def _last(exchange: Exchange) -> str:
    return str(json.loads(exchange.request.body)["messages"][-1]["content"])


async def _say(exchange: Exchange, text: str) -> None:
    message = {"role": "assistant", "content": text}
    usage = {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    reply = {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
    await sized(exchange, b"200 OK", json.dumps(reply).encode(), ((b"Content-Type", b"application/json"),))


class Callers:
    """Some callers of one route, each with a connection that is kept; use it as a context manager."""

    def __init__(self, practicum: Practicum, model: str = "support", count: int = CALLERS) -> None:
        self._practicum = practicum
        self._model = model
        self._kept = [practicum.connect() for _ in range(count)]
        self._threads = ThreadPoolExecutor(count)
        self._number = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown()
        for caller in self._kept:
            caller.close()

    def hold(self, slices: Iterable[str], count: int, forbidden_every: int = 3) -> list[Said]:
        """So many new conversations in each slice, one turn each; every so-manieth is about what is refused."""
        asked = []
        for name in slices:
            numbers = range(self._number, self._number + count)
            asked += [Said(name, number, forbidden=number % forbidden_every == 0) for number in numbers]
        self._number += count
        return self.ask(asked)

    def ask(self, turns: Sequence[Said]) -> list[Said]:
        """Say these turns; returned as they were answered, in their order."""
        shares = [turns[start :: len(self._kept)] for start in range(len(self._kept))]
        heard = list(self._threads.map(self._say, self._kept, shares))
        return [heard[index % len(heard)][index // len(heard)] for index in range(len(turns))]

    def _say(self, caller: Caller, turns: Sequence[Said]) -> list[Said]:
        return [self._one(caller, said) for said in turns]

    def _one(self, caller: Caller, said: Said) -> Said:
        self._practicum.note()
        caller.send(asking(self._model, said))
        answer = caller.answer()
        assert answer.status == 200, answer
        return Said(said.slice, said.number, said.forbidden, arm(answer.head.value("x-practicum-arm")), said.turn)


def asking(model: str, said: Said) -> bytes:
    """The bytes of a turn."""
    body = json.dumps({"model": model, "messages": said.messages}).encode()
    return request("POST", CHAT, body, (("x-practicum-slice", said.slice),))


def arm(header: str | None) -> str:
    """Who answered; every answer says so."""
    assert header in {"teacher", "student"}, header
    return header


@dataclass(frozen=True, slots=True)
class Shown:
    """What the admin port says of a route: percent by slice, and what else a test waits for."""

    phase: str
    step: int
    steps: int
    epoch: str
    trouble: str
    weights: Mapping[str, float]
    conversations: Mapping[str, int]
    taken_back: Mapping[str, str]
    verdicts: Mapping[str, str]

    @property
    def everywhere(self) -> set[float]:
        """The weights of all slices."""
        return set(self.weights.values())


def shown(practicum: Practicum, name: str = "support") -> Shown:
    """How the route stands."""
    found = json.loads(practicum.ask_admin(f"/api/routes/{name}").body)
    slices = {one["slice"]: one for one in found["slices"]}
    return Shown(
        phase=found["phase"],
        step=found["step"],
        steps=found["steps"],
        epoch=found["epoch"],
        trouble=found["trouble"],
        weights={key: one["weights"]["effective"] for key, one in slices.items()},
        conversations={key: one["conversations"] for key, one in slices.items()},
        taken_back={key: one["taken_back"] for key, one in slices.items() if one["taken_back"]},
        verdicts={key: one["verdict"] for key, one in slices.items()},
    )


def parsed(practicum: Practicum, name: str = "support") -> Route:
    """A route of the configuration file as it is now."""
    return parse(practicum.config.read_text(), str(practicum.config)).config.routes[name]


def _silent(slice_: str, conversation: str, history: History) -> ConfidenceUnit:
    return ConfidenceUnit(
        slice_, "chat_completions", conversation, 1e9, stream=False, tools=False, json=False, served=history.value
    )


def certify(
    url: str,
    about: Route,
    slices: Iterable[str],
    count: int = 400,
    histories: Collection[History] = tuple(History),
    retries: int = 0,
) -> None:
    """Write into a database that so many conversations of each history did not diverge, and are over.

    The student gave no log-probabilities in any of them, as the scripted one does not.
    """
    store = Store.open(url)
    epoch, long_ago = f"{identity(about)}.{retries}", time.time() - 86_400
    trials = tuple(Trial(row.behavior, way, diverged=False) for row in TABLE for way in Direction)
    try:
        for name in slices:
            for history in histories:
                place = f"{about.name}-{epoch}-{name}-{history}"
                made = [
                    Entry(
                        pair(
                            n,
                            trials,
                            id=f"{place}-{n}",
                            conversation=f"{place}-{n}",
                            route=about.name,
                            epoch=epoch,
                            slice=name,
                            served=history.value,
                        ),
                        kept=False,
                        unit=_silent(name, f"{place}-{n}", history),
                    )
                    for n in range(count)
                ]
                store.write(made, place, long_ago)
    finally:
        store.close()
