"""The examiner's end of the handover: it listens, takes records and counts, sends snapshots, settles what is concluded.

Reading never waits for examining: a record is passed on in one call that cannot block. A snapshot is sent whole only
where it says something else than the last one: over thousands of routes, reading it takes a worker's time from its
requests. Its counterpart is ``proxy.worker.link``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from proxy.examiner.status import WorkerStatus
from proxy.handover import (
    Assured,
    Counts,
    Frame,
    Goodbye,
    Hello,
    Record,
    Settled,
    Snapshot,
    Unchanged,
    frame,
    frames,
)
from proxy.telemetry.catalog import LOST
from proxy.telemetry.tally import Tally

log = logging.getLogger("practicum.examiner")

Settle = Callable[[], None]
Take = Callable[[Record, Settle], None]

_SETTLE_EVERY = 0.1
_CLOSE_WITHIN = 2.0


@dataclass(slots=True, eq=False)
class Peer:
    """A connected worker. ``told`` is the last snapshot that it was sent whole."""

    writer: asyncio.StreamWriter
    told: Snapshot | None = None
    name: str = "?"
    pid: int = 0
    counts: Counts | None = None
    left: bool = False
    settled: int = 0
    tally: Tally = field(default_factory=Tally)

    def settle(self) -> None:
        """One more of its records is concluded."""
        self.settled += 1

    def knows(self, snapshot: Snapshot) -> bool:
        """Whether it was told the same before, under another number."""
        return self.told is not None and msgspec.structs.replace(self.told, sequence=snapshot.sequence) == snapshot


class Intake:
    """The handover's server."""

    def __init__(
        self,
        path: str,
        take: Take,
        snapshot: Callable[[], Snapshot],
        tally: Tally,
        assured: Callable[[], Assured] = lambda: Assured({}),
    ) -> None:
        """``assured`` gives everything that workers judge by: a new one must know it before its first snapshot."""
        self.peers: set[Peer] = set()
        self._gone: dict[tuple[str, int], Counts] = {}  # the last totals of processes that are gone
        self._path = Path(path)
        self._take = take
        self._snapshot = snapshot
        self._assured = assured
        self._tally = tally
        self._server: asyncio.Server | None = None
        self._conversations: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen, in place of whatever a dead examiner left at the path."""
        with suppress(FileNotFoundError):
            self._path.unlink()
        self._server = await asyncio.start_unix_server(self._converse, str(self._path))
        self._path.chmod(0o600)

    async def close(self) -> None:
        """Stop listening and settle what is concluded; workers see the connection end."""
        self.settle()
        if self._server is not None:
            self._server.close()
        for peer in self.peers:
            peer.writer.close()  # once what is written has left
        if self._conversations:
            await asyncio.wait(self._conversations, timeout=_CLOSE_WITHIN)

    async def run(self) -> None:
        """Settle regularly until cancelled."""
        while True:
            await asyncio.sleep(_SETTLE_EVERY)
            self.settle()

    def settle(self) -> None:
        """Tell every worker what was concluded since the last time."""
        for peer in self.peers:
            if peer.settled:
                peer.writer.write(frame(Settled(peer.settled)))
                peer.settled = 0

    def publish(self, assured: Assured | None = None) -> None:
        """Tell every worker the snapshot, after what it newly has to judge by, or that its last one still holds."""
        snapshot = self._snapshot()
        news = [peer for peer in self.peers if assured or not peer.knows(snapshot)]
        if news:
            whole = (frame(assured) if assured else b"") + frame(snapshot)
            for peer in news:
                peer.told = snapshot
                peer.writer.write(whole)
        unchanged = frame(Unchanged(snapshot.sequence, snapshot.ttl))
        for peer in self.peers.difference(news):
            peer.writer.write(unchanged)

    def workers(self) -> tuple[WorkerStatus, ...]:
        """The connected workers."""
        said = [(peer, peer.counts) for peer in self.peers]
        return tuple(
            WorkerStatus(p.name, p.pid, c.config_hash if c else "", c.in_flight if c else 0)
            for p, c in sorted(said, key=lambda pair: pair[0].name)
        )

    def totals(self) -> list[Tally]:
        """What the workers counted, the gone ones included."""
        retired = Tally()
        for counts in self._gone.values():
            retired.add(counts)
        return [retired, *(peer.tally for peer in self.peers)]

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(writer)
        self.peers.add(peer)
        conversation: asyncio.Task[None] = asyncio.current_task()  # type: ignore[assignment] # the server made one
        self._conversations.add(conversation)
        try:
            if (assured := self._assured()).routes:
                writer.write(frame(assured))
            peer.told = self._snapshot()
            writer.write(frame(peer.told))
            async for message in frames(reader):
                self._receive(peer, message)
        except (msgspec.DecodeError, msgspec.ValidationError) as broken:
            log.warning("worker %s sent bytes that are no frame, and is cut off: %s", peer.name, broken)
        finally:
            self.peers.discard(peer)
            self._retire(peer)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
            self._conversations.discard(conversation)

    def _receive(self, peer: Peer, message: Frame) -> None:
        match message:
            case Record():
                self._take(message, peer.settle)
            case Counts():
                peer.counts = message
                peer.tally = Tally()
                peer.tally.add(message)
            case Hello():
                peer.name, peer.pid = message.worker, message.pid
                self._gone.pop((peer.name, peer.pid), None)  # it is back, and repeats its totals
                log.info("worker %s (pid %d) is connected", peer.name, peer.pid)
            case Goodbye():
                peer.left = True

    def _retire(self, peer: Peer) -> None:
        if peer.counts is not None:
            self._gone[peer.name, peer.pid] = peer.counts
        if not peer.left and peer.counts is not None and peer.counts.in_flight:
            log.warning("worker %s went away with about %d requests in flight", peer.name, peer.counts.in_flight)
            self._tally.count(LOST, "worker", by=peer.counts.in_flight)
