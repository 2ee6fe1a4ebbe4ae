"""Replies of our own: errors in the shape that OpenAI's clients expect (Anthropic's find theirs in it too)."""

from __future__ import annotations

import msgspec

_TYPES = {401: "authentication_error", 404: "invalid_request_error", 429: "rate_limit_error"}
_FIRST_SERVER_ERROR = 500


class RequestError(Exception):
    """We answer a request ourselves, with an error. ``headers`` are added to the reply's."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        param: str | None = None,
        headers: tuple[tuple[bytes, bytes], ...] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.param = param
        self.headers = headers

    @property
    def body(self) -> bytes:
        """The error as JSON."""
        return error_body(self.status, self.message, self.code, self.param)


def error_body(status: int, message: str, code: str, param: str | None = None) -> bytes:
    """An error as JSON: OpenAI's ``error`` object, with the ``type`` beside it that Anthropic's clients look for."""
    kind = _TYPES.get(status) or ("upstream_error" if status >= _FIRST_SERVER_ERROR else "invalid_request_error")
    error = {"message": message, "type": kind, "param": param, "code": code}
    return msgspec.json.encode({"type": "error", "error": error})
