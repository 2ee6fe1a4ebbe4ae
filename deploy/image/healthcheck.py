"""Whether a Practicum in this container answers: exit code 0 where it does, 1 with one line where it does not.

``python healthcheck.py [PATH]`` asks a path of the admin port, ``/livez`` unless told, for status 200; where that
port is says the variable ``PRACTICUM_ADMIN_URL``, as for the command line. ``python healthcheck.py URL`` asks
anything else, such as the data port, and is content with every answer that is no server's error: one that asks for a
key is an answer too. It imports the standard library alone, so that it is over at once, and heeds no proxy variables.
"""

from __future__ import annotations

import http.client
import os
import sys
from urllib.parse import urlsplit

TIMEOUT = 3.0  # seconds; the image's HEALTHCHECK waits for five


def status(url: str) -> int:
    """The status that a URL is answered with. Raises ``OSError`` or ``HTTPException`` where nobody answers in time."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port or 80, timeout=TIMEOUT)
    try:
        connection.request("GET", where.path)
        return connection.getresponse().status
    finally:
        connection.close()


def trouble(asked: str) -> str:
    """Why there is no good answer; empty where there is one."""
    own = asked.startswith("/")
    url = os.environ.get("PRACTICUM_ADMIN_URL", "http://127.0.0.1:9090").rstrip("/") + asked if own else asked
    try:
        found = status(url)
    except (OSError, http.client.HTTPException) as error:
        return f"{url}: {error or type(error).__name__}"
    well = found == http.client.OK if own else found < http.client.INTERNAL_SERVER_ERROR
    return "" if well else f"{url}: status {found}"


if __name__ == "__main__":
    why = trouble(sys.argv[1] if len(sys.argv) > 1 else "/livez")
    sys.stderr.write(f"{why}\n" if why else "")
    sys.exit(bool(why))
