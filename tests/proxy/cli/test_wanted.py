"""The filters of a command line."""

from __future__ import annotations

import time

import pytest
from starlette.datastructures import QueryParams

from proxy.cli.arguments import verb_parser
from proxy.cli.refused import Refused
from proxy.cli.wanted import Wanted, wanted
from proxy.examiner.pair_query import pair_filter
from routing.divergence import Direction


def asked(*argv: str) -> Wanted:
    """What ``practicum pairs ARGV`` asks for."""
    return wanted(verb_parser({}).parse_args(["pairs", *argv]))


def test_what_is_not_given_does_not_restrict() -> None:
    """An empty filter is everything."""
    assert asked() == Wanted(None, None, None, None, None, None)
    assert asked().params() == {}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1970-01-02", 86400.0), ("1970-01-01T00:01Z", 60.0), ("1970-01-01T01:00:00+01:00", 0.0)],
)
def test_times(text: str, seconds: float) -> None:
    """A time without a zone is UTC, as everywhere here."""
    assert asked("--since", text).since == seconds


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("5m", 300), ("2h", 7200), ("7d", 604800)])
def test_ages(text: str, seconds: int) -> None:
    """How long ago, counted from now."""
    since = asked("--since", text).since
    assert since is not None
    assert abs(time.time() - seconds - since) < 30


@pytest.mark.parametrize("argv", [("--since", "soon"), ("--until", "5 h"), ("--until", ""), ("--slice", "maths")])
def test_mistakes_name_the_option(argv: tuple[str, str]) -> None:
    """And what would be right."""
    with pytest.raises(Refused, match=argv[0]):
        asked(*argv)


def test_a_period_that_holds_nothing_is_refused() -> None:
    """Ages count backwards, and are easily given the wrong way round."""
    with pytest.raises(Refused, match="--since '2h' is not before --until '3h'"):
        asked("--since", "2h", "--until", "3h")


def test_the_admin_port_understands_them_alike() -> None:
    """Both sides of the wire must mean the same pairs."""
    times = ("--since", "2026-01-01", "--until", "2027-01-01")
    mine = asked("support", "--behavior", "format", "--slice", "math", "--direction", "lost", *times)
    theirs = pair_filter(QueryParams(mine.params()), bounded=True)
    assert mine == Wanted(theirs.route, theirs.behavior, theirs.slice, theirs.direction, theirs.since, theirs.until)
    assert mine.direction is Direction.LOST
