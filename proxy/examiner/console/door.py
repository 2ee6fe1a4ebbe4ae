"""Who may come in: whoever gave the admin port's token in this browser, and without a token whoever is on this machine.

A browser sends no bearer token by itself, so the token is given once, on a page, and a session's cookie stands for it
(``signing``): unreadable to scripts, and never sent along by a page of another site. For that a link from another site,
such as an alert's, comes without it; it is answered with a page that asks again from here. A bearer token opens for
reading too.

What changes something must come from a page of this origin and carry that page's session's secret, with a token and
without. The API's own rules are ``proxy.examiner.guard``'s, and nothing here loosens them: a cookie is nothing to it.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from proxy.examiner.answers import Problem
from proxy.examiner.console.assets import PREFIX
from proxy.examiner.console.rendering import HEADERS, SESSION, html, visitor
from proxy.examiner.console.sessions import Session, Sessions
from proxy.examiner.guard import bears, host_problem
from proxy.examiner.guessing import Guesses, address_of

COOKIE = "practicum_console"
LOGIN = "/login"
MOST_OF_A_FORM = 16 * 1024  # bytes
_FORM = "application/x-www-form-urlencoded"
READING = frozenset({"GET", "HEAD"})
_ELSEWHERE = frozenset({"cross-site", "same-site"})  # where a cookie that is strict stays behind


class Door:
    """An application in front of another that leaves the visitor's session in the scope, or answers in its place."""

    def __init__(self, app: ASGIApp, token: str | None, sessions: Sessions, guesses: Guesses) -> None:
        self._app = app
        self._token = token.encode() if token else None
        self._guesses = guesses
        self._sessions = sessions
        self._anybody = Session()  # of this machine: a port without a token listens on the loopback only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it."""
        request = Request(scope, receive)
        scope[SESSION], problem = None, None
        try:
            scope[SESSION] = self._session(request)
            problem = self._problem(request)
        except Problem as too_many:
            problem = too_many
        if problem is not None:
            answer = html(request, "problem.html", problem, problem.status)
            answer.headers.update(problem.headers)
            await answer(scope, receive, send)
        elif scope[SESSION] is None and scope["path"] != LOGIN and not scope["path"].startswith(PREFIX):
            await self._sent_away(request)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _session(self, request: Request) -> Session | None:
        if self._token is None:
            return self._anybody
        if bears(request.headers, self._token, self._guesses, address_of(request.scope)):
            return Session()  # of this request alone: its secret is nobody's, so it only reads
        return self._sessions.find(request.cookies.get(COOKIE, ""))

    def _problem(self, request: Request) -> Problem | None:
        if self._token is None and (wrong := host_problem(request.headers.get("host", ""))):
            return wrong
        if request.method in READING or _own_page(request.headers):
            return None
        message = f"this came from a page of {request.headers.get('origin', 'no origin')}: orders are taken from here"
        return Problem(403, message, code="origin_not_allowed")

    def _sent_away(self, request: Request) -> Response:
        if request.method not in READING or request.headers.get("sec-fetch-dest", "document") != "document":
            return html(request, "problem.html", Problem(401, "the session has ended: sign in again"), 401)
        if request.headers.get("sec-fetch-site") in _ELSEWHERE:
            return html(request, "again.html", _asked(request))
        return RedirectResponse(f"{LOGIN}?next={quote(_asked(request), safe='')}", 303, HEADERS)


async def form(request: Request) -> Mapping[str, str]:
    """The fields of a form, each by its last value. Raises ``Problem`` for anything else."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != _FORM:
        raise Problem(415, f"this takes a form, not {media_type!r}; orders in JSON go to /api/routes")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_OF_A_FORM:
            raise Problem(413, f"the form is larger than {MOST_OF_A_FORM} bytes; write less")
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=32))
    except ValueError as exc:
        raise Problem(400, "the form cannot be read; open its page again, and send it from there") from exc


async def confirmed(request: Request) -> Mapping[str, str]:
    """The fields of a form that carries its session's secret. Raises ``Problem`` without it."""
    given, session = await form(request), visitor(request)
    secret = given.get("csrf", "").encode("utf-8", "replace")
    if session is None or not hmac.compare_digest(secret, session.csrf.encode()):
        raise Problem(403, "this form is of another session, or none: open its page again, and send it from there")
    return given


def _own_page(headers: Headers) -> bool:
    """Whether a page of this origin sent it; every browser says so of what changes something."""
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site") == "same-origin"
    return origin.partition("://")[2].lower() == headers.get("host", "").lower()


def _asked(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
