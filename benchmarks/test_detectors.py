# ruff: noqa: S101 -- these are tests
"""What the detectors cost, a reply at a time: `make benchmark-detectors`.

Detectors of one reply share what they read of it, and the two replies of a pair share what was read of the request. So
every round gets a text, and a request, that no round had before: each detector alone pays for reading, and the whole
set pays once. The goal is 1 ms for the whole set on 2 kB; `tests/routing/behaviors/test_table.py` holds a looser bound.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from proxy.wire.schemas import check_schema
from routing.behaviors.case import Case
from routing.behaviors.label import Label
from routing.behaviors.table import TABLE, Row
from routing.observation import Arm, Observation
from routing.traits import Endpoint, Traits, Turn

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


def cases(size: int) -> Callable[[], tuple[tuple[Case], dict[str, object]]]:
    """A maker of cases with replies of this many characters, no two alike."""
    numbers = count()

    def fresh() -> tuple[tuple[Case], dict[str, object]]:
        number = next(numbers)
        text = "".join(PARAGRAPH.format(number=number * 1_000 + part) for part in range(size // 400 + 2))[:size]
        reply = Observation(Arm.STUDENT, text=text, finish_reason="stop")
        traits = Traits(Endpoint.CHAT, (Turn("user", REQUEST.format(number=number)),))
        return (Case(traits, reply, reply, check_schema),), {}

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
