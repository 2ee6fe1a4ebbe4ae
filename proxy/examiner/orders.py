"""An operator's order to a rollout, as it comes over HTTP: read strictly, because a misread one moves traffic.

A key that a verb does not take is an error and never ignored: whoever pauses with a slice means that slice, and would
get the whole route. Nothing here carries an order out; ``Desk.order`` does. The counterpart is ``proxy.cli.order``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import msgspec

from proxy.config.problems import Refused
from proxy.config.units import parse_percent
from proxy.examiner.answers import Problem
from routing.traits import Slice

LONGEST_WHO, LONGEST_REASON = 200, 1000  # characters
_QUOTED = 40
_EVERYONE = ("who", "reason")
_Value = TypeVar("_Value")


class Verb(StrEnum):
    """What may be ordered of a rollout."""

    PROMOTE = "promote"
    PAUSE = "pause"
    RESUME = "resume"
    ABORT = "abort"
    RETRY = "retry"
    SET_WEIGHT = "set-weight"


_OWN: Mapping[Verb, tuple[str, ...]] = {Verb.PROMOTE: ("full",), Verb.SET_WEIGHT: ("percent", "slice")}


@dataclass(frozen=True, slots=True)
class Order:
    """What an operator wants of a route's rollout.

    Attributes:
        verb: What to do.
        full: All steps at once; only with ``promote``.
        percent: The ceiling, 0 to 100 with at most three decimals; always and only with ``set-weight``.
        slice: The slice whose ceiling it is; "": the whole route's.
        who: Who ordered it, on one line; ``api`` where the caller did not say.
        reason: Why, on one line; "" where the caller did not say.
    """

    verb: Verb
    full: bool = False
    percent: float | None = None
    slice: str = ""
    who: str = "api"
    reason: str = ""


def read_order(name: str, body: bytes) -> Order:
    """The order of a verb's name and a body in JSON; an empty body is one without keys.

    Raises:
        Problem: 404 for an unknown verb, else 400; it names the value, the limit and the remedy.
    """
    if name not in set(Verb):
        raise Problem(404, f"{name!r} is no verb; known: {', '.join(Verb)}", param="verb", code="unknown_verb")
    verb, given = Verb(name), _given(body)
    _refuse_strangers(verb, given)
    if verb is Verb.SET_WEIGHT and "percent" not in given:
        message = 'set-weight needs "percent", a number from 0 to 100; write {"percent": 5}'
        raise Problem(400, message, param="percent", code="missing_key")
    return Order(
        verb,
        full=_read(given, "full", _truth, False),
        percent=_read(given, "percent", parse_percent, None),
        slice=_read(given, "slice", _slice, ""),
        who=_read(given, "who", _line(LONGEST_WHO), "") or "api",
        reason=_read(given, "reason", _line(LONGEST_REASON), ""),
    )


def _given(body: bytes) -> Mapping[str, str]:
    """The keys of the body, each with the JSON of its value."""
    try:
        found = msgspec.json.decode(body.strip() or b"{}", type=dict[str, msgspec.Raw])
        return {key: bytes(raw).decode() for key, raw in found.items()}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        message = f'the body is no JSON object ({exc}); write one such as {{"reason": "a new student"}}, or none'
        raise Problem(400, message, code="invalid_body") from exc


def _refuse_strangers(verb: Verb, given: Mapping[str, str]) -> None:
    takes = (*_OWN.get(verb, ()), *_EVERYONE)
    for key in given:
        if key not in takes:
            message = f"{verb} takes no {_short(key)!r}, and nothing was changed; it takes: {', '.join(takes)}"
            raise Problem(400, message, param=_short(key), code="unknown_key")


def _read(given: Mapping[str, str], key: str, parse: Callable[[str], _Value], absent: _Value) -> _Value:
    text = given.get(key)
    if text is None:
        return absent
    try:
        return parse(text)
    except Refused as exc:
        raise Problem(400, f"{key}: {_short(text)} {exc}", param=key, code="invalid_value") from exc


def _truth(text: str) -> bool:
    if text not in ("true", "false"):
        raise Refused("is neither true nor false", "write true or false, without quotes")
    return text == "true"


def _line(limit: int) -> Callable[[str], str]:
    """Text on one line: it goes into the store, into logs and into the columns of tables."""

    def parse(text: str) -> str:
        if not text.startswith('"'):
            raise Refused("is no text", "put it into quotes")
        try:
            line = " ".join(msgspec.json.decode(text, type=str).split())
        except msgspec.DecodeError as exc:  # the body's own reading only skipped this value
            raise Refused(f"is no text ({exc})", "escape it as JSON does") from exc
        if len(line) > limit:
            raise Refused(f"has {len(line)} characters, more than {limit}", "write less")
        if "\0" in line:
            raise Refused("holds the character 0, which no database takes", "leave it out")
        return line

    return parse


def _slice(text: str) -> str:
    name = _line(LONGEST_WHO)(text)
    if name not in set(Slice):
        raise Refused("is no slice", f"name one of {', '.join(Slice)}, or leave it out for the whole route")
    return name


def _short(text: str) -> str:
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"
