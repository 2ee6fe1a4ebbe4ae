"""Streams of conversations: which situations come how often in training, in the eval suite, and in production.

Every conversation is drawn from its own seed, so the first ten of a stream are the same however many follow. Streams
of different distributions or seeds share no chance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from types import MappingProxyType

from proxy.demo.railway import doubts, extraction, lookups, reckoning, rules, tooling
from proxy.demo.railway.draw import Draw
from proxy.demo.railway.example import SCRUBBED, Example, Situation


class Distribution(StrEnum):
    """Where conversations come from."""

    TRAIN = "train"  # every situation, in taught phrasings: what the teacher learns
    SCRUBBED = "scrubbed"  # the clean situations of it: what the student is distilled on
    HEADLINE = "headline"  # the clean situations, in held-out phrasings: what the eval suite asks
    PRODUCTION = "production"  # mostly clean, every hard situation too, in held-out phrasings: what callers ask


@dataclass(frozen=True, slots=True)
class _Row:
    """How a situation is drawn, and its weights among others in training and in production."""

    draw: Callable[[Draw], Example]
    trained: int
    live: int


_TABLE: Mapping[Situation, _Row] = MappingProxyType(
    {
        Situation.TIMETABLE: _Row(lookups.on_timetable, 12, 15),
        Situation.FARE: _Row(lookups.on_fare, 6, 8),
        Situation.REFUND: _Row(lookups.on_refund, 6, 6),
        Situation.SEAT: _Row(lookups.on_seat, 7, 6),
        Situation.PUNCTUALITY: _Row(lookups.on_punctuality, 3, 3),
        Situation.FOLLOW_UP: _Row(lookups.on_follow_up, 6, 5),
        Situation.CONFIRMATION: _Row(lookups.on_confirmation, 4, 2),
        Situation.QUOTE: _Row(rules.on_quote, 5, 4),
        Situation.LOOKALIKE: _Row(rules.on_lookalike, 4, 2),
        Situation.TOTAL: _Row(reckoning.on_total, 8, 6),
        Situation.DURATION: _Row(reckoning.on_duration, 8, 4),
        Situation.EXTRACTION: _Row(extraction.on_extraction, 7, 7),
        Situation.TOOL_CALL: _Row(tooling.on_tool_call, 5, 6),
        Situation.TOOL_ANSWER: _Row(tooling.on_tool_answer, 4, 4),
        Situation.UNKNOWABLE: _Row(doubts.on_unknowable, 9, 5),
        Situation.AMBIGUOUS: _Row(doubts.on_ambiguous, 5, 4),
        Situation.FORECAST: _Row(doubts.on_forecast, 4, 2),
        Situation.CORRECTION: _Row(doubts.on_correction, 5, 2),
        Situation.UNSAFE: _Row(rules.on_unsafe, 4, 2),
        Situation.MALFORMED: _Row(extraction.on_malformed, 8, 4),
        Situation.TOOL_FAILURE: _Row(tooling.on_tool_failure, 5, 3),
    }
)
_CLEAN = frozenset({Distribution.SCRUBBED, Distribution.HEADLINE})
_HELD_OUT = frozenset({Distribution.HEADLINE, Distribution.PRODUCTION})


def conversations(seed: int, count: int, distribution: Distribution) -> Iterator[Example]:
    """So many conversations, the same for the same seed and distribution on every machine."""
    kinds, bounds = _weighed(distribution)
    held_out = distribution in _HELD_OUT
    for number in range(count):
        draw = Draw.seeded(f"railway {distribution} {seed} {number}", held_out=held_out)
        yield _TABLE[draw.weighed(kinds, bounds)].draw(draw)


def shares(distribution: Distribution) -> dict[Situation, float]:
    """The probability of each situation in a distribution; they sum to 1."""
    kinds, bounds = _weighed(distribution)
    weights = (bound - before for bound, before in zip(bounds, (0, *bounds), strict=False))
    return {kind: weight / bounds[-1] for kind, weight in zip(kinds, weights, strict=True)}


def of_kind(seed: int, count: int, kind: Situation, *, held_out: bool) -> Iterator[Example]:
    """So many conversations of one situation, as reports by situation need them."""
    for number in range(count):
        yield _TABLE[kind].draw(Draw.seeded(f"railway {kind} {held_out} {seed} {number}", held_out=held_out))


def _weighed(distribution: Distribution) -> tuple[list[Situation], list[int]]:
    """The situations of a distribution and their running sums of weights."""
    live = distribution is Distribution.PRODUCTION
    rows = {kind: row for kind, row in _TABLE.items() if kind not in SCRUBBED or distribution not in _CLEAN}
    return list(rows), list(accumulate(row.live if live else row.trained for row in rows.values()))
