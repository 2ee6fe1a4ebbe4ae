"""The verdict matrix: behaviors down, slices across, a verdict and a figure in each field.

A field's figure is the one by which its gate decided or waits: the most that may diverge where it passes, the least
where it fails, how many more conversations it needs where it holds. Its heat is what was seen, against the gate's own
limits. Nothing is judged here, and no field says by its color alone what it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from proxy.examiner.status import DirectionStatus, GateStatus, SliceStatus
from proxy.examiner.wording import FAIL, HOLD, PASS, percent
from routing.behaviors.label import Behavior


@dataclass(frozen=True, slots=True)
class Field:
    """One gate in the matrix. ``heat`` is 0 to 3; ``idle`` says why it does not act, "" where it does."""

    slice: str
    behavior: str
    verdict: str
    figure: str
    reason: str
    heat: int
    idle: str
    critical: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A behavior's fields in the order of the slices; None where no gate judges it."""

    behavior: str
    fields: tuple[Field | None, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The whole of it."""

    slices: tuple[SliceStatus, ...]
    rows: tuple[Row, ...]


def matrix(slices: Iterable[SliceStatus]) -> Matrix:
    """The matrix of a route's slices; behaviors of the closed set first, in its order."""
    across = tuple(sorted(slices, key=lambda one: one.slice))
    gates: Mapping[tuple[str, str], GateStatus] = {
        (one.slice, gate.behavior): gate for one in across for gate in one.gates
    }
    named = {behavior for _, behavior in gates}
    down = [*(own for own in Behavior if own in named), *sorted(named - set(Behavior))]
    return Matrix(
        across,
        tuple(
            Row(behavior, tuple(_field(one.slice, gates.get((one.slice, behavior))) for one in across))
            for behavior in down
        ),
    )


def deciding(gate: GateStatus) -> DirectionStatus | None:
    """What is known in the direction that decided; where none is named, in the one that diverges most."""
    named = [known for known in gate.directions if known.direction == gate.direction]
    return max(named or gate.directions, key=lambda known: (_rate(known), known.trials), default=None)


def _field(name: str, gate: GateStatus | None) -> Field | None:
    if gate is None:
        return None
    return Field(
        slice=name,
        behavior=gate.behavior,
        verdict=gate.verdict,
        figure=_figure(gate),
        reason=gate.reason,
        heat=_heat(gate),
        idle=gate.idle,
        critical=gate.critical,
    )


def _figure(gate: GateStatus) -> str:
    known = deciding(gate)
    if gate.verdict == HOLD:
        return f"{gate.needed:,} more" if gate.needed else "no end in sight" if known and known.diverged else "no data"
    if known is None:
        return ""
    if gate.verdict == PASS:
        return f"\N{LESS-THAN OR EQUAL TO} {percent(known.upper)}"
    return f"\N{GREATER-THAN OR EQUAL TO} {percent(known.lower)}" if gate.verdict == FAIL else ""


def _heat(gate: GateStatus) -> int:
    """0: nothing diverged; else 1 below the limit for passing, 2 below that for failing, 3 above."""
    worst = max((_rate(known) for known in gate.directions), default=0.0)
    if not worst:
        return 0
    return 1 + (worst >= gate.success_below) + (worst >= gate.failure_above)


def _rate(known: DirectionStatus) -> float:
    return known.diverged / known.trials if known.trials else 0.0
