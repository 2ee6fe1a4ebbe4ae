"""Replies that no confidence saves, told without the teacher's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.label import Behavior
from routing.behaviors.table import TABLE
from routing.confidence.hard_rules import (
    ALWAYS,
    broken,
    broken_opening,
    holds,
    known,
    objections,
    opening_objections,
)
from routing.divergence import compare
from routing.fallback import FallbackReason
from routing.observation import Arm, Failure, Observation, ToolCall
from routing.traits import Endpoint, FormatKind, Json, Tool, Traits, Turn

TOOLS = (Tool("book", "integer seats"), Tool("cancel"), Tool("note", free_form=True))
FINE = "The train to Basel leaves at nine from platform four."
LOOP = "I will check that for you right now. " * 12
SORRY = "I'm sorry, but I can't help with that."
UNKNOWN = "I don't know when it leaves."
FAILED = (
    Turn("user", "Book two seats to Basel."),
    Turn("assistant", "", (ToolCall("book", '{"seats": 2}', "1"),)),
    Turn("tool", "Error: no seats left in economy", tool_call_id="1", failed=True),
)


def check(schema: Json, value: Json) -> str | None:
    """Whatever fits that has as many seats as an integer says."""
    if schema == "unusable":
        return None
    fits = schema != "integer seats" or (isinstance(value, dict) and isinstance(value.get("seats"), int))
    return "" if fits else "/seats: not an integer"


def chat(said: str = "When does it leave?") -> Traits:
    """A chat request."""
    return Traits(Endpoint.CHAT, (Turn("user", said),))


def reply(text: str = "", finish: str = "stop") -> Observation:
    """A student's reply."""
    return Observation(Arm.STUDENT, text=text, finish_reason=finish)


def calls(*made: tuple[str, str]) -> Observation:
    """A reply that calls tools."""
    return replace(reply("", "tool_calls"), tool_calls=tuple(ToolCall(*one) for one in made))


JSON_MODE = replace(chat(), format=FormatKind.JSON_OBJECT)
SCHEMA = replace(chat(), format=FormatKind.JSON_SCHEMA, schema="integer seats")
OFFERED = replace(chat(), tools=TOOLS)
FORCED, NAMED = (replace(OFFERED, required_tool=name) for name in ("*", "book"))
IN_PROSE = Traits(Endpoint.CHAT, (Turn("system", "Reply in JSON only."), Turn("user", "When does it leave?")))
REFUSED = replace(reply(), refusal="I can't.")


@pytest.mark.parametrize(
    ("traits", "answer"),
    [
        (chat(), reply(FINE)),
        (chat(), reply(SORRY)),
        (
            chat(),
            reply(
                FINE,
                "length",
            ),
        ),
        (JSON_MODE, reply('{"at": "nine"}')),
        (JSON_MODE, REFUSED),
        (JSON_MODE, calls(("any", "{}"))),
        (SCHEMA, reply('{"seats": 2}')),
        (replace(SCHEMA, schema="unusable"), reply('{"seats": "two"}')),
        (OFFERED, reply(FINE)),
        (OFFERED, calls(("book", '{"seats": 2}'), ("cancel", ""))),
        (OFFERED, calls(("note", "any text"))),
        (FORCED, calls(("cancel", "{}"))),
        (NAMED, calls(("book", '{"seats": 2}'))),
        (NAMED, REFUSED),
        (chat("Reply in JSON only: when does it leave?"), reply('```json\n{"at": 9}\n```')),
        (chat("Reply in JSON only. Use at most three words."), reply('{"it": "leaves at nine in the morning"}')),
        (replace(OFFERED, turns=IN_PROSE.turns), calls(("cancel", "{}"))),
        (chat("How do I parse JSON in Python?"), reply("With the module of that name.")),
    ],
)
def test_a_sound_reply_breaks_no_rule(traits: Traits, answer: Observation) -> None:
    """Whoever falls back too often has no student."""
    limited = replace(traits, max_tokens=100)
    assert broken(limited, answer, (), check) is None


@pytest.mark.parametrize(
    ("traits", "answer"),
    [
        (JSON_MODE, reply('{"at": ')),
        (JSON_MODE, reply('```json\n{"at": 9}\n```')),
        (JSON_MODE, reply("[1]")),
        (JSON_MODE, reply(FINE)),
        (SCHEMA, reply('{"seats": "two"}')),
        (OFFERED, calls(("book", '{"seats": '))),
        (OFFERED, calls(("book", '{"seats": "two"}'))),
        (OFFERED, calls(("fly", "{}"))),
        (OFFERED, calls(("cancel", "{}"), ("cancel", "[]"))),
        (FORCED, reply(FINE)),
        (NAMED, calls(("cancel", "{}"))),
        (chat("Reply in JSON only: when does it leave?"), reply(FINE)),
        (IN_PROSE, reply(FINE)),
    ],
)
def test_json_and_calls_that_nobody_can_use_are_malformed(traits: Traits, answer: Observation) -> None:
    """A client parses them, and the student's certainty about a missing brace helps nobody."""
    assert broken(traits, answer, (), check) is FallbackReason.MALFORMED


@pytest.mark.parametrize(
    ("traits", "answer", "reason"),
    [
        (chat(), reply(""), "empty"),
        (chat(), replace(reply(" \n"), reasoning="Let me think."), "empty"),
        (JSON_MODE, reply(""), "empty"),
        (chat(), reply(LOOP), "degenerate"),
        (chat(), reply(FINE, "length"), "degenerate"),
        (chat(), reply(f"{FINE} It stops at every station on its long way through the valley and", ""), "degenerate"),
        (chat(), replace(reply(), failure=Failure.TRUNCATED), "truncated"),
        (chat(), replace(reply(), failure=Failure.ERROR_EVENT), "error_event"),
        (chat(), replace(reply(), failure=Failure.TOO_LARGE), "hold_full"),
        (chat(), replace(reply(FINE), status=503), "overloaded"),
        (replace(chat(), stream=True), reply(FINE, ""), "truncated"),
    ],
)
def test_a_reply_that_is_none_is_not_served(traits: Traits, answer: Observation, reason: str) -> None:
    """Whatever it is that is missing."""
    assert broken(traits, answer, (), check) == reason


def test_a_reply_that_the_request_cut_short_is_sound() -> None:
    """The caller set the limit, or its endpoint has one of sixteen tokens where none is set."""
    assert broken(replace(chat(), max_tokens=8), reply(FINE, "length"), (), check) is None
    completion = Traits(Endpoint.COMPLETIONS, (Turn("user", "Once upon"),))
    assert broken(completion, reply(FINE, "length"), (), check) is None


@pytest.mark.parametrize(
    ("traits", "answer", "behavior"),
    [
        (chat(), reply(SORRY), Behavior.REFUSAL),
        (chat(), REFUSED, Behavior.REFUSAL),
        (chat(), reply(UNKNOWN), Behavior.ABSTENTION),
        (chat(), reply("Which train do you mean?"), Behavior.CLARIFICATION),
        (chat(), reply("It probably leaves at nine."), Behavior.HEDGING),
        (OFFERED, calls(("cancel", "{}")), Behavior.TOOL_CALL),
        (chat("Answer in exactly two sentences."), reply(FINE), Behavior.FORMAT),
        (Traits(Endpoint.CHAT, FAILED, TOOLS), calls(("book", '{"seats": 2}')), Behavior.PLAN_REPAIR),
    ],
)
def test_a_behavior_that_is_not_proven_may_have_been_gained_or_lost(
    traits: Traits, answer: Observation, behavior: Behavior
) -> None:
    """Only where its gate does not pass: else its divergences are rare enough to serve."""
    assert broken(traits, answer, (behavior,), check) is FallbackReason.LOST_BEHAVIOR
    assert broken(traits, answer, (), check) is None
    assert broken(traits, answer, (Behavior.ANSWER, Behavior.GROUNDING, "own"), check) is None


@pytest.mark.parametrize(
    ("traits", "answer", "behavior"),
    [
        (chat(), reply(FINE), Behavior.REFUSAL),
        (chat("Answer in one sentence."), reply(FINE), Behavior.FORMAT),
        (Traits(Endpoint.CHAT, FAILED, TOOLS), calls(("cancel", "{}")), Behavior.PLAN_REPAIR),
        (OFFERED, reply(FINE), Behavior.TOOL_CALL),
        (chat("How much is 2 + 2?"), reply("It is 5."), Behavior.ANSWER),
    ],
)
def test_a_reply_that_shows_no_sign_is_served(traits: Traits, answer: Observation, behavior: Behavior) -> None:
    """What only the teacher's reply could show is not for a rule to guess, and better than the teacher is no loss."""
    assert broken(traits, answer, (behavior,), check) is None


@pytest.mark.parametrize(
    ("traits", "text", "unproven", "reason"),
    [
        (chat(), "The train to", (), None),
        (chat(), "", (Behavior.REFUSAL,), None),
        (chat(), "The train that goes to Basel in the early morning usually leaves a little before", (), None),
        (chat(), f"{FINE} It stops at every station on its long way through the valley and", (), None),
        (chat("How much is 2 + 2?"), "4", (Behavior.ANSWER,), None),
        (chat(), LOOP, (), "degenerate"),
        (chat(), "I'm sorry, but I can't help", (Behavior.REFUSAL,), "lost_behavior"),
        (chat(), "I'm sorry, but I can't help", (), None),
        (JSON_MODE, '{"at": "ni', (), None),
        (JSON_MODE, "\n", (), None),
        (JSON_MODE, "Sure! Here is", (), "malformed"),
        (JSON_MODE, "```json\n{", (), "malformed"),
    ],
)
def test_an_opening_is_held_to_what_shows_by_then(
    traits: Traits, text: str, unproven: tuple[Behavior, ...], reason: str | None
) -> None:
    """That it is no whole sentence, or no whole JSON, is no fault of a beginning."""
    assert broken_opening(traits, reply(text, ""), unproven, check) == reason


def test_an_opening_that_calls_owes_no_json() -> None:
    """What it says beside its call is not the answer that was asked for."""
    opening = replace(reply("Let me look", ""), tool_calls=(ToolCall("any", "{}"),))
    assert broken_opening(JSON_MODE, opening, (), check) is None


@given(
    st.text(max_size=200),
    st.sampled_from(["", "stop", "length", "content_filter"]),
    st.lists(st.tuples(st.sampled_from(["book", "fly", ""]), st.text(max_size=20)), max_size=2),
    st.sampled_from([chat(), JSON_MODE, SCHEMA, OFFERED, NAMED]),
)
def test_no_reply_raises(text: str, finish: str, made: list[tuple[str, str]], traits: Traits) -> None:
    """A worker asks before its caller has got a byte."""
    answer = replace(reply(text, finish), tool_calls=tuple(ToolCall(*one) for one in made))
    for rule in (broken, broken_opening):
        found = rule(traits, answer, tuple(Behavior), check)
        assert found is None or found in FallbackReason


TALK = st.lists(
    st.sampled_from([FINE, SORRY, UNKNOWN, "It probably does.", "Which one?", '{"seats": 2}', LOOP]), max_size=3
)
ANSWERS = st.builds(
    lambda said, finish, made: replace(reply(" ".join(said), finish), tool_calls=tuple(ToolCall(*one) for one in made)),
    TALK,
    st.sampled_from(["", "stop", "length"]),
    st.lists(st.sampled_from([("book", '{"seats": 2}'), ("cancel", "{}"), ("fly", "{}")]), max_size=1),
)
REQUESTS = st.builds(
    lambda traits, stream: replace(traits, stream=stream),
    st.sampled_from([chat(), chat("Answer in exactly two sentences."), JSON_MODE, SCHEMA, OFFERED, NAMED])
    | st.just(Traits(Endpoint.CHAT, FAILED, TOOLS)),
    st.booleans(),
)
UNPROVEN = st.frozensets(st.sampled_from([*Behavior, "own"]), max_size=4)


@given(REQUESTS, ANSWERS, UNPROVEN)
def test_objections_say_what_a_worker_would(traits: Traits, answer: Observation, unproven: frozenset[str]) -> None:
    """Of a whole reply and of a beginning, whatever comes to be unproven: else less is served than was certified."""
    assert holds(objections(traits, answer, check), unproven) == bool(broken(traits, answer, unproven, check))
    opening = opening_objections(traits, answer, check)
    assert holds(opening, unproven) == bool(broken_opening(traits, answer, unproven, check))


@given(REQUESTS, ANSWERS, ANSWERS)
def test_what_a_comparison_has_found_need_not_be_found_again(
    traits: Traits, answer: Observation, teacher: Observation
) -> None:
    """Whatever the teacher said: labels that depend on it are not asked."""
    labels = compare(traits, teacher, answer, check).student
    assert objections(traits, answer, check, known(labels)) == objections(traits, answer, check)
    assert known(()) == TABLE


def test_objections_are_the_behaviors_or_that_nothing_helps() -> None:
    """What is turned down anyway is not looked at further; a behavior of that name there is none."""
    assert objections(chat(), reply(f"{SORRY} {UNKNOWN}"), check) == {Behavior.REFUSAL, Behavior.ABSTENTION}
    assert objections(chat(), reply(LOOP + SORRY, "length"), check) == {ALWAYS}
    assert objections(chat(), reply(FINE), check) == frozenset()
    assert opening_objections(JSON_MODE, reply("Sure!"), check) == {ALWAYS}
    assert ALWAYS not in set(Behavior)
