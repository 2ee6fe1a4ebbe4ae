"""Units: what people write, what it means, and that printing it back loses nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.config.problems import Refused
from proxy.config.units import (
    format_duration,
    format_size,
    parse_duration,
    parse_percent,
    parse_size,
    plain_percent,
)

DAY = 86400


@pytest.mark.parametrize(
    ("text", "seconds", "printed"),
    [
        ("250ms", 0.25, "250ms"),
        ("10s", 10, "10s"),
        ("5m", 300, "5m"),
        ("1h", 3600, "1h"),
        ("30d", 30 * DAY, "30d"),
        ("1h30m", 5400, "1h30m"),
        ("1.5h", 5400, "1h30m"),
        ("120s", 120, "2m"),
        ("1s500ms", 1.5, "1s500ms"),
        ("0.25ms", 0.00025, "0.25ms"),
        ("0s", 0, "0s"),
        ("3650d", 3650 * DAY, "3650d"),
    ],
)
def test_durations(text: str, seconds: float, printed: str) -> None:
    """Seconds inside, units outside."""
    assert parse_duration(text) == seconds
    assert format_duration(seconds) == printed


@pytest.mark.parametrize(
    ("text", "why", "remedy"),
    [
        ("10", "has no unit", "10s"),
        ("0", "has no unit", "0s"),
        ("", "is not a duration", "10s"),
        ("10 s", "is not a duration", "10s"),
        ("-1s", "is not a duration", "10s"),
        ("1m1h", "is not a duration", "1h30m"),
        ("1s1s", "is not a duration", "10s"),
        ("10sec", "is not a duration", "10s"),
        ("1e3s", "is not a duration", "10s"),
        ("٣s", "is not a duration", "10s"),
        ("10s\n", "is not a duration", "10s"),
        ("3651d", "limit of 3650 days", "3650d"),
    ],
)
def test_bad_durations_say_what_to_write(text: str, why: str, remedy: str) -> None:
    """10 is seconds in one tool and milliseconds in the next: a guess would be wrong for someone."""
    with pytest.raises(Refused) as caught:
        parse_duration(text)
    assert why in caught.value.why
    assert remedy in caught.value.remedy


@given(st.integers(0, 3650 * DAY * 1000).map(lambda ms: ms / 1000) | st.floats(0, 3650 * DAY, allow_subnormal=False))
def test_a_printed_duration_reads_back(seconds: float) -> None:
    """The effective configuration must mean what is in effect."""
    seconds = float(f"{seconds:.6f}")
    assert parse_duration(format_duration(seconds)) == seconds


@pytest.mark.parametrize(
    ("text", "size", "printed"),
    [
        ("8MiB", 8 * 1024**2, "8MiB"),
        ("64KiB", 65536, "64KiB"),
        ("1GiB", 1024**3, "1GiB"),
        ("500kB", 500_000, "500kB"),
        ("5MB", 5_000_000, "5MB"),
        ("1.5KiB", 1536, "1536B"),
        ("100B", 100, "100B"),
        ("0B", 0, "0B"),
    ],
)
def test_sizes(text: str, size: int, printed: str) -> None:
    """Powers of 1024 and of 1000 are both meant as written."""
    assert parse_size(text) == size
    assert format_size(size) == printed


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("8", "has no unit"),
        ("8M", "is not a size"),
        ("8mib", "is not a size"),
        ("-8MiB", "is not a size"),
        ("0.3B", "whole number of bytes"),
        ("2000TiB", "limit of 1024TiB"),
    ],
)
def test_bad_sizes(text: str, why: str) -> None:
    """An M that may be either is refused."""
    with pytest.raises(Refused, match=re.escape(why)):
        parse_size(text)


@given(st.integers(0, 1024**5))
def test_a_printed_size_reads_back(size: int) -> None:
    """Whatever unit divides it."""
    assert parse_size(format_size(size)) == size


@pytest.mark.parametrize(("text", "percent"), [("0", 0), ("100", 100), ("0.5", 0.5), (".5", 0.5), ("99.999", 99.999)])
def test_percentages(text: str, percent: float) -> None:
    """A thousandth of a percent is one bucket of assignment."""
    assert parse_percent(text) == percent


@pytest.mark.parametrize(
    ("text", "why", "remedy"),
    [
        ("1.2345", "more than three decimals", "0.001"),
        ("100.001", "not between 0 and 100", "0 to 100"),
        ("-1", "not between 0 and 100", "0 to 100"),
        ("-0", "not between 0 and 100", "0 to 100"),
        ("5%", "not a percentage", "plain number"),
        (".nan", "not a percentage", "plain number"),
        ("1e1", "not a percentage", "plain number"),
    ],
)
def test_bad_percentages(text: str, why: str, remedy: str) -> None:
    """A decimal too many would be rounded away in silence."""
    with pytest.raises(Refused) as caught:
        parse_percent(text)
    assert why in caught.value.why
    assert remedy in caught.value.remedy


@given(st.integers(0, 100_000))
def test_a_printed_percentage_reads_back(thousandths: int) -> None:
    """All hundred thousand of them can be written."""
    percent = thousandths / 1000
    assert parse_percent(str(plain_percent(percent))) == percent
