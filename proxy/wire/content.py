"""Bodies out of their content coding: gzip, deflate, br, zstd, and chains of them, within a bound.

A worker forwards compressed bytes as they are; here, off the serving path, they are read. A stream that breaks off
gives what can be decoded, a bomb stops at the limit. It refuses to compress.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import brotli  # type: ignore[import-untyped] # it ships no types
import zstandard

from routing.observation import Failure

MAX_CODINGS = 4
MAX_MEMBERS = 100
_ZSTD_WINDOW = 8 * 1024 * 1024  # what RFC 9659 lets a server use
_ZSTD_PIECE = 128  # its decoder takes no output limit, and a few bytes can stand for a block of 128 KiB


@dataclass(frozen=True, slots=True)
class Content:
    """What was decoded. ``failure`` is None (whole), TRUNCATED, TOO_LARGE (cut at the limit) or INVALID."""

    body: bytes
    failure: Failure | None = None


class _Cut(Exception):  # noqa: N818 -- it carries what was decoded so far, it is no error yet
    def __init__(self, failure: Failure) -> None:
        self.failure = failure


def decompress(body: bytes, encoding: str, limit: int) -> Content:
    """The body before its content codings, which are undone from last to first; at most ``limit`` bytes of it."""
    codings = [name.strip().lower() for name in encoding.split(",")]
    codings = [name for name in codings if name not in {"", "identity"}]
    if len(codings) > MAX_CODINGS or any(name not in _DECODERS for name in codings):
        return Content(b"", Failure.INVALID)
    content = Content(body)
    for name in reversed(codings if body else []):
        inner = _bounded(_DECODERS[name](content.body), limit)
        content = Content(inner.body, content.failure or inner.failure)
    if len(content.body) > limit:
        return Content(content.body[:limit], Failure.TOO_LARGE)
    return content


def _bounded(pieces: Iterator[bytes], limit: int) -> Content:
    """The pieces joined, up to the limit; a broken stream gives those before the break."""
    found: list[bytes] = []
    size = 0
    try:
        for piece in pieces:
            found.append(piece)
            size += len(piece)
            if size > limit:
                return Content(b"".join(found)[:limit], Failure.TOO_LARGE)
    except _Cut as cut:
        return Content(b"".join(found), cut.failure)
    except (zlib.error, brotli.error, zstandard.ZstdError):
        return Content(b"".join(found), Failure.INVALID)
    return Content(b"".join(found))


def _zlib(body: bytes, window: int) -> Iterator[bytes]:
    """One zlib stream after the other, for gzip allows several members; each costs a copy of what is left."""
    rest = body
    for _ in range(MAX_MEMBERS):
        if not rest:
            return
        decoder = zlib.decompressobj(window)
        while rest and not decoder.eof:
            yield decoder.decompress(rest, 65536)
            rest = decoder.unconsumed_tail
        yield from _flushed(decoder)
        if not decoder.eof:
            raise _Cut(Failure.TRUNCATED)
        rest = decoder.unused_data.lstrip(b"\0")  # some servers pad
    if rest:
        raise _Cut(Failure.TOO_LARGE)


def _flushed(decoder: zlib._Decompress) -> Iterator[bytes]:
    """What a decoder holds back once it has eaten all its input."""
    while piece := decoder.decompress(b"", 65536):
        yield piece


def _gzip(body: bytes) -> Iterator[bytes]:
    return _zlib(body, 16 + zlib.MAX_WBITS)


def _deflate(body: bytes) -> Iterator[bytes]:
    """With zlib's header, as the standard has it, or without, as many servers do."""
    headed = len(body) > 1 and body[0] & 0x0F == zlib.DEFLATED and int.from_bytes(body[:2], "big") % 31 == 0
    return _zlib(body, zlib.MAX_WBITS if headed else -zlib.MAX_WBITS)


def _brotli(body: bytes) -> Iterator[bytes]:
    decoder = brotli.Decompressor()
    yield decoder.process(body, output_buffer_limit=65536)
    while not decoder.is_finished():
        piece = decoder.process(b"", output_buffer_limit=65536)
        if not piece and decoder.can_accept_more_data():
            raise _Cut(Failure.TRUNCATED)
        yield piece


def _zstd(body: bytes) -> Iterator[bytes]:
    """One frame after the other."""
    decoder = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    frame = decoder.decompressobj()
    fed = 0
    while fed < len(body):
        if frame.eof:
            frame = decoder.decompressobj()
        piece = body[fed : fed + _ZSTD_PIECE]
        yield frame.decompress(piece)
        fed += len(piece) - len(frame.unused_data)
    if not frame.eof:
        raise _Cut(Failure.TRUNCATED)


_DECODERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
