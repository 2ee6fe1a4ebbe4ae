"""Bytes on their way from the teacher to the client: all of them, and no faster than they are read."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlsplit

from tests.end_to_end.asks import CHAT
from tests.end_to_end.behaviors import HUGE
from tests.end_to_end.practicum import until
from tests.end_to_end.upstream import Upstream as Server
from tests.end_to_end.wire import request
from tests.proxy.worker.served import Port
from tests.proxy.worker.teachers import STREAM, UNARY, named


def test_a_reply_beyond_the_bound_is_served_whole_and_not_kept(port: Port) -> None:
    """The bound is the examiner's, not the client's."""
    answer = port.call(CHAT, named(UNARY, "patient"), (("x-behave", "huge"),))
    assert len(answer.body) == HUGE
    (record,) = port.settled()
    assert (record.oversized, record.reply) == (True, b"")


def stands_still(server: Server) -> int:
    """How much the upstream had sent when it had stopped sending for longer than the stall timeout."""
    seen = [server.sent]

    def still() -> bool:
        seen.append(server.sent)
        return len(seen) > 60 and len(set(seen[-60:])) == 1  # asked every 20 ms

    until(still, "the upstream stops sending")
    return seen[-1]


def held_by_the_kernel(*ports: int) -> int:
    """Bytes in the queues of this machine's TCP connections with these ports at either end: written, and not read."""
    held, wanted = 0, {f"{port:04X}" for port in ports}
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, _, queues, *_ = line.split()
        if {local.rpartition(":")[2], remote.rpartition(":")[2]} & wanted:
            held += sum(int(queue, 16) for queue in queues.split(":"))
    return held


def test_a_slow_reader_slows_the_upstream_and_stalls_nobody(port: Port, server: Server) -> None:
    """What it does not read waits at the teacher, for longer than a stall may take; then everything comes.

    The kernel's queues are no proxy's buffers: of a fast start it holds up to tcp_rmem, 32 MB here.
    """
    until(lambda: server.in_progress == 0, "no flood is left of the tests before")
    before = server.sent
    with port.connect() as caller:
        caller.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)  # or the kernel takes up to 32 MB for it
        caller.send(request("POST", CHAT, named(STREAM, "patient"), (("x-behave", "flood"),)))
        head = caller.head()
        sent = stands_still(server) - before
        kernel = held_by_the_kernel(caller.socket.getpeername()[1], urlsplit(server.url()).port or 0)
        assert sent - kernel < 2 * 2**20
        pieces = caller.pieces(head)
        assert sum(len(next(pieces)) for _ in range(300)) > 300 * 60_000
    (record,) = port.settled()
    assert (record.outcome, record.failure, record.oversized) == ("client_gone", "", True)
