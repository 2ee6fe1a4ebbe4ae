"""Chance: whose it is, and which ways of speaking it may pick."""

from __future__ import annotations

from proxy.demo.railway.draw import Draw, Phrasing

WAYS = Phrasing(taught=("When is {it}?", "{it}, when?"), held_out=("At what time is {it}?",))


def said(*, held_out: bool) -> set[str]:
    """All that is said in many draws."""
    return {Draw.seeded(str(seed), held_out=held_out).say(WAYS, {"it": "tea"}) for seed in range(50)}


def test_training_hears_only_what_is_taught() -> None:
    """A held-out phrasing heard in training measures memory."""
    assert said(held_out=False) == {"When is tea?", "tea, when?"}


def test_evaluation_hears_only_what_is_held_out() -> None:
    """A taught phrasing in the eval measures memory too."""
    assert said(held_out=True) == {"At what time is tea?"}


def test_a_number_may_be_either_end() -> None:
    """Both bounds are promised."""
    assert {Draw.seeded(str(seed)).number(10, 20, 5) for seed in range(50)} == {10, 15, 20}


def test_several_are_all_different() -> None:
    """Two rows of a timetable must not be of the same train."""
    for seed in range(50):
        assert sorted(Draw.seeded(str(seed)).several("abc", 3)) == ["a", "b", "c"]


def test_the_same_chance_draws_the_same() -> None:
    """A seed names a conversation."""
    first, second = (Draw.seeded("one").ask(WAYS, {"it": "tea"}) for _ in range(2))
    assert first == second
