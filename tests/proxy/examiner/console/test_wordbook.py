"""Words and signs: something for everything that can be, and no class out of a text."""

from __future__ import annotations

from proxy.examiner.console.wordbook import NO_SIGN, ORDERS, sign, tone, words
from proxy.examiner.orders import Verb


def test_every_verb_is_offered() -> None:
    """What the API takes and the console hides is forgotten at night."""
    assert ORDERS.keys() == set(Verb)
    assert all(order.verb is verb for verb, order in ORDERS.items())


def test_verdicts_differ_without_color() -> None:
    """Signs of their own."""
    assert len({sign(verdict) for verdict in ("pass", "hold", "fail")}) == 3


def test_what_is_no_verdict_styles_nothing() -> None:
    """A class is of a closed set, whatever a status says."""
    assert (tone('x" onx="'), sign("?")) == ("none", NO_SIGN)


def test_identifiers_are_said_as_words() -> None:
    """People read this."""
    assert words("tool_call") == "tool call"
