"""The world's facts: what is drawn keeps its promises, and what a context tells is all of it."""

from __future__ import annotations

import pytest

from proxy.demo.railway.draw import Draw
from proxy.demo.railway.world import (
    PEOPLE,
    PLACES,
    TRAINS,
    Run,
    Seat,
    clock,
    fares_from,
    refund_rules,
    runs,
    seat_plan,
    seats,
    timetable,
)


@pytest.mark.parametrize(("minutes", "shown"), [(0, "00:00"), (365, "06:05"), (1439, "23:59")])
def test_times_are_of_one_length(minutes: int, shown: str) -> None:
    """A model copies them digit by digit."""
    assert clock(minutes) == shown


def test_names_are_told_apart() -> None:
    """A place that is also a train would make two readings of one question."""
    names = (*PLACES, *TRAINS, *PEOPLE)
    assert len(set(names)) == len(names)


def test_a_place_without_its_last_letter_is_no_place() -> None:
    """Misspelled places are made so."""
    assert not {place[:-1] for place in PLACES} & set(PLACES)


def test_runs_share_no_train_and_no_place() -> None:
    """Otherwise a question about one would be ambiguous without meaning to be."""
    for seed in range(100):
        listed = runs(Draw.seeded(str(seed)), 4)
        names = [name for run in listed for name in (run.train, run.origin, run.target)]
        assert len(set(names)) == len(names)


def test_a_run_ends_on_its_day_after_it_began() -> None:
    """Durations are reckoned without dates, by way of one full hour at most."""
    for seed in range(300):
        (run,) = runs(Draw.seeded(str(seed)), 1)
        assert 0 < run.arrives - run.departs <= 60
        assert run.arrives < 24 * 60
        assert run.departs % 5 == run.arrives % 5 == 0


def test_fares_from_one_place_lead_to_others() -> None:
    """That is what makes the question where to go a good one."""
    listed = fares_from(Draw.seeded("1"), 3)
    assert len({fare.origin for fare in listed}) == 1
    assert len({fare.origin for fare in listed} | {fare.target for fare in listed}) == 4


def test_seats_are_neighbors() -> None:
    """A plan is a stretch of the car."""
    numbers = [seat.number for seat in seats(Draw.seeded("1"), 4)]
    assert numbers == list(range(numbers[0], numbers[0] + 4))


def test_contexts_tell_every_fact() -> None:
    """What the ideal reply needs must stand there."""
    run = Run("Heron", "Arvale", 490, "Dunlow", 525, 3)
    assert timetable([run]).endswith("\nTrain Heron, from Arvale 08:10, to Dunlow 08:45, platform 3.")
    assert seat_plan([Seat(12, "aisle", free=False)]).endswith("\nSeat 12: aisle, taken.")
    assert refund_rules([("Saver", "nothing")]).endswith("\nTicket Saver: nothing is refunded.")
