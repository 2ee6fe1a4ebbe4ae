"""Small arithmetic with a final number: totals of fares, and minutes between times.

The reply shows its working, as teachers do, and marks the answer on a line of its own. Every step is small enough to
be known by heart: that is how much a model of a few million parameters can reckon.
"""

from __future__ import annotations

from proxy.demo.railway import wording
from proxy.demo.railway.draw import Draw
from proxy.demo.railway.example import Example, Situation, exchange, says
from proxy.demo.railway.lookups import ANSWERED
from proxy.demo.railway.world import clock, fares, runs, tariff, timetable

_MOST_TICKETS = 5
_MOST_FOR_BICYCLE = 5  # crowns
_HOUR = 60


def on_total(draw: Draw) -> Example:
    """What several tickets cost, or one with a bicycle."""
    (fare,) = fares(draw, 1)
    context = tariff([fare])
    if draw.pick((True, False)):
        count = draw.number(2, _MOST_TICKETS)
        question = draw.ask(wording.TOTAL, fare.slots() | {"count": str(count)})
        working, answer = f"{count} x {fare.crowns}", count * fare.crowns
    else:
        extra = draw.number(1, _MOST_FOR_BICYCLE)
        context += f"\nFare of a bicycle: {extra} crowns."
        question = draw.ask(wording.WITH_BICYCLE, fare.slots())
        working, answer = f"{fare.crowns} + {extra}", fare.crowns + extra
    reply = says(f"{working} = {answer} crowns.\nAnswer: {answer}")
    return Example(Situation.TOTAL, exchange(context, question), reply, ANSWERED)


def on_duration(draw: Draw) -> Example:
    """How many minutes a train takes."""
    (run,) = runs(draw, 1)
    question = draw.ask(wording.DURATION, run.slots())
    reply = says(f"{_working(run.departs, run.arrives)}\nAnswer: {run.arrives - run.departs}")
    return Example(Situation.DURATION, exchange(timetable([run]), question), reply, ANSWERED)


def _working(departs: int, arrives: int) -> str:
    """From time to time; by way of the full hour where one lies between."""
    hour = departs - departs % _HOUR + _HOUR
    if arrives <= hour:
        return _stretch(departs, arrives)
    before, after = hour - departs, arrives - hour
    whole = f"{before} + {after} = {arrives - departs} minutes."
    return f"{_stretch(departs, hour)} {_stretch(hour, arrives)} {whole}"


def _stretch(start: int, end: int) -> str:
    return f"From {clock(start)} to {clock(end)}: {end - start} minutes."
