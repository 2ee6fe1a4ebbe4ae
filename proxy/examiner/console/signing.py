"""Signing in to the console with the admin port's token, and out again.

The token is compared in constant time, so many times a minute and no more (``guessing``), and kept nowhere in the
browser: a cookie with a session's random key stands for it, which scripts cannot read and pages of other sites cannot
send. ``door`` asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from proxy.examiner.answers import Problem
from proxy.examiner.console.door import COOKIE, LOGIN, READING, confirmed, form
from proxy.examiner.console.rendering import HEADERS, html, visitor
from proxy.examiner.console.sessions import LIFETIME, Sessions
from proxy.examiner.guessing import Guesses, address_of


class Signing:
    """The pages that begin and end a session. ``owns`` says which paths are the console's."""

    def __init__(self, token: str | None, sessions: Sessions, owns: Callable[[str], bool], guesses: Guesses) -> None:
        self._token = token.encode() if token else None
        self._guesses = guesses
        self._sessions = sessions
        self._owns = owns

    async def login(self, request: Request) -> Response:
        """The page that takes the token, and what it makes of one."""
        target = self._target(request.query_params.get("next", "/"))
        if self._token is None or (request.method in READING and visitor(request)):
            return RedirectResponse(target, 303, HEADERS)
        if request.method in READING:
            return html(request, "login.html", "")
        given = (await form(request)).get("token", "").strip()
        try:
            right = self._guesses.right(address_of(request.scope), given.encode("utf-8", "replace"), self._token)
        except Problem as too_many:
            answer = html(request, "login.html", f"{too_many.message}.".capitalize(), too_many.status)
            answer.headers.update(too_many.headers)
            return answer
        if not right:
            return html(request, "login.html", "That is not the token.", 401)
        return self._signed_in(request, target)

    def _signed_in(self, request: Request, target: str) -> Response:
        answer = RedirectResponse(target, 303, HEADERS)
        answer.set_cookie(
            COOKIE, self._sessions.begin(), int(LIFETIME), httponly=True, samesite="strict", secure=_encrypted(request)
        )
        return answer

    async def logout(self, request: Request) -> Response:
        """End the session."""
        await confirmed(request)
        self._sessions.end(request.cookies.get(COOKIE, ""))
        answer = RedirectResponse(LOGIN, 303, HEADERS)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=_encrypted(request))
        return answer

    def _target(self, wanted: str) -> str:
        """Where to go after signing in: a page of the console, and never another site's."""
        parts = urlsplit(wanted)
        here = wanted.isprintable() and "\\" not in wanted and not (parts.scheme or parts.netloc)
        return wanted if here and wanted.startswith("/") and self._owns(parts.path) else "/"


def _encrypted(request: Request) -> bool:
    return request.url.scheme == "https" or request.headers.get("origin", "").startswith("https://")
