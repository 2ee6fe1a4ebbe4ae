"""Errors of our own: their shape. What the clients' libraries make of them, ``test_endpoints`` asks them."""

from __future__ import annotations

import json

import pytest

from proxy.worker.replies import RequestError, error_body


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "invalid_request_error"),
        (401, "authentication_error"),
        (404, "invalid_request_error"),
        (408, "invalid_request_error"),
        (413, "invalid_request_error"),
        (429, "rate_limit_error"),
        (431, "invalid_request_error"),
        (500, "upstream_error"),
        (502, "upstream_error"),
        (504, "upstream_error"),
    ],
)
def test_the_type_follows_from_the_status(status: int, kind: str) -> None:
    """Clients decide by it whether to try again."""
    assert json.loads(error_body(status, "No.", "a_code")) == {
        "type": "error",
        "error": {"message": "No.", "type": kind, "param": None, "code": "a_code"},
    }


def test_an_error_carries_all_it_knows() -> None:
    """A message with any character, the field at fault, and headers of its own."""
    error = RequestError(404, "model_not_found", 'No "é"\n\0.', param="model", headers=((b"connection", b"close"),))
    assert str(error) == error.message
    assert error.headers == ((b"connection", b"close"),)
    assert json.loads(error.body)["error"] == {
        "message": 'No "é"\n\0.',
        "type": "invalid_request_error",
        "param": "model",
        "code": "model_not_found",
    }
