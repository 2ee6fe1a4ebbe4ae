"""A rollout under way, made up: every verdict, every limit of a weight, gates that act and gates that do not."""

from __future__ import annotations

import dataclasses

from proxy.examiner.status import Cell, Decided, DirectionStatus, GateStatus, RouteStatus, SliceStatus, Weights
from tests.proxy.desk import route_status

WAIVED = 'waived by ana@example.com until 2027-03-01: "style only"'
HELD = "lost in 1 of 120 conversations: between 0.021 % and 4.6 %; 41 more without one certify < 3 %"
FAILED = "lost in 6 of 9 conversations: at least 24 %, certified above 6 %"
PASSED = "lost in 0 of 640 conversations: at most 1.1 %, certified below 3 %"


def gate(behavior: str = "refusal", verdict: str = "hold", **changed: object) -> GateStatus:
    """A gate with some evidence in both directions, on hold unless it is said otherwise."""
    reasons = {"hold": HELD, "fail": FAILED, "pass": PASSED}
    lost = DirectionStatus("lost", 120, 1, 0.00021, 0.046, 12, -0.005)
    made = GateStatus(
        behavior=behavior,
        verdict=verdict,
        reason=reasons[verdict],
        needed=41 if verdict == "hold" else None,
        success_below=0.03,
        failure_above=0.06,
        directions=(lost, DirectionStatus("gained", 95, 0, 0.0, 0.031)),
        direction="lost",
    )
    return dataclasses.replace(made, **changed)  # type: ignore[arg-type] # the fields' own types hold at run time


def slice_status(name: str, gates: tuple[GateStatus, ...], **changed: object) -> SliceStatus:
    """A slice at 5 %, limited by the step, whose first gate decides."""
    made = SliceStatus(
        slice=name,
        weights=Weights(100.0, 5.0, 27.0, 5.0),
        verdict=gates[0].verdict,
        reason=f"{gates[0].behavior} {gates[0].reason}",
        limit="the step",
        taken_back="",
        conversations=310,
        gates=gates,
    )
    return dataclasses.replace(made, **changed)  # type: ignore[arg-type] # as above


CODE = slice_status("code", (gate("refusal", "pass"), gate("hedging", "fail", idle=WAIVED)))
MATH = slice_status(
    "math", (gate(), gate("format", needed=None), gate("answer", "pass"), gate("hedging", idle="muted"))
)
GENERAL = slice_status(
    "general",
    (gate("refusal", "fail", critical=True), gate("format", "hold")),
    weights=Weights(100.0, 5.0, 0.4, 0.0),
    taken_back=f"refusal {FAILED}",
    limit=f"taken back: refusal {FAILED}",
)
CLIMBED = Decided(1_795_000_000.0, "controller", "", "step", "1", "2", "all slices pass", "{}")
TAKEN = Decided(1_795_000_600.0, "controller", "general", "taken back", "5", "0", f"refusal {FAILED}", "{}")
CEILING = Decided(1_795_000_300.0, "ana@box", "code", "ceiling", "100", "20", "a holiday", "{}")


def moving_route(**changed: object) -> RouteStatus:
    """A route in the canary's second step of six: one slice passes, one holds, one was taken back."""
    made = dataclasses.replace(
        route_status(cells=[Cell("math", "refusal", "lost", 130, 1, 40, 1), Cell("math", "refusal", "gained", 99, 0)]),
        phase="canary",
        weights=Weights(100.0, 5.0, 27.0, 5.0),
        epoch="3f9c0a12b7de.0",
        step=2,
        steps=6,
        waits="a pause of 1200 s more",
        slices=(CODE, GENERAL, MATH),
        decisions=(TAKEN, CEILING, CLIMBED),
    )
    return dataclasses.replace(made, **changed)  # type: ignore[arg-type] # as above
