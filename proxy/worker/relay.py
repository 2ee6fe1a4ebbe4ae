"""Passing a reply on to the client, piece by piece.

Back-pressure: nothing is read while the client does not take what came. Pieces between the first and the last wake no
task up: each goes from the upstream's connection to the client's. This module refuses to look into what it passes on;
``commit`` does, for a student's reply.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from proxy.upstream import Deadlines, Reply
from proxy.worker.attempts import fallback_header
from proxy.worker.client import Client
from proxy.worker.exchange import Exchange
from proxy.worker.headers import returned

Gate = Callable[[int], bool]


class Relay:
    """One reply, its head there, on its way to one client.

    A ``gate`` is asked with the reply's status once its first bytes are there and none of them is passed on; where it
    says no, they never are, and the reply is given up.
    """

    __slots__ = ("_client", "_deadlines", "_exchange", "_gate", "_reply")

    def __init__(
        self, exchange: Exchange, reply: Reply, deadlines: Deadlines, client: Client, gate: Gate | None = None
    ) -> None:
        self._exchange = exchange
        self._reply = reply
        self._deadlines = deadlines
        self._client = client
        self._gate = gate

    async def run(self) -> None:
        """Pass on the whole of it."""
        exchange, reply, client = self._exchange, self._reply, self._client
        try:
            exchange.head(reply.status, reply.headers)
            piece = reply.taken() or await exchange.wait(reply.read())
            if self._gate is not None and not self._gate(reply.status):
                reply.abort()
                return
            headers = returned(reply.headers, reply.status, pair=exchange.ask.pair, arm=exchange.arm)
            if exchange.fallback is not None:
                headers += fallback_header(exchange.fallback)
            client.start(reply.status, headers)
            if piece and not reply.ended:
                if not self._pass_on(piece, time.monotonic()):
                    await self._wait_for_client()
                piece = await exchange.wait(reply.relay(self._take, self._room))
            if piece:
                exchange.body(piece, time.monotonic())
            exchange.finish()
            if client.blocked:
                await self._wait_for_client()
            client.write(piece, more=False)
        except BaseException:  # also when cancelled: the upstream must see that nobody wants the rest
            reply.abort()
            raise

    def _take(self, piece: bytes) -> bool:
        """A piece came. This runs while ``run`` awaits the upstream."""
        now = time.monotonic()
        more = self._pass_on(piece, now)
        self._exchange.worked(now)
        return more

    def _pass_on(self, piece: bytes, now: float) -> bool:
        """Let the client have a piece; False where it does not take more."""
        self._exchange.body(piece, now)
        takes_more = self._client.write(piece, more=True)
        self._deadlines.progress()
        return takes_more

    async def _room(self) -> None:
        began = time.monotonic()
        await self._wait_for_client()
        self._exchange.worked(began)

    async def _wait_for_client(self) -> None:
        """A slow reader is no stall of the upstream's."""
        self._deadlines.suspend()
        self._exchange.blocked = True
        await self._client.room()
        self._exchange.blocked = False
        self._deadlines.progress()
