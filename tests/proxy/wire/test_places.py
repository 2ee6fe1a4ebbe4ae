"""Where values lie in a document."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.wire.places import ANY, located, search
from tests.proxy.wire import asked

KEY = b'"k"'
PATHS = {("k",), ("a", ANY, "k"), ("a", "k")}


def raw(written: bytes) -> msgspec.Raw:
    """A value as a decoder gives it."""
    return msgspec.json.decode(written, type=msgspec.Raw)


def texts(data: bytes, spans: list[tuple[int, int]] | None) -> list[bytes] | None:
    """What stands there."""
    return None if spans is None else [data[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b'{"k":[1, {"k":2}],"x":1}', [b'[1, {"k":2}]']),
        (b'{"k" : \n\t7,"l":7}', [b"7"]),
        (b'{"a":[{"k":1},{"k":"k"},{"b":{"k":3}},[{"k":4}]]}', [b"1", b'"k"']),
        (b'{"a":{"k":NaN},"b":"{\\"k\\":1}"}', [b"NaN"]),
        (b'{"\\u006b":1,"\\"k":2}', [b"1"]),
        (b'{"k":1,"k":"a\\\\","k":true}', [b"1", b'"a\\\\"', b"true"]),
        (b"[]", []),
        (b"", []),
    ],
)
def test_values_are_found_by_path(data: bytes, found: list[bytes]) -> None:
    """However their keys are written, and not where a text only looks like them."""
    assert texts(data, search(data, PATHS)) == found


_documents = st.recursive(
    st.none() | st.integers() | st.sampled_from(["k", '"k":1', "\\", "a"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["k", "a", "b", '"k"']), inner, max_size=3)
    ),
)


@given(st.data(), _documents)
def test_what_is_found_is_what_a_parser_finds(data: st.DataObject, document: object) -> None:
    """In order, and decoded to the same values."""
    written = data.draw(asked.written(document))  # type: ignore[arg-type]  # any JSON
    expected = []
    if isinstance(document, dict):
        for key, value in document.items():
            inner = value if isinstance(value, list) else [value]
            expected += [value] if key == "k" else []
            expected += [v["k"] for v in inner if key == "a" and isinstance(v, dict) and "k" in v]
    assert [json.loads(text) for text in texts(written, search(written, PATHS)) or []] == expected


@given(st.text(alphabet='{}[]",:\\k \n1', max_size=30).map(str.encode) | st.binary(max_size=30))
def test_no_bytes_raise(data: bytes) -> None:
    """Of what is no JSON the spans mean nothing, but they are spans of it."""
    assert all(0 <= start < end <= len(data) for start, end in search(data, PATHS))


def test_depth_costs_no_more_than_length() -> None:
    """Written down anew for every level, the way to the innermost would take hours."""
    data = b'{"b":' * 300_000 + b"[" * 300_000
    assert search(data, PATHS) == []


@pytest.mark.parametrize(
    ("data", "values"),
    [
        (b'{"k":{"k":1},"l":2}', [b'{"k":1}']),
        (b'[{"k":null},{"k" : [ 1 ]}]', [b"null", b"[ 1 ]"]),
        (b'{"x":"\\"k\\":1","k":1}', [b"1"]),
        (b"{}", []),
    ],
)
def test_known_values_are_located(data: bytes, values: list[bytes]) -> None:
    """All of a key's, in their order."""
    assert texts(data, located(data, KEY, list(map(raw, values)))) == values


@pytest.mark.parametrize(
    ("data", "values"),
    [
        (b'{"x":{"k":1},"k":1}', [b"1"]),
        (b'{"k":1,"x":"k"}', [b"1"]),
        (b'{"x":"\\"k","k":1}', [b"1"]),
        (b'{"x":"k","y":1,"\\u006b":1}', [b"1"]),
        (b'{"\\u006b":1}', [b"1"]),
        (b'{"k":2}', [b"1"]),
        (b'{"k":1}', []),
        (b'{"k":1', [b"1", b"1"]),
    ],
)
def test_where_the_key_stands_elsewhere_too_nothing_is_located(data: bytes, values: list[bytes]) -> None:
    """It would be a guess which of them is meant; who asks then reads the whole document."""
    assert located(data, KEY, list(map(raw, values))) is None
