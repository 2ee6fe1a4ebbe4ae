"""Runs the real command: in this process, which is fast, or in one of its own, as a person or a script does."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

from proxy.__main__ import main

_LIMIT = 60.0


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


def practicum(*arguments: str) -> Ran:
    """``practicum ARGUMENTS`` in this process, its output piped."""
    out, err = io.BytesIO(), io.BytesIO()
    with (
        io.TextIOWrapper(out, "utf-8", write_through=True) as writes_out,
        io.TextIOWrapper(err, "utf-8", write_through=True) as writes_err,
    ):
        with redirect_stdout(writes_out), redirect_stderr(writes_err):
            code = main(arguments)
        return Ran(code, out.getvalue().decode(), err.getvalue().decode())


def process(*arguments: str) -> Ran:
    """``practicum ARGUMENTS`` in a process of its own."""
    command = [sys.executable, "-m", "proxy", *arguments]
    done = subprocess.run(command, capture_output=True, check=False, env=environment({}), timeout=_LIMIT)
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def environment(changed: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without what would change a command's manners."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PRACTICUM_")}
    return {name: value for name, value in kept.items() if name not in {"COLUMNS", "FORCE_COLOR"}} | dict(changed)
