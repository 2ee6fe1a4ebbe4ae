"""Content codings."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped] # it ships no types
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from proxy.wire.content import MAX_MEMBERS, Content, decompress
from routing.observation import Failure


def raw_deflate(body: bytes) -> bytes:
    """Deflate without zlib's header, as some servers send it."""
    encoder = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return encoder.compress(body) + encoder.flush()


def quick_brotli(body: bytes) -> bytes:
    """Brotli at the quality that servers use for what they compress as they go."""
    packed: bytes = brotli.compress(body, quality=4)
    return packed


CODINGS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", raw_deflate),
    ("br", quick_brotli),
    ("zstd", zstandard.compress),
]
LIMIT = 1_000_000
TEXT = b"".join(b'data: {"n": %d}\n\n' % (i * i) for i in range(20_000))


@pytest.mark.parametrize(("name", "compress"), CODINGS)
def test_bodies_come_back_whole(name: str, compress: Callable[[bytes], bytes]) -> None:
    """What the client got is what is compared."""
    for body in (b"", b"x", TEXT):
        assert decompress(compress(body), name, LIMIT) == Content(body)


@pytest.mark.parametrize(("name", "compress"), CODINGS)
def test_cut_bodies_give_what_can_be_decoded(name: str, compress: Callable[[bytes], bytes]) -> None:
    """A stream that broke off in the middle still shows what was said until then."""
    packed = compress(TEXT)
    content = decompress(packed[: len(packed) * 3 // 4], name, LIMIT)
    assert content.failure is Failure.TRUNCATED
    assert TEXT.startswith(content.body)
    assert name == "zstd" or len(content.body) > len(TEXT) // 2


@pytest.mark.parametrize(("name", "compress"), CODINGS)
def test_bombs_stop_at_the_limit(name: str, compress: Callable[[bytes], bytes]) -> None:
    """A hundred kilobytes must not become a hundred megabytes in the examiner."""
    packed = compress(bytes(32 * 1024 * 1024))
    assert decompress(packed, name, LIMIT) == Content(bytes(LIMIT), Failure.TOO_LARGE)


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
def test_no_body_is_whole_whatever_its_coding(name: str) -> None:
    """Servers keep the header on replies without a body."""
    assert decompress(b"", name, LIMIT) == Content(b"")


def test_chains_are_undone_from_the_last() -> None:
    """``Content-Encoding: gzip, br`` was first gzipped."""
    assert decompress(brotli.compress(gzip.compress(b"x")), "gzip, br", LIMIT) == Content(b"x")
    assert decompress(gzip.compress(b"x"), " GZIP , identity", LIMIT) == Content(b"x")


def test_identity_passes_within_the_limit() -> None:
    """Most replies have no coding."""
    assert decompress(b"abc", "", 3) == Content(b"abc")
    assert decompress(b"abcd", "identity", 3) == Content(b"abc", Failure.TOO_LARGE)


def test_members_and_frames_in_sequence_are_one_body() -> None:
    """Both formats allow it, and flushing servers do it."""
    assert decompress(gzip.compress(b"a") + gzip.compress(b"b"), "gzip", LIMIT) == Content(b"ab")
    assert decompress(zstandard.compress(b"a") + zstandard.compress(b"b"), "zstd", LIMIT) == Content(b"ab")


def test_endless_members_stop() -> None:
    """A hundred thousand empty members are a bomb for the processor rather than the memory."""
    packed = gzip.compress(b"")
    assert decompress(packed * MAX_MEMBERS, "gzip", LIMIT) == Content(b"")
    assert decompress(packed * 100_000, "gzip", LIMIT) == Content(b"", Failure.TOO_LARGE)


@pytest.mark.parametrize("encoding", ["compress", "gzip, nope", ", ".join(["gzip"] * 5)])
def test_unknown_or_endless_codings_are_invalid(encoding: str) -> None:
    """A guess would compare noise."""
    assert decompress(b"x", encoding, LIMIT) == Content(b"", Failure.INVALID)


@given(st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, br"]), st.binary())
def test_any_bytes_give_content(encoding: str, body: bytes) -> None:
    """Upstreams label bytes wrongly; nothing may raise."""
    assert len(decompress(body, encoding, 1000).body) <= 1000
