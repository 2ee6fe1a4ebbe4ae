"""Where a rollout stands, in words: the same on the command line and on the front page.

The words come from a ``RouteStatus`` and know no terminal and no markup; whoever shows them makes them harmless first.
The gates' own sentences are ``routing.gates``' to write; here is what stands around them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from proxy.examiner.status import Decision, GateStatus, RouteStatus, SliceStatus, Weights
from routing.divergence import Direction
from routing.gates import Verdict
from routing.rollout import Phase

PASS, HOLD, FAIL = (verdict.name.lower() for verdict in (Verdict.PASS, Verdict.HOLD, Verdict.FAIL))
_LARGE = 0.1  # a share from which one more digit is shown, or 99.9 % would be 100 %
_WORST_FIRST = (FAIL, HOLD, PASS)
_SAYS = {PASS: "passes", HOLD: "holds", FAIL: "fails"}
_ONE: Mapping[str, str] = {Direction.LOST: "a loss", Direction.GAINED: "a gain"}
_ON_FAILURE = {
    "rollback": "a failure takes the slice back",
    "pause": "a failure pauses the route",
    "warn": "a failure only warns",
}


def moves(route: RouteStatus) -> bool:
    """Whether there is a rollout to tell of: steps that are configured, or something that was reached without any."""
    return bool(route.steps) or route.phase != Phase.SHADOW


def position(route: RouteStatus) -> str:
    """The phase, and the step with what it waits for: ``canary, step 2 of 6 (waits: a pause of 1200 s more)``."""
    if not moves(route):
        return route.phase
    step = f", step {route.step} of {route.steps}" if route.steps else ""
    return f"{route.phase}{step}" + (f" (waits: {route.waits})" if route.waits else "")


def percent(share: float) -> str:
    """A share of 1 in percent, with the digits that say something: ``0.83 %``, ``4.6 %``, ``12.5 %``, ``100 %``."""
    return f"{100 * share:.3g} %" if share >= _LARGE else f"{100 * share:.2g} %"


def weighed(weights: Weights) -> str:
    """What a weight is the least of."""
    return f"ceiling {weights.ceiling:g}, step {weights.step:g}, earned {weights.earned:g}"


def limited(found: SliceStatus) -> str:
    """What keeps a slice's weight from being more."""
    return f"taken back: {found.taken_back}" if found.taken_back else found.limit


def ranked(slices: Iterable[SliceStatus]) -> list[SliceStatus]:
    """Slices in the order in which one wants to hear of them: failed, holding, passing."""
    return sorted(slices, key=lambda found: (badness(found.verdict), found.slice))


def badness(verdict: str) -> int:
    """A key to sort by: the worst verdict first."""
    return _WORST_FIRST.index(verdict) if verdict in _WORST_FIRST else len(_WORST_FIRST)


def says(verdict: str) -> str:
    """A verdict as a verb: ``passes``, ``holds``, ``fails``."""
    return _SAYS.get(verdict, verdict)


def deciding(found: SliceStatus) -> tuple[GateStatus, ...]:
    """The gates that keep a slice from passing: those that act and fail, or else those that act and hold."""
    acting = [gate for gate in found.gates if not gate.idle and gate.verdict != PASS]
    worst = min((badness(gate.verdict) for gate in acting), default=0)
    return tuple(gate for gate in acting if badness(gate.verdict) == worst)


def obstacles(found: SliceStatus) -> str:
    """What a slice that does not pass waits for, as a sentence; "" where no gate that acts stands in its way."""
    gates = deciding(found)
    if not gates:
        return ""
    wants = "" if gates[0].verdict == FAIL else ", needs clean conversations"
    return f"{found.slice} {says(gates[0].verdict)}{wants}: {', '.join(map(_obstacle, gates))}"


def _obstacle(gate: GateStatus) -> str:
    """A deciding gate in a few words: ``refusal 41``, ``refusal (critical)``."""
    if gate.verdict == FAIL:
        return f"{gate.behavior} (critical)" if gate.critical else gate.behavior
    return f"{gate.behavior} {'no number would do' if gate.needed is None else f'{gate.needed:,}'}"


def missing(gate: GateStatus) -> str:
    """What a gate on hold needs; "" where the verdict is no hold."""
    if gate.verdict != HOLD:
        return ""
    if gate.needed is None:
        return "no number of conversations without a divergence lets it pass: the limit is below what was seen"
    one = _ONE.get(gate.direction, "a divergence")
    return f"needs {gate.needed:,} more conversation{'' if gate.needed == 1 else 's'} without {one}"


def acting(gate: GateStatus) -> str:
    """Whether a gate acts, and what its failure does."""
    if gate.idle:
        return f"no: {gate.idle}"
    if gate.critical:
        return "yes: it is critical, a failure rolls the whole route back"
    return f"yes: {_ON_FAILURE.get(gate.on_failure, gate.on_failure)}"


def decided(decisions: Iterable[Decision], most: int) -> Iterator[tuple[float, str]]:
    """The newest decisions, as they come: when, and who did what to what and why."""
    for one, _ in zip(decisions, range(most), strict=False):
        change = f" {one.before} -> {one.after}" if one.before or one.after else ""
        place = f"{one.slice}: " if one.slice else ""
        yield one.at, f"{place}{one.what}{change} by {one.who}" + (f": {one.why}" if one.why else "")
