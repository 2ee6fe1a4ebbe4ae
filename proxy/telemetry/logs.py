"""Logs: one JSON object a line, or a readable line on a terminal. Never a request's or a reply's content.

A line may carry facts beside its message (``extra={"facts": {...}}``): of JSON they are members, a person gets the
message. ``request_log`` writes such lines.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import Literal, TextIO

Format = Literal["auto", "json", "text"]


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
        return logging.Formatter(f"%(asctime)s %(levelname)-7s {process}: %(message)s", "%H:%M:%S")
    return _Json(process)


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
