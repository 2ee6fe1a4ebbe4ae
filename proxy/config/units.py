"""Durations, sizes and percentages: from the text a person writes to a number, and back without loss.

A duration is seconds, a size bytes, a percentage 0 to 100. A bare number is refused where a unit is due: ``10`` has
meant seconds in one tool and milliseconds in the next. Its counterpart is ``kinds``, which says where each is used.
"""

from __future__ import annotations

import re
from decimal import Decimal

from proxy.config.problems import Refused

_NUMBER = r"[0-9]{1,16}(?:\.[0-9]{1,9})?"
_UNITS = {"d": Decimal(86400), "h": Decimal(3600), "m": Decimal(60), "s": Decimal(1), "ms": Decimal("0.001")}
_LONGEST = 3650  # days; a longer one is a slip of the unit

DURATION_PATTERN = "^(?=[0-9])" + "".join(f"(?:({_NUMBER}){unit})?" for unit in _UNITS) + "$"
"""A duration as a regular expression: units from large to small, each at most once."""

_BINARY = {"TiB": 1024**4, "GiB": 1024**3, "MiB": 1024**2, "KiB": 1024}
_DECIMAL = {"TB": 1000**4, "GB": 1000**3, "MB": 1000**2, "kB": 1000}
_SIZES = _BINARY | _DECIMAL | {"B": 1}
_LARGEST = 1024**5

SIZE_PATTERN = f"^({_NUMBER})({'|'.join(_SIZES)})$"
"""A size as a regular expression."""

_PERCENT = re.compile(r"[+-]?(?:[0-9]+(?:\.(?P<decimals>[0-9]*))?|\.(?P<only>[0-9]+))")
_DECIMALS = 3  # a bucket is a thousandth of a percent
_WHOLE = 100
_PRICE = r"(?:[0-9]{1,9}(?:\.[0-9]{0,6})?|\.[0-9]{1,6})"


def parse_duration(text: str) -> float:
    """Seconds. Raises ``Refused`` on a missing or unknown unit, and above ten years."""
    match = re.fullmatch(DURATION_PATTERN, text)
    if match is None:
        raise _refused_unit(text, "duration", "250ms, 10s, 5m, 1h30m or 30d", "s")
    numbers = zip(match.groups(), _UNITS.values(), strict=True)
    seconds = sum((Decimal(number) * unit for number, unit in numbers if number), Decimal(0))
    if seconds > _LONGEST * _UNITS["d"]:
        raise Refused(f"is longer than the limit of {_LONGEST} days", f"write at most {_LONGEST}d")
    return float(seconds)


def format_duration(seconds: float) -> str:
    """The shortest text that ``parse_duration`` reads back as exactly this many seconds."""
    rest, parts = Decimal(repr(seconds)), ""
    for unit, length in _UNITS.items():
        count = rest / length if unit == "ms" else rest // length
        rest -= count * length
        parts += f"{_plain(count)}{unit}" if count else ""
    return parts or "0s"


def parse_size(text: str) -> int:
    """Bytes. Raises ``Refused`` on a missing or unknown unit, a fraction of a byte, and above 1024 TiB."""
    match = re.fullmatch(SIZE_PATTERN, text)
    if match is None:
        raise _refused_unit(text, "size", "64KiB, 8MiB, 1GiB or 500kB", "B")
    size = Decimal(match[1]) * _SIZES[match[2]]
    if size != size.to_integral_value():
        raise Refused("is not a whole number of bytes", "choose a smaller unit")
    if size > _LARGEST:
        raise Refused("is larger than the limit of 1024TiB", "write at most 1024TiB")
    return int(size)


def format_size(size: int) -> str:
    """The size in the largest unit that divides it, binary units first."""
    if size == 0:
        return "0B"
    units = (*_BINARY.items(), *_DECIMAL.items())
    return next((f"{size // length}{unit}" for unit, length in units if size % length == 0), f"{size}B")


def parse_percent(text: str) -> float:
    """A number from 0 to 100 with up to three decimals. Raises ``Refused`` on anything else."""
    match = _PERCENT.fullmatch(text)
    if match is None:
        raise Refused("is not a percentage", "write a plain number from 0 to 100, such as 5 or 0.5")
    if len(match["decimals"] or match["only"] or "") > _DECIMALS:
        raise Refused("has more than three decimals", "round it to a multiple of 0.001")
    if text.startswith("-") or float(text) > _WHOLE:
        raise Refused("is not between 0 and 100", "write a number from 0 to 100")
    return float(text)


def parse_price(text: str) -> float:
    """What a million tokens cost. Raises ``Refused`` on anything but a plain number of 0 or more."""
    if not re.fullmatch(_PRICE, text):
        raise Refused("is not a price", "write a plain number of 0 or more, such as 2.5, for a million tokens")
    return float(text)


def plain_percent(percent: float) -> int | float:
    """The same number without an idle ``.0``."""
    return int(percent) if percent == int(percent) else percent


def _refused_unit(text: str, noun: str, examples: str, unit: str) -> Refused:
    if re.fullmatch(_NUMBER, text):
        return Refused("has no unit", f"write {text}{unit}, or another {noun} like {examples}")
    return Refused(f"is not a {noun}", f"write it like {examples}")


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
