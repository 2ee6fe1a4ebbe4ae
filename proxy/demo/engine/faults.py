"""Errors as the OpenAI clients know them, with vLLM's words: ``{"error": {"message", "type", "param", "code"}}``.

One place from exceptions to responses: a refused request, a full or stopped engine, an address that is none, and a
fault of the engine's own, which is logged and tells the client no more than that.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ExceptionHandler

from proxy.demo.engine import replies
from proxy.demo.engine.asks import RequestError
from proxy.demo.engine.scheduler import OverloadedError, StoppedError

log = logging.getLogger(__name__)


def stopped(exc: StoppedError) -> bytes:
    """What a client reads, in a stream or instead of a reply, when the engine stopped."""
    return replies.failed(str(exc), "InternalServerError", None, HTTPStatus.INTERNAL_SERVER_ERROR)


def overloaded(exc: OverloadedError) -> bytes:
    """What a client reads when too many wait."""
    return replies.failed(str(exc), "ServiceUnavailableError", None, HTTPStatus.SERVICE_UNAVAILABLE)


def respond(exc: Exception) -> Response:
    """The response to an exception."""
    match exc:
        case RequestError():
            return _json(replies.failed(exc.message, exc.kind, exc.param, exc.status), exc.status)
        case OverloadedError():
            return _json(overloaded(exc), HTTPStatus.SERVICE_UNAVAILABLE, {"retry-after": "1"})
        case StoppedError():
            return _json(stopped(exc), HTTPStatus.INTERNAL_SERVER_ERROR)
        case HTTPException():
            kind = HTTPStatus(exc.status_code).phrase.title().replace(" ", "") + "Error"
            return _json(replies.failed(exc.detail, kind, None, exc.status_code), exc.status_code, exc.headers)
    return _json(
        replies.failed("the engine failed on this request; its log says why", "InternalServerError", None, 500), 500
    )


async def _handle(_: Request, exc: Exception) -> Response:
    return respond(exc)


async def _handle_fault(request: Request, exc: Exception) -> Response:
    log.error("%s %s failed", request.method, request.url.path, exc_info=exc)
    return respond(exc)


HANDLERS: dict[int | type[Exception], ExceptionHandler] = {
    RequestError: _handle,
    OverloadedError: _handle,
    StoppedError: _handle,
    HTTPException: _handle,
    Exception: _handle_fault,
}


def _json(body: bytes, status: int, headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status, headers, media_type="application/json")
