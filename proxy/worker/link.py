"""The worker's end of the handover: records out, snapshots in, and never a wait.

``hand`` puts a record into the next write; there is one every few milliseconds, sooner where much is gathered. When the
examiner is slow, stopped or gone the record is shed and counted; when it dies, the records it had not settled are
counted as lost. The link connects again for as long as the worker lives. Its counterpart is ``proxy.examiner.intake``.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress

import msgspec

from proxy.handover import (
    MAX_FRAME,
    Assured,
    Counts,
    Frame,
    Goodbye,
    Hello,
    Record,
    Settled,
    Snapshot,
    Unchanged,
    add_frame,
    frame,
    frames,
)
from proxy.telemetry.catalog import HANDED, LOST
from proxy.telemetry.tally import Tally, key
from routing.confidence.assurance import Assurance
from routing.decision import Standing

log = logging.getLogger("practicum.worker")

UNSENT_LIMIT = 4 * 1024 * 1024
_ACCEPTED, _SHED = key(HANDED, "accepted"), key(HANDED, "shed")
_COUNTS_EVERY = 0.5
_GATHER = 0.005  # seconds from one write to the next, unless what is gathered becomes _FULL: each wakes the examiner up
_FULL = 64 * 1024  # bytes; a buffer that grows to megabytes is copied again and again
_RETRY = 0.05  # an examiner that has just started is not to be waited for, and to ask in vain costs 16 us
_FAREWELL = 1.0


class Link:
    """The connection to the examiner, made again whenever it breaks."""

    def __init__(self, path: str, name: str, tally: Tally, counts: Callable[[], Counts]) -> None:
        self.standing: Standing | None = None
        self._path = path
        self._name = name
        self._tally = tally
        self._counts = counts
        self._writer: asyncio.StreamWriter | None = None
        self._transport: asyncio.WriteTransport | None = None  # the writer's: to ask a writer for it is a call
        self._unsettled = 0
        self._assured: dict[str, Assurance] = {}
        self._gathered = bytearray()  # frames: under load, one write carries many
        self._flushed = 0.0  # when, of the loop's clock
        self._loop: asyncio.AbstractEventLoop

    def hand(self, record: Record) -> bool:
        """Hand over one record; False if it was shed."""
        sent = self._write(record)
        self._tally.increment(_ACCEPTED if sent else _SHED)
        self._unsettled += sent
        return sent

    async def run(self) -> None:
        """Keep connected until cancelled."""
        self._loop = asyncio.get_running_loop()
        while True:
            with suppress(OSError, msgspec.DecodeError):  # gone, or of another version: try the next one
                reader, self._writer = await asyncio.open_unix_connection(self._path)
                self._transport = self._writer.transport
                await self._converse(reader, self._writer)
            await asyncio.sleep(_RETRY)

    async def close(self) -> None:
        """Send the last counts and say goodbye; wait for the bytes to leave, if not for ever."""
        writer = self._writer
        if writer is None:
            return
        with suppress(OSError):  # a timeout is one
            async with asyncio.timeout(_FAREWELL):
                self._flush()
                writer.write(frame(self._counts()) + frame(Goodbye()))
                await writer.drain()
                self._unsettled = 0  # they have left: the examiner concludes them without us
        writer.close()

    def _write(self, message: Frame) -> bool:
        transport = self._transport
        if transport is None or transport.is_closing():
            return False
        gathered = self._gathered
        before = len(gathered)
        size = add_frame(message, gathered)
        unsent = transport.get_write_buffer_size() + before
        if size > MAX_FRAME or (unsent and unsent + size > UNSENT_LIMIT):
            del gathered[before:]
            return False
        if not before:
            self._flush_soon()
        elif before + size > _FULL:
            self._flush()
        return True

    def _flush_soon(self) -> None:
        """At the end of this turn of the loop; where one has just been, when it is time for the next one."""
        rest = self._flushed + _GATHER - self._loop.time()
        if rest > 0:
            self._loop.call_later(rest, self._flush)
        else:
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        gathered, self._gathered = self._gathered, bytearray()
        if gathered and self._transport is not None:
            self._flushed = self._loop.time()
            self._transport.write(gathered)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(frame(Hello(self._name, os.getpid())))
        counting = asyncio.create_task(self._count_regularly())
        try:
            async for message in frames(reader):
                self._take(message)
        finally:
            counting.cancel()
            writer.close()
            self._writer = self._transport = None
            self._gathered.clear()
            self._lose_unsettled()

    async def _count_regularly(self) -> None:
        while True:
            self._write(self._counts())
            await asyncio.sleep(_COUNTS_EVERY)

    def _take(self, message: Frame) -> None:
        if isinstance(message, Snapshot):
            expires = time.monotonic() + message.ttl
            self.standing = self._standing(message, expires)
        elif isinstance(message, Unchanged):
            if self.standing is not None:
                self.standing = self.standing.until(time.monotonic() + message.ttl)
        elif isinstance(message, Assured):
            self._assured |= message.routes
        elif isinstance(message, Settled):
            self._unsettled -= message.records

    def _standing(self, said: Snapshot, expires: float) -> Standing:
        """What a snapshot comes to: without the weights of routes whose assurance is not the one it names."""
        held, named = self._assured, said.assured
        self._assured = held = {route: held[route] for route in named if route in held}
        stale = {route for route, version in named.items() if route not in held or held[route].version != version}
        weights = {route: slices for route, slices in said.weights.items() if route not in stale}
        assurances = {route: assurance for route, assurance in held.items() if route not in stale}
        return Standing(weights, expires, said.ill, assurances)

    def _lose_unsettled(self) -> None:
        if self._unsettled:
            log.warning("the examiner went away with %d records it had not settled", self._unsettled)
            self._tally.count(LOST, "examiner", by=self._unsettled)
        self._unsettled = 0
