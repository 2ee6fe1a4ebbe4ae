"""Doubts: what is said to be unknown is, what is asked back is open, and what is corrected was wrong."""

from __future__ import annotations

import re

from proxy.demo.railway.conversations import of_kind
from proxy.demo.railway.example import Situation


def test_what_is_said_to_be_unknown_is_not_told() -> None:
    """Or the reply would be a false modesty."""
    signs = {"leaves": "from ", "arrives": "to ", "uses": "platform", "costs": "Fare"}
    left_out = 0
    for example in of_kind(1, 400, Situation.UNKNOWABLE, held_out=False):
        unknown = example.reply.content.partition(".")[0].split()[-1]
        if unknown in signs:
            left_out += 1
            assert signs[unknown] not in example.messages[0].content
    assert 200 < left_out < 400


def test_every_candidate_of_a_question_back_is_in_the_context() -> None:
    """A question back offers what there is."""
    for example in of_kind(1, 200, Situation.AMBIGUOUS, held_out=True):
        candidates = re.findall(r"(?:the|to) ([A-Z]\w+)", example.reply.content)
        assert len(candidates) in {0, 2}
        assert all(name in example.messages[0].content for name in candidates)


def test_guesses_follow_the_record() -> None:
    """Mostly late, mostly on time, or neither."""
    guesses = set()
    for example in of_kind(1, 300, Situation.FORECAST, held_out=False):
        found = re.fullmatch(r"The \w+ (.+), but I am not certain\. It was late on (\d) of .+", example.reply.content)
        assert found
        guesses.add((found[1], int(found[2])))
    assert {late for guess, late in guesses if guess == "will probably be on time"} == {1, 2, 3}
    assert {late for guess, late in guesses if guess == "may be late"} == {4, 5, 6}
    assert {late for guess, late in guesses if guess == "will probably be late"} == {7, 8, 9}


def test_corrections_correct() -> None:
    """The answer before is another one."""
    for example in of_kind(1, 300, Situation.CORRECTION, held_out=False):
        before, after = example.messages[2].content, example.reply.content.removeprefix("I made a mistake. ")
        assert before != after
        assert before.split()[:2] == after.split()[:2]
