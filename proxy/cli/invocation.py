"""How this program was called, so that the commands it prints can be pasted as they are."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

NAME = "practicum"


def invocation(program: str | None = None, path: str | None = None) -> str:
    """What to type in the place of ``practicum``, quoted for a shell.

    That name where the shell finds it, else the path that was typed (``.venv/bin/practicum``), else the interpreter
    with its module. ``program`` and ``path`` default to the process's own ``argv[0]`` and ``PATH``.
    """
    typed = sys.argv[0] if program is None else program
    if shutil.which(NAME, path=path):
        return NAME
    if Path(typed).name == NAME:
        return shlex.quote(typed)
    return f"{shlex.quote(sys.executable)} -m proxy"
