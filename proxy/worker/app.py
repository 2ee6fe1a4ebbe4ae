"""The wiring of a worker: configuration, upstreams, the data port and the link to the examiner.

A worker serves from the moment it listens, with or without an examiner. It stops in order: no new connections, streams
finished within ``listen.drain``, the last counts sent.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Mapping

from proxy.config.environment import client_keys
from proxy.config.reload import Reloader
from proxy.config.settings import Config
from proxy.handover import Counts
from proxy.siblings import Siblings
from proxy.telemetry.catalog import UNBUCKETABLE
from proxy.telemetry.tally import Tally
from proxy.upstreams import Upstreams
from proxy.worker.endpoints import DataPort
from proxy.worker.link import Link
from proxy.worker.listener import Listener
from proxy.worker.serving import Serving
from proxy.worker.teacher_guard import TeacherGuard
from proxy.worker.trace_header import TraceHeader
from proxy.worker.units import RequestFacts
from routing.confidence.assurance import Assurance
from routing.decision import Decision, Reason, decide

log = logging.getLogger("practicum.worker")

_UNBUCKETABLE = Reason.UNBUCKETABLE  # up to Python 3.11, looking a member up is a call


class Worker:
    """One worker process's parts."""

    def __init__(self, reloader: Reloader, handover: str, name: str, environ: Mapping[str, str]) -> None:
        self._reloader = reloader
        self._environ = environ
        self._tally = Tally()
        self._upstreams = Upstreams()
        self._link = Link(handover, name, self._tally, self._counts)
        self._guard = TeacherGuard()
        self._serving = Serving(self._upstreams, self._tally, self._link.hand, self._key, self._assurance, self._guard)
        self._port = DataPort(self._config, self._keys, self._serving, self._decide, self._tally)
        self._client_keys: frozenset[bytes] = frozenset()
        self._listener = Listener(self._port.answer, lambda: self._config().listen, self._port.unreadable)
        reloader.on_change(self._adopt)
        self._adopt(reloader.config)

    async def run(self, listening: socket.socket, siblings: Siblings | None = None) -> None:
        """Serve on a listening socket until ``stop``, evenly with other workers that listen there."""
        self._guard.workers = 1 if siblings is None else siblings.workers
        link = asyncio.create_task(self._link.run())
        watch = asyncio.create_task(self._reloader.run())
        try:
            await self._listener.serve(listening, siblings)
        finally:
            await self._link.close()
            for task in (link, watch):
                task.cancel()
            await asyncio.gather(link, watch, return_exceptions=True)
            await self._upstreams.close()

    def stop(self) -> None:
        """Stop accepting, and end ``run`` once the open exchanges have ended or ``listen.drain`` has passed."""
        self._listener.stop()

    def _config(self) -> Config:
        return self._reloader.config

    def _keys(self) -> frozenset[bytes]:
        return self._client_keys

    def _key(self, name: str | None) -> str | None:
        return self._environ.get(name) if name else None

    def _decide(self, facts: RequestFacts) -> Decision:
        decision = decide(self._link.standing, facts, time.monotonic())
        if decision.reason is _UNBUCKETABLE:
            self._tally.count(UNBUCKETABLE, facts.route)
        return decision

    def _assurance(self, route: str) -> Assurance | None:
        standing = self._link.standing
        return None if standing is None else standing.assurances.get(route)

    def _adopt(self, config: Config) -> None:
        self._client_keys = client_keys(config, self._environ)
        self._serving.trace(TraceHeader.of(config.tracing))
        self._upstreams.keep({target for route in config.routes.values() for target in (route.teacher, route.student)})

    def _counts(self) -> Counts:
        counters, histograms = self._tally.totals()
        return Counts(counters, histograms, self._port.in_flight, self._reloader.config.hash, self._reloader.ok)
