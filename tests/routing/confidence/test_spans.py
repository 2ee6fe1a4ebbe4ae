"""Which tokens of a structured reply say something."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.confidence.spans import Values, is_structured
from routing.traits import Endpoint, FormatKind, Tool, Traits

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6)
CONTAINERS = st.lists(JSON) | st.dictionaries(st.text(), JSON)
SPACE = st.text(" \t\r\n", max_size=3)


def counted(tokens: list[str]) -> list[str]:
    """The tokens that count."""
    values = Values()
    return [token for token in tokens if values.counts(token)]


def marked(text: str) -> str:
    """The characters that count, each read as a token of its own."""
    return "".join(counted(list(text)))


def values_of(value: object) -> str:
    """By definition: every value's text in order; of the quotes around a string, the second."""
    if isinstance(value, dict):
        return "".join(values_of(one) for one in value.values())
    if isinstance(value, list):
        return "".join(values_of(one) for one in value)
    text = json.dumps(value)
    return text[1:] if isinstance(value, str) else text


@given(CONTAINERS, SPACE, st.sampled_from([None, 0, 2]))
def test_of_json_the_values_count(value: object, space: str, indent: int | None) -> None:
    """Keys, braces and white space are sure whatever is made up between them."""
    text = space + json.dumps(value, indent=indent)
    assert marked(text) == space + values_of(value)


@given(st.text('{}[]":,\\ \nab1-tn') | CONTAINERS.map(json.dumps), st.lists(st.integers(0, 60)))
def test_tokens_may_end_anywhere(text: str, cuts: list[int]) -> None:
    """A token counts where one of its characters does: tokenizers do not know JSON."""
    edges = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    tokens = [text[start:stop] for start, stop in pairwise(edges)]
    alone, together = Values(), Values()
    expected = [any([alone.counts(sign) for sign in token]) for token in tokens]  # noqa: C419 -- each must be read
    assert [together.counts(token) for token in tokens] == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"city": "Basel", "seats": 2}', 'Basel"2'),
        ('[1.5e-3, -2, true, null, "a\\"b\\\\"]', '1.5e-3-2truenulla\\"b\\\\"'),
        ('{"a": ""}', '"'),
        ('{"a":{"b":[{"c":"d"}]}}', 'd"'),
        ("{}", ""),
        ('Sure: {"a": 1} Done.', "Sure: 1 Done."),
        ('<tool_call>{"name": "f"}</tool_call>', '<tool_call>f"</tool_call>'),
        ('```json\n{"a": 1}\n```', "```json\n1\n```"),
        ('{"a": NaN}', "NaN"),
        ("It costs [1] more than {x}, or {y}.", "It costs 1 more than x}, or {y}."),
        ("if (a) { return 1; }", "if (a) return 1; }"),
        ('{"a": 1]', "1]"),
        ('{"a"} it is', "} it is"),
    ],
)
def test_what_says_something(text: str, says: str) -> None:
    """Text around JSON counts, and what turns out to be no JSON counts from there on."""
    assert marked(text) == says


def test_a_token_across_the_edge_of_a_value_counts() -> None:
    """Tokens like '": "B' hold the first letter of a guess."""
    assert counted(['{"', "city", '": "B', "asel", '", "', "seats", '":', " ", "2", "}"]) == [
        '": "B',
        "asel",
        '", "',
        "2",
    ]


def test_hostile_nesting_is_read_in_one_pass() -> None:
    """A reply of nothing but brackets must not hang a worker."""
    assert marked("[" * 200_000 + "]" * 200_000) == ""


@pytest.mark.parametrize(
    ("traits", "structured"),
    [
        (Traits(Endpoint.CHAT), False),
        (Traits(Endpoint.CHAT, tools=(Tool("f"),)), True),
        (Traits(Endpoint.CHAT, format=FormatKind.JSON_OBJECT), True),
        (Traits(Endpoint.CHAT, format=FormatKind.JSON_SCHEMA), True),
    ],
)
def test_what_asks_for_structure(traits: Traits, structured: bool) -> None:
    """Pairs and streams must agree about it, or calibration is about other numbers."""
    assert is_structured(traits) is structured
