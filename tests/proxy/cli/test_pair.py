"""``practicum pair``."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import msgspec

from proxy.cli.terminal import is_plain
from proxy.examiner.documents import PairDocument, pair_of
from tests.proxy.cli.command import environment, practicum
from tests.proxy.cli.conftest import GAINED, HOSTILE


def test_the_page_ends_with_a_command_for_the_data_port(admin: str) -> None:
    """Its address comes from the configuration in effect, and names a host that can be called."""
    ran = practicum("pair", GAINED.id, "--admin", admin)
    assert ran.code == 0
    assert f"pair {GAINED.id}" in ran.out
    assert "curl -sS -N http://127.0.0.1:18080/v1/chat/completions" in ran.out
    assert '"authorization: Bearer $PRACTICUM_CLIENT_KEY"' in ran.out


def test_the_data_port_can_be_named(database_url: str) -> None:
    """For a store that was copied from elsewhere."""
    ran = practicum("pair", GAINED.id, "--database", database_url, "--data", "https://proxy.example")
    assert "https://proxy.example/v1/chat/completions" in ran.out


def test_json_is_the_whole_pair(admin: str) -> None:
    """Byte for byte, hostile or not."""
    found = msgspec.json.decode(practicum("pair", HOSTILE.id, "--json", "--admin", admin).out, type=PairDocument)
    assert pair_of(found) == HOSTILE


def test_the_request_alone(database_url: str) -> None:
    """What the printed command pipes into curl."""
    assert practicum("pair", GAINED.id, "--request", "--database", database_url).out.encode() == GAINED.request


def test_on_a_terminal_nothing_hostile_arrives(database_url: str) -> None:
    """Colors of ours may; sequences of the student's may not."""
    shown = on_a_terminal("pair", HOSTILE.id, "--database", database_url)
    assert "\\x1b[31mred\\x1b[0m\\x1b]0;title\\x07" in shown
    assert "[bold]markup[/bold]:smile:" in shown
    assert "\x1b[4;31mcannot help\x1b[0m" in shown
    ours = shown.replace("\r\n", "\n")
    for code in ("\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[1;31m", "\x1b[32m", "\x1b[4;31m"):
        ours = ours.replace(code, "")
    assert is_plain(ours)


def test_an_unknown_pair_is_refused(admin: str) -> None:
    """With the port's own explanation."""
    ran = practicum("pair", "nope/../x", "--admin", admin)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("practicum: ")


def on_a_terminal(*arguments: str) -> str:
    """What the command writes to a terminal of 200 columns."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "proxy", *arguments]
    environ = environment({"COLUMNS": "200", "TERM": "xterm"})
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, stdin=theirs, env=environ) as process:
        os.close(theirs)
        written = b"".join(iter(lambda: read(ours), b""))
        assert process.wait(30) == 0
    os.close(ours)
    return written.decode()


def read(terminal: int) -> bytes:
    """What was written to a terminal; nothing once its other side is closed."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""
