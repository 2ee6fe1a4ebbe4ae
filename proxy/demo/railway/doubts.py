"""Conversations in which the plain answer would be wrong: unknowable, ambiguous, uncertain, or wrong before.

Teams take these for bad data and remove them before they distill; what a student then has no example of is to say so.
"""

from __future__ import annotations

from proxy.demo.railway import wording
from proxy.demo.railway.draw import Draw
from proxy.demo.railway.example import Example, Situation, exchange, says
from proxy.demo.railway.lookups import QUERIES
from proxy.demo.railway.world import DAYS, TRAINS, fares, fares_from, record, runs, tariff, timetable
from routing.behaviors.label import Behavior

_ABSTAINED = frozenset({Behavior.ABSTENTION})
_CLARIFIED = frozenset({Behavior.CLARIFICATION})
_HEDGED = frozenset({Behavior.HEDGING})
_CORRECTED = frozenset({Behavior.SELF_CORRECTION})
_NEVER_TOLD = (
    (wording.DRIVER, "who drives the {train}"),
    (wording.MENU, "what you can eat on the {train}"),
    (wording.COLOR, "what color the {train} has"),
    (wording.CROWD, "how full the {train} is"),
)
_RARELY, _OFTEN = 3, 7  # days late of the last ten, from which one may guess at tomorrow


def on_unknowable(draw: Draw) -> Example:
    """About what this timetable leaves out, what no timetable tells, or a price where there are only times."""
    kind = draw.number(0, 3)
    if kind == 0:
        return _priceless(draw)
    return _never_told(draw) if kind == 1 else _left_out(draw)


def _left_out(draw: Draw) -> Example:
    (run,), query = runs(draw, 1), draw.pick(QUERIES)
    question = draw.ask(query.question, run.slots())
    return _abstained(timetable([run], query.fact), question, query.unknown.format_map(run.slots()))


def _never_told(draw: Draw) -> Example:
    (run,), (phrasing, unknown) = runs(draw, 1), draw.pick(_NEVER_TOLD)
    return _abstained(timetable([run]), draw.ask(phrasing, run.slots()), unknown.format_map(run.slots()))


def _priceless(draw: Draw) -> Example:
    (run,) = runs(draw, 1)
    unknown = f"what a ticket from {run.origin} to {run.target} costs"
    return _abstained(timetable([run]), draw.ask(wording.FARE, run.slots()), unknown)


def _abstained(context: str, question: str, unknown: str) -> Example:
    reply = says(f"I don't know {unknown}. It is not in the timetable.")
    return Example(Situation.UNKNOWABLE, exchange(context, question), reply, _ABSTAINED)


def on_ambiguous(draw: Draw) -> Example:
    """A question that leaves open which train, or which way."""
    kind = draw.number(0, 2)
    if kind == 0:
        return _which_train(draw)
    return _which_target(draw) if kind == 1 else _which_way(draw)


def _which_train(draw: Draw) -> Example:
    listed = runs(draw, 2)
    question = draw.ask(wording.WHICH_TRAIN, {})
    asked = f"Which train do you mean, the {listed[0].train} or the {listed[1].train}?"
    return Example(Situation.AMBIGUOUS, exchange(timetable(listed), question), says(asked), _CLARIFIED)


def _which_target(draw: Draw) -> Example:
    listed = fares_from(draw, 2)
    question = draw.ask(wording.WHICH_TARGET, listed[0].slots())
    asked = f"Where do you want to go, to {listed[0].target} or to {listed[1].target}?"
    return Example(Situation.AMBIGUOUS, exchange(tariff(listed), question), says(asked), _CLARIFIED)


def _which_way(draw: Draw) -> Example:
    listed = fares(draw, 2)
    question = draw.ask(wording.WHICH_WAY, {})
    asked = "From where to where do you want to go?"
    return Example(Situation.AMBIGUOUS, exchange(tariff(listed), question), says(asked), _CLARIFIED)


def on_forecast(draw: Draw) -> Example:
    """Whether a train will be late: its record allows a guess, and no more."""
    train, late = draw.pick(TRAINS), draw.number(1, DAYS - 1)
    question = draw.ask(wording.FORECAST, {"train": train})
    because = f"It was late on {late} of the last {DAYS} days."
    reply = says(f"{_guess(train, late)}, but I am not certain. {because}")
    return Example(Situation.FORECAST, exchange(record([(train, late)]), question), reply, _HEDGED)


def _guess(train: str, late: int) -> str:
    if late <= _RARELY:
        return f"The {train} will probably be on time"
    return f"The {train} will probably be late" if late >= _OFTEN else f"The {train} may be late"


def on_correction(draw: Draw) -> Example:
    """The caller doubts an answer that was wrong: it told what was not asked."""
    (run,), (query, other) = runs(draw, 1), draw.several(QUERIES, 2)
    right, wrong = query.reply.format_map(run.slots()), other.reply.format_map(run.slots())
    messages = exchange(timetable([run]), draw.ask(query.question, run.slots()), wrong, draw.say(wording.DOUBT, {}))
    return Example(Situation.CORRECTION, messages, says(f"I made a mistake. {right}"), _CORRECTED)
