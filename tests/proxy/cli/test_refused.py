"""How a verb that cannot do what was asked ends."""

from __future__ import annotations

import subprocess
import sys

from tests.proxy.cli.command import environment, practicum


def test_a_refusal_is_one_line_on_standard_error_and_exit_code_1() -> None:
    """No trace, nothing on standard output: a script can show the line as it is."""
    ran = practicum("pair", "x", "--database", "sqlite:////nowhere/pairs.db")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("practicum: ")
    assert ran.err.count("\n") == 1


def test_a_closed_pipe_ends_quietly(database_url: str) -> None:
    """``practicum pairs | head`` is ordinary use."""
    command = [sys.executable, "-m", "proxy", "pairs", "--database", database_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment({})) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read()
        assert (process.wait(), err) == (141, b"")
