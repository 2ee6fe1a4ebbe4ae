"""A line for a request: which have one, what it says, and what it must not say."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from proxy.config.parse import parse
from proxy.telemetry.catalog import LOG_LEFT_OUT
from proxy.telemetry.logs import formatter
from proxy.telemetry.request_log import RequestLog
from proxy.telemetry.tally import Tally
from tests.proxy.examiner.records import record

ROUTES = '{routes: {x: {models: ["*"], teacher: {base_url: "http://t"}, student: {base_url: "http://s", model: m}}},'
PAIR = "019a0b0c0d0e" + "00112233445566ff"
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def lines(
    caplog: pytest.LogCaptureFixture, share: float, tally: Tally | None = None, **changed: Any
) -> list[logging.LogRecord]:
    """What is logged of such a request."""
    config = parse(f"{ROUTES} log: {{requests: {share}}}, tracing: {{slow: 5s}}}}", "t").config
    with caplog.at_level(logging.INFO, "practicum.requests"):
        RequestLog(lambda: config, tally or Tally()).took(record(**({"pair": PAIR} | changed)))
    return caplog.records


def test_a_healthy_request_has_a_line_if_it_is_drawn(caplog: pytest.LogCaptureFixture) -> None:
    """With the ids by which it is found elsewhere."""
    (line,) = lines(caplog, 100)
    said = json.loads(formatter("examiner", "json").format(line))
    said.pop("time")
    assert said == {
        "level": "info",
        "logger": "practicum.requests",
        "process": "examiner",
        "message": f"support chat_completions teacher 200 ok in 300.0 ms, pair {PAIR}",
        "pair": PAIR,
        "trace": "7063" + PAIR,
        "why": "sampled",
        "route": "support",
        "endpoint": "chat_completions",
        "arm": "teacher",
        "outcome": "ok",
        "status": 200,
        "reason": "weight_zero",
        "first_byte": 0.2,
        "total": 0.3,
        "overhead": 0.0002,
    }


def test_a_healthy_request_has_none_if_it_is_not_drawn(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody reads a million lines that say ok."""
    tally = Tally()
    assert not lines(caplog, 0, tally)
    assert tally.value(LOG_LEFT_OUT, "not_drawn") == 1


@pytest.mark.parametrize(
    ("changed", "level", "text"),
    [
        (
            {"outcome": "upstream_error", "failure": "connect", "status": 0, "first_token": None},
            "WARNING",
            "support chat_completions teacher upstream_error in 300.0 ms (failed: connect)",
        ),
        ({"fallback": "unsure"}, "INFO", "support chat_completions teacher 200 ok in 300.0 ms (fell_back: unsure)"),
        ({"first_token": 6.0, "total": 7.0}, "INFO", "support chat_completions teacher 200 ok in 7.00 s (slow)"),
        (
            {"outcome": "client_error", "status": 404},
            "INFO",
            "support chat_completions teacher 404 client_error in 300.0 ms",
        ),
    ],
)
def test_every_other_request_has_one(
    caplog: pytest.LogCaptureFixture, changed: dict[str, Any], level: str, text: str
) -> None:
    """Whatever is drawn; what failed is a warning."""
    (line,) = lines(caplog, 0, **changed)
    assert (line.levelname, line.getMessage()) == (level, f"{text}, pair {PAIR}")


def test_a_callers_trace_is_named(caplog: pytest.LogCaptureFixture) -> None:
    """So that its log and ours can be laid side by side."""
    (line,) = lines(caplog, 100, traceparent=TRACEPARENT)
    assert json.loads(formatter("examiner", "json").format(line))["trace"] == TRACEPARENT.split("-")[1]


def test_nothing_that_was_said_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Nor what a caller may keep in a query or a header."""
    secret = "sk-hunter2"
    said: dict[str, Any] = {"path": f"/chat/completions?key={secret}", "conversation": secret, "content_type": secret}
    bodies: dict[str, Any] = {
        "request": secret.encode(),
        "reply": secret.encode(),
        "outcome": "truncated",
        "fallback": "unsure",
    }
    (line,) = lines(caplog, 100, **said, **bodies)
    assert all(secret not in formatter("examiner", written).format(line) for written in ("json", "text"))
