"""What the examiner knows, as frozen values: the admin API serves them, the CLI shows them.

Counts are since the examiner started, apart from ``Cell``, whose numbers come from the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from proxy.store.pair import Cell

__all__ = ["Cell", "MirrorHealth", "RouteStatus", "Status", "Weights", "WorkerStatus"]


@dataclass(frozen=True, slots=True)
class Weights:
    """The student's share, percent: the operator's ceiling, the rollout's step, what was earned, the least of them."""

    ceiling: float
    step: float
    earned: float
    effective: float


@dataclass(frozen=True, slots=True)
class MirrorHealth:
    """The shadow lane. ``paused`` is why it makes no calls now, or "". ``waiting``, ``kv_cache``: the student's."""

    sampled: int
    outcomes: Mapping[str, int]
    queue_records: int
    queue_bytes: int
    inflight: int
    circuit: str
    paused: str
    waiting: float | None
    kv_cache: float | None


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


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """A connected worker. ``config_hash`` differing from the examiner's is skew."""

    name: str
    pid: int
    config_hash: str
    in_flight: int


@dataclass(frozen=True, slots=True)
class Status:
    """The whole of it."""

    version: str
    config_hash: str
    config_ok: bool
    store_ok: bool
    lost_records: int
    workers: tuple[WorkerStatus, ...]
    routes: tuple[RouteStatus, ...]
