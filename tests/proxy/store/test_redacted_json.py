"""JSON stays JSON, and nothing hides in it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.store.redacted_json import redact

LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
LEAVES |= st.sampled_from(["ana@example.com", "4111111111111111", '{"to": "ana@example.com"}', "[1234567890]"])
CONTAINERS = st.recursive(
    st.lists(LEAVES) | st.dictionaries(st.text(), LEAVES),
    lambda inner: st.lists(inner | LEAVES) | st.dictionaries(st.text(), inner | LEAVES),
)


@given(CONTAINERS)
def test_json_stays_json_and_settles_at_once(value: object) -> None:
    """Whoever reads the store parses these bodies again."""
    once = redact(json.dumps(value))
    assert type(json.loads(once)) is type(value)
    assert redact(once) == once


@given(CONTAINERS, st.booleans())
def test_an_address_anywhere_in_json_goes(value: object, escaped: bool) -> None:
    """Also below arrays, in keys, in JSON within a string, and behind escapes."""
    text = json.dumps({"a": [value, {"ana@example.com": json.dumps({"b": "eve@example.com"})}]})
    hidden = redact(text.replace("@", "\\u0040") if escaped else text)
    assert "ana@" not in hidden
    assert "eve@" not in hidden


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ('{"content": "Write to ana@example.com"}', '{"content": "Write to [EMAIL]"}'),
        ('{"n": 15551234567, "created": 1700000000, "seed": 123456789}', None),
        ('{"n": 12345678901234567890, "f": 0.1234567890123, "g": 1e30}', None),
        ('{"password": "x", "Authorization": "y", "max_tokens": 5}', None),
        ('{"logprobs": {"content": [{"token": "ana"}]}, "token_ids": [1, 2]}', None),
        ('{"logprobs": true}', '{"logprobs": true}'),
        ('{"arguments": "{\\"to\\": \\"ana\\\\u0040example.com\\"}"}', '{"arguments": "{\\"to\\": \\"[EMAIL]\\"}"}'),
        ('{"a": "x@y.example", "a": 1}', '{"a": 1}'),
        ('{"x": NaN}', '{"x": null}'),
        ('{"broken": "ana@example.com"', '{"broken": "[EMAIL]"'),
        ("plain ana@example.com", "plain [EMAIL]"),
    ],
)
def test_known_shapes(text: str, redacted: str | None) -> None:
    """The shapes of requests and replies; where no result is given, the next test gives it."""
    assert redacted is None or redact(text) == redacted


def test_numbers_and_named_secrets() -> None:
    """Numbers that identify become strings; counts, times and probabilities stay numbers; secrets go by their name."""
    assert json.loads(redact('{"n": 15551234567, "created": 1700000000, "seed": 123456789}')) == {
        "n": "[NUMBER]",
        "created": 1700000000,
        "seed": 123456789,
    }
    assert json.loads(redact('{"n": 12345678901234567890, "f": 0.1234567890123, "g": 1e30}')) == {
        "n": "[NUMBER]",
        "f": 0.1234567890123,
        "g": "[NUMBER]",
    }
    assert json.loads(redact('{"password": "x", "Authorization": "y", "max_tokens": 5}')) == {
        "password": "[SECRET]",
        "Authorization": "[SECRET]",
        "max_tokens": 5,
    }


def test_tokens_go_because_they_spell_the_reply_again() -> None:
    """A student is always asked for log-probabilities, and each comes with its token."""
    text = '{"logprobs": {"content": [{"token": "ana"}, {"token": "@"}]}, "token_ids": [1, 2]}'
    assert json.loads(redact(text)) == {"logprobs": None, "token_ids": None}


@pytest.mark.parametrize("depth", [400, 2_000, 100_000])
def test_depth_is_withheld_rather_than_followed(depth: int) -> None:
    """A request may nest as deep as its bytes allow; what cannot be searched is not kept."""
    hidden = redact("[" * depth + '"ana@example.com"' + "]" * depth)
    assert "ana" not in hidden
    assert redact(hidden) == hidden
    if depth > 1000:
        assert hidden == '"[WITHHELD]"'
