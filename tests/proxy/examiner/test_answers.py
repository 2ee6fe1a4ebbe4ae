"""Every exception that reaches the admin port's rim, as the answer it becomes."""

from __future__ import annotations

import asyncio
import json

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from proxy.examiner.answers import Problem, json_answer, on_problem
from proxy.store.errors import CursorError, StoreError, UnavailableError

REQUEST = Request({"type": "http"})


@pytest.mark.parametrize(
    ("exc", "status", "kind"),
    [
        (Problem(400, "no"), 400, "invalid_request_error"),
        (Problem(401, "no"), 401, "authentication_error"),
        (Problem(404, "no"), 404, "not_found_error"),
        (Problem(501, "no"), 501, "server_error"),
        (CursorError("no"), 400, "invalid_request_error"),
        (UnavailableError("no"), 503, "server_error"),
        (StoreError("no"), 503, "server_error"),
        (HTTPException(405, "no"), 405, "invalid_request_error"),
        (RuntimeError("no"), 500, "server_error"),
    ],
)
def test_exceptions_become_answers(exc: Exception, status: int, kind: str) -> None:
    """The type is what official clients choose their exception by."""
    answer = asyncio.run(on_problem(REQUEST, exc))
    error = json.loads(bytes(answer.body))["error"]
    assert (answer.status_code, error["type"]) == (status, kind)
    assert set(error) == {"message", "type", "param", "code"}


def test_an_unexpected_exception_keeps_its_message_to_itself() -> None:
    """It may quote a prompt."""
    assert b"a prompt" not in bytes(asyncio.run(on_problem(REQUEST, RuntimeError("a prompt"))).body)


def test_answers_are_not_cached_nor_sniffed() -> None:
    """They hold what users wrote."""
    headers = json_answer({}).headers
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")
