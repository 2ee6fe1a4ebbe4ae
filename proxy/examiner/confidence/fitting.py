"""A version of calibrations, made of one half of a route's conversations.

A slice that has enough of them has a calibration of its own, another one that of all slices; the thresholds to be tried
are a slice's own in both cases, unless it has hardly any conversation. Requests that would go to the teacher without
the student being asked are not answers of the student's, and replies that a hard rule turns down are not served: they
tell a calibration what certainty is worth, and thresholds nothing.

It refuses to look at the other half, on which thresholds are certified (``certifying``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from proxy.examiner.confidence.version import Fitted, Terms, Version
from routing.confidence import prompt
from routing.confidence.calibration import Flags, fit_and_hold_out
from routing.confidence.logistic import Floats
from routing.confidence.prompt import PromptHead
from routing.confidence.signal import FEATURES
from routing.confidence.threshold import Target, grid
from routing.confidence.views import View

OWN = 200
"""Units of a slice from which on it has a calibration of its own,"""
OWN_OF_EACH = 10
"""if so many of them were acceptable, and so many were not."""
GRID = 50
"""Units of a slice from which on its thresholds are its own."""

_Vector = tuple[float, ...]
_UNKNOWN = (float("nan"),) * len(FEATURES)


@dataclass(frozen=True, slots=True)
class Example:
    """A unit to be fitted to.

    Attributes:
        slice: Of its request.
        vectors: By each view that such a reply is judged by; None where there were no log-probabilities.
        acceptable: Whether the student's answer was.
        prompt: The request's features, None where they are not known.
        turned_down: The views by which a hard rule turns it down.
    """

    slice: str
    vectors: Mapping[View, _Vector | None]
    acceptable: bool
    prompt: _Vector | None
    turned_down: frozenset[View] = frozenset()


def fit(terms: Terms, examples: Sequence[Example], target: Target) -> Version:
    """The version that these units make; the same units in the same order make the same."""
    prompts = dict(_prompts(examples))
    slices: dict[str, dict[View, Fitted]] = {}
    pooled: dict[View, Fitted] = {}
    for view in sorted({view for one in examples for view in one.vectors}):
        of_view = _View.of(view, examples, prompts)
        pooled[view], held_out = of_view.fitted(terms, target)
        for name in sorted({one.slice for one in examples if view in one.vectors}):
            slices.setdefault(name, {})[view] = _of_slice(of_view, name, held_out, pooled[view], target, terms)
    return Version(terms, len(examples), slices, pooled, prompts)


@dataclass(frozen=True, slots=True)
class _View:
    """All units of one view as columns; ``servable``: some threshold might serve it."""

    vectors: Floats
    acceptable: Flags
    servable: Flags
    slices: Sequence[str]

    @classmethod
    def of(cls, view: View, examples: Iterable[Example], prompts: Mapping[str, PromptHead]) -> _View:
        found = [one for one in examples if view in one.vectors]
        return cls(
            np.array([one.vectors[view] or _UNKNOWN for one in found], np.float64),
            np.array([one.acceptable for one in found], np.bool_),
            np.array([view not in one.turned_down and _is_promising(one, prompts) for one in found], np.bool_),
            [one.slice for one in found],
        )

    def only(self, slice_: str) -> tuple[_View, Flags]:
        """The units of one slice, and where they are."""
        where = np.array([name == slice_ for name in self.slices], np.bool_)
        kept = [slice_] * int(where.sum())
        return _View(self.vectors[where], self.acceptable[where], self.servable[where], kept), where

    def fitted(self, terms: Terms, target: Target, *, pooled: bool = True) -> tuple[Fitted, Floats]:
        """A calibration of these units, and how sure of each it would be had it not seen that one."""
        calibration, held_out = fit_and_hold_out(self.vectors, self.acceptable, function=terms.function)
        held_out = np.where(self.servable, held_out, 0.0)
        return Fitted(calibration, grid(held_out, self.acceptable, target), pooled), held_out


def _of_slice(of_view: _View, name: str, held_out: Floats, pooled: Fitted, target: Target, terms: Terms) -> Fitted:
    own, where = of_view.only(name)
    of_each = min(int(own.acceptable.sum()), int((~own.acceptable).sum()))
    if len(own.acceptable) >= OWN and of_each >= OWN_OF_EACH:
        return own.fitted(terms, target, pooled=False)[0]
    if len(own.acceptable) < GRID:
        return pooled
    return Fitted(pooled.calibration, grid(held_out[where], own.acceptable, target), pooled=True)


def _prompts(examples: Sequence[Example]) -> Iterator[tuple[str, PromptHead]]:
    """What tells hopeless requests before the call, in the slices in which anything does."""
    for name in sorted({one.slice for one in examples}):
        known = [(one.prompt, one.acceptable) for one in examples if one.slice == name and one.prompt is not None]
        if known:
            features, acceptable = zip(*known, strict=True)
            head = prompt.fit(np.array(features, np.float64), np.array(acceptable, np.bool_))
            if head is not None:
                yield name, head


def _is_promising(one: Example, prompts: Mapping[str, PromptHead]) -> bool:
    head = prompts.get(one.slice)
    return head is None or one.prompt is None or head.chance(one.prompt) >= prompt.UNPROMISING
