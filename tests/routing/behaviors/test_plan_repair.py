"""What replies do after a tool failed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.case import Case
from routing.behaviors.label import Label, Presence
from routing.behaviors.plan_repair import detect
from routing.observation import Arm, Observation, ToolCall
from routing.traits import Endpoint, Traits, Turn

USER = Turn("user", "Book the 10:15 to Basel.")
BOOK, BOOK_OTHER, SEARCH = (
    ToolCall("book", '{"train": 17, "to": "Basel"}', "c1"),
    ToolCall("book", '{"train": 18, "to": "Basel"}', "c2"),
    ToolCall("search", '{"to": "Basel"}', "c3"),
)
REORDERED = ToolCall("book", '{"to":"Basel","train":17.0}', "c9")
FULL = "Error: not enough seats on train 17"


def called(*calls: ToolCall) -> Turn:
    """The model's turn with these calls."""
    return Turn("assistant", "", calls)


def judged(*turns: Turn, calls: tuple[ToolCall, ...] = (), text: str = "") -> Label:
    """The label of a reply to these turns."""
    reply = Observation(Arm.STUDENT, text=text, tool_calls=calls)
    return detect(Case(Traits(Endpoint.CHAT, turns), reply, reply, lambda _schema, _value: ""))


POLISH = "Bilet jest niedost\u0119pny, poniewa\u017c nie ma ju\u017c miejsc w tym poci\u0105gu."
AFTER = (USER, called(BOOK), Turn("tool", FULL, (), "c1"))


@pytest.mark.parametrize("refusal", ["That train is full. Shall I look for a later one?", "No seats are left."])
def test_a_refusal_in_its_field_is_judged_without_a_span(refusal: str) -> None:
    """Spans mark the reply's text, and the refusal stands beside it."""
    text = judged(*AFTER, text=refusal)
    field = Observation(Arm.STUDENT, text=" ", refusal=refusal)
    label = detect(Case(Traits(Endpoint.CHAT, AFTER), field, field, lambda _schema, _value: ""))
    assert text.span is not None
    assert label == replace(text, span=None)


@pytest.mark.parametrize(
    ("calls", "text", "presence", "rule", "score"),
    [
        ((SEARCH,), "", Presence.PRESENT, "other_tool search", 1.0),
        ((BOOK_OTHER,), "", Presence.PRESENT, "other_arguments", 1.0),
        ((BOOK, SEARCH), "", Presence.PRESENT, "other_tool search", 1.0),
        ((), "That train is full. Shall I look for a later one?", Presence.PRESENT, "asks", 1.0),
        ((), "That train is full. You can take the 11:15.", Presence.PRESENT, "another_way", 1.0),
        ((BOOK,), "Let me try another way.", Presence.ABSENT, "same_call", 0.0),
        ((REORDERED,), "", Presence.ABSENT, "same_call", 0.0),
        ((BOOK, BOOK), "", Presence.ABSENT, "same_call", 0.0),
        ((), "There are not enough seats on that train.", Presence.ABSENT, "gives_up", 0.25),
        ((), "You are booked on the 10:15. Your seat has been reserved.", Presence.ABSENT, "claims_success", 0.0),
        ((), "The 10:15 leaves from platform 3.", Presence.ABSENT, "passes_over", 0.0),
        ((), " ", Presence.ABSENT, "no_reply", 0.0),
        ((), POLISH, Presence.NOT_APPLICABLE, "language", 0.0),
        ((), "Nie ma miejsc. Czy mam poszuka\u0107 innego?", Presence.PRESENT, "asks", 1.0),
    ],
)
def test_after_a_failure(calls: tuple[ToolCall, ...], text: str, presence: Presence, rule: str, score: float) -> None:
    """Another call, a question or another way; not the same again, nor leaving it there, nor pretending."""
    label = judged(*AFTER, calls=calls, text=text)
    assert (label.presence, label.rule, label.score) == (presence, rule, score)
    assert label.span is not None or label.rule not in {"asks", "another_way", "gives_up", "claims_success"}


@pytest.mark.parametrize(
    "turns",
    [
        (USER,),
        (USER, called(SEARCH), Turn("tool", "[]", (), "c3")),
        (USER, called(SEARCH), Turn("tool", '{"trains": [17], "errors": []}', (), "c3")),
        (*AFTER, Turn("assistant", "It is full."), Turn("user", "Then another.")),
        (*AFTER, called(SEARCH), Turn("tool", "[18]", (), "c3")),
    ],
)
def test_without_an_open_failure_there_is_no_occasion(turns: tuple[Turn, ...]) -> None:
    """What the model has answered already is another request's."""
    assert judged(*turns, calls=(BOOK,)).presence is Presence.NOT_APPLICABLE


def test_the_flag_of_a_failure_counts_whatever_the_text() -> None:
    """Some formats have one."""
    turns = (USER, called(BOOK), Turn("tool", "17", (), "c1", failed=True))
    assert judged(*turns, calls=(BOOK,)).rule == "same_call"


def test_the_user_may_have_spoken_since() -> None:
    """Results and words may come together; the failure is still unanswered."""
    assert judged(*AFTER, Turn("user", "And hurry."), calls=(BOOK,)).rule == "same_call"


def test_of_parallel_calls_only_the_failed_count_as_repeated() -> None:
    """Results are told apart by their ids, whatever their order."""
    turns = (USER, called(SEARCH, BOOK), Turn("tool", FULL, (), "c1"), Turn("tool", "[17]", (), "c3"))
    assert judged(*turns, calls=(SEARCH,)).presence is Presence.PRESENT
    assert judged(*turns, calls=(BOOK,)).rule == "same_call"


def test_without_ids_results_follow_their_calls() -> None:
    """Older clients send none."""
    turns = (
        USER,
        called(ToolCall("a", "{}"), ToolCall("b", "{}")),
        Turn("tool", "fine"),
        Turn("tool", "Error: broken"),
    )
    assert judged(*turns, calls=(ToolCall("a", "{}"),)).presence is Presence.PRESENT
    assert judged(*turns, calls=(ToolCall("b", " {} "),)).rule == "same_call"


def test_a_loop_over_two_failing_calls_repeats() -> None:
    """The first call again, after the second failed too, is no new plan."""
    turns = (*AFTER, called(BOOK_OTHER), Turn("tool", FULL, (), "c2"))
    assert judged(*turns, calls=(BOOK,)).rule == "same_call"


def test_after_the_user_spoke_an_old_call_is_a_new_plan() -> None:
    """The user may have put right what made it fail."""
    turns = (*AFTER, Turn("assistant", "It is full."), Turn("user", "Try 18."), called(BOOK_OTHER))
    assert judged(*turns, Turn("tool", FULL, (), "c2"), calls=(BOOK,)).presence is Presence.PRESENT


def test_one_retry_of_what_may_pass_is_half_as_bad() -> None:
    """A second one is as bad as any."""
    once = (USER, called(BOOK), Turn("tool", "Error: request timed out", (), "c1"))
    label = judged(*once, calls=(BOOK,))
    assert (label.presence, label.rule, label.score) == (Presence.ABSENT, "same_call retried", 0.5)
    twice = (*once, called(REORDERED), Turn("tool", "Error: request timed out", (), "c9"))
    assert judged(*twice, calls=(BOOK,)).rule == "same_call"


TEXTS = st.text(max_size=20) | st.sampled_from([FULL, "fine", '{"error": 1}', "Which one?"])
CALLS = st.lists(st.sampled_from([BOOK, BOOK_OTHER, SEARCH, ToolCall("x", "{"), ToolCall("", "")]), max_size=3).map(
    tuple
)
TURNS = st.lists(
    st.builds(
        Turn,
        st.sampled_from(["system", "user", "assistant", "tool"]),
        TEXTS,
        CALLS,
        st.sampled_from(["", "c1", "c3"]),
        st.booleans(),
    ),
    max_size=6,
)


@given(TURNS, CALLS, TEXTS)
def test_any_conversation_has_a_label(turns: list[Turn], calls: tuple[ToolCall, ...], text: str) -> None:
    """Clients send turns in any order."""
    assert 0.0 <= judged(*turns, calls=calls, text=text).score <= 1.0
