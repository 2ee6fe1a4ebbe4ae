"""Every error that can leave the engine is one that OpenAI's clients can read."""

from __future__ import annotations

import json

import pytest
from starlette.exceptions import HTTPException

from proxy.demo.engine import faults
from proxy.demo.engine.asks import RequestError
from proxy.demo.engine.scheduler import OverloadedError, StoppedError

CASES: list[tuple[Exception, int, str, str | None]] = [
    (RequestError("m", "n"), 400, "BadRequestError", "n"),
    (RequestError("m", "model", 404, "NotFoundError"), 404, "NotFoundError", "model"),
    (OverloadedError("m"), 503, "ServiceUnavailableError", None),
    (StoppedError("m"), 500, "InternalServerError", None),
    (HTTPException(405, "m"), 405, "MethodNotAllowedError", None),
]


@pytest.mark.parametrize(("exc", "status", "kind", "param"), CASES)
def test_errors_say_what_is_wrong(exc: Exception, status: int, kind: str, param: str | None) -> None:
    """Status, kind, field and message."""
    response = faults.respond(exc)
    error = {"message": "m", "type": kind, "param": param, "code": status}
    assert (response.status_code, json.loads(bytes(response.body))) == (status, {"error": error})


def test_overload_says_when_to_come_back() -> None:
    """Clients wait as long as they are told."""
    assert faults.respond(OverloadedError("m")).headers["retry-after"] == "1"


def test_our_own_faults_are_not_told_in_detail() -> None:
    """The log has them."""
    response = faults.respond(KeyError("secret"))
    assert response.status_code == 500
    assert b"secret" not in bytes(response.body)
