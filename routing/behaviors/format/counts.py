"""How many, in English: "at least three bullet points", "a 40-60 sentence story", "100 words or less".

Reads a count with its relation off a sentence. A count without a relation ("in three sentences") is exact only if the
caller says so; "about 200 words" bounds nothing, and is passed over. Counterpart of ``demand.Bounds``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from routing.behaviors.format.demand import Bounds

_TO_TWENTY = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_NAMES = {name: number for number, name in enumerate(_TO_TWENTY, 1)} | {
    "a single": 1, "a couple": 2, "a pair": 2, "a dozen": 12, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90, "a hundred": 100, "one hundred": 100, "two hundred": 200,
    "three hundred": 300, "five hundred": 500,
}  # fmt: skip
_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,6}}|{'|'.join(sorted(_NAMES, key=len, reverse=True))})"
_ANY = re.compile(rf"\d|\b(?:{'|'.join(_NAMES)})\b")
_RELATED = 100  # characters before a number in which its relation begins
_TIMES = {"once": 1, "one time": 1, "twice": 2, "thrice": 3}
_TIMES_WORDS = ("times", "once", "twice", "thrice")

_AT_LEAST = r"at least|at a minimum|(?:a )?minimum(?: of)?|min\.?|no (?:fewer|less) than|not (?:fewer|less) than"
_MORE = r"more than|over|above|exceeding|greater than|upwards of"
_AT_MOST = (
    r"at most|at maximum|(?:a )?maximum(?: length)?(?: of)?|max\.?|no (?:more|longer) than|not (?:more|longer) than|"
    r"not (?:to )?exceed|up to|within|not exceeding|without exceeding|a limit of|limited to|"
    r"(?:limit|keep|restrict|confine|cut|trim|shorten)(?: \S+){0,5}? to"
)
_LESS = r"less than|fewer than|under|below|shorter than|smaller than"
_EXACT = r"exactly|precisely|only|just|no more and no less than|a total of"
_VAGUE = r"about|around|approximately|roughly|some|circa|nearly|almost|close to|approx\.?|~"
_BEFORE = (
    rf"(?P<at_least>{_AT_LEAST})|(?P<more>{_MORE})|(?P<at_most>{_AT_MOST})|(?P<less>{_LESS})|"
    rf"(?P<exact>{_EXACT})|(?P<vague>{_VAGUE})"
)
_NO_ADJECTIVE = r"(?:times?|and|but|with|that|who|minutes?|hours?|days?|years?)"
_AFTER = (
    r"(?P<up>\+| ?(?:or|and) (?:more|longer|above|over|greater)|,? ?(?:at )?(?:the )?(?:minimum|least)\b|\W{1,2}min\b)|"
    r"(?P<down> ?(?:or|and) (?:less|fewer|under|below|shorter)|,? ?(?:at )?(?:the )?(?:maximum|most)\b|"
    r"\W{1,2}(?:max|limit)\b)"
)


@dataclass(frozen=True, slots=True)
class Count:
    """A count found in a sentence. ``stated`` is False where no relation stands with it, and the bounds are exact."""

    bounds: Bounds
    stated: bool
    span: tuple[int, int]
    unit: str
    text: str


def counts(sentence: str, unit: str) -> Iterator[Count]:
    """Every count of the unit (a regular expression without groups) in the sentence; vague ones are left out.

    Both are in lower case. The unit must be one of ours: each is compiled once, and kept.
    """
    pattern, core = _pattern(unit)
    first = _ANY.search(sentence)
    counted = core.search(sentence, first.start()) if first else None
    if counted is None:  # nearly every sentence leaves here; the pattern itself is dear
        return
    for found in pattern.finditer(sentence, max(0, counted.start() - _RELATED)):
        if (bounds := _bounds(found)) is not None:
            yield Count(bounds, _is_stated(found), found.span(), found["unit"], found[0])


def times(sentence: str) -> Bounds | None:
    """How often, from "at least twice", "less than 3 times", "only once"; None if the lower-case sentence is silent."""
    found = _TIMES_PATTERN.search(sentence) if any(word in sentence for word in _TIMES_WORDS) else None
    return None if found is None else _bounds(found)


def number(text: str) -> int:
    """The number that digits or a name mean. Raises ``KeyError`` for other text."""
    name = " ".join(text.lower().split())
    digits = name.replace(",", "")
    return int(digits) if digits.isdecimal() else {**_NAMES, **_TIMES}[name]


@cache
def _pattern(unit: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A count of the unit with its relation, and its core, which every such count holds: the number and the unit."""
    at_once = _AFTER.replace("?P<up>", "?P<up1>").replace("?P<down>", "?P<down1>")  # "100 or more words", "300+ words"
    core = (
        rf"(?:(?<![\w.#-])|(?<=\d-))(?P<count>{_NUMBER})(?!\.\d)(?:{at_once})?"
        rf"[ -](?:(?!{_NO_ADJECTIVE}\b)[a-z'-]+ ){{0,3}}?(?P<unit>{unit})\b"
    )
    before = (
        rf"(?:(?<![\w-])(?:{_BEFORE}) (?:the |a |an )?)?"
        rf"(?:\b(?P<low>{_NUMBER}) ?(?:-|\u2013|\u2014|to|or|and) ?)?"
    )
    return re.compile(rf"(?<!\w){before}{core}\)?(?:{_AFTER})?"), re.compile(core)


_TIMES_PATTERN = re.compile(
    rf"(?:(?<![\w-])(?:{_BEFORE}) (?:for )?)?(?:(?P<low>{_NUMBER}) ?(?:-|\u2013|to|or|and) ?)?"
    rf"(?:\b(?P<count>{_NUMBER})(?P<up1>\+| or more)?(?P<down1> or (?:less|fewer))? times\b|"
    rf"\b(?P<named>once|twice|thrice)\b)(?:{_AFTER})?"
)


def _bounds(found: re.Match[str]) -> Bounds | None:
    groups = found.groupdict()
    count = number(groups["count"] or groups["named"])
    if groups["vague"]:
        return None
    if groups["low"]:
        return Bounds(min(number(groups["low"]), count), count)
    if groups["at_least"] or groups["up"] or groups["up1"]:
        return Bounds(count)
    if groups["at_most"] or groups["down"] or groups["down1"]:
        return Bounds(0, count)
    if groups["more"]:
        return Bounds(count + 1)
    return Bounds(0, max(count - 1, 0)) if groups["less"] else Bounds(count, count)


def _is_stated(found: re.Match[str]) -> bool:
    groups = found.groupdict()
    marks = ("at_least", "more", "at_most", "less", "exact", "low", "up", "up1", "down", "down1")
    return any(groups[mark] for mark in marks)
