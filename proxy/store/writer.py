"""The examiner's way into the store: bounded, batched, and patient with a database that fails.

``put`` never waits. One task gathers what was put for a moment and writes it as one batch on a thread of its own. When
the database cannot be used (locked, full, gone), the batch is held and tried again, first after 0.2 s and then ever
more rarely, up to every 5 s; new items queue behind it until the bounds are reached, and from then on ``put`` refuses
them. When the database refuses some of the *data*, the batch is halved until the culprits stand alone; those are
dropped and counted, and everything else is written. A batch keeps its token through all retries, so one that was
committed before the connection broke does not count twice.

Each item ends in exactly one call of its ``settled``: True when durable, False when dropped. This module refuses to
decide what an examiner does while ``ok`` is False; its counterpart on the other thread is ``Store.write``.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

from proxy.store.entry import Compared, Entry, prepare
from proxy.store.errors import UnavailableError, UnstorableError
from proxy.store.pair import Pair
from proxy.store.store import Store

Settled = Callable[[bool], None]

_log = logging.getLogger(__name__)
_OBJECTS = 2048  # bytes a pair's objects take beside its payloads, roughly


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a writer holds (``items``, ``size`` bytes), how much it writes at once, and its waits in seconds."""

    items: int = 10_000
    size: int = 256 * 1024 * 1024
    batch: int = 200
    linger: float = 0.25
    first_retry: float = 0.2
    last_retry: float = 5.0


class _Item(NamedTuple):
    compared: Compared
    settled: Settled
    size: int


@dataclass(slots=True, eq=False)
class _Batch:
    """Items that are written together, and under which token."""

    items: Sequence[_Item]
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    entries: Sequence[Entry] | None = None


class Writer:
    """Writes compared records to a store. All but the thread's work happens on one event loop.

    ``ok`` is False from the first failed write until the next that succeeds; ``last_error`` says why. ``pending`` and
    ``pending_bytes`` are accepted and not yet settled; ``written_total`` and ``dropped_total`` count the settled, and
    ``errors_total`` the failed attempts.
    """

    def __init__(self, store: Store, bounds: Bounds | None = None, *, digest_key: bytes = b"") -> None:
        """``digest_key`` keys the digests of texts not kept; by default a key of this process that is never stored."""
        self.ok = True
        self.last_error = ""
        self.errors_total = 0
        self.written_total = 0
        self.dropped_total = 0
        self.pending = 0
        self.pending_bytes = 0
        self._store = store
        self._bounds = bounds or Bounds()
        self._key = digest_key or secrets.token_bytes(32)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store-writer")
        self._queue: deque[_Item] = deque()
        self._held: deque[_Batch] = deque()  # tried before, in the order to try again
        self._changed = asyncio.Event()
        self._closing = asyncio.Event()
        self._ended = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._retry = self._bounds.first_retry

    def put(self, compared: Compared, settled: Settled) -> bool:
        """Accept an item, or refuse it (False, and ``settled`` is never called) when full or closing."""
        size = _size(compared.pair)
        if self._closing.is_set() or self.pending >= self._bounds.items:
            return False
        if self.pending and self.pending_bytes + size > self._bounds.size:
            return False
        self._queue.append(_Item(compared, settled, size))
        self.pending += 1
        self.pending_bytes += size
        if len(self._queue) in {1, self._bounds.batch}:  # there is something to gather, or enough of it
            self._changed.set()
        return True

    async def run(self) -> None:
        """Write until ``close``, then what is left. Runs once, as a task of the examiner's."""
        self._task = asyncio.current_task()
        try:
            while batch := await self._next():
                await self._attempt(batch)
        except asyncio.CancelledError:
            if not self._closing.is_set():
                raise
        finally:
            self._abandon()
            self._task = None
            self._ended.set()

    async def close(self, patience: float) -> int:
        """Refuse new items, write what is held for at most ``patience`` seconds; returns how many items were dropped.

        What the thread is writing when patience ends counts as dropped, though the database may yet take it.
        """
        before = self.dropped_total
        self._closing.set()
        self._changed.set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), patience)
        if self._task is not None:
            self._task.cancel()
            await self._ended.wait()
        self._abandon()
        return self.dropped_total - before

    async def _next(self) -> _Batch | None:
        """The batch to write next; None when closed and empty."""
        while not self._held and not self._queue:
            if self._closing.is_set():
                return None
            self._changed.clear()
            await self._changed.wait()
        if self._held:
            return self._held.popleft()
        await self._gather()
        count = min(len(self._queue), self._bounds.batch)
        return _Batch([self._queue.popleft() for _ in range(count)])

    async def _gather(self) -> None:
        """Linger for more items, unless a batch is full already or the writer is closing."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._bounds.linger):
                while len(self._queue) < self._bounds.batch and not self._closing.is_set():
                    self._changed.clear()
                    await self._changed.wait()

    async def _attempt(self, batch: _Batch) -> None:
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._write, batch)
        except UnstorableError as error:
            self._note(error, batch)
            self._divide(batch)
        except UnavailableError as error:
            self.ok = False
            self._note(error, batch)
            self._held.appendleft(batch)
            await self._back_off()
        except asyncio.CancelledError:
            self._held.appendleft(batch)  # abandoned with the rest, though the thread may yet write it
            raise
        else:
            self.ok, self._retry = True, self._bounds.first_retry
            self._settle(batch, durable=True)

    def _write(self, batch: _Batch) -> None:
        """On the writer's thread: privacy, compression and the transaction."""
        try:
            if batch.entries is None:
                batch.entries = [prepare(item.compared, self._key) for item in batch.items]
            self._store.write(batch.entries, batch.token)
        except (UnstorableError, UnavailableError):
            raise
        except Exception as error:  # one item's fault, whatever it is, must cost that item and not the writer
            raise UnstorableError(f"{type(error).__name__}: {error}") from error

    def _divide(self, batch: _Batch) -> None:
        """Nothing of the batch was written: write its halves, or give up the one item it is."""
        if len(batch.items) == 1:
            self._settle(batch, durable=False)
            return
        middle = len(batch.items) // 2
        self._held.extendleft([_Batch(batch.items[middle:]), _Batch(batch.items[:middle])])

    async def _back_off(self) -> None:
        delay, self._retry = self._retry, min(2 * self._retry, self._bounds.last_retry)
        if self._closing.is_set():
            await asyncio.sleep(min(delay, self._bounds.first_retry))
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), delay)

    def _note(self, error: Exception, batch: _Batch) -> None:
        self.errors_total += 1
        self.last_error = str(error)
        _log.warning("could not write %d pairs: %s", len(batch.items), error)

    def _settle(self, batch: _Batch, *, durable: bool) -> None:
        for item in batch.items:
            self.pending -= 1
            self.pending_bytes -= item.size
            self.written_total += durable
            self.dropped_total += not durable
            item.settled(durable)

    def _abandon(self) -> None:
        """Drop whatever is not settled yet, and let the thread end."""
        left = [*self._held, _Batch(self._queue)]
        self._held, self._queue = deque(), deque()
        for batch in left:
            self._settle(batch, durable=False)
        self._thread.shutdown(wait=False)


def _size(pair: Pair) -> int:
    replies = [reply for reply in (pair.teacher, pair.student, pair.noise) if reply is not None]
    return _OBJECTS + len(pair.request) + sum(len(reply.body) + 2 * len(reply.text) for reply in replies)
