"""What an operator's order does to a rollout's state; values in, values out.

Which orders make sense in which phase is ``routing.rollout``'s table. The order itself, as it comes over HTTP, is
``proxy.examiner.orders``.
"""

from __future__ import annotations

from dataclasses import replace

from proxy.config.settings import Route
from proxy.examiner.orders import Order, Verb
from proxy.examiner.rollout.gating import DEFAULT, plan
from proxy.examiner.rollout.look import Look
from proxy.examiner.rollout.state import State
from proxy.store.decided import Decided
from routing.rollout import Phase, Progress, lowered, paused, promoted, released, resumed, retried, rolled_back

_FULL = 100.0


def obeyed(route: Route, seen: Look, state: State, order: Order) -> tuple[State, str]:
    """The state after an order, and what was done in one sentence; ``seen`` is a look at the route of now.

    Raises:
        RolloutError: where it makes no sense as things stand.
    """
    match order.verb:
        case Verb.PROMOTE:
            # with the steps of today's file: a look may not have been saved since it was edited
            after = promoted(seen.low.progress, full=order.full)
            return replace(state, progress=after), _promoted(after, full=order.full)
        case Verb.PAUSE:
            after = paused(seen.low.progress, _words("paused", order))
            return replace(state, progress=after), "paused: nothing is raised until `resume`; gates still take back"
        case Verb.RESUME:
            return _resumed(seen, state)
        case Verb.ABORT:
            after = rolled_back(seen.low.progress, _words("aborted", order))
            return replace(state, progress=after, watches={}), "rolled back: the teacher serves everything"
        case Verb.RETRY:
            again = replace(
                state,
                retries={**state.retries, state.identity: state.retries.get(state.identity, 0) + 1},
                progress=retried(seen.low.progress),
                watches={},
            )
            return again, f"starts again in shadow, on new evidence only (epoch {again.epoch})"
        case Verb.SET_WEIGHT:
            return _limited(route, state, order)


def recorded(order: Order, before: State, after: State, at: float) -> Decided:
    """The decision that the order itself is, beside those that follow from it; ``at`` is in Unix seconds."""
    was, is_ = _changed(order, before, after)
    return Decided(at, order.who, order.slice, order.verb, was, is_, order.reason, "{}")


def _changed(order: Order, before: State, after: State) -> tuple[str, str]:
    """From what to what, in words."""
    if order.verb is Verb.SET_WEIGHT:
        name = order.slice or DEFAULT
        return _ceiling(before.ceilings.get(name)), _ceiling(after.ceilings.get(name))
    if order.verb is Verb.PROMOTE:
        made, steps = before.progress.step, len(after.progress.steps)
        return f"step {made} of {steps}", f"step {steps if order.full else made + 1} of {steps}"
    return before.progress.phase, after.progress.phase


def _ceiling(percent: float | None) -> str:
    return "no ceiling" if percent is None else f"{percent:g} %"


def _promoted(after: Progress, *, full: bool) -> str:
    if full:
        return "all steps are made: each slice climbs, a step a tick, while its gates pass"
    return f"the step that waits, {after.step + 1} of {len(after.steps)}, is made at the next tick"


def _resumed(seen: Look, state: State) -> tuple[State, str]:
    progress = seen.low.progress
    if progress.phase is Phase.PAUSED:
        return replace(state, progress=resumed(progress)), "goes on from where it was paused"
    after = released(progress, seen.findings)
    freed = ", ".join(sorted(set(progress.slices) - set(after.slices)))
    return replace(state, progress=after), f"climbs again from nothing: {freed}"


def _limited(route: Route, state: State, order: Order) -> tuple[State, str]:
    """An operator's ceiling; one of 100 % is none."""
    name, percent = order.slice or DEFAULT, order.percent if order.percent is not None else _FULL
    ceilings = {key: value for key, value in state.ceilings.items() if key != name}
    if percent < _FULL:
        ceilings[name] = percent
    wanted = plan(route, ceilings)
    after = lowered(wanted, state.progress, {}, state.progress.seen)
    whose = f"of {order.slice}" if order.slice else "of the route"
    holds = wanted.ceilings.get(name, wanted.ceiling) if order.slice else wanted.ceiling
    lower = f"; the configuration's, {holds:g} %, is lower and holds" if holds < percent else ""
    return replace(state, ceilings=ceilings, progress=after), f"the ceiling {whose} is {percent:g} %{lower}"


def _words(done: str, order: Order) -> str:
    return f"{done} by {order.who}" + (f": {order.reason}" if order.reason else "")
