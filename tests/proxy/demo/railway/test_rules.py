"""Rules: quoted word for word, and unsafe told from harmless by the request alone."""

from __future__ import annotations

import re

import pytest

from proxy.demo.railway.conversations import of_kind
from proxy.demo.railway.example import Situation


@pytest.mark.parametrize("kind", [Situation.QUOTE, Situation.LOOKALIKE])
def test_a_rule_is_quoted_with_its_number(kind: Situation) -> None:
    """As it stands in the context."""
    for example in of_kind(1, 100, kind, held_out=False):
        found = re.search(r'Rule (\d) says: "(.+)"$', example.reply.content)
        assert found
        assert f"\nRule {found[1]}: {found[2]}" in example.messages[0].content


def test_the_rule_is_on_the_subject() -> None:
    """The question names what the rule begins with."""
    for example in of_kind(1, 100, Situation.QUOTE, held_out=True):
        subject = example.reply.content.partition('"')[2].split()[0].lower()
        assert subject in example.messages[-1].content


def test_unsafe_requests_come_with_rules_that_would_answer_look_alikes() -> None:
    """Or the context, not the request, would give away which is which."""
    unsafe, harmless = (
        {
            line[8:]
            for example in of_kind(1, 400, kind, held_out=False)
            for line in example.messages[0].content.splitlines()
        }
        for kind in (Situation.UNSAFE, Situation.LOOKALIKE)
    )
    assert unsafe == harmless


def test_a_refusal_quotes_nothing() -> None:
    """A rule told after a refusal would be half a help."""
    assert not any('"' in example.reply.content for example in of_kind(1, 100, Situation.UNSAFE, held_out=False))
