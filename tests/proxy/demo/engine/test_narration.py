"""Tokens become pieces: text, calls and an ending, and whoever has stopped reading closes the source."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import pytest

from proxy.demo.engine import asks
from proxy.demo.engine.asks import Ask
from proxy.demo.engine.batch import Finish, Token
from proxy.demo.engine.calls import Call
from proxy.demo.engine.checkpoint import Defaults
from proxy.demo.engine.narration import Ending, Piece, narrate
from proxy.demo.engine.sampling import Drawn
from proxy.demo.engine.vocabulary import Vocabulary

CALLED = '<tool_call>{"name": "find", "arguments": {}}</tool_call>'


@pytest.fixture(scope="module")
def vocabulary(folder: Path) -> Vocabulary:
    """The tiny checkpoint's."""
    return Vocabulary(folder)


def ask(fields: bytes = b"") -> Ask:
    """A chat that asks for this, too."""
    body = b'{"messages": [{"role": "user", "content": "Hi"}]%b}' % fields
    return asks.chat(body, Defaults(0, 1, 0, frozenset())).ask


def narrated(vocabulary: Vocabulary, text: str, finish: Finish, asked: Ask) -> tuple[list[Piece], list[int]]:
    """The pieces of a reply whose tokens spell ``text``, and the tokens that were read for them."""
    tokens, read = vocabulary.encode(text, bare=True), list[int]()

    async def source() -> AsyncGenerator[Token]:
        for place, token in enumerate(tokens, 1):
            read.append(token)
            yield Token(Drawn(token, 0.0), finish if place == len(tokens) else None)

    async def collect() -> list[Piece]:
        return [piece async for piece in narrate(source(), vocabulary, asked)]

    return asyncio.run(collect()), read


def said(pieces: Sequence[Piece]) -> str:
    """All of the text."""
    return "".join(piece.text for piece in pieces)


def test_a_reply_ends_with_its_end(vocabulary: Vocabulary) -> None:
    """One piece a token, also for the token that says nothing."""
    pieces, read = narrated(vocabulary, "Zürich.<|end|>", Finish.STOP, ask())
    assert (said(pieces), len(pieces)) == ("Zürich.", len(read))
    assert [piece.ending for piece in pieces[:-1]] == [None] * (len(read) - 1)
    assert pieces[-1].ending == Ending("stop", None)


def test_a_reply_that_was_cut_says_so(vocabulary: Vocabulary) -> None:
    """``length`` is what clients look for."""
    assert narrated(vocabulary, "The night", Finish.LENGTH, ask())[0][-1].ending == Ending("length", None)


def test_a_stop_string_ends_it_and_is_named(vocabulary: Vocabulary) -> None:
    """Nothing is computed beyond it."""
    pieces, read = narrated(vocabulary, "one, two, three", Finish.LENGTH, ask(b', "stop": "two"'))
    assert said(pieces) == "one, "
    assert pieces[-1].ending == Ending("stop", "two")
    assert len(read) == len(pieces) < len(vocabulary.encode("one, two, three", bare=True))


def test_what_was_held_is_said_in_the_end(vocabulary: Vocabulary) -> None:
    """It was no stop string after all."""
    pieces, _ = narrated(vocabulary, "one, tw", Finish.LENGTH, ask(b', "stop": "two"'))
    assert said(pieces) == "one, tw"


def test_calls_are_read_where_there_are_tools(vocabulary: Vocabulary) -> None:
    """And only there."""
    tools = ask(b', "tools": [{"function": {"name": "find"}}]')
    pieces, _ = narrated(vocabulary, f"Well.{CALLED}<|end|>", Finish.STOP, tools)
    assert said(pieces) == "Well."
    assert [call for piece in pieces for call in piece.calls] == [Call("find", "{}")]
    assert pieces[-1].ending == Ending("tool_calls", None)
    plain, _ = narrated(vocabulary, f"Well.{CALLED}<|end|>", Finish.STOP, ask())
    assert (said(plain), plain[-1].ending) == (f"Well.{CALLED}", Ending("stop", None))
