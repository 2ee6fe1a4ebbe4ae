"""Slices of requests: by the words of a prompt, and in which order what is known counts."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.slices import classify, slice_of
from routing.slices.marks import Reason
from routing.slices.rules import Rule
from routing.slices.structure import LONG_CONTEXT
from routing.traits import Endpoint, FormatKind, Slice, Tool, Traits, Turn


def asked(prompt: str) -> Traits:
    """A chat of one user turn."""
    return Traits(Endpoint.CHAT, (Turn("system", "You are helpful."), Turn("user", prompt)))


# None of these is among the prompts that the weights were fitted on.
PROMPTS = [
    ("What is the capital of France?", Slice.GENERAL),
    ("", Slice.GENERAL),
    ("Write a poem about a river.", Slice.GENERAL),
    ("How many people live in Berlin?", Slice.GENERAL),
    ("Which organ filters the blood?\nA. Heart\nB. Kidney\nC. Lung\nD. Skin\nAnswer:", Slice.GENERAL),
    ("Tom has 3 boxes of 12 pencils. How many pencils does he have?", Slice.MATH),
    ("What is 17 * 23?", Slice.MATH),
    ("Half of a dozen eggs are broken. Ann buys ten more. How many whole eggs does she have?", Slice.MATH),
    ("Find all x with x^2 - 5x + 6 = 0.", Slice.MATH),
    ("Fix this:\n```\nx = 1\n```", Slice.CODE),
    ("Write a function that reverses a list", Slice.CODE),
    ("My pods are stuck in CrashLoopBackOff after I changed the Dockerfile. Where do I look?", Slice.CODE),
    ("Explain tides in exactly three sentences.", Slice.STEERABILITY),
    ("List the planets as a JSON array. Output nothing else.", Slice.STEERABILITY),
    ("Alice is older than Bob. Carol is younger than Bob. Who is the youngest?", Slice.REASONING),
    ("If yesterday was Wednesday, what day will it be three days after tomorrow?", Slice.REASONING),
    ("東京の天気について教えてください", Slice.MULTILINGUAL),
    ("Какая столица Франции?", Slice.MULTILINGUAL),
    ("Où est la bibliothèque la plus proche de la gare ?", Slice.MULTILINGUAL),
    ("Wie viele Einwohner hat Berlin?", Slice.MULTILINGUAL),
]


@pytest.mark.parametrize(("prompt", "expected"), PROMPTS)
def test_prompts_and_their_slices(prompt: str, expected: Slice) -> None:
    """What an operator would say at once, the classifier must say."""
    assert slice_of(asked(prompt)) is expected


def test_a_request_can_be_in_several_slices_and_one_of_them_counts() -> None:
    """A German task of arithmetic with a demand on its form is all three; traffic is shifted by one."""
    prompt = "Anna hat 12 Äpfel und verschenkt 5. Wie viele bleiben übrig? Antworte in genau zwei Sätzen."
    sliced = classify(asked(prompt))
    assert {mark.slice for mark in sliced.marks} >= {Slice.MULTILINGUAL, Slice.MATH}
    assert sliced.slice is Slice.MULTILINGUAL


def test_the_words_that_spoke_for_a_slice_are_pointed_at() -> None:
    """A label nobody can check is a label nobody trusts."""
    prompt = "Please write a Python function that adds two lists."
    (mark,) = classify(asked(prompt)).marks
    assert mark.slice is Slice.CODE
    assert mark.span is not None
    assert prompt[slice(*mark.span)].strip()


def test_what_people_say_goes_before_what_is_guessed() -> None:
    """The caller before the operator, the operator before structure, structure before words."""
    traits = Traits(Endpoint.CHAT, (Turn("user", "What is 17 * 23?"),), tools=(Tool("f"),))
    rules = (Rule(Slice.CODE, header="x-team=ide"),)
    assert slice_of(traits, rules, ("x-team=ide",), told=Slice.REASONING) is Slice.REASONING
    assert slice_of(traits, rules, ("x-team=ide",)) is Slice.CODE
    assert slice_of(traits, rules, ()) is Slice.TOOL_USE
    assert classify(traits, rules, ("x-team=ide",)).marks[0].reason is Reason.RULE
    assert classify(traits, rules, told=Slice.GENERAL).slice is Slice.GENERAL


def test_both_ways_of_asking_give_the_same_slice() -> None:
    """The mirror asks the one, whoever explains it the other."""
    for prompt, _ in PROMPTS:
        assert slice_of(asked(prompt)) is classify(asked(prompt)).slice


@pytest.mark.parametrize("traits", [Traits(Endpoint.CHAT), Traits(Endpoint.CHAT, (Turn("system", "hi"),))])
def test_a_request_without_a_user_turn_is_general(traits: Traits) -> None:
    """Token arrays and the like have no words to read."""
    assert slice_of(traits) is Slice.GENERAL


@given(st.text(st.characters()), st.sampled_from(FormatKind))
def test_any_prompt_has_a_slice(prompt: str, kind: FormatKind) -> None:
    """Classifying must never fail a request: halves of characters, control characters and all."""
    sliced = classify(Traits(Endpoint.CHAT, (Turn("user", prompt),), format=kind))
    assert sliced.slice in {mark.slice for mark in sliced.marks}
    for mark in sliced.marks:
        assert 0 <= mark.score <= 1
        assert mark.span is None or 0 <= mark.span[0] <= mark.span[1] <= len(prompt)


def test_half_a_character_is_no_obstacle() -> None:
    """JSON can spell lone surrogates; UTF-8 cannot."""
    assert slice_of(asked(json.loads('"\\ud83d Write a Python function \\udc00"'))) is Slice.CODE


@pytest.mark.parametrize(
    "unit", ["in ", "all a", " ", "1 ", "write a ", "`", "9999", "\n", "\n \n", "İ", "語", "\ud800"]
)
def test_hostile_prompts_take_bounded_time(unit: str) -> None:
    """Once weights rise this runs on the serving path: a long prompt must not cost more than its bounded parts."""
    slice_of(asked(unit * (LONG_CONTEXT * 10 // len(unit))))
