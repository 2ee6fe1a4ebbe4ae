"""Dates and times as people and schemas write them, read into one form so that they can be compared.

It reads a text that is a date, a time, or both, and nothing else; it finds no dates in prose. Numbers alone are read
only where their order is beyond doubt: year first, or days and months apart by dots as in German. ``05/01/2026`` is
either of two days, and so is none here. Month names are English.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from routing.behaviors import lazily

_LONGEST = 48  # characters
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = {name: number for number, name in enumerate(_MONTHS, start=1)}
_NAME = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?"
_WRITTEN = (
    lazily.pattern(rf"{_WEEKDAY}{_NAME} {_DAY},? (?P<year>\d{{4}})", re.IGNORECASE),
    lazily.pattern(rf"{_WEEKDAY}(?:the )?{_DAY}\.? (?:of )?{_NAME},? (?P<year>\d{{4}})", re.IGNORECASE),
    lazily.pattern(r"(?P<year>\d{4})[/.](?P<month>\d{1,2})[/.](?P<day>\d{1,2})"),
    lazily.pattern(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})"),
)
_ISO = lazily.pattern(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.{0,22})?")
_CLOCK = lazily.pattern(r"(\d{1,2})(?::([0-5]\d))?(?::([0-5]\d))? ?(?:([ap])\.?m\.?)?", re.IGNORECASE)
_HALF_DAY = 12  # hours


def moment(text: str) -> str | None:
    """The date, time or both in ISO 8601, an offset applied (``...Z``); None for any other text."""
    plain = " ".join(text[: _LONGEST + 1].split())
    if len(plain) > _LONGEST:
        return None
    return _iso(plain) or _written(plain) or clock(plain)


def clock(text: str) -> str | None:
    """A time of day as ``T14:05:00``; None for any other text, and for an hour without minutes or half of the day."""
    found = _CLOCK.fullmatch(text)
    if found is None or not (found[2] or found[4]):
        return None
    hour = int(found[1])
    if found[4]:
        if not 1 <= hour <= _HALF_DAY:
            return None
        hour = hour % _HALF_DAY + _HALF_DAY * (found[4].lower() == "p")
    return f"T{hour:02}:{found[2] or '00'}:{found[3] or '00'}" if hour < 2 * _HALF_DAY else None


def _iso(text: str) -> str | None:
    if not _ISO.fullmatch(text):
        return None
    try:
        read = datetime.fromisoformat(text)
        if read.tzinfo is not None:
            return f"{read.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"
    except (ValueError, OverflowError):
        return None
    midnight = read == datetime.combine(read.date(), datetime.min.time())
    return read.date().isoformat() if midnight else read.isoformat()


def _written(text: str) -> str | None:
    found = next((match for form in _WRITTEN if (match := form.fullmatch(text))), None)
    if found is None:
        return None
    month = found["month"].lower()[:3]
    try:
        return date(int(found["year"]), _MONTH.get(month) or int(month), int(found["day"])).isoformat()
    except ValueError:
        return None
