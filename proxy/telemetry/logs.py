"""Logs: one JSON object a line, or a readable line on a terminal. Never a request's or a reply's content."""

from __future__ import annotations

import json
import logging
import sys
import time


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
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def set_up(process: str) -> None:
    """Log to stderr from here on. The libraries' routine messages stay out."""
    handler = logging.StreamHandler(sys.stderr)
    if sys.stderr.isatty():
        handler.setFormatter(logging.Formatter(f"%(asctime)s %(levelname)-7s {process}: %(message)s", "%H:%M:%S"))
    else:
        handler.setFormatter(_Json(process))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for library in ("uvicorn", "asyncio", "aiohttp", "httpx", "alembic"):
        logging.getLogger(library).setLevel(logging.WARNING)
