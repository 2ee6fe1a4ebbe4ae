"""JSON, nearly JSON, and what is neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.format.json_text import read_fenced_json, read_json


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"a": 1}', ""),
        ("  [1]\n", ""),
        ('```json\n{"a": 1}\n```', "fenced"),
        ('```\n{"a": 1}\n```', "fenced"),
        ('```JSON {"a": 1}```', "fenced"),
        ('```json\n{"a": 1,}\n```', "trailing_comma"),
        ('Here it is: {"a": 1}', "json_in_prose"),
        ('```json\n{"a": 1}\n```\nHope that helps!', "json_in_prose"),
        ('{"a": 1} {"b": 2}', "json_in_prose"),
        ('{"a": 1,}', "trailing_comma"),
        ("[1, 2, ]", "trailing_comma"),
        ('{"a": 1', "not_json"),
        ("{'a': 1}", "not_json"),
        ("Sure! [see below]", "not_json"),
        ("```json", "not_json"),
        ("``````", "empty"),
        ("NaN", "not_json"),
        ("9" * 5_000, "not_json"),
        ("[" * 100_000, "not_json"),
        ("", "empty"),
        ("\n \t", "empty"),
    ],
)
def test_what_is_wrong(text: str, fault: str) -> None:
    """The fault names what a person would see."""
    assert read_json(text).fault == fault


def test_a_fence_is_accepted_from_who_asked_in_prose() -> None:
    """A chat shows it as a block to copy; prose around it is another matter."""
    assert read_fenced_json('```json\n{"a": 1}\n```').value == {"a": 1}
    assert read_fenced_json('See:\n```json\n{"a": 1}\n```').fault == "json_in_prose"


def test_spans_point_at_the_json_in_prose_and_at_the_comma() -> None:
    """A person who opens the pair looks there first."""
    of_fence = ('```json\n{"a": 1,}\n```', ",}")
    for text, shown in (('So: {"a": 1}.', '{"a": 1}'), ('{"a": 1,}', ",}"), of_fence):
        start, end = read_json(text).span or (0, 0)
        assert text[start:end] == shown


@given(st.text() | st.text('{}[]",:1a `\n'))
def test_any_text_is_read(text: str) -> None:
    """Never an exception; a span lies in the text."""
    found = read_json(text)
    assert found.span is None or 0 <= found.span[0] <= found.span[1] <= max(len(text), 1)
