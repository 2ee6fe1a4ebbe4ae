"""What is wrong with a request's bytes, in words its sender can act on.

    WireError                 the body is not what the endpoint takes; ``param`` names the field, if there is one
    └── UnmirrorableError     the request is sound, but a second model cannot be asked the same

Replies raise neither: an arm's bad reply is an observation with a failure.
"""

from __future__ import annotations


class WireError(ValueError):
    """A request body that cannot be used. ``str()`` is fit for the client; ``param`` is the field at fault."""

    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.param = param


class UnmirrorableError(WireError):
    """A request that depends on state only one upstream holds, so that the other arm cannot be asked the same."""
