"""The query of ``/api/pairs`` as the store's ``PairFilter``, and that of a route's decisions as their number.

Every mistake is named with what is allowed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from starlette.datastructures import QueryParams

from proxy.examiner.answers import Problem
from proxy.store.query import ANY_FALLBACK, PairFilter
from routing.divergence import Direction
from routing.fallback import FallbackReason
from routing.traits import Slice

KNOWN = ("route", "behavior", "slice", "direction", "fallback", "since", "until", "limit", "cursor")
MAX_LIMIT = 1000
DEFAULT_LIMIT = 50
DEFAULT_DECISIONS = 20
_Value = TypeVar("_Value")
_Closed = TypeVar("_Closed", bound=StrEnum)


def pair_filter(query: QueryParams, *, bounded: bool) -> PairFilter:
    """What the query asks for. ``bounded``: a page of at most ``MAX_LIMIT``; else no ``limit`` means all."""
    unknown = sorted(set(query) - set(KNOWN))
    if unknown:
        raise Problem(400, f"{unknown[0]!r} is no filter; known: {', '.join(KNOWN)}", param=unknown[0])
    wanted_slice = _read(query, "slice", _one_of(Slice))
    limit = _read(query, "limit", _limit(bounded=bounded))
    return PairFilter(
        route=query.get("route"),
        behavior=query.get("behavior"),
        slice=wanted_slice.value if wanted_slice else None,
        direction=_read(query, "direction", _one_of(Direction)),
        since=_read(query, "since", _moment),
        until=_read(query, "until", _moment),
        limit=DEFAULT_LIMIT if bounded and limit is None else limit,
        before_cursor=query.get("cursor"),
        fallback=_read(query, "fallback", _fallback),
    )


def decision_limit(query: QueryParams) -> int:
    """How many of a route's decisions the query asks for."""
    unknown = sorted(set(query) - {"limit"})
    if unknown:
        raise Problem(400, f"{unknown[0]!r} is no parameter; known: limit", param=unknown[0])
    return _read(query, "limit", _count) or DEFAULT_DECISIONS


def _read(query: QueryParams, name: str, parse: Callable[[str], _Value]) -> _Value | None:
    text = query.get(name)
    if text is None:
        return None
    try:
        return parse(text)
    except ValueError as exc:
        raise Problem(400, f"{name}={text!r} {exc}", param=name) from exc


def _one_of(closed: type[_Closed]) -> Callable[[str], _Closed]:
    def parse(text: str) -> _Closed:
        if text not in set(closed):
            raise ValueError(f"is none of {', '.join(closed)}")
        return closed(text)

    return parse


def _fallback(text: str) -> str:
    return text if text == ANY_FALLBACK else _one_of(FallbackReason)(text)


def _limit(*, bounded: bool) -> Callable[[str], int]:
    def parse(text: str) -> int:
        most = MAX_LIMIT if bounded else 10**9
        if not _counts(text, most):
            raise ValueError(f"is no whole number from 1 to {most}; follow `next`, or ask for application/x-ndjson")
        return int(text)

    return parse


def _count(text: str) -> int:
    if not _counts(text, MAX_LIMIT):
        raise ValueError(f"is no whole number from 1 to {MAX_LIMIT}; leave it out for the latest {DEFAULT_DECISIONS}")
    return int(text)


def _counts(text: str, most: int) -> bool:
    return text.isascii() and text.isdigit() and 1 <= int(text[:12]) <= most


def _moment(text: str) -> float:
    """Unix seconds, or a date and time; one without a zone is UTC."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = _calendar(text)
    if not math.isfinite(seconds):
        raise ValueError("is no time")
    return seconds


def _calendar(text: str) -> float:
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError) as exc:
        raise ValueError("is neither Unix seconds nor a time such as 2026-03-01T12:00:00Z") from exc
