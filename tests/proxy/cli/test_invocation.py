"""How printed commands begin."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

from proxy.cli.invocation import invocation


def test_the_plain_name_where_the_shell_finds_it(tmp_path: Path) -> None:
    """Nothing longer than it must be."""
    (tmp_path / "practicum").write_text("#!/bin/sh\n")
    (tmp_path / "practicum").chmod(0o755)
    assert invocation("/elsewhere/practicum", str(tmp_path)) == "practicum"


def test_the_path_that_was_typed_elsewhere(tmp_path: Path) -> None:
    """After ``make demo`` the command is in no PATH."""
    assert invocation(".venv/bin/practicum", str(tmp_path)) == ".venv/bin/practicum"
    assert shlex.split(invocation("my env/practicum", str(tmp_path))) == ["my env/practicum"]


def test_the_module_where_there_is_no_script(tmp_path: Path) -> None:
    """It runs as it is printed."""
    command = shlex.split(invocation("/x/proxy/__main__.py", str(tmp_path)))
    assert command == [sys.executable, "-m", "proxy"]
    assert subprocess.run([*command, "--version"], capture_output=True, check=True).stdout.startswith(b"practicum ")
