"""Why a gate says what it says: of one behavior, everything that bears on it, slice by slice.

It is put together from a route's status and from stored pairs, and judges nothing anew: the verdicts, the bounds and
the sentences are those by which the rollout acts. ``admin`` serves it; ``proxy.cli.explain`` tells it to people.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from proxy.examiner.answers import Problem
from proxy.examiner.documents import row
from proxy.examiner.status import Cell, Decided, GateStatus, RouteStatus, SliceStatus, Weights
from proxy.examiner.wording import PASS, badness
from proxy.store.pair import Pair
from routing.divergence import Direction

EXAMPLES = 5
_DECISIONS = 5
KNOWN = ("behavior", "slice")


@dataclass(frozen=True, slots=True)
class Example:
    """A pair that diverged in the behavior. ``directions`` says how; ``started`` is Unix seconds.

    ``counts`` is False for a pair of an earlier epoch, which is no evidence any more: about other models, or before a
    retry. ``served`` is the arm whose reply the caller got.
    """

    id: str
    slice: str
    started: float
    directions: tuple[str, ...]
    counts: bool
    served: str


@dataclass(frozen=True, slots=True)
class SliceExplanation:
    """The behavior's gate in one slice, and what else holds that slice.

    ``weights``, ``limit``, ``taken_back``, ``verdict`` and ``conversations`` are the slice's, as in ``SliceStatus``.
    ``others`` are the gates of other behaviors that act there and do not pass. ``noise`` counts by request, in each
    direction, how often the teacher was asked twice and diverged from itself.
    """

    slice: str
    gate: GateStatus
    weights: Weights
    limit: str
    taken_back: str
    verdict: str
    conversations: int
    others: tuple[GateStatus, ...]
    noise: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A behavior's gates, the worst first; ``verdict`` is the worst of theirs.

    From ``phase`` to ``trouble`` it is the route's, as in ``RouteStatus``. ``decisions`` are the latest about these
    slices or the whole route, ``examples`` pairs that diverged, the newest first.
    """

    route: str
    behavior: str
    verdict: str
    phase: str
    epoch: str
    step: int
    steps: int
    waits: str
    trouble: str
    slices: tuple[SliceExplanation, ...]
    decisions: tuple[Decided, ...] = ()
    examples: tuple[Example, ...] = ()


def explained(route: RouteStatus, query: QueryParams) -> Explanation:
    """What the query asks for, but for the examples.

    Raises:
        Problem: 404 for a behavior or a slice without a gate, naming those that have one; 400 for other mistakes.
    """
    behavior, wanted = _asked(query)
    gated = _gated(route, behavior, wanted)
    slices = tuple(sorted((_slice(route, *one) for one in gated), key=lambda s: (badness(s.gate.verdict), s.slice)))
    names = {"", *(found.slice for found in slices)}
    return Explanation(
        route=route.name,
        behavior=behavior,
        verdict=slices[0].gate.verdict,
        phase=route.phase,
        epoch=route.epoch,
        step=route.step,
        steps=route.steps,
        waits=route.waits,
        trouble=route.trouble,
        slices=slices,
        decisions=tuple(one for one in route.decisions if one.slice in names)[:_DECISIONS],
    )


def examples(found: Explanation, pairs: Iterable[Pair]) -> tuple[Example, ...]:
    """These pairs as examples of the divergence of the behavior that is explained."""
    return tuple(
        Example(
            pair.id, pair.slice, pair.started, _directions(pair, found.behavior), pair.epoch == found.epoch, pair.served
        )
        for pair in pairs
    )


def _asked(query: QueryParams) -> tuple[str, str | None]:
    unknown = sorted(set(query) - set(KNOWN))
    if unknown:
        raise Problem(400, f"{unknown[0]!r} is no parameter; known: {', '.join(KNOWN)}", param=unknown[0])
    if "behavior" not in query:
        raise Problem(400, "name the behavior to explain: ?behavior=refusal", param="behavior", code="missing_behavior")
    return query["behavior"], query.get("slice")


def _gated(route: RouteStatus, behavior: str, wanted: str | None) -> list[tuple[SliceStatus, GateStatus]]:
    """The behavior's gates with their slices: at least one."""
    found = [(one, gate) for one in route.slices for gate in one.gates if gate.behavior == behavior]
    if not found:
        behaviors = dict.fromkeys(gate.behavior for one in route.slices for gate in one.gates)
        message = f"no gate judges {behavior!r} on route {route.name!r}; {_known(behaviors)}"
        raise Problem(404, message, param="behavior", code="unknown_behavior")
    chosen = [(one, gate) for one, gate in found if wanted in (None, one.slice)]
    if not chosen:
        message = f"no gate judges {behavior!r} in slice {wanted!r}; {_known(one.slice for one, _ in found)}"
        raise Problem(404, message, param="slice", code="unknown_slice")
    return chosen


def _known(names: Iterable[str]) -> str:
    listed = ", ".join(names)
    return f"known: {listed}" if listed else "there is no gate on it yet, because nothing has been compared"


def _slice(route: RouteStatus, found: SliceStatus, gate: GateStatus) -> SliceExplanation:
    others = [one for one in found.gates if one.behavior != gate.behavior and not one.idle and one.verdict != PASS]
    return SliceExplanation(
        slice=found.slice,
        gate=gate,
        weights=found.weights,
        limit=found.limit,
        taken_back=found.taken_back,
        verdict=found.verdict,
        conversations=found.conversations,
        others=tuple(sorted(others, key=lambda one: (badness(one.verdict), one.behavior))),
        noise=tuple(
            cell
            for cell in route.cells
            if (cell.slice, cell.behavior) == (found.slice, gate.behavior) and cell.noise_trials
        ),
    )


def _directions(pair: Pair, behavior: str) -> tuple[str, ...]:
    named = row(pair)
    both = ((Direction.LOST, named.lost), (Direction.GAINED, named.gained))
    return tuple(direction.value for direction, behaviors in both if behavior in behaviors)
