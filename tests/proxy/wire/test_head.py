"""The worker's glance at a request."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.wire.errors import WireError
from proxy.wire.head import Head, glance


def test_reads_what_routing_needs() -> None:
    """A worker parses a request once, and only this much of it."""
    body = b'{"messages": [{"role": "user"}], "model": "m", "stream" : true , "store":false, "user": "u-1"}'
    assert glance(body) == Head("m", stream=True, store=False, user="u-1")


def test_defaults_are_unary_and_stored() -> None:
    """Most requests say neither."""
    assert glance(b'{"model": "m"}') == Head("m")


@pytest.mark.parametrize("value", [b'"yes"', b"1", b"null", b"[]", b"{}", b'"true"'])
def test_wrong_types_beside_the_model_are_left_to_the_teacher(value: bytes) -> None:
    """Its error body is the one the client knows; ours would differ."""
    body = b'{"model": "m", "stream": %b, "store": %b, "user": %b}' % (value, value, value)
    head = glance(body)
    assert (head.model, head.stream, head.store) == ("m", False, True)


def test_last_of_duplicate_keys_wins() -> None:
    """As in every parser the upstreams use; another choice would let a request name one model and get another."""
    assert glance(b'{"model": 1, "model": "a", "model": "b", "stream": true, "stream": false}') == Head("b")


def test_escaped_key_is_the_same_key() -> None:
    """A client's encoder may escape what it likes."""
    assert glance(b'{"mod\\u0065l": "\\u006d"}').model == "m"


@pytest.mark.parametrize(
    ("body", "says", "param"),
    [
        (b"", "not valid JSON", None),
        (b'{"model": "m"', "not valid JSON", None),
        (b'{"model": "m"} trailing', "not valid JSON", None),
        (b"{'model': 'm'}", "not valid JSON", None),
        (b'["model"]', "must be a JSON object", None),
        (b"null", "must be a JSON object", None),
        (b"{}", "must provide a model", "model"),
        (b'{"model": 7}', "must be a string", "model"),
        (b'{"model": null}', "must be a string", "model"),
        (b'{"model": ""}', "must be a string", "model"),
        (b'{"model": "m", "user": "\xff"}', "not valid UTF-8", None),
        (b'{"model": "\xc3\x28"}', "not valid UTF-8", None),
        (b'{"model": "m", "x": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "nested too deeply", None),
        (b'{"model": "m", "x": ' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}", "nested too deeply", None),
        (b"[" * 1_000_000, "must be a JSON object", None),
    ],
)
def test_unusable_bodies_name_their_fault(body: bytes, says: str, param: str | None) -> None:
    """The client's developer reads this message; a crash or a bare 500 would say nothing."""
    with pytest.raises(WireError, match=says) as caught:
        glance(body)
    assert caught.value.param == param


def test_ordinary_nesting_passes() -> None:
    """Tool schemas nest; the limit is for attacks."""
    assert glance(b'{"model": "m", "x": ' + b"[" * 400 + b"]" * 400 + b"}").model == "m"


ODD = st.one_of(st.booleans(), st.none(), st.integers(), st.text(max_size=3), st.just([1]), st.just({"model": "x"}))
MEMBERS = st.lists(st.tuples(st.sampled_from(("model", "stream", "store", "user", "n")), ODD), max_size=6)


@given(MEMBERS)
def test_says_what_any_reader_of_json_would(members: list[tuple[str, object]]) -> None:
    """Most bodies are read by a faster way than odd ones; which of the two it was must not show."""
    seen = dict(members)
    body = "{" + ",".join(f"{json.dumps(name)}:{json.dumps(value)}" for name, value in members) + "}"
    model, user = seen.get("model"), seen.get("user")
    if isinstance(model, str) and model:
        stream, store = seen.get("stream") is True, seen.get("store") is not False
        assert glance(body.encode()) == Head(model, stream, store, user if isinstance(user, str) else "")
    else:
        with pytest.raises(WireError) as caught:
            glance(body.encode())
        assert caught.value.param == "model"


@pytest.mark.parametrize("user", ['"\\ud83d\\ude00"', "1e999", '"' + "u" * 100_000 + '"'])
def test_odd_values_beside_the_model_are_no_fault(user: str) -> None:
    """What is wrong with the rest is for the teacher to say."""
    assert glance(f'{{"user": {user}, "model": "m", "stream": true}}'.encode()).model == "m"


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_give_a_head_or_the_typed_error(body: bytes) -> None:
    """Anything else would be an unhandled error in the serving path."""
    try:
        named = glance(body).model
    except WireError as exc:
        named = str(exc)
    assert named
