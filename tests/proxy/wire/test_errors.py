"""The errors of the wire."""

from __future__ import annotations

from proxy.wire.errors import UnmirrorableError, WireError


def test_unmirrorable_is_a_wire_error_with_its_field() -> None:
    """The shadow lane catches the one, and may catch the other."""
    error = UnmirrorableError("why", param="background")
    assert isinstance(error, WireError)
    assert (str(error), error.param) == ("why", "background")
