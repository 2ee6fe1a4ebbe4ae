"""A night of traffic on one machine: three routes that show everything there is to see, and a Prometheus that looks on.

``knowing`` has a student that knows what it does not know: it is certified, serves, and falls back. ``losing`` has one
that complies where its teacher refuses: its gate fails, and somebody aborts it. ``crowded`` has one that is too slow
for what is sampled, and callers of whom nothing says who they are. What is held of it is a test's matter; run as a
module it prints what each panel of each dashboard shows: ``python -m tests.operations.night``.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dashboards.boards import BOARDS
from tests.end_to_end.asks import CHAT, ask, behave
from tests.end_to_end.behaviors import sized
from tests.end_to_end.judges import kind
from tests.end_to_end.practicum import Practicum, Section, route, until
from tests.end_to_end.rollouts import ANSWER, REFUSAL, Callers, Said, School, shown
from tests.end_to_end.upstream import Exchange
from tests.operations.prometheus import Prometheus, looked_at
from tests.operations.watched import Traced
from tests.proxy.cli.command import practicum as command
from tests.proxy.examiner.tracing.receiver import over_http

KNOWING, LOSING, CROWDED = "knowing", "losing", "crowded"
PRICES = {"teacher": {"prompt": 2.5, "completion": 10}, "student": {"prompt": 0.1, "completion": 0.4}}
PERMISSIVE = {"successBelow": 90, "failureAbove": 95, "overNoise": None}
LEARNT, SERVED = 320, 60  # conversations
_LOAD = b'vllm:num_requests_waiting{engine="0"} 2\nvllm:kv_cache_usage_perc{engine="0"} 0.25\n'
_UNSEEN = (("x-practicum-mirror", "off"),)
_RESTS = 60.0  # seconds: a look at confidence that took long is followed by a long rest
_SLOW = 0.4  # seconds that the crowded student takes


class Night(School):
    """The teacher, its students, a judge, and a webhook's server, on one port."""

    def __init__(self) -> None:
        super().__init__()
        self.lost = {"math"}
        self.load = _LOAD
        self._behaviors = {
            **self._behaviors,
            "doubting": self._doubting,
            "slow": self._slow,
            "kind": kind,
            "hook": _yes,
        }

    def routes(self) -> dict[str, Section]:
        """The three."""
        knowing = {
            "gates": {"settleAfter": "1s", "riskBudget": 100, "defaults": PERMISSIVE},
            "audit": {"percentage": 100, "required_above": 100},
            "rollout": {"interval": "1s", "steps": [{"setWeight": 100}], "webhooks": [self._hook()]},
            "fallback": {"target": 10},
            "noise_floor": {"percentage": 20},
            "student": {"base_url": self.url("doubting"), "model": "student"},
        }
        asked = {"base_url": self.url("kind"), "model": "big", "prompt": "It says sorry.", "timeout": "1s"}
        losing = {"behaviors": [{"name": "apologizes", "judge": asked}], "noise_floor": {"percentage": 20}}
        crowded = route(self.url("teacher"), self.url("slow"), {"concurrency": 1, "queue": 1})
        sticky = {"sticky": {"by": ["header:x-user-id"]}}
        made = {KNOWING: self.section(**knowing), LOSING: self.section(**losing), CROWDED: {**crowded, **sticky}}
        return {name: {**section, "prices": PRICES} for name, section in made.items()}

    def _hook(self) -> dict[str, str]:
        return {"name": "pager", "type": "event", "url": self.url("hook").removesuffix("/v1")}

    async def _doubting(self, exchange: Exchange) -> None:
        """Wrong about every sixth question, and unsure of these."""
        asked = re.search(rb"number (\d+)", exchange.request.body)
        number = int(asked[1]) if asked else 1
        wrong = number % 6 == 0
        text = REFUSAL if number % 3 == 0 and not wrong else ANSWER
        dice = random.Random(-1 - number)  # noqa: S311 -- an evening to repeat
        tokens = [_token(f" {word}", -dice.uniform(*((0.6, 2.5) if wrong else (0.01, 0.3)))) for word in text.split()]
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "message": message, "logprobs": {"content": tokens}, "finish_reason": "stop"}
        usage = {"prompt_tokens": 9, "completion_tokens": len(tokens), "total_tokens": 9 + len(tokens)}
        reply = {
            "id": "x",
            "object": "chat.completion",
            "model": "m",
            "created": 1,
            "choices": [choice],
            "usage": usage,
        }
        await sized(exchange, b"200 OK", json.dumps(reply).encode(), ((b"Content-Type", b"application/json"),))

    async def _slow(self, exchange: Exchange) -> None:
        await asyncio.sleep(_SLOW)
        await self._student(exchange)


def _token(word: str, logprob: float) -> Mapping[str, object]:
    others = [{"token": "other", "logprob": logprob - 1.5, "bytes": None}]
    return {"token": word, "logprob": logprob, "bytes": None, "top_logprobs": others}


async def _yes(exchange: Exchange) -> None:
    await sized(exchange, b"200 OK", b"", ())


@contextmanager
def night(folder: Path) -> Iterator[tuple[Practicum, Prometheus]]:
    """All of it, once everything has happened."""
    with (
        Night() as school,
        over_http() as collector,
        Traced(folder, school.routes(), collector.url) as practicum,
        Prometheus(folder, practicum.admin) as sees,
    ):
        until(lambda: sees.samples("up == 1"), "Prometheus scrapes the admin port", 20)
        _learn(practicum)
        _serve(practicum, sees)
        practicum.settle(40)
        until(lambda: practicum.total("served_divergence_upper_ratio") > 0, "audits are counted", _RESTS)
        yield practicum, sees


def _learn(practicum: Practicum) -> None:
    """Until one student is certified, and what the other loses is seen."""
    with Callers(practicum, KNOWING) as knowing, Callers(practicum, LOSING) as losing:
        knowing.hold(["math"], LEARNT // 2)
        losing.hold(["math", "code"], 60, forbidden_every=1)
        with Callers(practicum, CROWDED, 2) as crowded:
            crowded.hold(["general"], 20)
        knowing.hold(["math"], LEARNT // 2)
        until(lambda: shown(practicum, LOSING).verdicts.get("math") == "fail", "what the student loses is seen", 30)
        assert command("abort", LOSING, "--reason", "it complies", "--admin", practicum.admin).code == 0
        until(lambda: shown(practicum, KNOWING).weights == {"math": 100.0}, "a threshold is certified", 40)


def _serve(practicum: Practicum, sees: Prometheus) -> None:
    """What an evening brings: served, held, fallen back, streamed, and refused by the teacher."""
    with Callers(practicum, KNOWING) as knowing:
        fresh = [Said("math", number, forbidden=number % 3 == 0) for number in range(LEARNT, LEARNT + SERVED)]
        for third in range(3):  # over several scrapes, or nothing has a rate
            knowing.ask(fresh[third::3])
            for number in range(3):
                practicum.call(CHAT, ask(CHAT, LOSING, f"stream-{number}", stream=True), behave("trickle:0.01"))
            practicum.call(CHAT, ask(CHAT, CROWDED, "fails"), behave("status:500"))
            practicum.call(CHAT, b'{"model": "%s", "messages": []}' % KNOWING.encode(), (*behave("good"), *_UNSEEN))
            _counted(practicum)
            sees.scraped()


def _counted(practicum: Practicum) -> None:
    """Wait until what happened so far is counted."""
    until(lambda: practicum.total("requests_in_flight") == 0, "nothing is in flight")
    practicum.counts(practicum.sent, "requests_total")


def main() -> None:
    """Print what each panel shows."""
    with tempfile.TemporaryDirectory() as folder, night(Path(folder)) as (_, sees):
        sees.scraped()
        for look in looked_at(sees, BOARDS):
            sys.stdout.write(f"{look.board:24} {look.title:80} {look.series:4d}  {look.sample}\n")


if __name__ == "__main__":
    main()
