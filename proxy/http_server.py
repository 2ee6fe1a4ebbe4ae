"""uvicorn's server as both kinds of process run it: on a socket they inherit, and stopped by them alone.

It leaves signals to ``proxy.process``, where SIGTERM ends a process in its own order and SIGINT is the supervisor's.
What is served is the business of ``worker.app`` and ``examiner.app``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import uvicorn


class HttpServer(uvicorn.Server):
    """A server that ends when ``should_exit`` is set, and not otherwise."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Install no handlers: uvicorn's would take the process's own away."""
        yield
