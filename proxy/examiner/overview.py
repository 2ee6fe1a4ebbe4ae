"""The admin port's front page: one plain page that says how things stand, until there is a console.

Every value is escaped, nothing is loaded, and no script may run: model names and reasons come from outside. It shows
what ``/api/routes`` says and refuses to know more.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape

from proxy.examiner.status import Cell, RouteStatus, SliceStatus, Status
from proxy.examiner.wording import (
    FAIL,
    assured,
    besides,
    decided,
    decider,
    limited,
    most_served,
    moves,
    position,
    ranked,
    served,
    standing,
    stuck,
)

_STYLE = (
    ":root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto}"
    "body{max-width:60rem;padding:0 1rem}"
    "table{border-collapse:collapse;margin:.5rem 0 2rem}td,th{padding:.2rem 1rem .2rem 0;text-align:left}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.bad{color:#c22}"
)
_DECISIONS = 3
_NUMBERS = ("Trials", "Diverged", "Rate", "Teacher alone")
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def overview(status: Status, reasons: Iterable[str]) -> str:
    """The page as HTML. ``reasons`` say why the examiner is not ready."""
    troubles = "".join(f'<p class="bad">{escape(reason)}</p>' for reason in reasons)
    version, workers = escape(status.version), len(status.workers)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Practicum</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body><h1>Practicum</h1>'
        f"<p>Version {version}, configuration {escape(status.config_hash[:12])}, {workers} worker(s).</p>"
        f"{troubles}{''.join(_route(route) for route in status.routes)}"
        "<p>More: /api/routes, /api/pairs, /api/config, /metrics, and <code>practicum --help</code>.</p></body></html>"
    )


def _route(route: RouteStatus) -> str:
    mirror = route.mirror
    outcomes = ", ".join(f"{escape(name)} {count}" for name, count in mirror.outcomes.items() if count)
    paused = f'<p class="bad">Mirror paused: {escape(mirror.paused)}</p>' if mirror.paused else ""
    trouble = f'<p class="bad">The rollout: {escape(route.trouble)}</p>' if route.trouble else ""
    serves = most_served(route.weights) if route.slices and moves(route) else served(route.weights)
    return (
        f"<h2>{escape(route.name)}: {escape(position(route))}</h2>{trouble}"
        f"<p>Teacher {escape(route.teacher)}; student {escape(route.student)}, "
        f"which serves {serves}{_promise(route)}.</p>{_rollout(route)}"
        f"<p>{mirror.sampled} sampled{': ' + outcomes if outcomes else ''}.</p>{paused}{_cells(route.cells)}"
    )


def _promise(route: RouteStatus) -> str:
    return f"; {escape(assured(route.confidence))}" if route.confidence else ""


def _rollout(route: RouteStatus) -> str:
    """How the slices stand, why some do not pass, and what was decided last; nothing where there is no rollout."""
    if not moves(route):
        return ""
    told = "".join(
        f"<p>{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%SZ} {escape(what)}</p>"
        for at, what in decided(route.decisions, _DECISIONS)
    )
    if not route.slices:
        return told
    slices = ranked(route.slices)
    heads = "<th>Slice<th class=n>Weight<th>Limited by<th class=n>Conversations<th>Verdict<th>Decided by"
    rows = "".join(_slice(one, route.waits) for one in slices)
    why = "".join(_stuck(one) for one in slices if stuck(one))
    return f"<table><thead><tr>{heads}</thead><tbody>{rows}</tbody></table>{why}{told}"


def _slice(one: SliceStatus, waits: str) -> str:
    limit = escape(limited(one, waits)) or "-"
    return (
        f"<tr><td>{escape(one.slice)}<td class=n>{served(one.weights)}<td>{limit}<td class=n>{one.conversations:,}"
        f"<td>{escape(one.verdict)}<td>{escape(decider(one))}"
    )


def _stuck(one: SliceStatus) -> str:
    also = besides(one)
    shown = ' class="bad"' if one.verdict == FAIL else ""
    return f"<p{shown}>{escape(standing(one))}{'. ' + escape(also) if also else ''}</p>"


def _cells(cells: Iterable[Cell]) -> str:
    rows = "".join(_cell(cell) for cell in sorted(cells, key=lambda c: (-c.diverged, c.behavior, c.slice, c.direction)))
    if not rows:
        return "<p>Nothing has been compared yet.</p>"
    heads = "<th>Behavior<th>Slice<th>Direction" + "".join(f"<th class=n>{name}" for name in _NUMBERS)
    return f"<table><thead><tr>{heads}</thead><tbody>{rows}</tbody></table>"


def _cell(cell: Cell) -> str:
    names = "".join(f"<td>{escape(name)}" for name in (cell.behavior, cell.slice, cell.direction))
    rates = ((cell.diverged, cell.trials), (cell.noise_diverged, cell.noise_trials))
    shown = "".join(f"<td class=n>{_percent(part, whole)}" for part, whole in rates)
    return f"<tr>{names}<td class=n>{cell.trials}<td class=n>{cell.diverged}{shown}"


def _percent(part: int, whole: int) -> str:
    """A rate; a dash where there were no trials, because no data is not zero."""
    return f"{100 * part / whole:.1f} %" if whole else "-"
