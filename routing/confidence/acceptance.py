"""Whether a student may answer: before it is asked, and by how sure it was once it has answered, or begun to.

Doubt means teacher: what is not certified is not served. A calibration or a prompt's head that was fitted to another
version of the numbers is not asked: calibrations are kept in a database that other versions of this code write to.
Whether a reply is broken is not asked here; that is ``hard_rules``' to say, whatever the confidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from routing.confidence import prompt, signal
from routing.confidence.assurance import Assurance, Bar
from routing.confidence.views import View
from routing.fallback import FallbackReason


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What a reply, or its prefix, was found to be worth.

    Attributes:
        confidence: The chance that it is acceptable; None where there is nothing to tell it by.
        threshold: What it was held against; None where none is certified.
        reason: Why it is not to be served; None where it may be.
    """

    confidence: float | None = None
    threshold: float | None = None
    reason: FallbackReason | None = None


def before(
    assurance: Assurance | None,
    endpoint: str,
    slice_: str,
    views: Iterable[View],
    features: Callable[[], Sequence[float]],
) -> FallbackReason | None:
    """Why the student is not to be asked at all; None where it may be.

    ``views`` are those by which its reply may come to be judged: one that is certified is enough to ask. On a silent
    endpoint none is needed. ``features`` gives the prompt's (``prompt.features``), and is called only where the slice
    has a head to make use of them.
    """
    if assurance is None:
        return FallbackReason.UNCERTIFIED
    if endpoint not in assurance.silent and not any(_is_certified(assurance.bar(slice_, view)) for view in views):
        return FallbackReason.UNCERTIFIED
    head = assurance.prompt.get(slice_)
    if head is None or head.function != prompt.FUNCTION or head.chance(features()) >= prompt.UNPROMISING:
        return None
    return FallbackReason.UNPROMISING


def judge(assurance: Assurance, slice_: str, view: View | None, vector: Sequence[float] | None) -> Acceptance:
    """A reply, or as much of it as ``view`` says, by its vector (``signal``).

    ``view`` is None where not even the shortest rung is complete, ``vector`` where there are no log-probabilities.
    """
    if vector is None:
        return Acceptance(reason=FallbackReason.NO_LOGPROBS)
    bar = assurance.bar(slice_, view)
    if bar is None or bar.calibration.function != signal.FUNCTION:
        return Acceptance(reason=FallbackReason.UNCERTIFIED)
    confidence = bar.calibration.confidence(vector)
    if bar.threshold is None:
        return Acceptance(confidence, reason=FallbackReason.UNCERTIFIED)
    reason = None if confidence >= bar.threshold else FallbackReason.UNSURE
    return Acceptance(confidence, bar.threshold, reason)


def _is_certified(bar: Bar | None) -> bool:
    return bar is not None and bar.threshold is not None and bar.calibration.function == signal.FUNCTION
