"""A collector on loopback that takes spans and forgets them: ``python -m benchmarks.collector PORT``."""

from __future__ import annotations

import http.server
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.stage import free_port

_TRIES, _PAUSE = 200, 0.1  # seconds


class _Sink(http.server.BaseHTTPRequestHandler):
    """Takes what comes."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def collecting() -> Iterator[int]:
    """The port of one that runs in a process of its own, and listens."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.collector", str(port)])  # noqa: S603 -- ourselves
    try:
        _await_listening(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _await_listening(port: int) -> None:
    for _ in range(_TRIES):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(_PAUSE)
    raise SystemExit("the collector did not listen in time")


if __name__ == "__main__":
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), _Sink).serve_forever()
