"""Replies of an upstream that only its caller's own tests need, beside those of ``tests.end_to_end.behaviors``."""

from __future__ import annotations

from collections.abc import Callable

from tests.end_to_end.behaviors import BEHAVIORS, sized
from tests.end_to_end.upstream import Exchange


async def strange(exchange: Exchange) -> None:
    """``strange:STATUS``: a status outside of what HTTP defines."""
    await sized(exchange, exchange.argument.encode() + b" Strange", b"{}", ())


async def heavy(exchange: Exchange) -> None:
    """``heavy:BYTES``: a reply with one header of that size."""
    await sized(exchange, b"200 OK", b"{}", ((b"x-heavy", b"h" * int(exchange.argument)),))


async def crooked(exchange: Exchange) -> None:
    """A control character in a header, which cannot be passed on."""
    await sized(exchange, b"200 OK", b"{}", ((b"x-crooked", b"a\x01b"),))


async def no_http(exchange: Exchange) -> None:
    """Some other protocol's greeting."""
    await exchange.send(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    exchange.close()


ODD = {"strange": strange, "heavy": heavy, "crooked": crooked, "no_http": no_http}


class Moody:
    """Answers well, but on each of the first ``stale`` connections only once: the second time it does ``then``."""

    def __init__(self, stale: int, then: Callable[[Exchange], None], last_words: bytes = b"") -> None:
        self.asked = 0
        self._stale = stale
        self._then = then
        self._last_words = last_words
        self._seen: list[object] = []

    async def __call__(self, exchange: Exchange) -> None:
        self.asked += 1
        if exchange.connection in self._seen[: self._stale]:
            if self._last_words:
                await exchange.send(self._last_words)
            self._then(exchange)
            return
        self._seen.append(exchange.connection)
        await BEHAVIORS["good"](exchange)
