"""uvicorn's server as the examiner runs it, for the admin port: on a socket it inherits, and stopped by it alone.

It leaves signals to ``proxy.process``, where SIGTERM ends a process in its own order and SIGINT is the supervisor's.
What is served is the business of ``examiner.app``. The data port has a server of its own, ``worker.listener``.
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
