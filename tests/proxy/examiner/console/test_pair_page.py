"""One pair: what its page shows, whatever of it was kept."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.examiner.console.pair_page import LEAST_SHARED, Side, pair_view
from routing.behaviors.label import Label, Presence
from tests.console.stage import alike, calling, lost
from tests.proxy.store.samples import pair, reply

CALL = (
    b'{"choices": [{"message": {"content": null, "tool_calls": [{"id": "1", "type": "function", '
    b'"function": {"name": "look_up", "arguments": "{\\"order\\": 7}"}}]}, "finish_reason": "tool_calls"}]}'
)


def test_replies_stand_beside_each_other_and_the_one_that_was_served_says_so() -> None:
    """Who reads a pair asks first what the caller got."""
    found = pair_view(alike(1), "", "")
    assert [(side.title, side.served) for side in found.sides] == [
        ("Teacher", False),
        ("Student", True),
        ("Teacher, asked again", False),
    ]


def test_words_that_only_one_arm_has_are_told() -> None:
    """In both replies, and not in the second one of the teacher's."""
    found = pair_view(alike(1), "", "")
    only = [[piece.text for piece in side.pieces if piece.only] for side in found.sides]
    assert only == [["three", "Thursday"], ["five", "Saturday"], []]
    assert found.note == ""


def test_replies_that_have_nothing_in_common_are_not_underlined_all_over() -> None:
    """And the page says why nothing is."""
    found = pair_view(lost(1), "", "")
    assert not any(piece.only for side in found.sides for piece in side.pieces)
    assert "hardly a word in common" in found.note
    assert LEAST_SHARED > 0


def test_replies_too_long_to_compare_say_so() -> None:
    """No marks must not look like no differences."""
    found = pair_view(pair(teacher=reply("a b " * 5000, labels=()), student=reply("b c " * 5000, labels=())), "", "")
    assert "too long" in found.note


def test_what_fired_is_marked() -> None:
    """The words that a detector went by."""
    found = pair_view(lost(1), "", "")
    assert [piece.begins for piece in found.sides[0].pieces if piece.begins] == [("refusal",), ("clarification",)]


def test_the_last_turn_of_the_request_is_read() -> None:
    """What was asked stands above what was answered."""
    turns = pair_view(lost(1), "", "").turns
    assert [turn.role for turn in turns] == ["system", "user"]
    assert turns[-1].text.startswith("Has my neighbor's order")


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"messages": "none"}'])
def test_a_request_that_was_not_kept_or_is_none_leaves_the_rest(body: bytes) -> None:
    """Privacy may keep no word of it."""
    found = pair_view(pair(request=body), "", "")
    assert found.turns == ()
    assert found.sides[0].pieces


def test_tool_calls_are_read_from_the_body() -> None:
    """A reply that only calls has no text."""
    side = pair_view(pair(student=reply("", CALL, labels=())), "", "").sides[1]
    assert ["".join(piece.text for piece in call.pieces) for call in side.calls] == ['look_up({"order": 7})']
    assert (side.pieces, side.body) == ((), "")


def test_a_body_that_cannot_be_read_is_shown_as_it_came() -> None:
    """An error page of a proxy says more than nothing."""
    side = pair_view(pair(student=reply("", b"<h1>502</h1>", labels=())), "", "").sides[1]
    assert side.body == "<h1>502</h1>"


def test_findings_begin_with_what_diverged_and_keep_what_was_silent_apart() -> None:
    """At night one reads the first line."""
    found = pair_view(lost(1), "", "").findings
    assert [(one.behavior, bool(one.diverged), one.tells) for one in found] == [
        ("refusal", True, True),
        ("clarification", True, True),
        ("format", False, False),
    ]


def test_the_trace_is_found_or_there_is_none() -> None:
    """A header of somebody else's may be anything."""
    ids = [pair_view(pair(traceparent=text), "", "").trace for text in ("00-abc-def-01", "", "nonsense")]
    assert ids == ["abc", "", ""]


@given(st.text(), st.text(), st.tuples(st.integers(-9, 99), st.integers(-9, 99)))
def test_every_reply_comes_through_whole(one: str, other: str, span: tuple[int, int]) -> None:
    """Nothing that was said is lost on the way to the page."""
    labels = (Label("refusal", Presence.PRESENT, 1.0, "rule", span),)
    made = dataclasses.replace(pair(), teacher=reply(one, labels=labels), student=reply(other, labels=()))
    sides = pair_view(made, "", "").sides
    assert ["".join(piece.text for piece in side.pieces) for side in sides] == [one, other]


def marked(side: Side) -> list[str]:
    """What of each call only this arm says."""
    return ["".join(piece.text for piece in call.pieces if piece.only) for call in side.calls]


def test_calls_are_compared_in_their_order() -> None:
    """An argument that is another is marked, and all of a call that only one arm makes."""
    teacher, student, *_ = pair_view(calling(60), "", "").sides
    assert (marked(teacher), marked(student)) == (["true", 'close_ticket({"id": 9})'], ["false"])


def test_a_difference_that_is_not_shown_is_told() -> None:
    """Two replies of which the first 40,000 characters are alike must not look alike."""
    one = "word " * 20_000
    view = pair_view(pair(teacher=reply(one), student=reply(f"{one[:-1]}!")), "", "")
    assert view.note == "What is shown of both replies is the same; they first differ at character 100,000."
    assert not any(piece.only for side in view.sides for piece in side.pieces)
    assert pair_view(pair(teacher=reply(one), student=reply(one)), "", "").note == ""
