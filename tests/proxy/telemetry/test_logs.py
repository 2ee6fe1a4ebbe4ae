"""Logs as their readers get them: a collector JSON lines, a person at a terminal plain ones."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys

import pytest

PROGRAM = """
import logging
from proxy.telemetry.logs import set_up
{before}
set_up("worker 3")
{after}
"""


def command(after: str, before: str = "") -> list[str]:
    """A process that sets up its logs and does this."""
    return [sys.executable, "-c", PROGRAM.format(before=before, after=after)]


def lines(after: str, before: str = "") -> list[dict[str, str]]:
    """What such a process logs into a pipe."""
    done = subprocess.run(command(after, before), capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == ""
    return [json.loads(line) for line in done.stderr.splitlines()]


EVERYTHING = """
log = logging.getLogger("practicum.worker")
log.warning("pair %s failed: %s", "p1", 'a "quote"\\nand a new line, \u00e9')
log.debug("not this")
try:
    1 / 0
except ZeroDivisionError:
    log.exception("it broke")
logging.getLogger("uvicorn.error").info("nor this")
logging.getLogger("aiohttp.client").warning("but this")
"""


@pytest.fixture(scope="module")
def logged() -> list[dict[str, str]]:
    """The lines of one process that logs everything there is, having set up other logs before."""
    return lines(EVERYTHING, before="logging.basicConfig(format='mine: %(message)s')")


def test_a_record_is_one_json_object_on_one_line(logged: list[dict[str, str]]) -> None:
    """Whatever is in the message."""
    first = logged[0]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first.pop("time"))
    assert first == {
        "level": "warning",
        "logger": "practicum.worker",
        "process": "worker 3",
        "message": 'pair p1 failed: a "quote"\nand a new line, é',
    }


def test_an_exception_is_part_of_its_line(logged: list[dict[str, str]]) -> None:
    """A traceback spread over lines belongs to nothing once a collector has sorted them."""
    second = logged[1]
    assert (second["level"], second["message"]) == ("error", "it broke")
    assert second["exception"].startswith("Traceback (most recent call last):")
    assert second["exception"].endswith("ZeroDivisionError: division by zero")


def test_libraries_warn_and_do_not_chat(logged: list[dict[str, str]]) -> None:
    """Three lines in all: ours, and a library's warning."""
    assert [line["message"] for line in logged[2:]] == ["but this"]


def test_a_terminal_gets_plain_lines() -> None:
    """Someone who tries it out reads along."""
    primary, secondary = pty.openpty()
    process = subprocess.Popen(command('logging.getLogger("practicum").info("ready")'), stderr=secondary)
    os.close(secondary)
    with os.fdopen(primary, "rb", buffering=0) as terminal:
        said = terminal.read(1000).decode()
        assert process.wait(60) == 0
    assert re.fullmatch(r"\d\d:\d\d:\d\d INFO    worker 3: ready\r\n", said)


def test_facts_are_members_of_their_line() -> None:
    """Whoever searches for a pair searches a member, not a sentence."""
    (line,) = lines('logging.getLogger("practicum").info("done", extra={"facts": {"pair": "p1", "total": 0.5}})')
    assert line.items() >= {"message": "done", "pair": "p1", "total": 0.5}.items()


def test_the_form_can_be_chosen() -> None:
    """A container may have a terminal nobody looks at, and a pipe may end at a person."""
    asked = 'write_as("text"); logging.getLogger("practicum").info("x", extra={"facts": {"pair": "p1"}})'
    before = "from proxy.telemetry.logs import write_as"
    done = subprocess.run(command(asked, before), capture_output=True, text=True, check=True)
    assert re.fullmatch(r"\d\d:\d\d:\d\d INFO    worker 3: x\n", done.stderr)
