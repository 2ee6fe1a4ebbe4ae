"""Values into HTML: the templates, what they may say of numbers and times, and the headers of every page.

Templates escape whatever they are given, and a name that they are not given is an error. The policy lets a browser load
this port's own files and nothing else: no script and no style stands in a page. ``visible`` shows the characters with
which a text could lie about itself. The counterpart is ``templates/``.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import Response

from proxy import __version__
from proxy.examiner.console import glossary, wordbook
from proxy.examiner.console.assets import versioned
from proxy.examiner.console.sessions import Session
from proxy.examiner.wording import percent

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    # Not no-referrer: with it, a browser sends forms with the origin "null", and the door turns them away.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
SESSION = "practicum.session"  # where the door leaves it in a request's scope
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_LYING = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page. ``leaves``: whether there is a session to end."""

    csrf: str
    notice: str
    path: str
    leaves: bool
    version: str = __version__


def html(request: Request, template: str, page: object, status: int = 200) -> Response:
    """A page: the template over these values."""
    session = visitor(request)
    frame = Frame(
        csrf=session.csrf if session else "",
        notice=session.told() if session else "",
        path=request.url.path,
        leaves=session is not None and session.ends is not None,
    )
    text = _PAGES.get_template(template).render(page=page, frame=frame)
    return Response(text.encode("utf-8", "replace"), status, HEADERS, "text/html")


def visitor(request: Request) -> Session | None:
    """Whose request it is, as the door left it; None before anybody signed in."""
    found = request.scope.get(SESSION)
    return found if isinstance(found, Session) else None


def visible(text: str) -> str:
    """The text with control characters, and those that turn or hide what is written, shown as their numbers."""
    return _LYING.sub(lambda found: f"⟦{ord(found[0]):04X}⟧", text)


def moment(at: float) -> str:
    """Unix seconds as a time in UTC; what no calendar has is shown as the number that it is."""
    try:
        return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}Z"
    except (ValueError, OverflowError, OSError):
        return f"{at:g} s"


def ago(at: float) -> str:
    """How long ago that was, roughly."""
    seconds = time.time() - at
    if seconds < _MINUTE:
        return "just now"
    for size, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {name} ago"
    return ""


def seconds(span: float | None) -> str:
    """A span of time: ``240 ms``, ``1.5 s``; a dash where there is none."""
    if span is None:
        return "\N{EN DASH}"
    return f"{1000 * span:.0f} ms" if span < 1 else f"{span:.1f} s"


def clipped(text: str, most: int) -> str:
    """The text on one line, its first characters."""
    line = " ".join(text[: 4 * most].split())
    return line if len(line) <= most and len(text) <= 4 * most else f"{line[:most]}\N{HORIZONTAL ELLIPSIS}"


def term(word: str, text: str = "") -> Markup:
    """A word, or the ``text`` in its place, as a link to what it means. Raises ``KeyError`` where that is not told."""
    found = glossary.meaning(word)
    if found is None:
        raise KeyError(f"{word!r} has no entry in the glossary; write one in {glossary.__name__}")
    return _linked(found, text or word)


def named(word: str, kind: str) -> Markup:
    """The name of a ``behavior``, ``slice`` or ``fallback``, as a link to what it means; an operator's own is none."""
    shown, found = visible(wordbook.words(word)), glossary.meaning(word, kind)
    return _linked(found, shown) if found else escape(shown)


def _linked(found: glossary.Entry, text: str) -> Markup:
    link = Markup('<a class="term" href="{}#{}" title="{}">{}</a>')
    return link.format(glossary.PATH, found.anchor, found.meaning, text)


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        visible=visible, moment=moment, ago=ago, seconds=seconds, clipped=clipped, share=percent, **wordbook.FILTERS
    )
    made.globals.update(asset=versioned, term=term, named=named)
    return made


_PAGES = _environment()
