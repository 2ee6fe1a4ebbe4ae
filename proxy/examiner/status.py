"""What the examiner knows, as frozen values: the admin API serves them, the CLI shows them.

Counts are since the examiner started, apart from ``Cell``, whose numbers come from the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from proxy.store.decided import Decided
from proxy.store.pair import Cell
from routing.confidence.reliability import Bin

__all__ = [
    "Bin",
    "Cell",
    "ConfidenceStatus",
    "Decided",
    "DirectionStatus",
    "GateStatus",
    "Judging",
    "MirrorHealth",
    "RouteStatus",
    "SliceConfidence",
    "SliceStatus",
    "SliceStyle",
    "Status",
    "StyleMeasure",
    "Tried",
    "ViewConfidence",
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
class DirectionStatus:
    """What a gate knows in one direction, counted in conversations; rates are shares, bounds hold at every moment.

    ``noise_trials`` are conversations in which the teacher was asked twice, ``excess`` the student's divergences
    beyond the teacher's own among those, as a share; None without any.
    """

    direction: str
    trials: int
    diverged: int
    lower: float
    upper: float
    noise_trials: int = 0
    excess: float | None = None


@dataclass(frozen=True, slots=True)
class GateStatus:
    """One behavior's gate in one slice.

    ``verdict`` is ``pass``, ``hold`` or ``fail``; ``reason`` one sentence with the counts and the bound; ``needed`` how
    many more conversations without a divergence would let it pass, None where no number would or none is needed.
    ``idle`` says why it does not act (muted, dry run, waived by whom until when and why), "" where it does.
    ``direction`` is the one that decided, ``lost`` or ``gained``; "" where that is not known. ``success_below`` and
    ``failure_above`` are the limits on the rate of which each is enough; ``excess_below`` and ``excess_above`` those on
    the excess over the teacher's own divergence, None where that is not looked at. All four are shares.
    """

    behavior: str
    verdict: str
    reason: str
    needed: int | None
    success_below: float
    failure_above: float
    directions: tuple[DirectionStatus, ...]
    on_failure: str = "rollback"
    critical: bool = False
    idle: str = ""
    direction: str = ""
    excess_below: float | None = None
    excess_above: float | None = None


@dataclass(frozen=True, slots=True)
class SliceStatus:
    """One slice of a route: what it is served from the student, and why not more.

    ``limit`` names what limits it, in words; ``taken_back`` why it was taken back, "" where it was not. ``verdict`` and
    ``reason`` are those of the gate that decides. ``conversations`` is how many have been compared in it.
    """

    slice: str
    weights: Weights
    verdict: str
    reason: str
    limit: str
    taken_back: str
    conversations: int
    gates: tuple[GateStatus, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """A threshold that was tried: how many ``answers`` are at least so sure, and how many of these ``diverged``."""

    threshold: float
    answers: int
    diverged: int


@dataclass(frozen=True, slots=True)
class ViewConfidence:
    """How one slice's replies are judged by one view: ``whole``, or the ``first_24`` of their tokens.

    Counted in conversations, one answer of each, of the half that thresholds are certified on: ``answers`` of ``of``
    are as sure as the ``threshold``, and ``diverged`` of these diverged; where None is certified, as sure as the first
    that is tried. ``needed``: how many more that bear on it, none
    of them diverging, certify a first threshold; 0 where one is, None where no number would. ``fitted``: conversations
    of the other half that the calibration rests on, this slice's ``own`` or those of all. ``brier`` and ``ece`` (a
    share) say how far confidence is off, None without units; ``diagram`` is that in bins, and ``tried`` what every
    threshold would do, in the order in which they are tried: both are empty in summaries.
    """

    view: str
    threshold: float | None
    answers: int
    diverged: int
    of: int
    needed: int | None
    fitted: int
    own: bool
    brier: float | None
    ece: float | None
    diagram: tuple[Bin, ...] = ()
    tried: tuple[Tried, ...] = ()


@dataclass(frozen=True, slots=True)
class SliceConfidence:
    """How sure the student has to be in one slice, and what was found of what it served.

    ``served`` audited answers of the student's were judged, of which ``diverged`` diverged; ``lower`` and ``upper``
    bound the share of what the promise is about that does, None where none was judged. ``fell_back`` counts the
    conversations judged in which the teacher answered in its place. ``unproven`` are the behaviors in which no reply
    is taken that may differ; ``prompt`` says whether hopeless requests are told before the call. ``uncertified`` says
    why nothing may be served, "" where something may.
    """

    slice: str
    views: tuple[ViewConfidence, ...]
    served: int
    diverged: int
    fell_back: int
    rate: float | None
    upper: float | None
    unproven: tuple[str, ...]
    prompt: bool
    uncertified: str
    lower: float | None = None


@dataclass(frozen=True, slots=True)
class ConfidenceStatus:
    """How a route's student is judged, reply by reply.

    ``promise`` is ``selective``, ``marginal`` or ``none``; ``target`` the share that may diverge, ``confidence`` how
    sure that is, in percent. ``version`` counts the route's calibrations, 0 where there is none in force, which was
    ``made`` at a Unix time. Of ``units`` conversations, ``fitted`` are of the half that the next one is fitted to once
    they are ``due``. On ``silent`` endpoints the student gives no log-probabilities.
    """

    promise: str
    target: float
    confidence: float
    version: int
    made: float
    units: int
    fitted: int
    due: int
    silent: tuple[str, ...]
    slices: tuple[SliceConfidence, ...]


@dataclass(frozen=True, slots=True)
class RouteStatus:
    """One route. ``step`` of ``steps`` have been made; ``waits`` is why the next one is not, "" where nothing stops it.

    ``trouble`` says why the rollout cannot be read or stored, "" while it can. ``confidence`` is None until it was
    looked at.
    """

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
    epoch: str = ""
    step: int = 0
    steps: int = 0
    waits: str = ""
    trouble: str = ""
    slices: tuple[SliceStatus, ...] = ()
    decisions: tuple[Decided, ...] = ()
    confidence: ConfidenceStatus | None = None


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
