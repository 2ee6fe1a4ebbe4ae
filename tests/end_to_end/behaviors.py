"""How an upstream behaves, well or badly: a table of names to what happens on the wire.

Some names take an argument after a colon: ``cut:3`` sends three events and ends. ``replies`` has what is sent,
``upstream`` the server that looks names up here.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterable

from tests.end_to_end import replies
from tests.end_to_end.replies import Canned, reply_to
from tests.end_to_end.upstream import Behavior, Exchange, Headers

ODD_HEADERS: Headers = (
    (b"X-Request-ID", b"req_7"),
    (b"x-RateLimit-Remaining", b"41"),
    (b"Set-Cookie", b"a=1; Path=/"),
    (b"set-cookie", b"b=2, c"),
    (b"OpenAI-Processing-MS", b"5"),
    (b"x-empty", b""),
    (b"X-Latin", b"caf\xe9"),
)
HUGE = 20 * 1024 * 1024
RETRY: Headers = ((b"Retry-After", b"7"), (b"X-Request-ID", b"req_429"))


def head(status: bytes, headers: Headers) -> bytes:
    """A status line and header lines."""
    lines = [b"HTTP/1.1 " + status, *(name + b": " + value for name, value in headers)]
    return b"\r\n".join(lines) + b"\r\n\r\n"


async def sized(exchange: Exchange, status: bytes, body: bytes, headers: Headers) -> None:
    """A whole reply under content-length."""
    await exchange.send(head(status, (*headers, (b"Content-Length", b"%d" % len(body)))) + body)


async def begin_chunked(exchange: Exchange, content_type: bytes, headers: Headers = ODD_HEADERS) -> None:
    """The head of a chunked 200."""
    fields = ((b"Content-Type", content_type), *headers, (b"Transfer-Encoding", b"chunked"))
    await exchange.send(head(b"200 OK", fields))


async def chunk(exchange: Exchange, data: bytes, extension: bytes = b"") -> None:
    """One chunk; an empty one ends the body."""
    await exchange.send(b"%x%s\r\n%s\r\n" % (len(data), extension, data))


async def chunked(exchange: Exchange, reply: Canned, delay: float = 0.0, headers: Headers = ODD_HEADERS) -> None:
    """A whole chunked reply, a piece at a time, ``delay`` seconds before each."""
    await begin_chunked(exchange, reply.content_type, headers)
    for piece in reply.pieces:
        await asyncio.sleep(delay)
        await chunk(exchange, piece)
    await chunk(exchange, b"")


def canned(exchange: Exchange) -> Canned:
    """The good reply to this request."""
    return reply_to(exchange.request.path, exchange.request.body)


async def good(exchange: Exchange) -> None:
    """Unary under content-length, a stream chunked; HEAD gets the head alone."""
    reply = canned(exchange)
    if reply.content_type == replies.SSE_TYPE:
        return await chunked(exchange, reply)
    headers = (*ODD_HEADERS, (b"Content-Type", reply.content_type))
    if exchange.request.method == "HEAD":
        return await exchange.send(head(b"200 OK", (*headers, (b"Content-Length", b"%d" % len(reply.body)))))
    return await sized(exchange, b"200 OK", reply.body, headers)


async def extensions(exchange: Exchange) -> None:
    """Chunks of odd sizes with extensions, and a trailer."""
    reply = canned(exchange)
    await begin_chunked(exchange, reply.content_type)
    for start in range(0, len(reply.body), 37):
        await chunk(exchange, reply.body[start : start + 37], b';note="a;b"')
    await exchange.send(b"0\r\nX-Trailer: kept-or-dropped\r\n\r\n")


async def refusing(exchange: Exchange) -> None:
    """A whole reply that declines."""
    await chunked(exchange, replies.refused(canned(exchange)))


async def until_close(exchange: Exchange) -> None:
    """A body that only the end of the connection delimits."""
    reply = canned(exchange)
    await exchange.send(head(b"200 OK", ((b"Content-Type", reply.content_type), (b"Connection", b"close"))))
    for piece in reply.pieces:
        await exchange.send(piece)
    exchange.close()


async def gzipped(exchange: Exchange) -> None:
    """A compressed reply, in pieces that split the compressed stream anywhere."""
    reply = canned(exchange)
    packed = gzip.compress(reply.body, mtime=0)
    pieces = (packed[:11], packed[11:60], packed[60:])
    await chunked(exchange, Canned(reply.content_type, pieces), headers=((b"Content-Encoding", b"gzip"),))


async def split(exchange: Exchange) -> None:
    """The same bytes, seven at a time: events and characters break across reads."""
    reply = canned(exchange)
    pieces = tuple(reply.body[start : start + 7] for start in range(0, len(reply.body), 7))
    await chunked(exchange, Canned(reply.content_type, pieces))


async def early_hints(exchange: Exchange) -> None:
    """Two interim replies before the good one."""
    await exchange.send(b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n")
    await good(exchange)


async def then_close(exchange: Exchange) -> None:
    """A keep-alive reply, after which the server closes at once: the next user of a pool finds a dead connection."""
    await good(exchange)
    exchange.close()


async def reset(exchange: Exchange) -> None:
    """RST before any byte."""
    exchange.reset()


async def garbage(exchange: Exchange) -> None:
    """Something that is no HTTP."""
    await exchange.send(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    exchange.close()


async def hang_up(exchange: Exchange) -> None:
    """FIN before any byte."""
    exchange.close()


async def silent(exchange: Exchange) -> None:
    """Takes the request and never answers."""
    await exchange.forever()


async def headers_then_silent(exchange: Exchange) -> None:
    """A 200, and nothing after it."""
    await begin_chunked(exchange, canned(exchange).content_type)
    await exchange.forever()


async def status(exchange: Exchange) -> None:
    """An error of the upstream's own: ``status:429``, ``status:500``."""
    if exchange.argument == "429":
        return await sized(
            exchange, b"429 Slow Down Please", replies.ERROR_429, (*RETRY, (b"Content-Type", b"application/json"))
        )
    return await sized(exchange, b"500 Oops", replies.ERROR_500, ((b"Content-Type", b"application/json"),))


async def bare(exchange: Exchange) -> None:
    """A status that has no body: ``bare:204``, ``bare:304``."""
    await exchange.send(head(exchange.argument.encode() + b" Bare", ((b"ETag", b'"7"'), *ODD_HEADERS)))


async def redirect(exchange: Exchange) -> None:
    """A redirect to a place that counts visits."""
    location = f"http://127.0.0.1/{exchange.argument or 'elsewhere'}".encode()
    await sized(exchange, b"302 Found", b"moved", ((b"Location", location), (b"Content-Type", b"text/plain")))


async def spoofs(exchange: Exchange) -> None:
    """A good reply that pretends to be the proxy's own."""
    headers = ((b"X-Practicum-Arm", b"student"), (b"x-practicum-fallback", b"timeout"))
    await sized(exchange, b"200 OK", canned(exchange).body, headers)


async def empty(exchange: Exchange) -> None:
    """A 200 without a byte."""
    await sized(exchange, b"200 OK", b"", ((b"Content-Type", canned(exchange).content_type),))


async def invalid_json(exchange: Exchange) -> None:
    """A 200 that says it is JSON and is not."""
    await sized(exchange, b"200 OK", b'{"choices": [\xff\x00', ((b"Content-Type", b"application/json"),))


async def error_event(exchange: Exchange) -> None:
    """A stream whose first event is an error, ended in good order."""
    await chunked(exchange, Canned(replies.SSE_TYPE, (replies.ERROR_EVENT,)))


async def cut(exchange: Exchange) -> None:
    """``cut:N``: N pieces, then FIN without the last chunk."""
    await _first_pieces(exchange)
    exchange.close()


async def cut_inside(exchange: Exchange) -> None:
    """``cut_inside:N``: N pieces and a half, then FIN in the middle of an event."""
    await _first_pieces(exchange)
    await chunk(exchange, b'data: {"choices": [{"delta": {"cont')
    exchange.close()


async def cut_short(exchange: Exchange) -> None:
    """A unary reply that ends before its content-length."""
    body = canned(exchange).body
    fields = ((b"Content-Type", b"application/json"), (b"Content-Length", b"%d" % len(body)))
    await exchange.send(head(b"200 OK", fields) + body[: len(body) // 2])
    exchange.close()


async def cut_gzip(exchange: Exchange) -> None:
    """Half a compressed stream, then FIN."""
    packed = gzip.compress(canned(exchange).body, mtime=0)
    await begin_chunked(exchange, replies.SSE_TYPE, ((b"Content-Encoding", b"gzip"),))
    await chunk(exchange, packed[: len(packed) // 2])
    exchange.close()


async def reset_after(exchange: Exchange) -> None:
    """``reset_after:N``: N pieces, then RST once they have had time to be read."""
    await _first_pieces(exchange)
    await asyncio.sleep(0.1)  # an RST discards what the peer has not read yet
    exchange.reset()


async def stall(exchange: Exchange) -> None:
    """``stall:N``: N pieces, then silence."""
    await _first_pieces(exchange)
    await exchange.forever()


async def no_done(exchange: Exchange) -> None:
    """A stream that ends in good order on the wire, but without its terminal event."""
    reply = canned(exchange)
    await chunked(exchange, Canned(reply.content_type, reply.pieces[:-2]))


async def trickle(exchange: Exchange) -> None:
    """``trickle:SECONDS``: a good stream, that long before each piece."""
    await chunked(exchange, canned(exchange), float(exchange.argument))


async def slow(exchange: Exchange) -> None:
    """``slow:SECONDS``: a good reply after that long."""
    await asyncio.sleep(float(exchange.argument))
    await good(exchange)


async def huge(exchange: Exchange) -> None:
    """20 MB under content-length."""
    await sized(exchange, b"200 OK", b"\x00\xffabcdef" * (HUGE // 8), ((b"Content-Type", b"application/octet-stream"),))


async def flood(exchange: Exchange) -> None:
    """A stream without end, as fast as it is read."""
    await begin_chunked(exchange, replies.SSE_TYPE)
    while True:
        await chunk(exchange, b"data: " + b"x" * 65536 + b"\n\n")


async def _first_pieces(exchange: Exchange) -> None:
    reply = canned(exchange)
    await begin_chunked(exchange, reply.content_type)
    for piece in reply.pieces[: int(exchange.argument)]:
        await chunk(exchange, piece)


def _table(behaviors: Iterable[Behavior]) -> dict[str, Behavior]:
    return {getattr(behavior, "__name__"): behavior for behavior in behaviors}  # noqa: B009 -- a callable type has no __name__


BEHAVIORS = _table(
    (
        *(good, refusing, extensions, until_close, gzipped, split, early_hints, then_close),
        *(status, bare, redirect, spoofs),
        *(reset, hang_up, garbage, silent, headers_then_silent, empty, invalid_json, error_event, no_done),
        *(cut, cut_inside, cut_short, cut_gzip, reset_after, stall, trickle, slow, huge, flood),
    )
)
