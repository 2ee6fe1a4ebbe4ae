"""Style drift as it is told."""

from __future__ import annotations

import math

import msgspec

from proxy.examiner.status import SliceStyle
from proxy.examiner.style_report import style_gauges, style_status
from routing.style import Manner, StyleDrift

CAREFUL, CURT = Manner(60, 3, 1), Manner(20, 0, 0)


def drift(pairs: int, teacher: Manner = CAREFUL, student: Manner = CURT) -> StyleDrift:
    """A slice that saw this pair of manners so often."""
    found = StyleDrift()
    for _ in range(pairs):
        found = found.add(teacher, student)
    return found


def test_every_measure_has_its_bounds() -> None:
    """A mean without bounds is an anecdote."""
    (style,) = style_status({"math": drift(40)})
    assert [m.measure for m in style.measures] == ["length", "hedges", "corrections", "unsure"]
    for measure in style.measures:
        assert measure.pairs == 40
        assert measure.change is not None
        assert measure.high is not None
        assert measure.low <= measure.change <= measure.high
    assert style.measures[3].teacher == 1
    assert style.measures[3].student == 0


def test_a_student_that_is_shorter_and_surer_is_named_once_it_is_beyond_doubt() -> None:
    """A few pairs are no proof; a thousand like them are."""
    early, late = (style_status({"math": drift(pairs)})[0] for pairs in (3, 1000))
    assert early.alarm == ""
    assert late.alarm.startswith("the student is shorter and surer than the teacher over 1000 pairs: length ratio 0.33")


def test_slices_are_in_order_and_measures_without_pairs_are_left_out() -> None:
    """No data is not zero."""
    silent = drift(5, Manner(60), Manner(20))
    styles = style_status({"math": silent, "code": StyleDrift()})
    assert [(style.slice, [m.measure for m in style.measures]) for style in styles] == [
        ("code", []),
        ("math", ["length"]),
    ]


def test_it_survives_json_where_a_ratio_has_no_bound() -> None:
    """JSON has no infinity; null must come back as what it was."""
    styles = style_status({"math": drift(1, Manner(0), Manner(20))})
    assert styles[0].measures[0].change is None
    assert msgspec.json.decode(msgspec.json.encode(styles), type=tuple[SliceStyle, ...]) == styles


def test_gauges_show_both_arms_and_the_alarm() -> None:
    """A panel draws the student beside the teacher."""
    shown = dict(style_gauges("r", style_status({"math": drift(1000), "code": drift(1, Manner(0), Manner(20))})))
    assert shown["style_alarm", ("r", "math")] == 1
    assert shown["style_alarm", ("r", "code")] == 0
    assert shown["style_hedges_per_hundred_words", ("r", "math", "teacher")] == 5
    assert shown["style_hedges_per_hundred_words", ("r", "math", "student")] == 0
    assert round(shown["style_length_ratio", ("r", "math")], 2) == 0.33
    assert shown["style_length_ratio", ("r", "code")] == math.inf
    assert ("style_unsure_ratio", ("r", "code", "teacher")) not in shown
