"""Objects taken apart at the top level."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.wire.errors import WireError
from proxy.wire.fields import join, split

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), json_values))
def test_split_and_join_keep_order_and_meaning(document: dict[str, object]) -> None:
    """An edit of one field must not touch its neighbors."""
    body = json.dumps(document, ensure_ascii=False).encode()
    rebuilt = json.loads(join(split(body)))
    assert rebuilt == document
    assert list(rebuilt) == list(document)


def test_values_keep_their_bytes() -> None:
    """1.0 is not 1 to every upstream, and a 30-digit number is not a float."""
    value = b'[1.0, 1e5, 123456789012345678901234567890, "\\u00e9\\/", {"b" : 1,"a":2}]'
    assert join(split(b'{ "x" : ' + value + b" }")) == b'{"x":' + value + b"}"


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"\xff": 1}', b"[" * 100_000, b'{"a":' + b"[" * 10_000])
def test_what_is_no_object_raises_the_typed_error(body: bytes) -> None:
    """Callers catch one exception."""
    with pytest.raises(WireError):
        split(body)
