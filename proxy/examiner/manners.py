"""What each compared pair adds to its slice's sums of style.

The sums themselves are in the store, where every replica's additions meet; this process keeps only its own past, one
``StyleDrift`` for each route and slice, because the bounds are the tighter the better a new pair was foreseen. Of a
long reply only head and tail are read, and what the detectors of phrasing have read is not read again. A pair in which
an arm only called tools says nothing of manner. The arithmetic is ``routing.style``'s.
"""

from __future__ import annotations

from routing.observation import Observation
from routing.style import Contrast, StyleDrift, manner


class Manners:
    """The manner of both arms, as this process saw it since its start."""

    def __init__(self) -> None:
        self._past: dict[tuple[str, str], StyleDrift] = {}

    def added(self, route: str, slice_: str, teacher: Observation, student: Observation) -> StyleDrift:
        """What this pair adds to the sums of its slice."""
        if not (teacher.text.strip() and student.text.strip()):
            return StyleDrift()
        before = self._past.get((route, slice_), StyleDrift())
        after = before.add(manner(teacher.text), manner(student.text))
        self._past[route, slice_] = after
        pairs = zip(after.contrasts, before.contrasts, strict=True)
        return StyleDrift(*(_difference(later, earlier) for later, earlier in pairs))


def _difference(later: Contrast, earlier: Contrast) -> Contrast:
    return Contrast(
        later.count - earlier.count,
        later.teacher - earlier.teacher,
        later.student - earlier.student,
        later.surprise - earlier.surprise,
    )
