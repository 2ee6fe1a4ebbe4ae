"""What the workers of a host know of each other: how many connections each has, and a way to hand one over.

A page of memory that they share has a row for each. A cell is written by one process only, so nothing is locked and
nobody dies with a lock; a balance read in the middle of a change is off by a connection, and the next one evens it out.
To each belongs an inbox, a pair of sockets that every worker and the supervisor hold: what lies in it outlives a worker
that is killed, and siblings take it out where a worker shows no sign of life. It refuses to accept connections and to
know what they are for; ``worker.accepting`` does.
"""

from __future__ import annotations

import mmap
import os
import socket
import tempfile
from collections.abc import Iterator

LATE_NS = 300_000_000  # without a sign of life for so long, a worker is given nothing
_CELL = 8  # bytes
_ALIVE, _OPEN, _TAKEN, _GIVEN = range(4)  # a row: last sign of life, own connections, taken, given by each worker


class Team:
    """The supervisor's end: it makes page and inboxes, and keeps them open while workers come and go."""

    def __init__(self, workers: int, folder: str) -> None:
        self._page = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 -- it lives as long as this
        self._page.truncate(workers * (_GIVEN + workers) * _CELL)
        self._inboxes = [socket.socketpair() for _ in range(workers)]

    @property
    def _ends(self) -> list[socket.socket]:
        return [end for inbox in self._inboxes for end in inbox]

    @property
    def fds(self) -> list[int]:
        """What a worker has to inherit."""
        return [self._page.fileno(), *(end.fileno() for end in self._ends)]

    def place(self, number: int) -> str:
        """A worker's place, as ``Siblings.of`` reads it in the worker."""
        return ",".join(map(str, (number, *self.fds)))

    def close(self) -> None:
        """Let go; what lies in an inbox is closed with the last worker."""
        self._page.close()
        for end in self._ends:
            end.close()


class Siblings:
    """A worker's end: its own row and inbox, and what it may know of the others'."""

    def __init__(self, number: int, page: int, ends: list[int]) -> None:
        self._sockets = [socket.socket(fileno=fd) for fd in ends]
        for end in self._sockets:
            end.setblocking(False)
        self.number = number
        self.inbox = self._sockets[2 * number]
        self._taking, self._giving = self._sockets[::2], self._sockets[1::2]
        self._width = _GIVEN + len(self._taking)
        self._cells = memoryview(mmap.mmap(page, len(self._taking) * self._width * _CELL)).cast("q")
        os.close(page)
        self._row = number * self._width
        self._cells[self._row + _OPEN] = 0  # a predecessor's are gone
        self._others = [other for other in range(len(self._taking)) if other != number]

    @classmethod
    def of(cls, place: str) -> Siblings:
        """The siblings of a worker at its place; it takes the descriptors over."""
        number, page, *ends = map(int, place.split(","))
        return cls(number, page, ends)

    @property
    def workers(self) -> int:
        """How many workers the host has, this one among them."""
        return len(self._taking)

    def close(self) -> None:
        """Let go of the inboxes; what lies in them stays there while anybody else holds them."""
        self.leave()
        for end in self._sockets:
            end.close()

    def alive(self, now: int) -> None:
        """Give a sign of life. ``now`` is ``time.monotonic_ns()``, which all processes of a host share."""
        self._cells[self._row + _ALIVE] = now

    def leave(self) -> None:
        """Be given nothing from here on; what lies in the inbox is the siblings' to take."""
        self._cells[self._row + _ALIVE] = 0

    def opened(self) -> None:
        """This worker has a connection more; those that it takes from its inbox are counted by ``take``."""
        self._cells[self._row + _OPEN] += 1

    def closed(self) -> None:
        """It has one less."""
        self._cells[self._row + _OPEN] -= 1

    def least_loaded(self, now: int, *, among_others: bool = False) -> int | None:
        """The worker that a new connection belongs to; None where it is this one, or nobody else is alive.

        ``among_others``: this one takes no part.
        """
        chosen = None
        least = None if among_others else self._load(self.number)
        for other in self._others:
            load = self._load(other)
            if (least is None or load < least) and not self._late(other, now):
                chosen, least = other, load
        return chosen

    def give(self, to: int, connection: socket.socket) -> bool:
        """Hand a connection over, and close this end of it; False where the inbox is full, and it is ours to serve."""
        given = to * self._width + _GIVEN + self.number
        self._cells[given] += 1  # before it can be taken, or the taker would seem to have too few
        try:
            socket.send_fds(self._giving[to], [b"."], [connection.fileno()])
        except OSError:  # full, or too many descriptors are under way
            self._cells[given] -= 1
            return False
        connection.close()
        return True

    def take(self) -> socket.socket | None:
        """A connection from the own inbox, if any; it is counted. OSError without a descriptor: it stays there."""
        taken = self._row + _TAKEN
        connection = _receive(self.inbox)
        if connection is not None:
            self.opened()
            self._cells[taken] += 1
        else:  # siblings may have taken some, and a killed predecessor left some: here the count is set right
            self._cells[taken] = self._given(self._row)
        return connection

    def abandoned(self, now: int) -> Iterator[socket.socket]:
        """Connections in the inboxes of workers that show no sign of life. OSError as for ``take``."""
        for other in self._others:
            while self._late(other, now) and (connection := _receive(self._taking[other])) is not None:
                yield connection

    def _late(self, other: int, now: int) -> bool:
        return now - self._cells[other * self._width + _ALIVE] > LATE_NS

    def _load(self, worker: int) -> int:
        row = worker * self._width
        return self._cells[row + _OPEN] + self._given(row) - self._cells[row + _TAKEN]

    def _given(self, row: int) -> int:
        return sum(self._cells[row + _GIVEN : row + self._width])


def _receive(inbox: socket.socket) -> socket.socket | None:
    os.close(os.dup(inbox.fileno()))  # without a free descriptor the kernel would drop the one that comes
    try:
        _, fds, _, _ = socket.recv_fds(inbox, 1, 1)
    except BlockingIOError:
        return None
    return socket.socket(fileno=fds[0])
