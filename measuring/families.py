"""The behaviors that are measured: a row each. A family's module has ``results`` and may have ``examples``."""

from __future__ import annotations

from collections.abc import Callable
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
from measuring.scores import Result


@dataclass(frozen=True, slots=True)
class Family:
    """How one behavior is measured on the sets of a folder and, where it has fitted heads, what they are fitted on."""

    results: Callable[[Path], list[Result]]
    examples: Callable[[Path], list[Example]] | None = None


FAMILIES = (
    Family(refusal.results, refusal.examples),
    Family(abstention.results, abstention.examples),
    Family(clarification.results),
    Family(hedging.results),
    Family(self_correction.results),
    Family(format.results),
    Family(tools.results),
    Family(grounding.results),
    Family(answers.results),
    Family(slices.results),
)
