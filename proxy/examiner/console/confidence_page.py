"""A route's confidence as its page shows it: what was promised, what audits found, and how sure the student has to be.

It draws what the examiner told (``proxy.examiner.confidence.telling``) and judges nothing anew. Where there is not
enough yet, it says how much there is and how much it takes: a drawing of nothing would look like a student that is
never sure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from proxy.examiner.console.coverage import Coverage, coverage
from proxy.examiner.console.sureness import Sureness, sureness
from proxy.examiner.status import ConfidenceStatus, RouteStatus, SliceConfidence, ViewConfidence
from proxy.examiner.wording import percent
from routing.fallback import ILLNESSES, FallbackReason

KEPT, BROKEN, OPEN = "pass", "fail", "hold"
_WIDTH = 320.0  # of the drawing of what was kept
_NOT_ASKED = frozenset(
    (
        FallbackReason.INEXPRESSIBLE,
        FallbackReason.STUDENT_ILL,
        FallbackReason.UNCERTIFIED,
        FallbackReason.UNPROMISING,
    )
)
_OF_ITS_SERVER = ILLNESSES | {FallbackReason.EMPTY, FallbackReason.HTTP_ERROR, FallbackReason.HEDGED}


@dataclass(frozen=True, slots=True)
class Kept:
    """What audits found of a slice against what was promised: the ends of its bounds, the rate and the target drawn.

    ``verdict`` is ``KEPT`` where the rate is certainly no more than the target, ``BROKEN`` where it is certainly more,
    else ``OPEN``; ``told`` is that in words.
    """

    low: float
    high: float
    seen: float
    target: float
    verdict: str
    told: str


@dataclass(frozen=True, slots=True)
class ViewPage:
    """One view of a slice, with its drawings where there is anything to draw."""

    view: ViewConfidence
    sureness: Sureness | None
    coverage: Coverage | None


@dataclass(frozen=True, slots=True)
class SlicePage:
    """One slice; ``kept`` is None where nothing was promised, or nothing audited."""

    found: SliceConfidence
    views: tuple[ViewPage, ...]
    kept: Kept | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why requests fell back: how often, which ``share`` of all that did, and ``whose`` reason it is."""

    reason: str
    count: int
    share: float
    whose: str


@dataclass(frozen=True, slots=True)
class ConfidencePage:
    """All of it. ``told`` is None where the examiner has not looked at the route yet."""

    route: RouteStatus
    told: ConfidenceStatus | None
    slices: tuple[SlicePage, ...]
    reasons: tuple[Reason, ...]

    @property
    def fell_back(self) -> int:
        """How many requests did."""
        return sum(one.count for one in self.reasons)


def confidence_page(route: RouteStatus, told: ConfidenceStatus | None, fallbacks: Mapping[str, int]) -> ConfidencePage:
    """What the page of a route's confidence shows."""
    slices = tuple(_slice(told, one) for one in told.slices) if told else ()
    return ConfidencePage(route, told, slices, tuple(_reasons(fallbacks)))


def _slice(told: ConfidenceStatus, found: SliceConfidence) -> SlicePage:
    alpha = max(1e-5, 1.0 - told.confidence / 100)
    views = tuple(
        ViewPage(view, sureness(view.diagram, alpha), coverage(view, told.promise, told.target, alpha))
        for view in found.views
    )
    return SlicePage(found, views, _kept(told, found))


def _kept(told: ConfidenceStatus, found: SliceConfidence) -> Kept | None:
    rate, low, high, target = found.rate, found.lower, found.upper, told.target
    if told.promise == "none" or rate is None or low is None or high is None:
        return None
    verdict = KEPT if high <= target else BROKEN if low > target else OPEN
    said = {
        KEPT: "The promise is kept",
        BROKEN: "The promise is broken",
        OPEN: "Audits have not decided yet whether the promise is kept",
    }
    top = min(1.0, 1.25 * max(target, high))
    low_x, high_x, seen_x, target_x = (round(_WIDTH * min(1.0, share / top), 1) for share in (low, high, rate, target))
    bounds = f"at least {percent(low)} and at most {percent(high)}; promised at most {percent(target)}"
    return Kept(low_x, high_x, seen_x, target_x, verdict, f"{said[verdict]}: {percent(rate)} seen, {bounds}")


def _reasons(fallbacks: Mapping[str, int]) -> Iterable[Reason]:
    """The most frequent first."""
    total = sum(fallbacks.values())
    for reason, count in sorted(fallbacks.items(), key=lambda both: (-both[1], both[0])):
        yield Reason(reason, count, count / total, _whose(reason))


def _whose(reason: str) -> str:
    if reason in _NOT_ASKED:
        return "it was not asked"
    return "its server" if reason in _OF_ITS_SERVER else "its reply"
