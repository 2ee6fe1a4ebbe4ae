"""Questions whose answers stand in the context: timetable, fares, refunds, seats, records, and second questions.

Each function draws one conversation. A context tells of the caller's own train, ticket or seat, so there is one row:
choosing a row by its name is more than a model of two million parameters learned in forty minutes on two cores. Not
every timetable tells everything, so that question and context together decide whether there is an answer; ``doubts``
has those without.
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
    Fact,
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
    """One fact to know of a run: how it is asked at first and afterwards, the reply, and what is not known else."""

    fact: Fact
    question: Phrasing
    after: Phrasing
    reply: str
    unknown: str


DEPARTURE = Query(
    Fact.DEPARTURE,
    wording.DEPARTURE,
    wording.AND_DEPARTURE,
    "The {train} leaves {origin} at {departs}.",
    "when the {train} leaves",
)
ARRIVAL = Query(
    Fact.ARRIVAL,
    wording.ARRIVAL,
    wording.AND_ARRIVAL,
    "The {train} arrives in {target} at {arrives}.",
    "when the {train} arrives",
)
PLATFORM = Query(
    Fact.PLATFORM,
    wording.PLATFORM,
    wording.AND_PLATFORM,
    "The {train} leaves from platform {platform}.",
    "which platform the {train} uses",
)
QUERIES = (DEPARTURE, ARRIVAL, PLATFORM)


def on_timetable(draw: Draw) -> Example:
    """When and from where a train runs; the timetable may leave out what was not asked."""
    (run,), (query, other) = runs(draw, 1), draw.several(QUERIES, 2)
    context = timetable([run], draw.pick((None, other.fact)))
    question, reply = draw.ask(query.question, run.slots()), says(query.reply.format_map(run.slots()))
    return Example(Situation.TIMETABLE, exchange(context, question), reply)


def on_fare(draw: Draw) -> Example:
    """What a ticket costs."""
    listed = fares(draw, 1)
    slots = listed[0].slots()
    question = draw.ask(wording.FARE, slots)
    return Example(Situation.FARE, exchange(tariff(listed), question), says(FARE_REPLY.format_map(slots)))


def on_refund(draw: Draw) -> Example:
    """What is paid back for a class of ticket; for yes or no, anything that is paid back is a yes."""
    name, share = draw.pick(CLASSES), draw.pick(REFUNDS)
    context, slots = refund_rules([(name, share)]), {"name": name}
    if draw.pick((True, False)):
        reply = says("No." if share == "nothing" else "Yes.")
        question = draw.ask(wording.REFUNDABLE, slots)
        return Example(Situation.REFUND, exchange(context, question), reply, ANSWERED)
    reply = says(f"For a {name} ticket {share} is refunded.")
    return Example(Situation.REFUND, exchange(context, draw.ask(wording.REFUND_SHARE, slots)), reply)


def on_seat(draw: Draw) -> Example:
    """Where a seat is, and whether it is free."""
    (seat,) = seats(draw, 1)
    context, slots = seat_plan([seat]), {"number": str(seat.number)}
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
    train, late = draw.pick(TRAINS), draw.number(1, DAYS - 1)
    question = draw.ask(wording.LATENESS, {"train": train})
    reply = says(f"The {train} was late on {late} of the last {DAYS} days.")
    return Example(Situation.PUNCTUALITY, exchange(record([(train, late)]), question), reply)


def on_follow_up(draw: Draw) -> Example:
    """A second question, which leaves out the train."""
    (run,), (query, second) = runs(draw, 1), draw.several(QUERIES, 2)
    question, answer = draw.ask(query.question, run.slots()), query.reply.format_map(run.slots())
    messages = exchange(timetable([run]), question, answer, draw.say(second.after, {}))
    return Example(Situation.FOLLOW_UP, messages, says(second.reply.format_map(run.slots())))


def on_confirmation(draw: Draw) -> Example:
    """The caller doubts a right answer."""
    (run,), query = runs(draw, 1), draw.pick(QUERIES)
    question, answer = draw.ask(query.question, run.slots()), query.reply.format_map(run.slots())
    messages = exchange(timetable([run]), question, answer, draw.say(wording.DOUBT, {}))
    return Example(Situation.CONFIRMATION, messages, says(f"Yes, I am sure. {answer}"))
