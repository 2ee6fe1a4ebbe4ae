"""What each pair adds to the sums of style."""

from __future__ import annotations

import pytest

from proxy.examiner.manners import Manners
from routing.observation import Arm, Observation, ToolCall
from routing.style import StyleDrift, manner

CAREFUL = (
    "I think it is probably the third one, though I am not entirely sure that it still holds. It might be the fourth."
)
CURT = "It is the third one."


def said(arm: Arm, text: str) -> Observation:
    """A reply."""
    return Observation(arm, text=text)


def test_additions_add_up_to_the_whole() -> None:
    """What the store sums up is what one would have summed up in one place, also over slices."""
    manners, kept, whole = Manners(), StyleDrift(), StyleDrift()
    for teacher, student in [(CAREFUL, CURT), (CURT, CAREFUL), (CAREFUL, CAREFUL), (CAREFUL, CURT)]:
        kept = kept.merge(manners.added("r", "math", said(Arm.TEACHER, teacher), said(Arm.STUDENT, student)))
        manners.added("r", "code", said(Arm.TEACHER, CURT), said(Arm.STUDENT, CAREFUL))
        whole = whole.add(manner(teacher), manner(student))
    assert kept.sums() == pytest.approx(whole.sums())
    assert kept.hedges.teacher > kept.hedges.student > 0


def test_a_past_of_its_own_makes_the_bounds_tighter() -> None:
    """A student that is always as much shorter surprises nobody after a while."""
    manners, kept, forgetful = Manners(), StyleDrift(), StyleDrift()
    for _ in range(50):
        kept = kept.merge(manners.added("r", "math", said(Arm.TEACHER, CAREFUL), said(Arm.STUDENT, CURT)))
        forgetful = forgetful.merge(Manners().added("r", "math", said(Arm.TEACHER, CAREFUL), said(Arm.STUDENT, CURT)))
    assert kept.length.surprise < forgetful.length.surprise / 10


@pytest.mark.parametrize(("teacher", "student"), [("", CURT), (CURT, " \n"), ("", "")])
def test_an_arm_that_only_calls_tools_is_not_called_curt(teacher: str, student: str) -> None:
    """It said nothing because it acted."""
    called = Observation(Arm.STUDENT, text=student, tool_calls=(ToolCall("look", "{}"),))
    assert Manners().added("r", "tool_use", said(Arm.TEACHER, teacher), called) == StyleDrift()


def test_a_student_that_babbles_is_one_pair() -> None:
    """A megabyte must not take the examiner's time, nor weigh more than a page: head and tail are read."""
    babble = Manners().added("r", "math", said(Arm.TEACHER, CAREFUL * 9_000), said(Arm.STUDENT, CURT * 50_000))
    assert babble.length.count == 1
    assert babble.length.student > babble.length.teacher
