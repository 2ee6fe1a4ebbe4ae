"""What goes into the store for one compared record: which of its facts, and whether more than its counts.

Everything here happens after the comparison, so neither privacy nor sampling can change a verdict: a pair's trials
are counted as they were found, whatever is kept of what was said.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from proxy.config.settings import Privacy
from proxy.store.confidences import ConfidenceUnit
from proxy.store.pair import Pair
from proxy.store.privacy import digested, redacted
from routing.style import StyleDrift

_SCALE = 2**64


@dataclass(frozen=True, slots=True)
class Compared:
    """A pair as the comparison left it, and what may be kept of it: the route's word, and the request's ``store``.

    ``style`` is what the pair adds to its slice's sums of manner; it counts whatever is kept. ``counts`` says whether
    it is evidence on the student: one of which an arm failed is none, and one that fell back because the student was
    unsure would make it look worse than what is served. ``unit`` is what it is as evidence about confidence, None
    where it is none.
    """

    pair: Pair
    privacy: Privacy
    store: bool = True
    style: StyleDrift = field(default_factory=StyleDrift)
    counts: bool = True
    unit: ConfidenceUnit | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A pair as it is to be written. Its rows are written where it is ``kept``; what it is evidence of, it is anyway.

    Where it ``counts``, its trials do, and it is a turn of its conversation's evidence; where its
    ``unit`` counts, it is evidence about confidence.
    """

    pair: Pair
    kept: bool = True
    style: StyleDrift = field(default_factory=StyleDrift)
    counts: bool = True
    unit: ConfidenceUnit | None = None


def prepare(compared: Compared, key: bytes) -> Entry:
    """The entry of a compared record. ``key`` keys the digests of texts that are not kept."""
    kept = keeps(compared.pair, compared.privacy.agreeing_sample)
    pair = _private(compared, key) if kept else compared.pair
    return Entry(pair, kept, compared.style, compared.counts, compared.unit)


def keeps(pair: Pair, agreeing_sample: float) -> bool:
    """Whether a pair's payload is kept: every divergent one, and ``agreeing_sample`` percent of the others by id."""
    if pair.diverged:
        return True
    digest = hashlib.sha256(b"keep:" + pair.id.encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8]) < agreeing_sample / 100 * _SCALE


def _private(compared: Compared, key: bytes) -> Pair:
    if not compared.store or compared.privacy.store == "digest":
        return digested(compared.pair, key)
    return redacted(compared.pair) if compared.privacy.store == "redacted" else compared.pair
