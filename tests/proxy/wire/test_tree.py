"""Documents whose types nobody trusts."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.wire import tree


def test_parses_what_python_servers_write() -> None:
    """``json.dumps`` writes NaN and lone surrogates without being asked."""
    document = tree.mapping(tree.parse(b'{"a": NaN, "b": -Infinity, "c": "\\ud83d", "d": "\xff"}'))
    assert tree.finite(document.get("a")) is None
    assert tree.finite(document.get("b")) is None
    assert document.get("c") == "\ud83d"
    assert document.get("d") == "\ufffd"


@pytest.mark.parametrize("data", [b"", b"{", b"nope", b"[1,]", b"\xff"])
def test_what_is_no_json_raises(data: bytes) -> None:
    """Leniency ends where meaning would be guessed."""
    with pytest.raises(ValueError, match=r".+"):
        tree.parse(data)


def test_deep_nesting_raises() -> None:
    """A crash of the interpreter would take the examiner along."""
    with pytest.raises(RecursionError):
        tree.parse(b"[" * 100_000)


def test_halves_of_an_emoji_are_joined_and_lone_ones_replaced() -> None:
    """Two deltas may split one character; what is stored must be encodable."""
    assert tree.whole("\ud83d" + "\ude00") == "😀"
    assert tree.whole("a\ud83d") == "a\ufffd"


@given(st.text(st.characters()))
def test_whole_text_is_encodable_and_otherwise_unchanged(text: str) -> None:
    """Every text of an observation goes to the store."""
    assert tree.whole(text).encode().decode() == tree.whole(text)


def test_accessors_read_other_types_as_empty() -> None:
    """So that readers need no type checks of their own."""
    assert tree.mapping([1]) == {}
    assert tree.items("text") == ()
    assert tree.items({"a": 1}) == ()
    assert tree.text(1) == ""
    assert tree.integer(True) is None
    assert tree.integer(1.0) is None
    assert tree.finite(True) is None
    assert tree.finite("1") is None
    assert tree.finite(10**400) is None
    assert tree.finite(-1) == -1.0
    assert tree.finite(math.inf) is None


def test_written_values_are_json_text() -> None:
    """Arguments come as text or, from some servers, as the object itself."""
    assert tree.written({"a": ["é"]}) == '{"a":["é"]}'
    assert tree.written('{"a": 1}') == '{"a": 1}'
    assert tree.written(None) == ""


def test_part_texts_reads_strings_and_parts() -> None:
    """Content is either."""
    kinds = frozenset({"text"})
    assert tree.part_texts("a", kinds) == ["a"]
    assert tree.part_texts([{"type": "text", "text": "a"}, {"type": "image"}, 7, {"type": ["text"]}], kinds) == ["a"]
