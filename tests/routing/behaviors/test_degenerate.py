"""Replies that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.case import Case
from routing.behaviors.degenerate import detect
from routing.behaviors.label import Label, Presence
from routing.observation import Arm, Observation, ToolCall
from routing.traits import Endpoint, Traits

WHOLE = Observation(Arm.TEACHER, text="Fine.", finish_reason="stop")


def judged(seen: Observation, reference: Observation = WHOLE) -> Label:
    """The label of a reply."""
    return detect(Case(Traits(Endpoint.CHAT), seen, reference, lambda _schema, _value: ""))


@pytest.mark.parametrize(
    "text",
    [
        "The answer is that " + "the sun is white. " * 20,
        "!" * 200,
        "Well.\n" + "I think so.\n\n" * 30,
        "ha" * 100,
        "x" + "".join(f"{c}{i}" for i, c in enumerate("abcdefghij" * 5)) * 5,
        "no " * 50 + "n",
        "\u6211\u4e0d\u77e5\u9053\u3002" * 12,
        "\uadf8\ub807\uc2b5\ub2c8\ub2e4. " * 10,
        "the " * 40,
        "x" * 1_000_000,
    ],
)
def test_loops(text: str) -> None:
    """Of words, lines and characters, also cut in the middle of a round."""
    assert judged(Observation(Arm.STUDENT, text=text)).rule.startswith("loop")


@pytest.mark.parametrize(
    "text",
    [
        "Paris.",
        "ha ha ha ha",
        "Title\n" + "=" * 200,
        "| a | b |\n" + "|---|---|\n" + "|   |   |\n" * 20,
        "def f():\n" + "".join(f"    x{i} = {i}\n" for i in range(200)),
        "the sun is white. " * 20 + "And that was the song.",
        "\u54c8" * 60,
        "\u597d\u7684\u3002" * 3,
    ],
)
def test_no_loops(text: str) -> None:
    """Rules, tables, code, and a refrain that ends."""
    assert judged(Observation(Arm.STUDENT, text=text)).presence is Presence.ABSENT


def test_empty_replies() -> None:
    """Thinking alone is no reply; a call or a refusal is one."""
    assert judged(Observation(Arm.STUDENT, text=" \n", reasoning="Hm.")).rule == "empty"
    assert judged(Observation(Arm.STUDENT, tool_calls=(ToolCall("f", "{}"),))).presence is Presence.ABSENT
    assert judged(Observation(Arm.STUDENT, refusal="No.")).presence is Presence.ABSENT


def test_a_reply_cut_for_length_breaks_off_unless_the_reference_was_cut_too() -> None:
    """A limit of 16 tokens cuts everyone."""
    cut = Observation(Arm.STUDENT, text="Once upon", finish_reason="length")
    assert judged(cut).rule == "breaks_off"
    assert judged(cut, cut).presence is Presence.ABSENT


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\ufeff", "\u3000" * 9, " " * 1_000_000])
def test_what_nobody_can_see_is_empty(text: str) -> None:
    """Zero-width characters are how some models say nothing."""
    assert judged(Observation(Arm.STUDENT, text=text)).rule == "empty"


SENTENCE = "The river rises in the Alps. From there it flows past four countries and through a lake that is"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (SENTENCE, "breaks_off in the middle"),
        ("Run this:\n```\nls -l", "breaks_off in the middle"),
        (SENTENCE + " large.", ""),
        ("The Rhine", ""),
        (
            "It rains. See also\n- the long chapter on rivers, lakes and everything else that holds water in the Alps",
            "",
        ),
    ],
)
def test_an_end_without_a_reason_in_the_middle_of_a_sentence(text: str, rule: str) -> None:
    """Some upstreams give no finish reason; with one, or where the reference ends alike, the end is believed."""
    assert judged(Observation(Arm.STUDENT, text=text)).rule == rule
    assert judged(Observation(Arm.STUDENT, text=text, finish_reason="stop")).rule == ""
    assert judged(Observation(Arm.STUDENT, text=text), Observation(Arm.TEACHER, text=SENTENCE)).rule == ""


@given(st.text())
def test_any_text_has_a_label(text: str) -> None:
    """Detectors never raise."""
    assert judged(Observation(Arm.STUDENT, text=text)).behavior == "degenerate"


@given(st.text("ab", min_size=1, max_size=9), st.text("abc", max_size=9), st.integers(0, 60), st.text("ab", max_size=3))
def test_loops_are_what_they_are_defined_as(unit: str, before: str, times: int, after: str) -> None:
    """Against the definition, tried out: some period covers 120 characters of the end, and four rounds of itself."""
    text = before + unit * times + after
    periods = [
        period
        for period in range(1, len(text))
        if (covered := max(120, 4 * period)) <= len(text) and text[-covered:][period:] == text[-covered:-period]
    ]
    rule = judged(Observation(Arm.STUDENT, text=text or ".", finish_reason="stop")).rule
    assert rule == (f"loop of {periods[0]} characters" if periods else "")


@pytest.mark.parametrize("unit", ["a", "ab", "a" * 50 + "b", "".join("ab"[i * i % 7 % 2] for i in range(3_000))])
def test_hostile_text_takes_bounded_time(unit: str) -> None:
    """Only the ending is read, in linear time."""
    seen = Observation(Arm.STUDENT, text=unit * (1_000_000 // len(unit)))
    judged(seen)
