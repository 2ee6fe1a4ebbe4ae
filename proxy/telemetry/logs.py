"""Logs: one JSON object a line, or readable lines on a terminal. Never a request's or a reply's content.

A line may carry facts beside its message (``extra={"facts": {...}}``): of JSON they are members, a person gets the
message. ``request_log`` and ``refusal_log`` write such lines. For people a message is folded at the terminal's width,
below where it began, and what would move the cursor is shown and not sent: no message can pass for two.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import textwrap
import time
from collections.abc import Callable, Mapping
from typing import Literal, TextIO

Format = Literal["auto", "json", "text"]

_LONGEST = len("supervisor:")  # processes' names have columns of their own, so that messages begin below each other
_NARROW = 40  # columns beside the head, below which folding helps nobody
_CONTROL = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if code != ord("\n")}
_COLORS: Mapping[int, str] = {logging.WARNING: "\x1b[33m", logging.ERROR: "\x1b[31m", logging.CRITICAL: "\x1b[31m"}
_PLAIN = "\x1b[0m"


class _Json(logging.Formatter):
    """A record as a JSON object with time (UTC), level, logger, process and message."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line = {
            "time": f"{at}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": self._process,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class _Text(logging.Formatter):
    """A record as lines for a person: the time here, level, process, message. ``columns`` is 0 where none are known."""

    def __init__(self, process: str, columns: Callable[[], int], *, colored: bool) -> None:
        super().__init__()
        self._process = process
        self._columns = columns
        self._colored = colored

    def format(self, record: logging.LogRecord) -> str:
        level = f"{record.levelname:<7}"
        before, after = self.formatTime(record, "%H:%M:%S"), f"{self._process + ':':<{_LONGEST}}"
        indent = " " * len(f"{before} {level} {after} ")
        text = record.getMessage()
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        color = _COLORS.get(record.levelno) if self._colored else None
        shown = f"{color}{level}{_PLAIN}" if color else level
        return f"{before} {shown} {after} " + f"\n{indent}".join(self._folded(text, len(indent)))

    def _folded(self, text: str, indent: int) -> list[str]:
        lines = text.translate(_CONTROL).split("\n")
        room = self._columns() - indent
        if room < _NARROW:
            return lines
        return [piece for line in lines for piece in _wrapped(line, room)]


def _wrapped(line: str, room: int) -> list[str]:
    """What fits stays as it is, with the spaces that a traceback is indented by; what has no spaces is not broken."""
    if len(line) <= room:
        return [line]
    return textwrap.wrap(line, room, break_long_words=False, break_on_hyphens=False)


class _Lines(logging.StreamHandler[TextIO]):
    """A process's lines, on stderr."""

    def __init__(self, process: str) -> None:
        super().__init__(sys.stderr)
        self._process = process

    def write_as(self, written: Format) -> None:
        self.setFormatter(formatter(self._process, written))


def formatter(process: str, written: Format) -> logging.Formatter:
    """How a process writes its lines: ``auto`` is text on a terminal."""
    if written == "text" or (written == "auto" and sys.stderr.isatty()):
        colored = sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        return _Text(process, _columns, colored=colored)
    return _Json(process)


def _columns() -> int:
    """How wide the terminal is now; 0 where stderr is none."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):  # a pipe; or closed, or replaced by what is no file
        return 0


def set_up(process: str) -> None:
    """Log to stderr from here on. The libraries' routine messages stay out."""
    handler = _Lines(process)
    handler.write_as("auto")
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for library in ("uvicorn", "asyncio", "aiohttp", "httpx", "alembic"):
        logging.getLogger(library).setLevel(logging.WARNING)


def write_as(written: Format) -> None:
    """Go on in this form, once the configuration has said which."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, _Lines):
            handler.write_as(written)
