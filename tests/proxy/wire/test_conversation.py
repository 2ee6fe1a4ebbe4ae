"""Conversation keys."""

from __future__ import annotations

from proxy.wire.conversation import conversation_key
from routing.traits import Endpoint, Traits, Turn


def key(*turns: tuple[str, str]) -> str:
    """The key of a chat with these roles and texts."""
    return conversation_key(Traits(Endpoint.CHAT, tuple(Turn(role, text) for role, text in turns)))


def test_later_turns_keep_the_key() -> None:
    """Or a chat would change models in its middle."""
    first = key(("system", "s"), ("user", "hello"))
    later = key(("system", "s"), ("user", "hello"), ("assistant", "hi"), ("user", "more"), ("system", "late"))
    assert first == later
    assert len(first) == 32


def test_other_beginnings_have_other_keys() -> None:
    """And text cannot move from one part of the beginning to the other unnoticed."""
    beginnings = [
        key(("user", "hello")),
        key(("user", "hello ")),
        key(("system", "s"), ("user", "hello")),
        key(("system", "s"), ("system", "t"), ("user", "hello")),
        key(("system", "shello"), ("user", "")) or "none",
        key(("system", "hello"), ("user", "s")),
    ]
    assert len(set(beginnings)) == len(beginnings)


def test_without_a_users_words_there_is_no_key() -> None:
    """All such requests would share one bucket."""
    assert key() == ""
    assert key(("system", "s")) == ""
    assert key(("system", "s"), ("user", "")) == ""
