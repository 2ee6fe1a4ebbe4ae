"""Numbers as replies write them: ``1,234.50``, ``1.234,50``, ``3/4``, ``1.2 million``, ``$5``, ``2 h 30 min``.

Units of one kind convert, so 5 km is 5000 m and 2.5 hours are 150 minutes; other units than the table's, and the
things counted ("36 pencils"), say nothing. Currencies are told apart and not converted. Of two numbers of which one has
no unit, the values are compared. English separators are read first: a lone ``1.500`` is one and a half, unless the
conversation is in a language that writes thousands so; then it may be either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from routing.behaviors import lazily

_THOUSANDS = "[ \u00a0\u202f\u2009'\u2019]"
_NUMBER = lazily.pattern(
    r"(?=[\d+\-\u2212$\u20ac\u00a3\u00a5\u20b9UEGCJI])(?:"  # where no number begins nothing more is tried
    r"(?<![\w.,:])(?P<hour>\d{1,2})(?::(?P<minute>[0-5]\d))?(?::[0-5]\d)? ?(?P<half>[aApP])\.?[mM]\b\.?|"
    r"(?<![\w.,:])(?P<clock>\d{1,2}):(?P<past>[0-5]\d)(?::00)?(?![\d:])|"  # a time of day is one number
    r"(?<![\w.,])(?P<sign>[-+\u2212]?)(?P<money>(?:US)?\$|[\u20ac\u00a3\u00a5\u20b9]|(?:USD|EUR|GBP|CHF|JPY|INR) )? ?"
    r"(?P<figure>"
    r"\d{1,3}(?:\.\d{3}){1,12},\d{1,40}|\d{1,3}(?:\.\d{3}){2,12}|"  # 1.234,5 and 1.234.567
    r"(?:\d{1,3}(?:,\d{3}){1,12}|\d{1,2}(?:,\d\d){1,12},\d{3})(?:\.\d{1,40})?|"  # 1,234.5, also Indian
    rf"\d{{1,3}}(?:{_THOUSANDS}\d{{3}})(?:{_THOUSANDS}\d{{3}}){{0,11}}(?:[.,]\d{{1,40}})?|"
    r"\d{1,40},\d{1,2}(?![\d,])|0,\d{1,40}(?![\d,])|"  # 3,5
    r"\d{1,40}(?:\.\d{1,40})?)"
    r"(?P<exponent>[eE][-+]?\d{1,2})?(?: ?/ ?(?P<under>[1-9]\d{0,20}))?(?!\d)"
    r"(?P<many>[kK](?![\w/])|M(?![\w/])|[bB]n\b| ?(?:thousand|million|billion|trillion|mio|mrd)\b\.?)?)"
)
_UNIT = lazily.pattern(
    r"[ \u00a0-]?(?P<unit>%|percent\b|per cent\b|[$\u20ac\u00a3\u00a5\u20b9]|[a-zA-Z]{1,12})"
    r"(?P<square>[\u00b2\u00b3^]?)"
)
_MANY = {"k": 3, "thousand": 3, "m": 6, "million": 6, "mio": 6, "bn": 9, "billion": 9, "mrd": 9, "trillion": 12}
_MONEY = {"$": "usd", "us$": "usd", "usd": "usd", "dollar": "usd", "dollars": "usd", "\u20ac": "eur", "eur": "eur"}
_MONEY |= {"euro": "eur", "euros": "eur", "\u00a3": "gbp", "gbp": "gbp", "chf": "chf"}
_MONEY |= {"\u00a5": "jpy", "jpy": "jpy", "yen": "jpy", "\u20b9": "inr", "inr": "inr", "rupees": "inr", "cents": "cent"}
_JOINT = lazily.pattern(r"[\s,]{0,3}(?:and|und|et|y|e)?\s{0,3}")
_HALF_DAY = 720  # minutes
_CONVERTED = Fraction(1, 200)  # what two units' roundings may differ by


def _scales() -> dict[str, tuple[str, Fraction]]:
    """Each unit's kind, and how much of the kind's first unit it is."""
    listed = {
        "length": "m meter meters metre metres=1 km kilometer kilometers kilometre kilometres=1000 cm centimeter "
        "centimeters centimetre centimetres=1/100 mm millimeter millimeters=1/1000 mi mile miles=1609344/1000 "
        "yd yard yards=9144/10000 ft foot feet=3048/10000 inch inches=254/10000",
        "mass": "kg kilogram kilograms kilo kilos=1 g gram grams=1/1000 mg milligram milligrams=1/1000000 "
        "tonne tonnes=1000 lb lbs pound pounds=45359237/100000000 oz ounce ounces=28349523125/1000000000000",
        "time": "s sec secs second seconds sekunden=1 ms millisecond milliseconds=1/1000 min mins minute minutes "
        "minuten=60 h hr hrs hour hours stunde stunden=3600 day days tage tag=86400 week weeks wochen=604800",
        "volume": "l liter liters litre litres=1 ml milliliter milliliters millilitre millilitres=1/1000",
        "data": "kb=1000 mb=1000000 gb=1000000000 tb=1000000000000",
        "speed": "kph kmh=1 mph=1609344/1000000",
    }
    scales = dict.fromkeys(("%", "percent", "per cent"), ("percent", Fraction(1)))
    for kind, written in listed.items():
        names: list[str] = []
        for word in written.split():
            name, _, factor = word.partition("=")
            names.append(name)
            if factor:
                scales |= {each: (kind, Fraction(factor)) for each in names}
                names = []
    return scales | {name: (currency, Fraction(1)) for name, currency in _MONEY.items()}


_SCALES = _scales()
_PLAIN = ("", Fraction(1))


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was written, to how many decimal places, and what kind of unit it has ("" for none).

    ``scale`` is how much of its kind's first unit one of its unit is; ``other`` is the other way to read it.
    """

    value: Fraction
    places: int
    kind: str = ""
    scale: Fraction = Fraction(1)
    other: Fraction | None = None

    def equals(self, other: Number, *, as_share: bool = False) -> bool:
        """Whether they are the same, or one is the other rounded to two places or more.

        ``as_share`` takes 50 % for 0.5.
        """
        if self.kind and other.kind and self.kind != other.kind:
            if not {self.kind, other.kind} <= {"clock", "half day"}:
                return False
        elif self.kind and self.kind == other.kind and self.scale != other.scale:
            one, two = self.value * self.scale, other.value * other.scale
            return abs(one - two) <= _CONVERTED * max(abs(one), abs(two))
        if as_share and (self.kind == "percent") != (other.kind == "percent"):
            share, plain = (self, other) if self.kind else (other, self)
            if replace(share, value=share.value / 100, places=share.places + 2)._is(plain.value, plain.places):
                return True
        if self.kind == other.kind == "half day":
            return self.value == other.value
        mine, theirs = (self.value, self.other), (other.value, other.other)
        return any(
            replace(self, value=one)._is(two, other.places)
            for one in mine
            for two in theirs
            if one is not None and two is not None
        )

    def _is(self, value: Fraction, places: int) -> bool:
        fewest = min(self.places, places)
        apart = abs(self.value - value)
        rounded = fewest > 1 and apart <= Fraction(1, 2 * 10**fewest)
        return rounded or apart <= max(abs(self.value), abs(value)) / 10**9


def numbers(text: str, *, commas: bool = False) -> list[Number]:
    """The numbers of a text in their order. ``commas``: the language writes decimals with a comma."""
    return [number for number, _ in _joined(text, commas)]


def leading(text: str, *, commas: bool = False) -> tuple[Number, int] | None:
    """The number that a text begins with, and where it ends with its unit; None where it begins otherwise."""
    if _NUMBER.match(text) is None:
        return None
    return next(_joined(text, commas), None)


def _joined(text: str, commas: bool) -> Iterator[tuple[Number, int]]:
    """Numbers with their ends; hours and minutes, or feet and inches, make one."""
    last: Number | None = None
    end = place = 0
    while found := _NUMBER.search(text, place):
        number, place = _read(text, found, commas)
        if last is not None and _continues(last, number) and _JOINT.fullmatch(text, end, found.start()):
            last = replace(last, value=last.value + number.value * number.scale / last.scale)
        else:
            if last is not None:
                yield last, end
            last = number
        end = place
    if last is not None:
        yield last, end


def _continues(last: Number, number: Number) -> bool:
    return last.kind == number.kind and last.kind in {"time", "length", "mass"} and last.scale > number.scale


def _read(text: str, found: re.Match[str], commas: bool) -> tuple[Number, int]:
    if found["hour"]:
        return _half_day(found), found.end()
    if found["clock"]:
        return Number(Fraction(60 * int(found["clock"]) + int(found["past"])), 0, "clock"), found.end()
    figure = _figure(found["figure"])
    many = 10 ** _MANY.get((found["many"] or "").strip(" .").lower(), 0)
    sign = -1 if found["sign"] in ("-", "\u2212") else 1
    factor = sign * many * Fraction(f"1{found['exponent'] or ''}") / int(found["under"] or 1)
    (kind, scale), end = _unit(text, found)
    other = _otherwise(found["figure"]) if commas else None
    places = len(figure.partition(".")[2])
    return Number(Fraction(figure) * factor, places, kind, scale, None if other is None else other * factor), end


def _half_day(found: re.Match[str]) -> Number:
    written = 60 * int(found["hour"]) + int(found["minute"] or 0)
    value = written % _HALF_DAY + _HALF_DAY * (found["half"] in "pP")
    return Number(Fraction(value), 0, "half day", other=Fraction(written))


def _figure(written: str) -> str:
    """The digits with a point before the decimals and nothing between the thousands."""
    plain = re.sub(_THOUSANDS, "", written)
    if "," not in plain:
        return plain.replace(".", "") if plain.count(".") > 1 else plain
    if "." in plain and plain.rindex(".") < plain.rindex(","):
        return plain.replace(".", "").replace(",", ".")
    whole, _, part = plain.rpartition(",")
    if "." not in plain and (len(part) != 3 or whole == "0"):  # noqa: PLR2004 -- thousands come in threes
        return f"{whole.replace(',', '')}.{part}"
    return plain.replace(",", "")


_EITHER = lazily.pattern(r"([1-9]\d{0,2})[.,](\d{3})")


def _otherwise(written: str) -> Fraction | None:
    """The other reading of ``1.500`` and ``1,500``."""
    found = _EITHER.fullmatch(written)
    if found is None:
        return None
    return Fraction(found[1] + found[2]) if "." in written else Fraction(f"{found[1]}.{found[2]}")


def _unit(text: str, found: re.Match[str]) -> tuple[tuple[str, Fraction], int]:
    """The unit of a number, which stands before it (money) or after it, and where both end."""
    if found["money"]:
        return _SCALES[found["money"].strip().lower()], found.end()
    after = _UNIT.match(text, found.end())
    if after is None or after["square"]:
        return _PLAIN, found.end()
    known = _SCALES.get(after["unit"].lower())
    return (known, after.end("unit")) if known else (_PLAIN, found.end())
