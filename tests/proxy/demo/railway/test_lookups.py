"""Lookups: the reply's facts stand in the context."""

from __future__ import annotations

import re

import pytest

from proxy.demo.railway.conversations import of_kind
from proxy.demo.railway.example import Example, Situation
from proxy.demo.railway.lookups import article


def row(example: Example, name: str) -> str:
    """The context's line that has this name."""
    (found,) = (line for line in example.messages[0].content.splitlines() if re.search(rf"\b{name}\b", line))
    return found


@pytest.mark.parametrize("kind", [Situation.TIMETABLE, Situation.PUNCTUALITY, Situation.CONFIRMATION])
def test_what_is_said_of_a_train_is_on_its_row(kind: Situation) -> None:
    """Names, times and numbers."""
    for example in of_kind(1, 100, kind, held_out=False):
        reply = example.reply.content.removeprefix("Yes, I am sure. ")
        train = reply.split()[1]
        facts = re.findall(r"[\d:]+\d|\d|[A-Z]\w+", reply.removeprefix("The "))
        assert all(fact in row(example, train) for fact in facts)
        assert any(train in message.content for message in example.messages if message.role == "user")


def test_a_fare_is_that_of_the_way() -> None:
    """And of no other."""
    for example in of_kind(1, 100, Situation.FARE, held_out=True):
        found = re.fullmatch(r"A ticket from (\w+) to (\w+) costs (\d+) crowns\.", example.reply.content)
        assert found
        assert row(example, found[1]) == f"Fare from {found[1]} to {found[2]}: {found[3]} crowns."


def test_yes_means_that_something_is_refunded() -> None:
    """Half is a yes."""
    for example in of_kind(1, 200, Situation.REFUND, held_out=False):
        (name,) = re.findall(r"Saver|Standard|Flex|Family", example.messages[-1].content)
        refused = "nothing" in row(example, name)
        assert example.reply.content == ("No." if refused else "Yes.") or name in example.reply.content


def test_yes_means_that_the_seat_is_free() -> None:
    """By the plan."""
    for example in of_kind(1, 200, Situation.SEAT, held_out=False):
        (number,) = re.findall(r"\d+", example.messages[-1].content)
        free = row(example, number).endswith("free.")
        assert example.reply.content == ("Yes." if free else "No.") or f"Seat {number} is a" in example.reply.content


def test_a_second_question_leaves_the_train_out() -> None:
    """And asks for another fact: the first question has the train."""
    for example in of_kind(1, 100, Situation.FOLLOW_UP, held_out=True):
        train = example.reply.content.split()[1]
        assert train in example.messages[1].content
        assert train not in example.messages[-1].content
        assert example.messages[2].content != example.reply.content


def test_a_timetable_may_leave_out_what_is_not_asked() -> None:
    """Or a missing fact would tell that the question has no answer."""
    columns = {
        line.count(",")
        for example in of_kind(1, 50, Situation.TIMETABLE, held_out=False)
        for line in example.messages[0].content.splitlines()[1:]
    }
    assert columns == {2, 3}


@pytest.mark.parametrize(("noun", "wanted"), [("aisle", "an"), ("window", "a")])
def test_articles(noun: str, wanted: str) -> None:
    """An aisle seat, a window seat."""
    assert article(noun) == wanted
