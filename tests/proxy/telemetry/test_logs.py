"""Logs as their readers get them: a collector JSON lines, a person at a terminal plain ones."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import subprocess
import sys
import termios

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


def on_a_terminal(after: str, columns: int, **environ: str) -> str:
    """What such a process shows on a terminal of this width."""
    primary, secondary = pty.openpty()
    termios.tcsetwinsize(secondary, (24, columns))
    environment = {**os.environ, "TERM": "xterm", **environ}
    process = subprocess.Popen(command(after), stderr=secondary, env=environment)
    os.close(secondary)
    said = b""
    with os.fdopen(primary, "rb", buffering=0) as terminal:
        while piece := _read(terminal):
            said += piece
        assert process.wait(60) == 0
    return said.decode()


def _read(terminal: io.FileIO) -> bytes:
    try:
        return terminal.read(65536) or b""
    except OSError:  # Linux' way to say that the other end is closed
        return b""


SAID = 'logging.getLogger("practicum").{0}'
FAILED = (
    "support-bot chat_completions teacher upstream_error in 2.00 s (failed: connect), pair 019ab0f2c61f33c1d9a6e07b5a24"
)


def test_a_terminal_gets_plain_lines() -> None:
    """Someone who tries it out reads along."""
    said = on_a_terminal(SAID.format('info("ready")'), 80)
    assert re.fullmatch(r"\d\d:\d\d:\d\d INFO    worker 3:   ready\r\n", said)


def test_a_long_message_is_folded_below_where_it_began() -> None:
    """At 80 columns a request's line would else break amid a word, and at the window's edge."""
    lines = on_a_terminal(SAID.format(f'info("{FAILED}")'), 80).splitlines()
    assert [line[29:] for line in lines] == [
        "support-bot chat_completions teacher upstream_error",
        "in 2.00 s (failed: connect), pair",
        "019ab0f2c61f33c1d9a6e07b5a24",
    ]
    assert re.fullmatch(r"\d\d:\d\d:\d\d INFO    worker 3:   ", lines[0][:29])
    assert {line[:29] for line in lines[1:]} == {" " * 29}


@pytest.mark.parametrize("columns", [30, 160])
def test_what_fits_or_cannot_is_one_line(columns: int) -> None:
    """A wide terminal shows it whole; in a very narrow one, folding would make a ladder of it."""
    (line,) = on_a_terminal(SAID.format(f'info("{FAILED}")'), columns).splitlines()
    assert line.endswith(FAILED)


def test_a_level_that_wants_attention_is_colored() -> None:
    """Unless somebody has said that they want no colors, as no-color.org has it."""
    said = on_a_terminal(SAID.format('warning("careful")'), 80)
    assert " \x1b[33mWARNING\x1b[0m worker 3:   careful" in said
    assert "\x1b" not in on_a_terminal(SAID.format('warning("careful")'), 80, NO_COLOR="1")


def test_nothing_in_a_message_moves_the_cursor_or_passes_for_a_line() -> None:
    """What an upstream says may end up in a message; a person must not take it for ours."""
    forged = r"bad\r12:00:00 INFO    worker 3: all is well\n12:00:00 INFO    worker 3: really\x1b[2J"
    first, second = on_a_terminal(SAID.format(f'info("{forged}")'), 160).splitlines()
    assert first[29:] == r"bad\x0d12:00:00 INFO    worker 3: all is well"
    assert second == " " * 29 + r"12:00:00 INFO    worker 3: really\x1b[2J"


def test_a_traceback_keeps_its_shape() -> None:
    """Below its message, indented as Python has it."""
    said = on_a_terminal(EVERYTHING, 160).splitlines()
    broke = next(number for number, line in enumerate(said) if line.endswith("it broke"))
    assert said[broke + 1] == " " * 29 + "Traceback (most recent call last):"
    assert said[broke + 2].startswith(" " * 29 + '  File "')


def test_facts_are_members_of_their_line() -> None:
    """Whoever searches for a pair searches a member, not a sentence."""
    (line,) = lines('logging.getLogger("practicum").info("done", extra={"facts": {"pair": "p1", "total": 0.5}})')
    assert line.items() >= {"message": "done", "pair": "p1", "total": 0.5}.items()


def test_the_form_can_be_chosen() -> None:
    """A container may have a terminal nobody looks at, and a pipe may end at a person."""
    asked = 'write_as("text"); logging.getLogger("practicum").info("x", extra={"facts": {"pair": "p1"}})'
    before = "from proxy.telemetry.logs import write_as"
    done = subprocess.run(command(asked, before), capture_output=True, text=True, check=True)
    assert re.fullmatch(r"\d\d:\d\d:\d\d INFO    worker 3:   x\n", done.stderr)
