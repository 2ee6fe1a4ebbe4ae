"""The behaviors that are measured, a row for each file that measures some."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from measuring import (
    abstention,
    answers,
    clarification,
    format,  # noqa: A004 -- the behavior's name; nothing here formats
    grounding,
    hedging,
    refusal,
    self_correction,
    slices,
    tools,
)
from measuring.data import Example
from measuring.judging import Verdict
from measuring.scores import Result
from routing.behaviors.label import Behavior


@dataclass(frozen=True, slots=True)
class Family:
    """How behaviors are measured on the sets of a folder and, where they have fitted heads, on what these are fitted.

    ``verdicts`` are on what was not fitted on, for looking at; ``results`` are the report's lines.
    """

    behaviors: tuple[str, ...]
    results: Callable[[Path], list[Result]]
    verdicts: Callable[[Path], Iterator[Verdict]]
    examples: Callable[[Path], list[Example]] | None = None


FAMILIES = (
    Family((Behavior.REFUSAL,), refusal.results, refusal.verdicts, refusal.examples),
    Family((Behavior.ABSTENTION,), abstention.results, abstention.verdicts, abstention.examples),
    Family((Behavior.CLARIFICATION,), clarification.results, clarification.verdicts),
    Family((Behavior.HEDGING,), hedging.results, hedging.verdicts),
    Family((Behavior.SELF_CORRECTION,), self_correction.results, self_correction.verdicts),
    Family((Behavior.FORMAT,), format.results, format.verdicts),
    Family((Behavior.TOOL_CALL, Behavior.PLAN_REPAIR), tools.results, tools.verdicts),
    Family((Behavior.GROUNDING,), grounding.results, grounding.verdicts),
    Family((Behavior.ANSWER,), answers.results, answers.verdicts),
    Family(("slices",), slices.results, slices.verdicts),
)
