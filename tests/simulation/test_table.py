"""What a part found, as values."""

from __future__ import annotations

import pytest

from simulation.borders import NEVER
from simulation.table import Promise, Share, Table, Waits


def test_a_promise_is_broken_beyond_chance_only() -> None:
    """Five percent of a thousand may come out as seven, and not as eight."""
    assert Promise(Share(50, 1000), 0.05).kept
    assert Promise(Share(70, 1000), 0.05).kept
    assert not Promise(Share(80, 1000), 0.05).kept


def test_a_share_knows_its_error_even_where_nothing_happened() -> None:
    """None in a hundred is not zero for certain."""
    assert Share(50, 100).error == pytest.approx(0.05)
    assert Share(0, 100).error == pytest.approx(0.01, rel=0.01)
    assert Share(100, 100).error == pytest.approx(0.01, rel=0.01)


def test_waits_say_where_too_few_arrived() -> None:
    """Who never arrives counts as late, not as absent."""
    assert Waits.of([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) == Waits(6, 10)
    assert Waits.of([1, 2, 3, NEVER]) == Waits(2, 3)
    assert Waits.of([5, NEVER, NEVER]) == Waits(None, None)
    assert Waits.of([]) == Waits(None, None)


def test_rows_fit_their_columns() -> None:
    """A shifted column would be read as another figure."""
    with pytest.raises(ValueError, match="another number of cells"):
        Table("t", "s", ("one", "two"), ((1,),))


def test_broken_rows_are_named() -> None:
    """The command fails by them."""
    good, bad = (1, Promise(Share(1, 100), 0.05)), (2, Promise(Share(50, 100), 0.05))
    assert Table("t", "s", ("n", "share"), (good, bad)).broken == (bad,)
