"""Both models' replies to the same conversations, from servers that run: asked, kept, read again.

What is asked is what the demonstration's callers ask (production's situations, held-out phrasings), with a seed that
neither training nor the demonstration uses. Replies are kept as they came, log-probabilities and all, compressed, a
line for each, so that whatever is found in them can be found again without a model. It refuses to judge: that is
``benchmarks.confidence``.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

import httpx

from proxy.demo.railway.conversations import Distribution, conversations
from proxy.demo.railway.example import Example
from proxy.wire.replies import observe
from routing.observation import Arm, Observation, Timing
from routing.traits import Endpoint, Json

SEED = 40417  # training's are 20310 to 20322, the demonstration's 1825 and 7411
ALTERNATIVES = 5
_LONGEST = 200  # tokens, as in the demonstration
_AT_ONCE = 16
_TIMEOUT = 120.0


@dataclass(frozen=True, slots=True)
class Session:
    """How one arm was asked. Two arms belong together where all but their model is the same."""

    model: str
    server: str
    seed: int
    count: int
    temperature: float

    def asked_like(self, other: Session) -> bool:
        """Whether the other was asked the same, in the same way."""
        return (self.seed, self.count, self.temperature) == (other.seed, other.count, other.temperature)


@dataclass(frozen=True, slots=True)
class Answered:
    """A conversation, the request it made, and what each arm did."""

    number: int
    example: Example
    request: bytes
    teacher: Observation
    student: Observation


def body(example: Example, model: str, temperature: float, number: int) -> dict[str, Json]:
    """The request for a reply with log-probabilities. Sampling has a seed for each conversation."""
    asked = example.request(model) | {"max_tokens": _LONGEST, "temperature": temperature}
    asked |= {"logprobs": True, "top_logprobs": ALTERNATIVES}
    return asked | ({"seed": number} if temperature else {})


async def collect(arm: Arm, url: str, count: int, temperature: float, folder: Path) -> Session:
    """Ask the server at ``url`` everything, and keep what it says in ``folder``, which exists.

    Raises ``httpx.HTTPError`` where it does not answer, and ``ValueError`` where an answer is no success.
    """
    limits = httpx.Limits(max_connections=_AT_ONCE)
    async with httpx.AsyncClient(base_url=url, timeout=_TIMEOUT, limits=limits, trust_env=False) as client:
        how = Session(await _model(client), await _server(client), SEED, count, temperature)
        asking = enumerate(conversations(SEED, count, Distribution.PRODUCTION))
        with gzip.open(_file(folder, arm), "wt", compresslevel=5) as kept:
            kept.write(json.dumps(asdict(how)) + "\n")
            async with asyncio.TaskGroup() as group:
                for _ in range(_AT_ONCE):
                    group.create_task(_asker(client, how, asking, kept))
    return how


async def _asker(client: httpx.AsyncClient, how: Session, asking: Iterator[tuple[int, Example]], kept: TextIO) -> None:
    """Ask one conversation after another, and write the replies as they come."""
    for number, example in asking:
        reply = await _reply(client, how, number, example)
        kept.write(json.dumps({"number": number, "reply": reply}) + "\n")


async def _reply(client: httpx.AsyncClient, how: Session, number: int, example: Example) -> str:
    asked = body(example, how.model, how.temperature, number)
    response = await client.post("/v1/chat/completions", json=asked)
    if response.status_code != httpx.codes.OK:
        raise ValueError(f"conversation {number} got {response.status_code}, not 200: {response.text[:300]}")
    return response.text


async def _model(client: httpx.AsyncClient) -> str:
    """The model it serves: the first that it names."""
    served = (await client.get("/v1/models")).raise_for_status().json()
    return str(served["data"][0]["id"])


async def _server(client: httpx.AsyncClient) -> str:
    """What it says it is: vLLM tells its version."""
    response = await client.get("/version")
    return f"vLLM {response.json()['version']}" if response.is_success else "a server that tells no version"


def _file(folder: Path, arm: Arm) -> Path:
    return folder / f"{arm}.jsonl.gz"


def session(folder: Path, arm: Arm) -> Session:
    """How this arm was asked."""
    with gzip.open(_file(folder, arm), "rt") as kept:
        return Session(**json.loads(kept.readline()))


def answered(folder: Path) -> Iterator[Answered]:
    """Every conversation to which both arms' replies are kept, in their order.

    Raises ``ValueError`` where the arms were not asked the same.
    """
    teacher, student = session(folder, Arm.TEACHER), session(folder, Arm.STUDENT)
    if not teacher.asked_like(student):
        raise ValueError(f"{folder} holds arms that were not asked alike, {teacher} and {student}; collect one again")
    taught, learned = _kept(folder, Arm.TEACHER), _kept(folder, Arm.STUDENT)
    for number, example in enumerate(conversations(teacher.seed, teacher.count, Distribution.PRODUCTION)):
        if number in taught and number in learned:
            request = json.dumps(example.request(teacher.model)).encode()
            seen = (_observed(Arm.TEACHER, taught[number]), _observed(Arm.STUDENT, learned[number]))
            yield Answered(number, example, request, *seen)


def _kept(folder: Path, arm: Arm) -> Mapping[int, str]:
    with gzip.open(_file(folder, arm), "rt") as kept:
        kept.readline()
        lines = [json.loads(line) for line in kept]
    return {line["number"]: line["reply"] for line in lines}


def _observed(arm: Arm, reply: str) -> Observation:
    return observe(Endpoint.CHAT, arm, 200, "application/json", reply.encode(), False, None, Timing(None, 0.0))
