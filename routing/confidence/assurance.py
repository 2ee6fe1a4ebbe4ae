"""What a worker must know to judge a student's replies on one route: made by the examiner, replaced whole.

Everything in it is a plain value, so that it travels between processes as it is. It refuses to decide anything. Its
counterpart is ``acceptance``, which judges by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from routing.confidence.calibration import Calibration
from routing.confidence.prompt import PromptHead
from routing.confidence.views import View


@dataclass(frozen=True, slots=True)
class Bar:
    """How replies are judged in one slice by one view.

    ``threshold`` is the least confidence with which a reply may be served, between 0 and 1; None where none has been
    certified: then nothing is served.
    """

    calibration: Calibration
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Assurance:
    """One route's.

    Attributes:
        version: Grows with every change, so that a worker can tell which one it holds.
        bars: By slice and view; what is absent has no certified threshold.
        silent: Endpoints on which the student gives no log-probabilities: there only the hard rules hold.
        unproven: By slice, the behaviors (``refusal``) whose gate acts and does not pass: a whole reply that lost or
            gained one, as far as that can be told without the teacher's, is not served.
        prompt: What tells hopeless requests before the call, by slice; absent where it was no better than the
            slice's average.
    """

    version: int = 0
    bars: Mapping[str, Mapping[View, Bar]] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    unproven: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    prompt: Mapping[str, PromptHead] = field(default_factory=dict)

    def bar(self, slice_: str, view: View | None) -> Bar | None:
        """The bar of a slice's view; None where nothing is known of it. ``view`` is None where none is complete."""
        return None if view is None else self.bars.get(slice_, {}).get(view)
