"""Opening a connection: a name's addresses tried in turn, each a moment after the last, and TLS over the first.

A host with a dead address beside a living one costs a quarter of a second, not the whole time for connecting (RFC 8305,
"happy eyeballs"). No time limit of its own, no proxies, nothing from the environment but what OpenSSL reads.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import deque
from collections.abc import Iterable
from itertools import chain, zip_longest

from proxy.upstream.message import Origin

_STAGGER = 0.25  # seconds until the next address is tried beside those that have not answered
_GOODBYE = 1.0  # seconds that a peer has to answer TLS's close

Address = tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[str, int] | tuple[str, int, int, int]]


async def dial(origin: Origin, tls: ssl.SSLContext | None, protocol: asyncio.Protocol) -> None:
    """Connect ``protocol``. Raises OSError (ssl.SSLError is one) or, of a name that cannot be one, UnicodeError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
    sock = await first_to_answer(alternating(found))  # type: ignore[arg-type] # ever these four, of an IP network
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls is None:
            await loop.create_connection(lambda: protocol, sock=sock)
        else:
            name = origin.host.rstrip(".")
            await loop.create_connection(
                lambda: protocol, sock=sock, ssl=tls, server_hostname=name, ssl_shutdown_timeout=_GOODBYE
            )
    except BaseException:  # cancelled or refused: the socket is ours until a transport has it
        sock.close()
        raise


def alternating(addresses: Iterable[Address]) -> list[Address]:
    """The same addresses, families taking turns, in the resolver's order within each."""
    families: dict[int, list[Address]] = {}
    for address in addresses:
        families.setdefault(address[0], []).append(address)
    return [address for address in chain.from_iterable(zip_longest(*families.values())) if address is not None]


async def first_to_answer(addresses: Iterable[Address]) -> socket.socket:
    """A connected socket. Raises the OSError of the first address if none answers."""
    waiting = deque(addresses)
    attempts: list[asyncio.Task[socket.socket]] = []
    try:
        while waiting or not all(attempt.done() for attempt in attempts):
            if waiting:
                attempts.append(asyncio.create_task(_connect(waiting.popleft())))
            await _a_moment(attempts, _STAGGER if waiting else None)
            for attempt in attempts:
                if attempt.done() and attempt.exception() is None:
                    attempts.remove(attempt)
                    return attempt.result()
        for attempt in attempts:
            attempt.result()  # raises
        raise OSError("the name has no address")
    finally:
        for attempt in attempts:
            attempt.add_done_callback(_close)
            attempt.cancel()


async def _a_moment(attempts: Iterable[asyncio.Task[socket.socket]], seconds: float | None) -> None:
    """Wait until one more of the attempts has ended, or this long."""
    open_ones = [attempt for attempt in attempts if not attempt.done()]
    await asyncio.wait(open_ones, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)


async def _connect(address: Address) -> socket.socket:
    family, kind, protocol, _, where = address
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, where)
    except BaseException:  # cancelled or refused: nobody else has it
        sock.close()
        raise
    return sock


def _close(attempt: asyncio.Task[socket.socket]) -> None:
    """A connection that came too late."""
    if not attempt.cancelled() and attempt.exception() is None:
        attempt.result().close()
