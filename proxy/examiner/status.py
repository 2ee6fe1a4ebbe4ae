"""What the examiner knows, as frozen values: the admin API serves them, the CLI shows them.

Counts are since the examiner started, apart from ``Cell``, whose numbers come from the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from proxy.store.pair import Cell

__all__ = [
    "Cell",
    "Judging",
    "MirrorHealth",
    "RouteStatus",
    "SliceStyle",
    "Status",
    "StyleMeasure",
    "Weights",
    "WorkerStatus",
]


@dataclass(frozen=True, slots=True)
class Weights:
    """The student's share, percent: the operator's ceiling, the rollout's step, what was earned, the least of them."""

    ceiling: float
    step: float
    earned: float
    effective: float


@dataclass(frozen=True, slots=True)
class MirrorHealth:
    """The shadow lane. ``paused`` is why it makes no calls now, or "". ``waiting``, ``kv_cache``: the student's.

    ``failures`` counts the calls of the student that failed, by how.
    """

    sampled: int
    outcomes: Mapping[str, int]
    queue_records: int
    queue_bytes: int
    inflight: int
    circuit: str
    paused: str
    waiting: float | None
    kv_cache: float | None
    failures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judging:
    """A route's pairs that wait for a judge: examined, and not yet stored. ``size`` is what they hold, in bytes."""

    pairs: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class StyleMeasure:
    """One measure of manner over ``pairs`` pairs, in the unit of its ``routing.style.Measure``.

    ``change`` is the ratio student / teacher for ``length``, student - teacher for the others; ``low`` and ``high`` are
    its bounds. None is a ratio to nothing.
    """

    measure: str
    pairs: int
    teacher: float
    student: float | None
    change: float | None
    low: float
    high: float | None


@dataclass(frozen=True, slots=True)
class SliceStyle:
    """The student's manner against the teacher's in one slice. ``alarm`` is a sentence, "" while there is none."""

    slice: str
    measures: tuple[StyleMeasure, ...]
    alarm: str


@dataclass(frozen=True, slots=True)
class RouteStatus:
    """One route."""

    name: str
    models: tuple[str, ...]
    teacher: str
    student: str
    phase: str
    weights: Weights
    mirror: MirrorHealth
    cells: tuple[Cell, ...]
    style: tuple[SliceStyle, ...] = ()
    judging: Judging = Judging()


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """A connected worker. ``config_hash`` differing from the examiner's is skew."""

    name: str
    pid: int
    config_hash: str
    in_flight: int


@dataclass(frozen=True, slots=True)
class Status:
    """The whole of it. ``store_error`` is what the database said at the last write, "" where that succeeded."""

    version: str
    config_hash: str
    config_ok: bool
    store_ok: bool
    lost_records: int
    workers: tuple[WorkerStatus, ...]
    routes: tuple[RouteStatus, ...]
    store_error: str = ""
