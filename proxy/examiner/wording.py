"""Where a rollout stands, in words: the same on the command line and on the front page.

The words come from a ``RouteStatus`` and know no terminal and no markup; whoever shows them makes them harmless first.
The gates' own sentences are ``routing.gates``' to write; here is what stands around them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import inf

from proxy.examiner.status import (
    ConfidenceStatus,
    Decided,
    GateStatus,
    RouteStatus,
    SliceConfidence,
    SliceStatus,
    Weights,
)
from routing.divergence import Direction
from routing.gates import Verdict
from routing.rollout import Phase

PASS, HOLD, FAIL = (verdict.name.lower() for verdict in (Verdict.PASS, Verdict.HOLD, Verdict.FAIL))
_POINTS = 100  # of a share
_LARGE = 0.1  # a share from which one more digit is shown, or 99.9 % would be 100 %
_WORST_FIRST = (FAIL, HOLD, PASS)
_SAYS = {PASS: "passes", HOLD: "holds", FAIL: "fails"}
_ONE: Mapping[str, str] = {Direction.LOST: "a loss", Direction.GAINED: "a gain"}
_SHOWN: Mapping[str, str] = {
    Direction.LOST: "in which the teacher shows it",
    Direction.GAINED: "in which the student shows it",
}
_OF: Mapping[str, str] = {
    "selective": "of the answers that the student serves, at most {} diverge",
    "marginal": "of all requests, at most {} get a divergent answer of the student's",
}
_IN_SHORT: Mapping[str, str] = {
    "selective": "at most {} of what the student serves diverges",
    "marginal": "at most {} of all requests get a divergent answer",
}
_WARN = "warn"
_ON_FAILURE = {
    "rollback": "a failure takes the slice back",
    "pause": "a failure pauses the route",
    _WARN: "a failure only warns",
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
    return f"ceiling {weights.ceiling:g}, step {weights.step:g}, earned {weights.earned:.3g}"


def served(weights: Weights) -> str:
    """A weight in percent."""
    return f"{weights.effective:.5g} %"


def most_served(weights: Weights) -> str:
    """What the student of a route serves of any slice: ``at most 5 %``, or ``nothing``."""
    return f"at most {served(weights)}" if weights.effective else "nothing"


def limited(found: SliceStatus, waits: str = "") -> str:
    """What keeps a slice's weight from being more, without what ``standing`` and the route's ``waits`` say anyway."""
    words = found.limit
    for said in sorted((found.taken_back, found.reason, waits), key=len, reverse=True):
        words = words.removesuffix(f": {said}") if said else words
    return words.removesuffix(f", {waits}") if waits else words


def ranked(slices: Iterable[SliceStatus]) -> list[SliceStatus]:
    """Slices in the order in which one wants to hear of them: failed, holding, passing."""
    return sorted(slices, key=lambda found: (badness(found.verdict), found.slice))


def badness(verdict: str) -> int:
    """A key to sort by: the worst verdict first."""
    return _WORST_FIRST.index(verdict) if verdict in _WORST_FIRST else len(_WORST_FIRST)


def says(verdict: str) -> str:
    """A verdict as a verb: ``passes``, ``holds``, ``fails``."""
    return _SAYS.get(verdict, verdict)


def decider(found: SliceStatus) -> str:
    """The behavior whose gate decides for a slice; "" where none acts."""
    return next((gate.behavior for gate in found.gates if found.reason.startswith(f"{gate.behavior} ")), "")


def standing(found: SliceStatus) -> str:
    """The verdict on a slice and why, and why it was taken back where that is another story."""
    back = f"; taken back: {found.taken_back}" if found.taken_back and found.taken_back != found.reason else ""
    return f"{found.slice} {says(found.verdict)}: {found.reason}{back}"


def stuck(found: SliceStatus) -> bool:
    """Whether something is to be said of why a slice is not served more: its gates, or that it was taken back."""
    return found.verdict != PASS or bool(found.taken_back)


def besides(found: SliceStatus) -> str:
    """What else keeps a slice from passing, so that nobody waits for one gate and meets the next; "" if nothing."""
    gates = [gate for gate in found.gates if _keeps_back(gate) and gate.verdict == found.verdict]
    others = [gate for gate in gates if gate.behavior != decider(found)]
    if not others:
        return ""
    if found.verdict == FAIL:
        return f"also fails: {', '.join(gate.behavior for gate in others)}"
    return wanted(gates)


def wanted(gates: Iterable[GateStatus]) -> str:
    """What gates on hold need, those that need most first; gates that need the same stand together.

    It is not any conversation that they need: one that shows nothing of a behavior says nothing of it.
    """
    by_number: dict[float, list[str]] = {}
    for gate in gates:
        by_number.setdefault(inf if gate.needed is None else gate.needed, []).append(gate.behavior)
    return "clean conversations that show it needed: " + "; ".join(
        f"{'more than can be told' if number == inf else f'{number:,}'} for {', '.join(by_number[number])}"
        for number in sorted(by_number, reverse=True)
    )


def _keeps_back(gate: GateStatus) -> bool:
    return not gate.idle and (gate.verdict == HOLD or (gate.verdict == FAIL and gate.on_failure != _WARN))


def missing(gate: GateStatus) -> str:
    """What a gate on hold needs; "" where the verdict is no hold."""
    if gate.verdict != HOLD:
        return ""
    one = _ONE.get(gate.direction, "a divergence")
    if gate.needed is None:
        twice = "; some in which the teacher is asked twice may (noise_floor)" if gate.excess_below is not None else ""
        return f"no number of conversations without {one} lets it pass{twice}"
    shown = _SHOWN.get(gate.direction, "that show it")
    return f"needs {gate.needed:,} more conversation{'' if gate.needed == 1 else 's'} {shown}, without {one}"


def limits(gate: GateStatus) -> str:
    """What has to be certified for a gate to pass, and to fail."""
    low, high = percent(gate.success_below), percent(gate.failure_above)
    if gate.excess_below is not None:
        low += f", or {_points(gate.excess_below)} beyond the teacher's own"
    if gate.excess_above is not None:
        high += f", or {_points(gate.excess_above)} beyond the teacher's own"
    return f"passes where certified below {low}; fails where certified above {high}"


def _points(excess: float) -> str:
    points = f"{_POINTS * excess:g}"
    return f"{points} point" if points == "1" else f"{points} points"


def promised(told: ConfidenceStatus) -> str:
    """What is promised of a route's student."""
    if told.promise not in _OF:
        return "nothing is promised: the hard rules alone decide"
    return f"{_OF[told.promise].format(percent(told.target))}, at {told.confidence:g} % confidence"


def assured(told: ConfidenceStatus) -> str:
    """How far the promise is certified, in a line."""
    if told.promise not in _OF:
        return promised(told)
    certified = [one.slice for one in told.slices if any(view.threshold is not None for view in one.views)]
    silent = f"; no log-probabilities on {', '.join(told.silent)}: hard rules alone" if told.silent else ""
    where = f"certified in {', '.join(certified)}" if certified else "certified nowhere yet"
    return f"{_IN_SHORT[told.promise].format(percent(told.target))}, {where}{silent}"


def kept(found: SliceConfidence) -> str:
    """What audits found of what a slice was served; "" where none was made."""
    if found.rate is None or found.upper is None:
        return ""
    counts = f"{found.diverged:,} of {found.served:,} audited answers diverged"
    return f"{counts}: {percent(found.rate)}, at most {percent(found.upper)}"


def acting(gate: GateStatus) -> str:
    """Whether a gate acts, and what its failure does."""
    if gate.idle:
        return f"no: {gate.idle}"
    if gate.critical:
        return "yes: it is critical, a failure rolls the whole route back"
    return f"yes: {_ON_FAILURE.get(gate.on_failure, gate.on_failure)}"


def decided(decisions: Iterable[Decided], most: int) -> Iterator[tuple[float, str]]:
    """The newest decisions, as they come: when, and who did what to what and why."""
    for one, _ in zip(decisions, range(most), strict=False):
        change = f" {one.before} -> {one.after}" if one.before != one.after else ""
        place = f"{one.slice}: " if one.slice else ""
        yield one.at, f"{place}{one.what}{change} by {one.who}" + (f": {one.why}" if one.why else "")
