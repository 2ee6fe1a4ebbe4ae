"""What a ledger adds up to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from routing.divergence import Direction
from routing.evidence.excess import Differences
from routing.evidence.rates import Trials
from routing.ledger import ANYTHING, Counted, Diverged, History, Ledger, Sheet, Stage, entry

LOST, GAINED = Direction.LOST, Direction.GAINED
COUNTS = st.integers(0, 50)
TRIALS = st.tuples(COUNTS, COUNTS).map(lambda pair: Trials(max(pair), min(pair)))
COUNTED = st.builds(Counted, TRIALS, st.builds(Differences, COUNTS, COUNTS, COUNTS))
BEHAVIORS = st.sampled_from(["answer", "refusal", "own.with.dots"])
ENTRIES = st.lists(st.builds(entry, BEHAVIORS, st.sampled_from(Direction)) | st.just(ANYTHING), max_size=3)
NAMES = ENTRIES.map(lambda entries: tuple(sorted(set(entries))))
DIVERGED = st.builds(Diverged, NAMES) | st.builds(Diverged, NAMES, NAMES, NAMES)
SHEETS = st.builds(
    Sheet,
    st.dictionaries(st.tuples(BEHAVIORS, st.sampled_from(Direction)), COUNTED, max_size=4),
    st.dictionaries(DIVERGED, st.integers(1, 50), max_size=4),
)
WANTED = st.frozensets(st.builds(entry, BEHAVIORS, st.sampled_from(Direction)))
KEYS = st.tuples(st.sampled_from(["general", "math"]), st.sampled_from(History), st.sampled_from(Stage))
LEDGERS = st.builds(Ledger, st.dictionaries(KEYS, SHEETS, max_size=4))


@given(LEDGERS, LEDGERS, LEDGERS)
def test_ledgers_merge_in_any_order(one: Ledger, two: Ledger, three: Ledger) -> None:
    """Replicas and restarts add what they saw; what comes out must not depend on who came first."""
    assert one.merge(two) == two.merge(one)
    assert one.merge(two).merge(three) == one.merge(two.merge(three))
    assert one.merge(Ledger()) == one


@given(SHEETS, SHEETS, WANTED)
def test_any_of_a_sum_is_the_sum_of_any_of(one: Sheet, two: Sheet, entries: frozenset[str]) -> None:
    """Exposure is earned from all replicas' conversations together."""
    together = one.merge(two)
    assert together.conversations == one.conversations + two.conversations
    assert together.any_of(entries) == one.any_of(entries).merge(two.any_of(entries))


@given(SHEETS, WANTED, WANTED)
def test_more_behaviors_never_diverge_less(sheet: Sheet, some: frozenset[str], more: frozenset[str]) -> None:
    """A gate that is switched on must not raise what the slice may be served."""
    few, all_ = sheet.any_of(some), sheet.any_of(some | more)
    assert few.trials.count == all_.trials.count == sheet.conversations
    assert few.trials.diverged <= all_.trials.diverged
    assert few.pairs.count == all_.pairs.count


def test_any_of_counts_a_conversation_once() -> None:
    """Two behaviors lost in one conversation are one divergent conversation: that is what the caller was served."""
    sets = {Diverged(("answer.lost", "refusal.lost")): 3, Diverged(("refusal.gained",)): 2, Diverged(): 5}
    assert Sheet(sets=sets).any_of(["answer.lost", "refusal.lost", "refusal.gained"]) == Counted(Trials(10, 5))
    assert Sheet(sets=sets).any_of(["answer.lost", "refusal.lost"]) == Counted(Trials(10, 3))
    assert Sheet(sets=sets).any_of([]) == Counted(Trials(10, 0))


def test_any_of_pairs_are_those_asked_twice() -> None:
    """What the teacher does to itself on the same turns is not the student's."""
    lost: tuple[str, ...] = ("answer.lost",)
    sets = {
        Diverged(lost): 100,  # never asked twice
        Diverged(lost, lost, ()): 1,
        Diverged(lost, (), lost): 2,
        Diverged(lost, lost, ("answer.gained",)): 4,
        Diverged((), (), ()): 8,
    }
    both = ["answer.lost", "answer.gained"]
    assert Sheet(sets=sets).any_of(both) == Counted(Trials(115, 107), Differences(1, 2, 12))


def test_what_was_cut_off_counts_against_the_student() -> None:
    """It may have been the behavior asked for; and nothing unknown excuses the student."""
    cut = ("answer.lost", ANYTHING)
    assert Sheet(sets={Diverged(cut): 1}).any_of(["refusal.lost"]) == Counted(Trials(1, 1))
    assert Sheet(sets={Diverged(cut, cut, cut): 1}).any_of(["refusal.lost"]).pairs == Differences(student_only=1)
    assert Sheet(sets={Diverged(cut, (), cut): 1}).any_of(["refusal.lost"]).pairs == Differences(alike=1)
    assert Sheet(sets={Diverged(cut, cut, cut): 1}).any_of([]) == Counted(Trials(1, 0), Differences(alike=1))


def test_an_unknown_sheet_is_empty() -> None:
    """No data is neither zero nor failure; the gates see that from the counts."""
    ledger = Ledger({("math", History.TEACHER, Stage.SEEN): Sheet(sets={Diverged(): 1})})
    assert ledger.sheet("math", History.STUDENT, Stage.SEEN) == Sheet()
    assert ledger.sheet("math", History.TEACHER, Stage.SEEN).conversations == 1
    assert ledger.slices() == ("math",)
    assert ledger.merge(Ledger({("code", History.TEACHER, Stage.SEEN): Sheet()})).slices() == ("code", "math")
