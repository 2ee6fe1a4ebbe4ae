"""The tree of the store's errors."""

from __future__ import annotations

import pytest

from proxy.store.errors import CursorError, StoreError, UnavailableError, UnstorableError


@pytest.mark.parametrize("kind", [CursorError, UnavailableError, UnstorableError])
def test_all_are_store_errors_and_none_is_another(kind: type[StoreError]) -> None:
    """A rim catches ``StoreError`` once; the writer must not mistake bad data for a database that is down."""
    assert kind.__bases__ == (StoreError,)
