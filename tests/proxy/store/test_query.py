"""Which pairs a filter finds, on both databases."""

from __future__ import annotations

import pytest

from proxy.store.entry import Entry
from proxy.store.errors import CursorError
from proxy.store.query import ANY_FALLBACK, PairFilter, cursor
from proxy.store.store import Store
from routing.divergence import Direction, Trial
from tests.proxy.store.samples import AGREED, LOST, pair

GAINED = (Trial("hedging", Direction.GAINED, diverged=True, severity=1.0),)
NOISE = (Trial("answer", Direction.LOST, diverged=True, severity=1.0),)


@pytest.fixture
def filled(store: Store) -> Store:
    """Six pairs that differ in what filters look at."""
    pairs = [
        pair(1, LOST),
        pair(2, LOST, slice="math"),
        pair(3, GAINED, slice="math"),
        pair(4, AGREED, noise_trials=NOISE),
        pair(5, LOST + GAINED, route="other"),
        pair(6, (), route="other"),
    ]
    store.write([Entry(one) for one in pairs], "batch")
    return store


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (PairFilter(), [6, 5, 4, 3, 2, 1]),
        (PairFilter(limit=2), [6, 5]),
        (PairFilter(limit=0), []),
        (PairFilter(fallback=ANY_FALLBACK), []),
        (PairFilter(route="support"), [4, 3, 2, 1]),
        (PairFilter(route="' OR 1=1 --"), []),
        (PairFilter(slice="math"), [3, 2]),
        (PairFilter(behavior="refusal"), [5, 2, 1]),
        (PairFilter(behavior="refusal", slice="math"), [2]),
        (PairFilter(behavior="refusal", direction=Direction.GAINED), []),
        (PairFilter(direction=Direction.GAINED), [5, 3]),
        (PairFilter(direction=Direction.LOST, route="other"), [5]),
        (PairFilter(direction=Direction.LOST, limit=2), [5, 2]),
        (PairFilter(behavior="format"), []),
        (PairFilter(behavior="answer"), []),
        (PairFilter(diverged=True), [5, 3, 2, 1]),
        (PairFilter(diverged=False), [6, 4]),
        (PairFilter(since=pair(3).started), [6, 5, 4, 3]),
        (PairFilter(until=pair(3).started), [2, 1]),
        (PairFilter(since=pair(2).started, until=pair(5).started, behavior="refusal"), [2]),
        (PairFilter(before_cursor=cursor(pair(3))), [2, 1]),
        (PairFilter(before_cursor=cursor(pair(5)), direction=Direction.LOST, limit=1), [2]),
    ],
)
def test_filters(filled: Store, wanted: PairFilter, found: list[int]) -> None:
    """A behavior or direction asks where the student diverged: agreement and the teacher's own noise are no answer."""
    assert [one.id for one in filled.pairs(wanted)] == [pair(number).id for number in found]


def test_a_pair_that_diverged_twice_is_found_once(store: Store) -> None:
    """Pages count pairs, not trials."""
    twice = (*LOST, Trial("format", Direction.LOST, diverged=True))
    store.write([Entry(pair(1, twice)), Entry(pair(2, twice))], "batch")
    assert len(store.pairs(PairFilter(direction=Direction.LOST, limit=2))) == 2


@pytest.mark.parametrize("text", ["", "17", "yesterday:pair", ":pair"])
def test_a_foreign_cursor_is_refused(filled: Store, text: str) -> None:
    """It comes out of a URL; guessing would show a wrong page as if it were right."""
    with pytest.raises(CursorError, match="none of this store's"):
        filled.pairs(PairFilter(before_cursor=text))


def test_a_cursor_survives_any_id() -> None:
    """Ids may hold the separator."""
    odd = pair(1, id="a:b:c", started=1e9 + 1 / 3)
    assert cursor(odd) == f"{1e9 + 1 / 3!r}:a:b:c"


def test_pairs_that_fell_back_are_found_by_why(store: Store) -> None:
    """Alone, and with a divergence, which is asked of another table; a reason that nobody has finds nothing."""
    reasons = ("unsure", "", "connect", "unsure")
    store.write([Entry(pair(number, LOST, fallback=why)) for number, why in enumerate(reasons)], "fallbacks")

    def found(**wanted: str) -> list[str]:
        return [one.id for one in store.pairs(PairFilter(**wanted))]  # type: ignore[arg-type] # names of its text fields

    assert found(fallback="unsure") == [pair(3).id, pair(0).id]
    assert found(fallback=ANY_FALLBACK) == [pair(3).id, pair(2).id, pair(0).id]
    assert found(fallback=ANY_FALLBACK, behavior="refusal") == [pair(3).id, pair(2).id, pair(0).id]
    assert found(fallback="hedged") == []
