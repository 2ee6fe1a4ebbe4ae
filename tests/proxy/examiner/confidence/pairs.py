"""Pairs of a made-up student whose certainty tells, or does not; their world is the same at every run.

A reply is acceptable by chance, and the student's log-probabilities say by how much of a chance: ``tells`` 1.0 gives
them away, 0.0 says nothing. Everything else of a pair is as ordinary as can be.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable
from functools import cache

from proxy.store.confidences import ConfidenceUnit, Kept
from proxy.store.entry import Entry
from proxy.store.store import Store
from routing.confidence import hard_rules, prompt, signal
from routing.observation import TokenLogprob
from tests.proxy.store.samples import pair

LOST = ("answer.lost",)
STARTED = 1_700_000_000.0


@cache
def heard(logprob: float) -> dict[int, tuple[float, ...]]:
    """The vectors of a reply of thirty tokens of that log-probability."""
    tokens = [TokenLogprob("x", logprob, (logprob, -6.0))] * 30
    return signal.vectors(tokens, (6, 12, 24), structured=False, finish="stop")


UNIT = ConfidenceUnit(
    slice="math",
    endpoint="chat_completions",
    conversation="c0ffee",
    started=STARTED,
    stream=False,
    tools=False,
    json=False,
    vectors=heard(-0.1),
    function=signal.FUNCTION,
    rules=hard_rules.RULES,
    prompt=(0.0,) * len(prompt.FEATURES),
    prompt_function=prompt.FUNCTION,
)


def unit(number: int, **changed: object) -> ConfidenceUnit:
    """The only turn of the conversation of this number, an acceptable one."""
    made = dataclasses.replace(UNIT, conversation=f"c{number}", started=STARTED + number)
    return dataclasses.replace(made, **changed)  # type: ignore[arg-type] # the fields' own types hold at run time


def kept(number: int, **changed: object) -> Kept:
    """The same as it comes out of the store."""
    return Kept(number, f"pair-{number}", unit(number, **changed))


def world(count: int, tells: float = 1.0, bad: float = 0.3, first: int = 0, **changed: object) -> list[ConfidenceUnit]:
    """So many conversations, of which a share is ``bad``, from the ``first`` number on."""
    found = []
    for number in range(first, first + count):
        dice = random.Random(number)  # noqa: S311 -- a world to repeat
        diverged = dice.random() < bad
        told = diverged if dice.random() < tells else dice.random() < bad
        logprob = -(dice.uniform(0.8, 1.6) if told else dice.uniform(0.05, 0.4))
        found.append(unit(number, diverged=LOST if diverged else (), vectors=heard(round(logprob, 2)), **changed))
    return found


def as_kept(units: Iterable[ConfidenceUnit]) -> list[Kept]:
    """Units as they come out of the store, one after another."""
    return [Kept(number, f"pair-{number}", one) for number, one in enumerate(units, 1)]


def write(store: Store, units: Iterable[ConfidenceUnit], epoch: str, route: str = "support") -> None:
    """Write each as the unit of a pair."""
    made = [
        Entry(
            pair(0, (), id=f"{epoch}-{one.slice}-{one.conversation}-{one.started}", route=route, epoch=epoch),
            kept=False,
            counts=False,
            unit=one,
        )
        for one in units
    ]
    for start in range(0, len(made), 500):
        store.write(made[start : start + 500], f"{route}-{made[start].pair.id}")
