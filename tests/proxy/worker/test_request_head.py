"""Heads that the parser takes and that still could be read in two ways."""

from __future__ import annotations

import pytest

from proxy.upstream import Headers
from proxy.worker.request_head import RefusedError, check_coding, check_size, check_upgrade, is_modern, split

CODING = b"transfer-encoding"


@pytest.mark.parametrize("value", [b"chunked", b"Chunked", b" chunked\t"])
def test_chunks_are_the_one_coding(value: bytes) -> None:
    """However it is written."""
    check_coding([(b"x", b"gzip"), (CODING, value)], modern=True)


@pytest.mark.parametrize(
    "headers",
    [
        [(CODING, b"gzip, chunked")],
        [(CODING, b"gzip"), (CODING, b"chunked")],
        [(CODING, b"chunked"), (CODING, b"chunked")],
        [(CODING, b"identity")],
        [(CODING, b"\x0bchunked, chunked")],
    ],
)
def test_any_other_coding_is_refused_by_name(headers: Headers) -> None:
    """The body would reach the teacher packed, with nothing that says so; or framed for somebody else."""
    with pytest.raises(RefusedError, match="is not known here") as refused:
        check_coding(headers, modern=True)
    assert refused.value.status == 501


def test_an_old_client_sends_no_chunks() -> None:
    """A server that knows HTTP/1.0 alone reads the chunks as requests."""
    with pytest.raises(RefusedError, match=r"HTTP/1\.0"):
        check_coding([(CODING, b"chunked")], modern=False)


@pytest.mark.parametrize(("version", "modern"), [("1.1", True), ("1.0", False)])
def test_two_versions_are_spoken(version: str, modern: bool) -> None:
    """One of which knows neither chunks nor interim replies."""
    assert is_modern(version) is modern


@pytest.mark.parametrize("version", ["0.9", "2.0"])
def test_no_other_version_is(version: str) -> None:
    """Their framing is another."""
    with pytest.raises(RefusedError) as refused:
        is_modern(version)
    assert refused.value.status == 505


@pytest.mark.parametrize("fields", [{}, {b"content-length": b"0"}, {b"upgrade": b"h2c"}])
def test_an_upgrade_without_a_body_is_ignored(fields: dict[bytes, bytes]) -> None:
    """Clients that would like HTTP/2 ask for it so, and go on without."""
    check_upgrade(fields)


@pytest.mark.parametrize("fields", [{b"content-length": b"2"}, {CODING: b"chunked"}])
def test_an_upgrade_with_a_body_is_refused(fields: dict[bytes, bytes]) -> None:
    """The parser stops at it: its body would be lost, or taken for the next request."""
    with pytest.raises(RefusedError, match="without Upgrade"):
        check_upgrade(fields)


@pytest.mark.parametrize(("most", "refused"), [(11, False), (10, True)])
def test_a_head_is_measured_with_its_framing(most: int, refused: bool) -> None:
    """Ten thousand empty headers are no small head."""
    headers = [(b"a", b"b")]
    if refused:
        with pytest.raises(RefusedError, match=f"{most} bytes"):
            check_size(b"/v1/x", headers, most)
    else:
        check_size(b"/v1/x", headers, most)


@pytest.mark.parametrize(
    ("url", "target", "path"),
    [
        (b"/v1/x", "/v1/x", "/v1/x"),
        (b"/v1/x?a=%2F&b", "/v1/x?a=%2F&b", "/v1/x"),
        (b"/v1/%2e%2E/x", "/v1/%2e%2E/x", "/v1/../x"),
        (b"/v1/caf%C3%A9", "/v1/caf%C3%A9", "/v1/caf\u00e9"),
        (b"http://proxy.test/v1/x?a=1", "/v1/x?a=1", "/v1/x"),
        (b"http://proxy.test:80/v1/x", "/v1/x", "/v1/x"),
        (b"/v1/x#part", "/v1/x", "/v1/x"),
        (b"/v1/x?a=1#part", "/v1/x?a=1", "/v1/x"),
        (b"//v1/x", "//v1/x", "//v1/x"),
        (b"*", "*", "*"),
        (b"/v1/x?http://a/b", "/v1/x?http://a/b", "/v1/x"),
    ],
)
def test_a_target_is_split_as_it_was_sent(url: bytes, target: str, path: str) -> None:
    """The teacher gets the escapes as they were; who is asked is decided without them."""
    assert split(url) == (target, path)


@pytest.mark.parametrize("url", [b"proxy.test:443", b"", b"/v1/\xff"])
def test_what_is_no_target_is_refused(url: bytes) -> None:
    """There is nothing of ours that it could mean."""
    with pytest.raises(RefusedError):
        split(url)
