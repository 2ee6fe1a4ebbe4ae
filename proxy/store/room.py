"""How much room is left where an SQLite database lies. Of a server's disk it knows nothing, and says so."""

from __future__ import annotations

import shutil
from pathlib import Path

_SQLITE = "sqlite:///"


def free_bytes(url: str) -> int | None:
    """Bytes that may still be written beside the database; None for a server, or where its folder is not to be seen."""
    if not url.startswith(_SQLITE):
        return None
    try:
        return shutil.disk_usage(Path(url.removeprefix(_SQLITE)).absolute().parent).free
    except OSError:
        return None
