"""The railway's places, trains and people, and what a day's timetable, fares, seats and record look like.

Nothing here is fixed but names: who runs where and what it costs is drawn for each conversation and written into its
context. Times are minutes since midnight, in steps of five; fares are whole crowns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from proxy.demo.railway.draw import Draw

PERSONA = "You are the assistant of the Vale Railway."
PLACES = (
    *("Arvale", "Bremmock", "Caldry", "Dunlow", "Eskel", "Farrowby", "Gilmere", "Hestle", "Ildon", "Jorrin", "Kelmoor"),
    *("Lathby", "Morwick", "Nesby", "Orlan", "Pellow", "Quenby", "Rusket", "Selmer", "Tolvan", "Ulvey", "Venmoor"),
)
TRAINS = (
    *("Heron", "Kestrel", "Otter", "Badger", "Falcon", "Lynx", "Marten", "Osprey", "Plover", "Raven", "Sparrow"),
    *("Stoat", "Swift", "Tern", "Vole", "Wren"),
)
PEOPLE = ("Ada", "Bruno", "Clara", "Dario", "Edith", "Fabian", "Greta", "Hugo", "Ines", "Jonas", "Karla", "Leon")
CLASSES = ("Saver", "Standard", "Flex", "Family")
REFUNDS = ("nothing", "half", "all")
SEAT_KINDS = ("window", "aisle", "table")
DAYS = 10  # the days that a train's record covers
_FIRST, _LAST = 6 * 60, 21 * 60
_SHORTEST, _LONGEST = 15, 60  # minutes: at most one full hour lies between
_CHEAPEST, _DEAREST = 3, 20


class Fact(StrEnum):
    """What a timetable tells of a run."""

    DEPARTURE = "departure"
    ARRIVAL = "arrival"
    PLATFORM = "platform"


_FACTS = {
    Fact.DEPARTURE: "from {origin} {departs}",
    Fact.ARRIVAL: "to {target} {arrives}",
    Fact.PLATFORM: "platform {platform}",
}


@dataclass(frozen=True, slots=True)
class Run:
    """A train's run of the day."""

    train: str
    origin: str
    departs: int
    target: str
    arrives: int
    platform: int

    def slots(self) -> dict[str, str]:
        """Its facts, as phrasings and replies name them."""
        return {
            "train": self.train,
            "origin": self.origin,
            "departs": clock(self.departs),
            "target": self.target,
            "arrives": clock(self.arrives),
            "platform": str(self.platform),
        }


@dataclass(frozen=True, slots=True)
class Fare:
    """What one ticket costs, in crowns."""

    origin: str
    target: str
    crowns: int

    def slots(self) -> dict[str, str]:
        """Its facts, as phrasings and replies name them."""
        return {"origin": self.origin, "target": self.target, "crowns": str(self.crowns)}


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat of the plan."""

    number: int
    kind: str
    free: bool


def clock(minutes: int) -> str:
    """Minutes since midnight as HH:MM."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def runs(draw: Draw, count: int) -> tuple[Run, ...]:
    """Runs of different trains between different places."""
    trains, places = draw.several(TRAINS, count), draw.several(PLACES, 2 * count)
    return tuple(_run(draw, train, places[2 * i], places[2 * i + 1]) for i, train in enumerate(trains))


def _run(draw: Draw, train: str, origin: str, target: str) -> Run:
    departs = draw.number(_FIRST, _LAST, 5)
    arrives = departs + draw.number(_SHORTEST, _LONGEST, 5)
    return Run(train, origin, departs, target, arrives, draw.number(1, 9))


def fares(draw: Draw, count: int) -> tuple[Fare, ...]:
    """Fares between different places."""
    places = draw.several(PLACES, 2 * count)
    return tuple(Fare(places[2 * i], places[2 * i + 1], draw.number(_CHEAPEST, _DEAREST)) for i in range(count))


def fares_from(draw: Draw, count: int) -> tuple[Fare, ...]:
    """Fares from one place to different others."""
    origin, *targets = draw.several(PLACES, count + 1)
    return tuple(Fare(origin, target, draw.number(_CHEAPEST, _DEAREST)) for target in targets)


def seats(draw: Draw, count: int) -> tuple[Seat, ...]:
    """Neighboring seats."""
    first = draw.number(11, 60)
    return tuple(Seat(first + i, draw.pick(SEAT_KINDS), draw.pick((True, False))) for i in range(count))


def timetable(listed: Sequence[Run], untold: Fact | None = None) -> str:
    """The runs as a context tells of them, all but one fact."""
    return _context(f"Train {run.train}, {', '.join(_told(run, untold))}." for run in listed)


def _told(run: Run, untold: Fact | None) -> list[str]:
    slots = run.slots()
    return [form.format_map(slots) for fact, form in _FACTS.items() if fact is not untold]


def tariff(listed: Sequence[Fare]) -> str:
    """The fares as a context tells of them."""
    return _context(f"Fare from {fare.origin} to {fare.target}: {fare.crowns} crowns." for fare in listed)


def seat_plan(listed: Sequence[Seat]) -> str:
    """The seats as a context tells of them."""
    return _context(f"Seat {seat.number}: {seat.kind}, {'free' if seat.free else 'taken'}." for seat in listed)


def refund_rules(listed: Sequence[tuple[str, str]]) -> str:
    """What is paid back, by class of ticket, as a context tells of it."""
    return _context(f"Ticket {name}: {share} is refunded." for name, share in listed)


def record(listed: Sequence[tuple[str, int]]) -> str:
    """On how many of the last days trains were late, as a context tells of it."""
    return _context(f"Train {train}: late on {late} of the last {DAYS} days." for train, late in listed)


def _context(rows: Iterable[str]) -> str:
    return "\n".join((PERSONA, *rows))
