"""Who may use the admin port: whoever has its token; without one, whoever is on this machine and means to be here.

A port without a token listens on the loopback only. That keeps other machines out but not a web page in a browser on
this one. A page whose name was made to resolve to the loopback is refused by the host it asks for. A page of any other
site can still send a form, though it never reads the answer: so what changes something is refused with an ``origin``
that is not the port's own, and unless it is JSON, which no form can send and no script without asking first; nothing
here answers that question. With a token, a page does not have it. Probes and metrics are open in any case.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from proxy.examiner.answers import Problem, error_answer
from proxy.examiner.guessing import Guesses, address_of

OPEN_PATHS = frozenset({"/livez", "/readyz", "/metrics"})
_OWN_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_READING = frozenset({"GET", "HEAD"})
_CHANGING_NOTHING = frozenset({"/api/config/validate"})  # takes YAML in a body, as curl sends it


class Guard:
    """An application in front of another that lets only permitted requests through."""

    def __init__(self, app: ASGIApp, token: str | None, guesses: Guesses) -> None:
        self._app = app
        self._token = token.encode() if token else None
        self._guesses = guesses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with the reason why not."""
        if scope["type"] == "http" and scope["path"] not in OPEN_PATHS:
            problem = self._problem(scope, Headers(scope=scope))
            if problem is not None:
                await error_answer(problem)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _problem(self, scope: Scope, headers: Headers) -> Problem | None:
        if self._token is None:
            return host_problem(headers.get("host", "")) or _page_problem(scope, headers)
        try:
            if bears(headers, self._token, self._guesses, address_of(scope)):
                return None
        except Problem as too_many:
            return too_many
        return Problem(401, "the admin port needs its token: authorization: Bearer TOKEN", code="invalid_token")


def bears(headers: Headers, token: bytes, guesses: Guesses, address: str) -> bool:
    """Whether a request bears the token. Raises ``Problem`` where too many wrong ones came from there."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not given.strip():
        return False  # that is no guess
    return guesses.right(address, given.strip().encode("latin-1"), token)  # as bytes: headers are Latin-1


def host_problem(host: str) -> Problem | None:
    """Why a port without a token does not answer to this name: a web page could have made it its own."""
    name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
    if name.lower() in _OWN_NAMES:
        return None
    message = f"this admin port has no token and so serves only localhost, not {host!r}; set admin.token_env to open it"
    return Problem(403, message, code="host_not_allowed")


def _page_problem(scope: Scope, headers: Headers) -> Problem | None:
    """Why this may be a web page that changes something behind the back of whoever looks at it."""
    if scope["method"] in _READING:
        return None
    origin = headers.get("origin")
    if origin is not None and origin.partition("://")[2].lower() != headers.get("host", "").lower():
        message = f"this admin port has no token and takes nothing from a page of {origin!r}; use the command line"
        return Problem(403, message, code="origin_not_allowed")
    # Any other method asks a browser's leave by itself, as JSON does.
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if scope["method"] == "POST" and media_type != "application/json" and scope["path"] not in _CHANGING_NOTHING:
        message = f"without a token, this takes only content-type: application/json, not {media_type!r}; send it along"
        return Problem(415, message, code="not_json")
    return None
