"""One answer of each conversation, chosen by chance, once it is complete."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.examiner.confidence.units import SILENT, Units, is_fitted_to, judged_by
from proxy.examiner.confidence.version import Terms, Version
from proxy.store.confidences import OVERLAP, Kept
from routing.confidence.prompt import FEATURES, PromptHead
from routing.confidence.views import WHOLE
from tests.proxy.examiner.confidence.pairs import LOST, STARTED, UNIT, kept
from tests.proxy.examiner.confidence.test_version import FITTED, TERMS

LATER = STARTED + 1e6
PROSE = (6, 12, 24)


def gathered(found: Sequence[Kept], version: Version | None = None, terms: Terms = TERMS) -> Units:
    """The units of these pairs, long after."""
    units = Units(terms, version, 600.0)
    units.add(found)
    units.settle(LATER)
    return units


def turns(count: int, apart: float = 60.0, **changed: object) -> list[Kept]:
    """The turns of one conversation."""
    return [kept(n, conversation="c", started=STARTED + apart * n, **changed) for n in range(1, count + 1)]


def test_ten_turns_are_one_unit() -> None:
    """They fail together: fed as ten they would certify nonsense."""
    units = gathered(turns(10, diverged=LOST))
    assert [unit.diverged for unit in units.complete] == [LOST]
    assert units.pairs == 10


def test_the_turn_that_counts_is_chosen_by_chance() -> None:
    """The first or the last would say of others what does not hold for them."""
    firsts = [gathered([kept(10 * c + n, conversation=f"c{c}") for n in range(4)]).complete[0] for c in range(200)]
    chosen = [unit.position % 10 for unit in firsts]
    assert all(30 < chosen.count(n) < 75 for n in range(4))


@given(st.permutations(range(5)))
def test_the_turn_that_counts_is_the_same_in_every_order(order: list[int]) -> None:
    """So that all examiners judge by the same, whichever wrote first."""
    some = turns(5)
    assert gathered([some[n] for n in order]).complete == gathered(some).complete


def test_a_conversation_counts_once_it_is_idle() -> None:
    """An open one may yet go on, and its unit be another."""
    units = Units(TERMS, None, 600.0)
    units.add(turns(3))
    last = STARTED + 180.0
    assert (units.settle(last + 600.0), units.complete) == (0, [])
    assert (units.settle(last + 601.0), len(units.complete)) == (1, 1)


def test_what_counts_is_never_changed_again() -> None:
    """A certificate rests on evidence that only grows."""
    some = turns(40)
    units = Units(TERMS, None, 600.0)
    units.add(some[:1])
    units.settle(LATER)
    before = list(units.complete)
    units.add(some[1:])
    units.settle(LATER)
    assert units.complete == before


def test_a_conversation_that_was_idle_between_is_over() -> None:
    """Also for who reads it later than it happened: after a restart the same units count."""
    some = [*turns(1), *(kept(n, conversation="c", started=STARTED + 10_000.0 * n) for n in range(2, 30))]
    assert gathered(some).complete == gathered(some[:1]).complete


def test_a_conversation_is_a_unit_of_each_slice_it_was_in() -> None:
    """Promises are made slice by slice. Its half is the same everywhere: what was fitted to must not certify."""
    units = gathered([kept(1, conversation="c"), kept(2, conversation="c", slice="code")])
    assert {unit.slice for unit in units.complete} == {"math", "code"}
    assert len({unit.fit for unit in units.complete}) == 1


def test_the_halves_are_halves() -> None:
    """One that starved the other would fit well and certify nothing."""
    assert 420 < sum(is_fitted_to(f"conversation {n}") for n in range(1000)) < 580


def test_pairs_that_come_twice_count_once() -> None:
    """Reading on begins before the newest, for what was written beside it."""
    units = Units(TERMS, None, 600.0)
    some = [kept(n) for n in range(1, 3 * OVERLAP)]
    units.add(some)
    assert units.since == 2 * OVERLAP - 1
    assert units.known >= {one.position for one in some if one.position > units.since}
    units.add([one for one in some if one.position > units.since])
    late = kept(units.since + 1, conversation="late")
    units.add([late])
    assert units.pairs == len(some)


def test_an_endpoint_is_silent_where_nobody_ever_heard_it() -> None:
    """A few replies without log-probabilities are no proof; a single one with them is."""
    mute = [kept(n, endpoint="messages", vectors={}) for n in range(1, SILENT + 1)]
    assert gathered(mute[:-1]).silent == frozenset()
    assert gathered(mute).silent == {"messages"}
    assert gathered([*mute, kept(99, endpoint="messages")]).silent == frozenset()


def test_a_reply_is_turned_down_by_what_is_unproven_today() -> None:
    """By each view apart; what was noted when it was compared holds or not as gates come to pass and fail."""
    told = {WHOLE: ("*",), 6: ("refusal",), 24: ("abstention", "refusal")}
    unit = gathered([kept(1, stream=True, objections=told)]).complete[0]
    assert unit.objections == (("refusal",), (), ("abstention", "refusal"))
    assert unit.turned_down(()) == (False, False, False)
    assert unit.turned_down(("abstention", "hedging")) == (False, False, True)
    assert unit.turned_down(("refusal",)) == (True, False, True)
    assert gathered([kept(1, objections=told)]).complete[0].turned_down(()) == (True,), "whatever is proven"


def test_other_rules_left_other_replies() -> None:
    """After an upgrade nobody knows what today's would have turned down; the endpoint is not silent for that."""
    units = gathered([kept(n, rules="0") for n in range(1, SILENT + 9)])
    assert (units.complete, units.silent) == ([], frozenset())


def test_vectors_of_another_function_say_nothing_but_that_there_are_some() -> None:
    """After an upgrade the old numbers mean something else; the endpoint is not silent for that."""
    others = [kept(n, function="0") for n in range(1, SILENT + 9)]
    units = gathered(others)
    assert (units.complete, units.silent) == ([], frozenset())


@pytest.mark.parametrize(
    ("asked", "views"),
    [
        ({"stream": False}, (WHOLE,)),
        ({"stream": False, "tools": True}, (WHOLE,)),
        ({"stream": True}, PROSE),
        ({"stream": True, "tools": True}, (WHOLE,)),
        ({"stream": True, "json": True}, (WHOLE,)),
    ],
)
def test_a_reply_is_a_unit_of_the_views_it_would_be_judged_by(asked: dict[str, bool], views: tuple[int, ...]) -> None:
    """A threshold for streams holds for replies such as streams have."""
    assert judged_by(dataclasses.replace(UNIT, **asked), TERMS) == views  # type: ignore[arg-type] # flags


def test_what_is_held_whole_is_the_operators_choice() -> None:
    """And what has no vector for a view, as after the hold was changed, is none of its units."""
    streamed = dataclasses.replace(UNIT, stream=True, tools=True)
    assert judged_by(streamed, dataclasses.replace(TERMS, whole_turn=())) == PROSE
    assert judged_by(streamed, dataclasses.replace(TERMS, whole_turn=(), hold=12)) == (6, 12)
    assert judged_by(dataclasses.replace(streamed, vectors={}), TERMS) == (WHOLE,), "such a reply falls back"
    assert judged_by(streamed, dataclasses.replace(TERMS, whole_turn=(), hold=0)) == ()


def test_who_would_not_be_served_is_not_sure() -> None:
    """Without log-probabilities, without a calibration, or not asked at all, no threshold serves it."""
    width = len(UNIT.vectors[WHOLE])
    calibration = dataclasses.replace(
        FITTED.calibration, weights=(1.0,) * width, lows=(-9.0,) * width, highs=(9.0,) * width
    )
    version = Version(TERMS, 9, {}, {WHOLE: dataclasses.replace(FITTED, calibration=calibration)})
    assert gathered([kept(1)]).complete[0].sure == (0.0,)
    assert gathered([kept(1)], version).complete[0].sure == (calibration.confidence(UNIT.vectors[WHOLE]),)
    assert gathered([kept(1, vectors={})], version).complete[0].sure == (0.0,)
    nothing = (0.0,) * len(FEATURES)
    hopeless = PromptHead(-9.0, nothing, nothing, nothing)
    prompted = dataclasses.replace(version, prompts={"math": hopeless})
    assert gathered([kept(1)], prompted).complete[0].sure == (0.0,)
    assert gathered([kept(1, prompt_function="0")], prompted).complete[0].sure != (0.0,)
