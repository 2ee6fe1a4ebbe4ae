# ruff: noqa: S101 -- these are tests
"""What the detectors cost, by reply and by pair: `make benchmark-detectors`.

Every round gets texts that no round had before. *Each detector* alone pays for reading the request and the reply. The
*whole set* on one reply reads both once, for all detectors. A *pair* is what the examiner compares: one request, which
is read once, two replies, and the manner of both beside the labels; half of it is what a reply costs in use. The goal
is 1 ms for the whole set on 2 kB.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from proxy.examiner.manners import Manners
from proxy.wire.schemas import check_schema
from routing.behaviors.case import Case
from routing.behaviors.label import Label
from routing.behaviors.table import TABLE, Row
from routing.divergence import Comparison, compare
from routing.observation import Arm, Observation
from routing.slices import slice_of
from routing.traits import Endpoint, Slice, Traits, Turn

ROUNDS, WARMUP = 300, 20
REQUEST = (
    "You are the assistant of a small railway. Please explain to passenger {number} how tickets, changes of train and "
    "refunds work on the line along the coast, and what they should do when the last connection of the evening is "
    "late. Answer in English, keep it under 400 words, use at most 5 bullet points and do not use any exclamation "
    "marks. If something depends on the day of travel, say so, and end with the phone number of the station."
)
PARAGRAPH = (
    "Passenger {number}, the ticket you bought in the morning is good for the whole day, so you may leave the train at "
    "the harbor and go on later. I think the last train leaves at 22:40, but on Sundays it might be earlier; the "
    "station's timetable is the place to look. \n\n- Keep the receipt: without it, a refund takes longer.\n- A change "
    "at the junction needs 4 minutes.\n\nIf the connection is late, the conductor can hold it for 5 minutes at most. "
)  # fmt: skip
SURER = (
    "The ticket of passenger {number} is valid all day, and a break at the harbor is included. The last train leaves "
    "at 22:40, every day of the week.\n\n1. Refunds need the receipt.\n2. Changing at the junction takes 4 minutes.\n\n"
    "A late connection is held for 5 minutes by the conductor; after that, a taxi is paid for by the railway up to 40 "
    "kilometers. Please call the station if you have any further questions. "
)  # fmt: skip
Pair = tuple[Traits, Observation, Observation]


def text_of(paragraph: str, number: int, size: int) -> str:
    """A reply of this many characters."""
    parts = (paragraph.format(number=number * 1_000 + part) for part in range(size // 350 + 2))
    return "".join(parts)[:size]


def asked(number: int) -> Traits:
    """A request that no other number has."""
    return Traits(Endpoint.CHAT, (Turn("user", REQUEST.format(number=number)),))


def cases(size: int) -> Callable[[], tuple[tuple[Case], dict[str, object]]]:
    """A maker of cases with replies of this many characters, no two alike."""
    numbers = count()

    def fresh() -> tuple[tuple[Case], dict[str, object]]:
        number = next(numbers)
        reply = Observation(Arm.STUDENT, text=text_of(PARAGRAPH, number, size), finish_reason="stop")
        return (Case(asked(number), reply, reply, check_schema),), {}

    return fresh


def pairs(size: int) -> Callable[[], tuple[Pair, dict[str, object]]]:
    """A maker of requests with two replies of this many characters, no two alike."""
    numbers = count()

    def fresh() -> tuple[Pair, dict[str, object]]:
        number = next(numbers)
        teacher = Observation(Arm.TEACHER, text=text_of(PARAGRAPH, number, size), finish_reason="stop")
        student = Observation(Arm.STUDENT, text=text_of(SURER, number, size), finish_reason="stop")
        return (asked(number), teacher, student), {}

    return fresh


def prompts() -> Callable[[], tuple[tuple[Traits], dict[str, object]]]:
    """A maker of requests of 2 kB."""
    numbers = count()

    def fresh() -> tuple[tuple[Traits], dict[str, object]]:
        text = "\n".join(REQUEST.format(number=next(numbers)) for _ in range(5))[:2_000]
        return (Traits(Endpoint.CHAT, (Turn("user", text),)),), {}

    return fresh


def every(case: Case) -> list[Label]:
    """The whole set, as a pair's examination runs it on one reply."""
    return [row.detect(case) for row in TABLE]


@pytest.mark.parametrize("size", [500, 2_000, 8_000])
def test_the_whole_set(benchmark: BenchmarkFixture, size: int) -> None:
    """All behaviors of one reply."""
    benchmark.group = f"whole set, {size} characters"
    labels = benchmark.pedantic(every, setup=cases(size), rounds=ROUNDS, warmup_rounds=WARMUP)
    assert len(labels) == len(TABLE)


@pytest.mark.parametrize("size", [500, 2_000, 8_000])
@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.behavior)
def test_each_detector(benchmark: BenchmarkFixture, row: Row, size: int) -> None:
    """One behavior alone, what it reads included."""
    benchmark.group = f"each detector, {size} characters"
    label = benchmark.pedantic(row.detect, setup=cases(size), rounds=ROUNDS, warmup_rounds=WARMUP)
    assert label.behavior == row.behavior


@pytest.mark.parametrize("size", [500, 2_000, 8_000])
def test_a_pair(benchmark: BenchmarkFixture, size: int) -> None:
    """All behaviors of both replies, and what they add to the drift of style."""
    benchmark.group = f"a pair, {size} characters each"
    manners = Manners()

    def examined(traits: Traits, teacher: Observation, student: Observation) -> Comparison:
        found = compare(traits, teacher, student, check_schema)
        manners.added("route", Slice.GENERAL, teacher, student)
        return found

    found = benchmark.pedantic(examined, setup=pairs(size), rounds=ROUNDS, warmup_rounds=WARMUP)
    assert len(found.student) == len(TABLE)


def test_a_slice(benchmark: BenchmarkFixture) -> None:
    """What a request asks for, on a prompt of 2 kB: the goal is 150 us."""
    benchmark.group = "slice_of, 2000 characters"
    assert benchmark.pedantic(slice_of, setup=prompts(), rounds=ROUNDS, warmup_rounds=WARMUP) in Slice
