"""What speaks against a pair's reply by every view, and what of it a worker would have seen by then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.label import Behavior
from routing.confidence.hard_rules import ALWAYS
from routing.confidence.objections import by_view, openings
from routing.confidence.views import WHOLE, rungs
from routing.observation import Arm, Observation, TokenLogprob, ToolCall
from routing.traits import Endpoint, FormatKind, Json, Traits, Turn

ASKED = Traits(Endpoint.CHAT, (Turn("user", "When does it leave?"),), stream=True)
FINE = "The train to Basel leaves at nine from platform four, every day of the week but Sunday."
LATE = f"{FINE} I'm sorry, but I can't help with that."
CALL = ToolCall("book", "{}")
RUNGS = rungs(8)


def check(_schema: Json, _value: Json) -> str | None:
    """There are no schemas here."""
    return ""


def tokens(texts: Sequence[str]) -> tuple[TokenLogprob, ...]:
    """Tokens of these texts."""
    return tuple(TokenLogprob(text, -0.1) for text in texts)


def said(text: str, finish: str = "stop") -> Observation:
    """A reply whose tokens are its words."""
    words = [f"{word} " for word in text.split(" ")]
    return Observation(Arm.STUDENT, text=text, finish_reason=finish, logprobs=tokens([*words[:-1], words[-1][:-1]]))


def test_what_shows_late_speaks_against_the_whole_only() -> None:
    """A worker that has let a beginning go has let it go: of streams this is what is served, and what is certified."""
    assert by_view(ASKED, said(LATE), RUNGS, check) == {WHOLE: ("refusal",)}
    early = by_view(ASKED, said("I'm sorry, but I can't help with that, it is not for me to say."), RUNGS, check)
    assert early == {WHOLE: ("refusal",), 8: ("refusal",)}, "two and four of its words refuse nothing yet"


def test_a_reply_that_ends_within_a_rung_is_judged_whole_there() -> None:
    """By the rules of whole replies: it is all here."""
    no_json = replace(ASKED, format=FormatKind.JSON_OBJECT)
    assert by_view(no_json, said('{"at": '), RUNGS, check) == {WHOLE: (ALWAYS,), 4: (ALWAYS,), 8: (ALWAYS,)}
    assert by_view(ASKED, said("", "stop"), RUNGS, check)[8] == (ALWAYS,)


def test_of_what_is_not_streamed_there_is_no_beginning() -> None:
    """Nobody judges it by one."""
    assert by_view(replace(ASKED, stream=False), said("I can't help with that."), RUNGS, check) == {WHOLE: ("refusal",)}


def test_several_may_speak_against_it_in_one_order() -> None:
    """So that of two examiners both keep the same."""
    found = by_view(ASKED, said("I'm sorry, but I can't help with that. Which train do you mean?"), (), check)
    assert found == {WHOLE: (Behavior.CLARIFICATION, Behavior.REFUSAL)}


@given(st.lists(st.text(max_size=5), min_size=8, max_size=12))
def test_a_beginning_is_what_its_tokens_say(texts: list[str]) -> None:
    """Whatever they are, empty ones among them."""
    found = openings(Observation(Arm.STUDENT, text="".join(texts), logprobs=tokens(texts)), RUNGS)
    assert {rung: one.text for rung, one in found.items()} == {rung: "".join(texts[:rung]) for rung in RUNGS}
    assert all(one.finish_reason == "" for one in found.values())


@pytest.mark.parametrize(
    ("texts", "begun"),
    [
        (
            ["The ", "train ", "to ", "Basel", " leaves ", "at ", "nine.", "<|end|>"],
            ["The train ", "The train to Basel"],
        ),
        (["<think>", "The ", "train? ", "</think>", "The ", "train ", "to Basel leaves at ", "nine."], ["", ""]),
        (["<think>", "</think>", "The ", "train ", "to ", "Basel leaves at ", "nine.", ""], ["", "The train "]),
        ([""] * 8, ["The trai", "The train to Base"]),
    ],
)
def test_a_beginning_is_found_among_what_is_not_said(texts: list[str], begun: list[str]) -> None:
    """Thoughts come before it, marks after it; where tokens have no text they count alike."""
    reply = Observation(Arm.STUDENT, text="The train to Basel leaves at nine.", logprobs=tokens(texts))
    found = openings(reply, (2, 4))
    assert [one.text for one in found.values()] == begun


def test_calls_come_after_what_is_said() -> None:
    """Until then a worker knows of none."""
    reply = replace(said(FINE), tool_calls=(CALL,), refusal="No.")
    reply = replace(reply, logprobs=(*reply.logprobs, *tokens(["<call>"] * 40)))
    found = openings(reply, (4, 48))
    assert (found[4].tool_calls, found[4].refusal, found[48].tool_calls, found[48].refusal) == ((), "", (CALL,), "No.")
    assert openings(replace(reply, text="", refusal=""), (4,))[4].tool_calls == (CALL,)


def test_a_reply_without_end_is_cut_in_time() -> None:
    """A thought of a million letters before a text of as many of them."""
    texts = ["a" * 1_000_000, "b", "a" * 1_000_000, "c", "", "", "", ""]
    reply = Observation(Arm.STUDENT, text="a" * 999_000 + "d", logprobs=tokens(texts))
    assert set(openings(reply, RUNGS)) == set(RUNGS)
