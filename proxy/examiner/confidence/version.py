"""A version of a route's calibrations: what was fitted, and on what terms; its text for the database.

A version belongs to the terms it was made on: under another promise, other holds or other numbers it says nothing, and
the next one takes its place. Its grids are kept as they were declared, because thresholds declared anew while they are
being certified would be others (``routing.confidence.threshold``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import msgspec

from proxy.config.settings import Fallback
from routing.confidence import prompt, signal
from routing.confidence.calibration import Calibration
from routing.confidence.prompt import PromptHead
from routing.confidence.threshold import Promise, Target
from routing.confidence.views import View
from routing.evidence.levels import share

_LEAST = 1e-5  # a share: what is nothing, or everything, could never be certified


@dataclass(frozen=True, slots=True)
class Terms:
    """What a version is made for.

    Attributes:
        promise: What the limit is a share of; None where nothing is promised, and no version is made.
        limit: The share that may diverge.
        hold: Tokens of a stream's prefix.
        whole_turn: The requests whose reply is held back whole.
        function: Of the vectors.
        prompt_function: Of the prompts' features.
    """

    promise: Promise | None
    limit: float
    hold: int
    whole_turn: tuple[str, ...]
    function: str = signal.FUNCTION
    prompt_function: str = prompt.FUNCTION

    @classmethod
    def of(cls, fallback: Fallback) -> Self:
        """The terms of a route as it is configured."""
        promise = None if fallback.promise == "none" else Promise(fallback.promise)
        limit = min(1.0 - _LEAST, max(_LEAST, fallback.target / 100))
        return cls(promise, limit, fallback.hold.tokens, tuple(sorted(fallback.whole_turn)))

    def target(self, confidence: float, version: int) -> Target | None:
        """What the ``version``-th of a route has to keep; ``confidence`` in percent, over all versions together.

        None where nothing is promised.
        """
        alpha = min(1.0 - _LEAST, max(_LEAST, 1.0 - confidence / 100))
        return None if self.promise is None else Target(self.limit, share(alpha, version), self.promise)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A calibration and the thresholds to be tried with it, in this order; ``pooled`` over all slices or a slice's."""

    calibration: Calibration
    grid: tuple[float, ...]
    pooled: bool


@dataclass(frozen=True, slots=True)
class Version:
    """What was fitted to one half of a route's conversations.

    Attributes:
        terms: On which.
        units: How many conversations that half had.
        slices: By slice and view.
        pooled: By view, for slices that had no conversation yet.
        prompts: By slice, where prompts tell something.
    """

    terms: Terms
    units: int
    slices: Mapping[str, Mapping[View, Fitted]] = field(default_factory=dict)
    pooled: Mapping[View, Fitted] = field(default_factory=dict)
    prompts: Mapping[str, PromptHead] = field(default_factory=dict)

    def fitted(self, slice_: str, view: View) -> Fitted | None:
        """What a slice's replies are judged with by a view; None where there is nothing."""
        return self.slices.get(slice_, {}).get(view) or self.pooled.get(view)


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Version).decode


def encode(version: Version) -> bytes:
    """A version as the database keeps it."""
    return _encode(version)


def decode(body: bytes) -> Version | None:
    """The version of a body; None where another release of the program wrote it in another form."""
    try:
        return _decode(body)
    except msgspec.MsgspecError:
        return None
