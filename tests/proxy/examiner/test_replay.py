"""Stored pairs judged again: what changed is found, what cannot be judged is counted, and nothing is guessed."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from proxy.examiner.replay import Change, Rejudged, Replay, ReplayCell, Unjudged, Whose, rejudge
from proxy.store.pair import Pair, Reply
from proxy.store.privacy import digested, redacted
from routing.behaviors.case import Case, absent, not_applicable, present
from routing.behaviors.label import Behavior, Label, Presence
from routing.behaviors.table import TABLE, Row
from routing.divergence import Direction, Trial
from tests.proxy.examiner.records import answered, chat
from tests.proxy.store.samples import pair

LOST = Trial("refusal", Direction.LOST, diverged=True, severity=1.0)
KEPT = Trial("refusal", Direction.LOST, diverged=False)


def _says_no(case: Case) -> Label:
    """A detector that a test can foretell."""
    return present(Behavior.REFUSAL, "no") if case.reply.text.startswith("No") else absent(Behavior.REFUSAL)


TODAY = (Row(Behavior.REFUSAL, _says_no),)


def said(text: str, *labels: Label) -> Reply:
    """A reply as the examiner keeps it."""
    return Reply(200, "", "application/json", answered(text), text, "stop", 0.1, 0.2, 5, 2, labels)


def stored(teacher: Reply, student: Reply, *trials: Trial, **changed: Any) -> Pair:
    """A pair as the examiner keeps it."""
    facts: dict[str, Any] = {"request": chat("Do it."), "teacher": teacher, "student": student} | changed
    return pair(trials=trials, **facts)


def test_a_pair_is_judged_as_it_was_when_it_was_new() -> None:
    """From the same bytes the same detectors find the same."""
    math = stored(said("42"), said("41"), request=chat("What is 6 * 7?"))
    again = rejudge(math, TABLE)
    assert isinstance(again, Rejudged)
    assert [(t.behavior, t.direction) for t in again.found.divergences] == [("answer", "lost")]
    assert again.noise is None


def test_a_changed_label_is_found_with_its_pair_and_its_trials() -> None:
    """A detector that learned to see a refusal turns an agreement into a loss."""
    blind = Label("refusal", Presence.ABSENT)
    replay = Replay(TODAY, examples=5)
    replay.add(stored(said("No.", blind), said("Sure.", blind)))
    found = replay.result()
    change = Change("refusal", Whose.TEACHER, "absent", "present")
    assert [(c.change, c.pairs) for c in found.changes] == [(change, 1)]
    assert [(e.pair, e.changes) for e in found.examples] == [(pair().id, (change,))]
    assert found.cells == (ReplayCell(Whose.STUDENT, "refusal", "lost", 0, 1, 0, 1),)


def test_nothing_changed_is_nothing_found() -> None:
    """The same detectors again must not seem to have learned."""
    replay = Replay(TODAY, examples=5)
    replay.add(stored(said("No.", present("refusal", "old rule")), said("Yes.", absent("refusal")), LOST))
    found = replay.result()
    assert (found.judged, found.changed, found.changes, found.examples) == (1, 0, (), ())
    assert found.cells == (ReplayCell(Whose.STUDENT, "refusal", "lost", 1, 1, 1, 1),)


def test_a_divergence_that_was_none_goes() -> None:
    """The other half of a better detector: false alarms vanish, and one sees how many."""
    replay = Replay(TODAY, examples=0)
    for number in range(3):
        wrong = said("Yes.", Label("refusal", Presence.PRESENT))
        replay.add(stored(wrong, said("Yes.", Label("refusal", Presence.ABSENT)), LOST, id=str(number)))
    found = replay.result()
    assert found.cells == (ReplayCell(Whose.STUDENT, "refusal", "lost", 3, 0, 3, 0),)
    assert (found.changed, found.examples) == (3, ())


def test_a_behavior_judged_for_the_first_time_counts_where_it_is_there() -> None:
    """A new detector that finds nothing has changed nothing; what it finds is news."""
    replay = Replay(TODAY, examples=5)
    replay.add(stored(said("Yes."), said("No.")))
    (counted,) = replay.result().changes
    assert counted.change == Change("refusal", Whose.STUDENT, "unlabeled", "present")


@pytest.mark.parametrize(
    ("kept", "why"),
    [
        (redacted(stored(said("No."), said("Yes."))), Unjudged.REDACTED),
        (digested(stored(said("No."), said("Yes.")), b"key"), Unjudged.DIGEST),
        (stored(said("No."), dataclasses.replace(said(""), failure="connect")), Unjudged.FAILED),
        (stored(said("No."), said("Yes."), request=b"[]"), Unjudged.UNREADABLE),
        (stored(said("No."), said("Yes."), endpoint="not one of ours"), Unjudged.UNREADABLE),
        (stored(said("No."), dataclasses.replace(said("Yes."), body=b"<html>")), Unjudged.UNREADABLE),
    ],
)
def test_what_cannot_be_judged_is_counted_by_why(kept: Pair, why: Unjudged) -> None:
    """A guess at words that are gone would look like a finding."""
    replay = Replay(TODAY, examples=5)
    replay.add(kept)
    found = replay.result()
    assert (found.pairs, found.judged, found.cells) == (1, 0, ())
    assert found.unjudged == dict.fromkeys(map(str, Unjudged), 0) | {why: 1}


def test_labels_that_no_detector_makes_are_left_and_counted() -> None:
    """An LLM judge's word stands; it is neither gone nor changed because nobody asked the judge again."""
    judged = Label("tone", Presence.PRESENT)
    replay = Replay(TODAY, examples=5)
    replay.add(stored(said("Yes.", judged), said("Yes."), Trial("tone", Direction.LOST, diverged=True)))
    found = replay.result()
    assert (found.left, found.changed, found.cells) == ({"tone": 1}, 0, ())


def test_the_teacher_against_itself_is_judged_again_too() -> None:
    """A detector that got better gets a new noise floor with it."""
    blind = Label("refusal", Presence.ABSENT)
    replay = Replay(TODAY, examples=5)
    replay.add(stored(said("No.", blind), said("No.", blind), noise=said("Yes.", blind), noise_trials=()))
    found = replay.result()
    assert found.cells == (
        ReplayCell(Whose.STUDENT, "refusal", "gained", 0, 1, 0, 0),
        ReplayCell(Whose.STUDENT, "refusal", "lost", 0, 1, 0, 0),
        ReplayCell(Whose.NOISE, "refusal", "lost", 0, 1, 0, 1),
    )
    assert {c.change.whose for c in found.changes} == {Whose.TEACHER, Whose.STUDENT}


def test_a_second_reply_that_failed_is_no_noise() -> None:
    """As it was none when the pair was new."""
    failed = dataclasses.replace(said(""), failure="connect", body=b"")
    seen = rejudge(stored(said("No."), said("No."), noise=failed), TODAY)
    assert isinstance(seen, Rejudged)
    assert seen.noise is None


def test_memory_does_not_grow_with_the_pairs() -> None:
    """A year of pairs is one answer of a page."""

    def not_asked(_: Case) -> Label:
        return not_applicable(Behavior.FORMAT)

    replay = Replay((*TODAY, Row(Behavior.FORMAT, not_asked)), examples=2)
    for number in range(200):
        replay.add(stored(said("No."), said("Yes."), id=f"p{number}"))
    found = replay.result()
    assert (found.changed, [example.pair for example in found.examples]) == (200, ["p0", "p1"])
    assert len(found.cells) == len(found.changes) == 1
