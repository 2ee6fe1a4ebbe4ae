"""What the admin port answers with: JSON, and errors in the shape OpenAI's clients know.

``Problem`` is raised anywhere below the application and becomes an answer in one place, ``on_problem``. Nothing here
knows an endpoint; ``admin`` does.
"""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from proxy.store.errors import CursorError, StoreError

_PRIVATE = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_TYPES = {HTTPStatus.UNAUTHORIZED: "authentication_error", HTTPStatus.NOT_FOUND: "not_found_error"}


class Problem(Exception):  # noqa: N818 -- named for what the caller is told
    """A request that is not served, with the status, message, parameter and code of the answer.

    ``retry_after`` says after how many seconds it might be, None where nothing is to be said of that.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.param = param
        self.code = code
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        """What the answer says besides."""
        return {} if self.retry_after is None else {"retry-after": str(self.retry_after)}


class _Error(msgspec.Struct):
    message: str
    type: str
    param: str | None
    code: str | None


class _ErrorBody(msgspec.Struct):
    error: _Error


def json_answer(value: object, status: int = 200) -> Response:
    """Any value msgspec can write, as JSON."""
    return Response(msgspec.json.encode(value), status, _PRIVATE, "application/json")


def text_answer(text: str, media_type: str) -> Response:
    """A text of some type."""
    return Response(text, 200, _PRIVATE, media_type)


def error_answer(problem: Problem) -> Response:
    """The error in OpenAI's shape."""
    fallback = "server_error" if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request_error"
    kind = _TYPES.get(HTTPStatus(problem.status), fallback)
    answer = json_answer(_ErrorBody(_Error(problem.message, kind, problem.param, problem.code)), problem.status)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        answer.headers["www-authenticate"] = "Bearer"
    answer.headers.update(problem.headers)
    return answer


async def on_problem(_: Request, exc: Exception) -> Response:
    """The answer to every exception that means something to the caller."""
    match exc:
        case Problem():
            return error_answer(exc)
        case CursorError():
            return error_answer(Problem(400, str(exc), param="cursor", code="invalid_cursor"))
        case StoreError():
            return error_answer(Problem(503, f"the store cannot be read now: {exc}", code="store_unavailable"))
        case HTTPException(status_code=404):
            return error_answer(
                Problem(404, "no such path; see /api/routes, /api/pairs, /api/config, /metrics, /readyz")
            )
        case HTTPException():
            answer = error_answer(Problem(exc.status_code, exc.detail))
            answer.headers.update(exc.headers or {})
            return answer
    # Whatever else is our own fault: it is logged by the server with its trace, and never shown.
    return error_answer(Problem(500, "the admin port failed on this request; its log has the trace"))
