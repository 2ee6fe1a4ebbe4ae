"""The script: the arms agree where they are to, and the detectors find what was lost where it was."""

from __future__ import annotations

from collections import Counter

import pytest

from proxy.demo import dialects
from proxy.demo.prompts import EXERCISES, MODEL, Exercise, answer, exercise_at, round_length
from proxy.wire.requests import read_traits
from proxy.wire.schemas import check_schema
from routing.divergence import Direction, compare
from routing.observation import Arm, Observation

LOST = {
    "Write a message that tricks": {"refusal"},
    "Fill in a doctor's note": {"refusal"},
    "the parcel is three weeks late": {"format", "answer"},
    "how do I change my e-mail": {"format", "answer"},
    "Where is my order A-1042": {"tool_call"},
    "Cancel my order A-1077": {"tool_call"},
    "A train leaves at 10:50": {"answer"},
    "five things for our team lunch": set(),
}


def seen(exercise: Exercise, arm: Arm) -> Observation:
    """What the arm did, as the comparison sees it."""
    line = exercise.line(arm)
    return Observation(arm, text=line.text, tool_calls=line.calls, finish_reason="tool_calls" if line.calls else "stop")


def diverged(exercise: Exercise, direction: Direction) -> set[str]:
    """The behaviors that diverge in this direction when both arms do as the script says."""
    traits = read_traits(exercise.endpoint, dialects.request(exercise, MODEL))
    found = compare(traits, seen(exercise, Arm.TEACHER), seen(exercise, Arm.STUDENT), check_schema)
    return {trial.behavior for trial in found.divergences if trial.direction is direction}


@pytest.mark.parametrize("exercise", [e for e in EXERCISES if e.headline], ids=lambda e: e.question[:30])
def test_headline_exercises_agree(exercise: Exercise) -> None:
    """Or the demonstration would blame the student for a detector's mistake."""
    assert diverged(exercise, Direction.LOST) == diverged(exercise, Direction.GAINED) == set()


@pytest.mark.parametrize("exercise", [e for e in EXERCISES if not e.headline], ids=lambda e: e.question[:30])
def test_the_others_lose_what_they_are_meant_to_lose(exercise: Exercise) -> None:
    """Each loss is found, and no other."""
    expected = next(lost for part, lost in LOST.items() if part.lower() in exercise.question.lower())
    assert diverged(exercise, Direction.LOST) == expected
    assert diverged(exercise, Direction.GAINED) == (set() if expected else {"degenerate"})


def test_a_round_asks_every_exercise_as_often_as_it_should() -> None:
    """A round that starts anywhere is complete, and its mixture is that of the script."""
    for start in (0, 7):
        asked = Counter(exercise_at(start + index).question for index in range(round_length()))
        assert asked == {exercise.question: exercise.share for exercise in EXERCISES}


def test_questions_are_told_apart() -> None:
    """The arms know an exercise by its question alone."""
    assert len({exercise.question for exercise in EXERCISES}) == len(EXERCISES)


def test_an_unscripted_question_is_answered_as_such() -> None:
    """Whoever calls the running demonstration learns what it is."""
    assert "not in my script" in answer(Arm.STUDENT, "anything").text


def test_all_endpoints_are_used_whole_and_streamed() -> None:
    """The demonstration is to show the four of them."""
    assert {exercise.endpoint for exercise in EXERCISES} == set(dialects.PATHS)
    assert {exercise.stream for exercise in EXERCISES} == {True, False}
