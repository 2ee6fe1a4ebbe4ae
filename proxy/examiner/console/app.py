"""The console in front of the admin port's API: it keeps the paths that are its own, and passes every other on.

So the API's guard never sees a cookie, and nothing that a browser may do without the token is the API's. Errors are
pages here; what they say is what the API would.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from proxy.examiner.answers import Problem
from proxy.examiner.console.assets import PREFIX, asset
from proxy.examiner.console.door import LOGIN, Door
from proxy.examiner.console.glossary import PATH as GLOSSARY
from proxy.examiner.console.live import Live
from proxy.examiner.console.ordering import Ordering
from proxy.examiner.console.pages import Pages
from proxy.examiner.console.rendering import html
from proxy.examiner.console.sessions import Sessions
from proxy.examiner.console.signing import Signing
from proxy.examiner.desk import Desk
from proxy.examiner.guessing import Guesses
from proxy.store.errors import CursorError, StoreError

_OWN = frozenset({"/", LOGIN, "/logout", "/events", "/pairs", GLOSSARY})
_BELOW = (PREFIX, "/routes/", "/pairs/")


class Console:
    """An application in front of another: the console's paths are answered here."""

    def __init__(self, app: ASGIApp, desk: Desk, guesses: Guesses) -> None:
        """``guesses`` are counted together with the API's: it is one token."""
        self._app = app
        self._console = _application(desk, guesses)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or pass it on."""
        mine = scope["type"] == "http" and owns(scope["path"])
        await (self._console if mine else self._app)(scope, receive, send)


def owns(path: str) -> bool:
    """Whether a path is the console's."""
    return path in _OWN or path.startswith(_BELOW)


def _application(desk: Desk, guesses: Guesses) -> ASGIApp:
    pages, ordering, live, sessions = Pages(desk), Ordering(desk), Live(desk.status, desk.stopping), Sessions()
    signing = Signing(desk.token, sessions, owns, guesses)
    return Starlette(
        routes=[
            Route("/", pages.home),
            Route(LOGIN, signing.login, methods=["GET", "POST"]),
            Route("/logout", signing.logout, methods=["POST"]),
            Route("/events", live.events),
            Route(f"{PREFIX}{{name}}", asset),
            Route("/routes/{route}", pages.route),
            Route("/routes/{route}/confidence", pages.confidence),
            Route("/routes/{route}/decisions", pages.decisions),
            Route("/routes/{route}/orders/{verb}", ordering.form, methods=["GET"]),
            Route("/routes/{route}/orders/{verb}", ordering.order, methods=["POST"]),
            Route("/routes/{route}/slices/{slice}/behaviors/{behavior}", pages.gate),
            Route(GLOSSARY, pages.glossary),
            Route("/pairs", pages.pairs),
            Route("/pairs/{pair}", pages.pair),
        ],
        middleware=[Middleware(Door, token=desk.token, sessions=sessions, guesses=guesses)],
        exception_handlers=dict.fromkeys((Problem, StoreError, HTTPException, Exception), _told),
    )


async def _told(request: Request, exc: Exception) -> Response:
    """The page for every exception that means something to whoever looks at it."""
    problem = _problem(exc)
    answer = html(request, "problem.html", problem, problem.status)
    answer.headers.update(problem.headers)
    if isinstance(exc, HTTPException):
        answer.headers.update(exc.headers or {})
    return answer


def _problem(exc: Exception) -> Problem:
    match exc:
        case Problem():
            return exc
        case CursorError():
            return Problem(400, f"{exc}.")
        case StoreError():
            return Problem(503, f"The store cannot be read now: {exc}.")
        case HTTPException(status_code=404):
            return Problem(404, "There is no such page.")
        case HTTPException():
            return Problem(exc.status_code, exc.detail)
    # Whatever else is our own fault: it is logged by the server with its trace, and never shown.
    return Problem(500, "The console failed on this page; the examiner's log has the trace.")
