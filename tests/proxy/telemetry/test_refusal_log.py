"""Lines for requests that were refused before they had a route: what they say, and that a flood is told in a few."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest

from proxy.telemetry.catalog import LOG_LEFT_OUT
from proxy.telemetry.logs import formatter
from proxy.telemetry.refusal_log import MOST, RefusalLog, shown
from proxy.telemetry.tally import Tally
from routing.traits import Endpoint

pytestmark = pytest.mark.anyio


def said(record: logging.LogRecord) -> dict[str, object]:
    """The line as it is written, less its time."""
    line: dict[str, object] = json.loads(formatter("worker 0", "json").format(record))
    line.pop("time")
    return line


async def test_a_line_says_why_and_nothing_of_what_was_sent(caplog: pytest.LogCaptureFixture) -> None:
    """Of an endpoint that is known, not even the path."""
    with caplog.at_level(logging.INFO, "practicum.requests"):
        RefusalLog(Tally()).refused(Endpoint.CHAT, "/v1/chat/completions", 404, "model_not_found")
    (line,) = caplog.records
    assert said(line) == {
        "level": "info",
        "logger": "practicum.requests",
        "process": "worker 0",
        "message": "refused chat_completions 404 model_not_found",
        "why": "refused",
        "endpoint": "chat_completions",
        "outcome": "rejected",
        "status": 404,
        "code": "model_not_found",
    }


async def test_an_unknown_path_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    """It is what is wrong."""
    with caplog.at_level(logging.INFO, "practicum.requests"):
        RefusalLog(Tally()).refused(Endpoint.OTHER, "/chat/completions", 404, "unknown_url")
    (line,) = caplog.records
    assert line.getMessage() == "refused other 404 unknown_url, path /chat/completions"
    assert said(line)["path"] == "/chat/completions"


async def test_who_left_before_its_request_was_here_has_a_line(caplog: pytest.LogCaptureFixture) -> None:
    """It has no record either."""
    with caplog.at_level(logging.INFO, "practicum.requests"):
        RefusalLog(Tally()).left(Endpoint.CHAT, "/v1/chat/completions")
    (line,) = caplog.records
    assert said(line).items() >= {"why": "client_gone", "outcome": "client_gone"}.items()
    assert "status" not in said(line)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/x", "/x"),
        ("/x?key=sk-1", "/x"),
        ("/x\n12:00:00 ERROR forged\x1b[2J", "/x\\n12:00:00 ERROR forged\\x1b[2J"),
        ("/é\u202e", "/\\xe9\\u202e"),
        ("/" + "x" * 1_000_000, "/" + "x" * 79 + "..."),
        ("", ""),
    ],
)
def test_a_path_is_shown_in_bounds(path: str, expected: str) -> None:
    """It is whatever anybody sent: no query, no line of its own, no megabyte."""
    assert shown(path) == expected


async def test_a_flood_is_a_few_lines_and_a_number(caplog: pytest.LogCaptureFixture) -> None:
    """A disk that anybody can fill is an outage; a flood that nobody is told of is another."""
    tally = Tally()
    log = RefusalLog(tally, second=0.05)
    with caplog.at_level(logging.INFO, "practicum.requests"):
        for _ in range(MOST + 1000):
            log.refused(Endpoint.CHAT, "", 401, "invalid_api_key")
        assert len(caplog.records) == MOST
        async with asyncio.timeout(10):
            while len(caplog.records) == MOST:  # noqa: ASYNC110 -- a timer writes it
                await asyncio.sleep(0.01)
        log.refused(Endpoint.CHAT, "", 401, "invalid_api_key")
    summary, next_one = caplog.records[MOST:]
    assert summary.levelname == "WARNING"
    assert said(summary).items() >= {"why": "refused", "left_out": 1000}.items()
    assert summary.getMessage() == "1000 more requests were refused within 0.05 s, and have no line of their own"
    assert next_one.getMessage() == "refused chat_completions 401 invalid_api_key"
    assert tally.value(LOG_LEFT_OUT, "limited") == 1000
