"""Which of a route's pairs are the units of its calibrations: one answer of each conversation, chosen by chance.

Turns of a conversation are alike, so of each conversation one turn counts, the one whose pair's hash is the least. A
conversation is complete once it has been idle for ``gates.settleAfter``, as for the gates; only then its unit counts,
and later turns change it no more: what has been looked at stays as it was, and evidence only grows. Conversations are
parted by a hash into those that are fitted to and those that certify, and these two never mix.

Vectors are not kept here but what the calibrations of today say of them: a unit is some hundred bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Set
from dataclasses import dataclass, field
from functools import lru_cache
from sys import intern

from proxy.examiner.confidence.version import Terms, Version
from proxy.store.confidences import OVERLAP, ConfidenceUnit, Kept
from routing.confidence import hard_rules, prompt
from routing.confidence.views import WHOLE, View, rungs

SILENT = 20
"""Pairs of an endpoint, none of which had log-probabilities, from which on it counts as silent."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One conversation's answer.

    Attributes:
        position: Of its pair in the store.
        slice: Of its request.
        endpoint: It came to.
        fit: Whether it is of the half that is fitted to.
        views: Those by which such a request's reply is judged, and for which it has a vector, or had none at all.
        sure: How sure the student is of it by each of these views; 0 where it would not be served by any threshold.
        objections: What hard rules turn it down for, by each of these views.
        diverged: What diverged (``refusal.lost``).
        served: The arm whose reply the caller got.
        fallback: Why the teacher answered in the student's place, "" where it did not.
    """

    position: int
    slice: str
    endpoint: str
    fit: bool
    views: tuple[View, ...]
    sure: tuple[float, ...]
    objections: tuple[tuple[str, ...], ...]
    diverged: tuple[str, ...]
    served: str
    fallback: str

    def turned_down(self, unproven: Collection[str]) -> tuple[bool, ...]:
        """Whether a hard rule turns it down, by each of its views, while these behaviors are unproven."""
        return tuple(hard_rules.holds(found, unproven) for found in self.objections)


@dataclass(slots=True, eq=False)
class _Open:
    """A conversation that may go on. ``order`` is the hash of its unit's pair, ``last`` its last turn's start."""

    order: bytes
    last: float
    unit: Unit


@dataclass(slots=True, eq=False)
class _Endpoint:
    pairs: int = 0
    heard: int = 0


@dataclass(slots=True, eq=False)
class Units:
    """A route's, of one epoch, as one version of its calibrations sees them; without one it is sure of nothing.

    Attributes:
        terms: On which they are judged.
        version: What they are judged with.
        settle_after: Seconds without a turn after which a conversation is complete.
        complete: The units that count.
        last: The position of the newest pair seen.
        pairs: How many were seen.
    """

    terms: Terms
    version: Version | None
    settle_after: float
    complete: list[Unit] = field(default_factory=list)
    last: int = 0
    pairs: int = 0
    _open: dict[bytes, _Open] = field(default_factory=dict)
    _closed: set[bytes] = field(default_factory=set)
    _seen: set[int] = field(default_factory=set)
    _endpoints: dict[str, _Endpoint] = field(default_factory=dict)

    @property
    def since(self) -> int:
        """The position after which to read on; what comes twice does not count twice."""
        return max(0, self.last - OVERLAP)

    @property
    def known(self) -> Set[int]:
        """The positions of pairs that were seen, all of those after ``since`` among them."""
        return self._seen

    @property
    def silent(self) -> frozenset[str]:
        """The endpoints on which the student gives no log-probabilities."""
        return frozenset(name for name, one in self._endpoints.items() if one.pairs >= SILENT and not one.heard)

    @property
    def opened(self) -> int:
        """How many conversations may go on."""
        return len(self._open)

    def add(self, kept: Iterable[Kept]) -> None:
        """Take pairs in, in the order of their positions."""
        for one in kept:
            if one.position not in self._seen:
                self._seen.add(one.position)
                self.last = max(self.last, one.position)
                self._take(one)
        if len(self._seen) > 2 * OVERLAP:
            self._seen = {position for position in self._seen if position > self.since}

    def settle(self, now: float) -> int:
        """Count the conversations that are complete at ``now`` (Unix seconds); returns how many there are more."""
        done = [key for key, one in self._open.items() if one.last + self.settle_after < now]
        for key in done:
            self._close(key)
        return len(done)

    def _take(self, kept: Kept) -> None:
        unit = kept.unit
        self.pairs += 1
        endpoint = self._endpoints.setdefault(intern(unit.endpoint), _Endpoint())
        endpoint.pairs += 1
        endpoint.heard += bool(unit.vectors)
        if unit.vectors and (unit.function, unit.rules) != (self.terms.function, hard_rules.RULES):
            return  # another version of the numbers made it, or of the rules
        key = hashlib.sha256(f"{unit.slice}\x1f{unit.conversation}".encode("utf-8", "replace")).digest()[:16]
        known = self._open.get(key)
        if known is not None and unit.started > known.last + self.settle_after:
            self._close(key)
        if key not in self._closed:
            self._turn(key, kept)

    def _turn(self, key: bytes, kept: Kept) -> None:
        known, order = self._open.get(key), hashlib.sha256(kept.pair.encode("utf-8", "replace")).digest()[:8]
        if known is None:
            self._open[key] = _Open(order, kept.unit.started, self._unit(kept))
            return
        known.last = max(known.last, kept.unit.started)
        if order < known.order:
            known.order, known.unit = order, self._unit(kept)

    def _close(self, key: bytes) -> None:
        self.complete.append(self._open.pop(key).unit)
        self._closed.add(key)

    def _unit(self, kept: Kept) -> Unit:
        unit = kept.unit
        views = judged_by(unit, self.terms)
        return Unit(
            position=kept.position,
            slice=intern(unit.slice),
            endpoint=intern(unit.endpoint),
            fit=is_fitted_to(unit.conversation),
            views=views,
            sure=tuple(self._sure(unit, view) for view in views),
            objections=_shared(tuple(unit.objections.get(view, ()) for view in views)),
            diverged=unit.diverged,
            served=intern(unit.served),
            fallback=intern(unit.fallback),
        )

    def _sure(self, unit: ConfidenceUnit, view: View) -> float:
        vector = unit.vectors.get(view)
        fitted = self.version.fitted(unit.slice, view) if self.version else None
        if vector is None or fitted is None or self.version is None or is_unpromising(unit, self.version):
            return 0.0
        return fitted.calibration.confidence(vector)


def judged_by(unit: ConfidenceUnit, terms: Terms) -> tuple[View, ...]:
    """The views by which a reply to such a request may come to be judged, of those for which there is a vector.

    All of them where there are no vectors at all: such a reply is judged as well, and falls back.
    """
    asks = {"tools": unit.tools, "json": unit.json}
    held_whole = not unit.stream or any(asks.get(kind) for kind in terms.whole_turn)
    views = (WHOLE,) if held_whole else _rungs(terms.hold)
    known = tuple(view for view in views if view in unit.vectors) if unit.vectors else views
    return views if known == views else known


_rungs = lru_cache(rungs)  # one tuple for all units


@lru_cache(maxsize=4096)
def _shared(found: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    return found  # the same one each time: there are few


def is_fitted_to(conversation: str) -> bool:
    """Whether a conversation is of the half that is fitted to."""
    return hashlib.sha256(f"half\x1f{conversation}".encode("utf-8", "replace")).digest()[0] % 2 == 0


def is_unpromising(unit: ConfidenceUnit, version: Version) -> bool:
    """Whether such a request would go to the teacher without the student being asked."""
    head = version.prompts.get(unit.slice)
    if head is None or unit.prompt is None or unit.prompt_function != head.function:
        return False
    return head.chance(unit.prompt) < prompt.UNPROMISING
