"""Who may use the admin port: whoever has its token; without one, whoever is on this machine and means to be here.

A port without a token listens on the loopback only. That keeps other machines out but not a web page in a browser on
this one whose name was made to resolve to the loopback, so such a port also refuses requests for any other host.
Probes and metrics are open in any case.
"""

from __future__ import annotations

import hmac

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from proxy.examiner.answers import Problem, error_answer

OPEN_PATHS = frozenset({"/livez", "/readyz", "/metrics"})
_OWN_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Guard:
    """An application in front of another that lets only permitted requests through."""

    def __init__(self, app: ASGIApp, token: str | None) -> None:
        self._app = app
        self._token = token.encode() if token else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with the reason why not."""
        if scope["type"] == "http" and scope["path"] not in OPEN_PATHS:
            problem = self._problem(Headers(scope=scope))
            if problem is not None:
                await error_answer(problem)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _problem(self, headers: Headers) -> Problem | None:
        if self._token is None:
            return _host_problem(headers.get("host", ""))
        scheme, _, given = headers.get("authorization", "").partition(" ")
        # Both sides as bytes: compare_digest refuses text beyond ASCII, and headers are Latin-1.
        if scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode("latin-1"), self._token):
            return None
        return Problem(401, "the admin port needs its token: authorization: Bearer TOKEN", code="invalid_token")


def _host_problem(host: str) -> Problem | None:
    name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
    if name.lower() in _OWN_NAMES:
        return None
    message = f"this admin port has no token and so serves only localhost, not {host!r}; set admin.token_env to open it"
    return Problem(403, message, code="host_not_allowed")
