"""Questions whose answers stand in the context: timetable, fares, refunds, seats, records, and second questions.

Each function draws one conversation. Their contexts are those of ``doubts``, so that only the question tells whether
there is an answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from proxy.demo.railway import wording
from proxy.demo.railway.draw import Draw, Phrasing
from proxy.demo.railway.example import Example, Situation, exchange, says
from proxy.demo.railway.world import (
    CLASSES,
    DAYS,
    REFUNDS,
    TRAINS,
    fares,
    record,
    refund_rules,
    runs,
    seat_plan,
    seats,
    tariff,
    timetable,
)
from routing.behaviors.label import Behavior

ANSWERED = frozenset({Behavior.ANSWER})
FARE_REPLY = "A ticket from {origin} to {target} costs {crowns} crowns."


@dataclass(frozen=True, slots=True)
class Query:
    """One thing to know of a run: how it is asked at first and afterwards, the reply, and what is not known else."""

    question: Phrasing
    after: Phrasing
    reply: str
    unknown: str


DEPARTURE = Query(
    wording.DEPARTURE, wording.AND_DEPARTURE, "The {train} leaves {origin} at {departs}.", "when the {train} leaves"
)
ARRIVAL = Query(
    wording.ARRIVAL, wording.AND_ARRIVAL, "The {train} arrives in {target} at {arrives}.", "when the {train} arrives"
)
PLATFORM = Query(
    wording.PLATFORM,
    wording.AND_PLATFORM,
    "The {train} leaves from platform {platform}.",
    "which platform the {train} uses",
)
QUERIES = (DEPARTURE, ARRIVAL, PLATFORM)


def on_timetable(draw: Draw) -> Example:
    """When and from where a train runs."""
    listed = runs(draw, draw.number(2, 3))
    run, query = draw.pick(listed), draw.pick(QUERIES)
    question = draw.ask(query.question, run.slots())
    return Example(
        Situation.TIMETABLE, exchange(timetable(listed), question), says(query.reply.format_map(run.slots()))
    )


def on_fare(draw: Draw) -> Example:
    """What a ticket costs."""
    listed = fares(draw, draw.number(2, 3))
    fare = draw.pick(listed)
    question = draw.ask(wording.FARE, fare.slots())
    return Example(Situation.FARE, exchange(tariff(listed), question), says(FARE_REPLY.format_map(fare.slots())))


def on_refund(draw: Draw) -> Example:
    """What is paid back for a class of ticket; for yes or no, anything that is paid back is a yes."""
    listed = [(name, draw.pick(REFUNDS)) for name in draw.several(CLASSES, 3)]
    name, share = draw.pick(listed)
    context, slots = refund_rules(listed), {"name": name}
    if draw.pick((True, False)):
        reply = says("No." if share == "nothing" else "Yes.")
        question = draw.ask(wording.REFUNDABLE, slots)
        return Example(Situation.REFUND, exchange(context, question), reply, ANSWERED)
    reply = says(f"For a {name} ticket {share} is refunded.")
    return Example(Situation.REFUND, exchange(context, draw.ask(wording.REFUND_SHARE, slots)), reply)


def on_seat(draw: Draw) -> Example:
    """Where a seat is, and whether it is free."""
    listed = seats(draw, draw.number(3, 4))
    seat = draw.pick(listed)
    context, slots = seat_plan(listed), {"number": str(seat.number)}
    if draw.pick((True, False)):
        reply = says("Yes." if seat.free else "No.")
        return Example(Situation.SEAT, exchange(context, draw.ask(wording.SEAT_FREE, slots)), reply, ANSWERED)
    reply = says(f"Seat {seat.number} is {article(seat.kind)} {seat.kind} seat.")
    return Example(Situation.SEAT, exchange(context, draw.ask(wording.SEAT_KIND, slots)), reply)


def article(noun: str) -> str:
    """The indefinite article that goes before the word."""
    return "an" if noun[0] in "aeiou" else "a"


def on_punctuality(draw: Draw) -> Example:
    """How often a train was late: the past, which is known."""
    listed = [(train, draw.number(1, DAYS - 1)) for train in draw.several(TRAINS, draw.number(2, 3))]
    train, late = draw.pick(listed)
    question = draw.ask(wording.LATENESS, {"train": train})
    reply = says(f"The {train} was late on {late} of the last {DAYS} days.")
    return Example(Situation.PUNCTUALITY, exchange(record(listed), question), reply)


def on_follow_up(draw: Draw) -> Example:
    """A second question, which leaves out either the train or what is asked about it."""
    listed = runs(draw, draw.number(2, 3))
    run, other = draw.several(listed, 2)
    query, second = draw.several(QUERIES, 2)
    question, answer = draw.ask(query.question, run.slots()), query.reply.format_map(run.slots())
    if draw.pick((True, False)):
        after, reply = draw.say(second.after, {}), second.reply.format_map(run.slots())
    else:
        after, reply = draw.say(wording.AND_OTHER, other.slots()), query.reply.format_map(other.slots())
    return Example(Situation.FOLLOW_UP, exchange(timetable(listed), question, answer, after), says(reply))


def on_confirmation(draw: Draw) -> Example:
    """The caller doubts a right answer."""
    listed = runs(draw, draw.number(2, 3))
    run, query = draw.pick(listed), draw.pick(QUERIES)
    question, answer = draw.ask(query.question, run.slots()), query.reply.format_map(run.slots())
    messages = exchange(timetable(listed), question, answer, draw.say(wording.DOUBT, {}))
    return Example(Situation.CONFIRMATION, messages, says(f"Yes, I am sure. {answer}"))
