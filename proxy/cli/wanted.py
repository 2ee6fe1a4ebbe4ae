"""Which pairs a verb was asked for, read from its options once."""

from __future__ import annotations

import argparse
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from proxy.cli.refused import Refused
from routing.divergence import Direction
from routing.traits import Slice

_AGE = re.compile(r"(\d{1,9})([smhd])", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is None does not restrict. ``since`` (inclusive) and ``until`` (exclusive) are Unix seconds."""

    route: str | None
    behavior: str | None
    slice: str | None
    direction: Direction | None
    since: float | None
    until: float | None

    def params(self) -> dict[str, str]:
        """As the query of ``/api/pairs``."""
        found = {
            "route": self.route,
            "behavior": self.behavior,
            "slice": self.slice,
            "direction": self.direction,
            "since": None if self.since is None else repr(self.since),
            "until": None if self.until is None else repr(self.until),
        }
        return {name: value for name, value in found.items() if value is not None}


def wanted(arguments: argparse.Namespace) -> Wanted:
    """The filters of a command line. Raises ``Refused`` naming the option."""
    now = time.time()
    asked_slice: str | None = arguments.slice
    if asked_slice is not None and asked_slice not in set(Slice):
        raise Refused(f"--slice {asked_slice!r} is no slice; known: {', '.join(Slice)}")
    since, until = _moment("--since", arguments.since, now), _moment("--until", arguments.until, now)
    if since is not None and until is not None and since >= until:
        raise Refused(f"--since {arguments.since!r} is not before --until {arguments.until!r}: nothing is in between")
    return Wanted(
        route=arguments.route,
        behavior=arguments.behavior,
        slice=asked_slice,
        direction=Direction(arguments.direction) if arguments.direction else None,
        since=since,
        until=until,
    )


def _moment(option: str, text: str | None, now: float) -> float | None:
    if text is None:
        return None
    age = _AGE.fullmatch(text)
    if age:
        return now - int(age[1]) * _SECONDS[age[2]]
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError) as exc:
        raise Refused(
            f"{option} {text!r} is no time; write 2026-03-01, 2026-03-01T12:00Z, or an age such as 90m, 2h, 7d"
        ) from exc
