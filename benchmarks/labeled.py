"""Real pairs as units: where a student's reply belongs, what its log-probabilities were, whether it was acceptable.

All by Practicum's own code: the slice, the comparison, the vectors. Every conversation here is one request, so each is
a unit, and units are independent of one another. Every behavior acts, as it does where nothing is configured. A pair
of which an arm failed is no unit. It refuses to fit anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.real_pairs import Answered, answered
from benchmarks.risk_coverage import Floats
from proxy.wire.requests import read_traits
from proxy.wire.schemas import check_schema
from routing.assessment import BENIGN
from routing.confidence.signal import Vector, vectors
from routing.confidence.spans import is_structured
from routing.confidence.views import WHOLE, View, rungs
from routing.divergence import compare
from routing.slices import slice_of
from routing.traits import Endpoint, Traits

HOLD = 24  # tokens, as is held where nothing is configured
VIEWS: tuple[View, ...] = (WHOLE, *rungs(HOLD))


@dataclass(frozen=True, slots=True)
class Unit:
    """A conversation's pair. ``diverged`` names what did and acts, as ``refusal.lost``."""

    slice: str
    situation: str
    structured: bool
    diverged: tuple[str, ...]
    logprobs: tuple[float, ...]
    vectors: dict[View, Vector]


@dataclass(frozen=True, slots=True)
class Sample:
    """Units as arrays, of those that are judged by one view.

    Attributes:
        view: Which.
        slices: The slice of each.
        diverged: 1 where it was not acceptable, else 0.
        vectors: Their vectors (n, features).
        mean: The mean log-probability of the tokens seen by this view.
        least: The least of them.
        tokens: How long the whole reply is.
    """

    view: View
    slices: NDArray[np.str_]
    diverged: Floats
    vectors: Floats
    mean: Floats
    least: Floats
    tokens: Floats

    def __len__(self) -> int:
        """How many units."""
        return len(self.diverged)

    def take(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> Sample:
        """Some of them."""
        numbers = (self.diverged, self.vectors, self.mean, self.least, self.tokens)
        return Sample(self.view, self.slices[chosen], *(column[chosen] for column in numbers))

    def of(self, slice_: str) -> Sample:
        """Those of a slice."""
        return self.take(self.slices == slice_)


def read(folder: Path) -> tuple[list[Unit], int]:
    """The units that were collected in ``folder``, and how many pairs were none because an arm failed."""
    units, failed = [], 0
    for pair in answered(folder):
        if pair.teacher.failure or pair.student.failure:
            failed += 1
        else:
            units.append(_unit(pair))
    return units, failed


def _unit(pair: Answered) -> Unit:
    traits = read_traits(Endpoint.CHAT, pair.request)
    structured = is_structured(traits)
    said = pair.student.logprobs
    return Unit(
        slice_of(traits),
        pair.example.kind,
        structured,
        tuple(_acting(traits, pair)),
        tuple(token.logprob for token in said),
        vectors(said, rungs(HOLD), structured=structured, finish=pair.student.finish_reason),
    )


def _acting(traits: Traits, pair: Answered) -> Iterator[str]:
    """What diverged, but for what is no harm."""
    for trial in compare(traits, pair.teacher, pair.student, check_schema).divergences:
        if (trial.behavior, trial.direction) not in BENIGN:
            yield f"{trial.behavior}.{trial.direction}"


def sample(units: Sequence[Unit], view: View) -> Sample:
    """The units whose requests are judged by this view: streams that ask for JSON or offer tools are held whole."""
    judged = [unit for unit in units if view in unit.vectors and (view == WHOLE or not unit.structured)]
    seen = [np.array(unit.logprobs[: view or None]) for unit in judged]
    return Sample(
        view,
        np.array([unit.slice for unit in judged]),
        np.array([float(bool(unit.diverged)) for unit in judged]),
        np.array([unit.vectors[view] for unit in judged]),
        np.array([one.mean() for one in seen]),
        np.array([one.min() for one in seen]),
        np.array([float(len(unit.logprobs)) for unit in judged]),
    )
