"""A request's bytes: what is given and nothing else, or a refusal."""

from __future__ import annotations

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.upstream.call import Headers, Request, UpstreamError
from proxy.upstream.message import Origin, head
from routing.observation import Failure

HERE = Origin.of("http://127.0.0.1:8000/v1")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://teacher.example/v1", Origin("teacher.example", 80, False, b"teacher.example", b"/v1")),
        ("https://teacher.example/v1/", Origin("teacher.example", 443, True, b"teacher.example", b"/v1")),
        ("https://teacher.example:443", Origin("teacher.example", 443, True, b"teacher.example", b"")),
        ("http://teacher.example:443/", Origin("teacher.example", 443, False, b"teacher.example:443", b"")),
        ("HTTP://Teacher.Example/V1", Origin("teacher.example", 80, False, b"teacher.example", b"/V1")),
        ("http://[::1]:8000/v1", Origin("::1", 8000, False, b"[::1]:8000", b"/v1")),
        ("http://[::1]/v1", Origin("::1", 80, False, b"[::1]", b"/v1")),
        ("http://bücher.example/ü%2Fa", Origin("bücher.example", 80, False, b"xn--bcher-kva.example", b"/%C3%BC%2Fa")),
    ],
)
def test_a_base_url_leads_to_an_origin(url: str, expected: Origin) -> None:
    """What is dialed, what the server is told it is called, and what every target starts with."""
    assert Origin.of(url) == expected


def test_a_head_has_what_was_given_and_what_frames_it() -> None:
    """To the byte; a name's case, its repetitions and an empty value are the caller's business."""
    request = Request("POST", "/a%20b?x=1", ((b"X-A", b"caf\xe9"), (b"x-a", b""), (b"x-b", b"2, 3")), b"body")
    assert head(request, HERE) == (
        b"POST /v1/a%20b?x=1 HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nX-A: caf\xe9\r\nx-a: \r\nx-b: 2, 3\r\n"
        b"Content-Length: 4\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("method", "body", "lines"),
    [
        ("GET", b"", b""),
        ("HEAD", b"", b""),
        ("OPTIONS", b"", b""),
        ("POST", b"", b"Content-Length: 0\r\n"),
        ("DELETE", b"", b"Content-Length: 0\r\n"),
        ("GET", b"{}", b"Content-Length: 2\r\n"),
    ],
)
def test_no_body_stays_no_body(method: str, body: bytes, lines: bytes) -> None:
    """A length where none is due makes some servers wait, and a missing one makes others refuse."""
    sent = head(Request(method, "/", (), body), Origin.of("http://x"))
    assert sent == b"%b / HTTP/1.1\r\nHost: x\r\n%b\r\n" % (method.encode(), lines)


def test_a_target_is_never_empty() -> None:
    """A base URL without a path, and a request for just that."""
    assert head(Request("GET", "", (), b""), Origin.of("http://x")).startswith(b"GET / HTTP/1.1\r\n")


@pytest.mark.parametrize(
    "headers",
    [
        ((b"x-a", b"1\r\nx-evil: 1"),),
        ((b"x-a", b"1\nx-evil: 1"),),
        ((b"x-a", b"1\r"),),
        ((b"x-a", b"\x00"),),
        ((b"x-a", b"\x7f"),),
        ((b"x-a\r\nx-evil", b"1"),),
        ((b"x-a:", b"1"),),
        ((b"x a", b"1"),),
        ((b"", b"1"),),
        ((b"caf\xe9", b"1"),),
        ((b"content-length", b"1"),),
        ((b"transfer-encoding", b"chunked"),),
        ((b"host", b"elsewhere"),),
    ],
)
def test_a_header_that_could_be_two_is_refused(headers: Headers) -> None:
    """A line more is a request more: whoever writes it speaks in our name."""
    with pytest.raises(UpstreamError) as caught:
        head(Request("GET", "/", headers, b""), HERE)
    assert caught.value.failure is Failure.INVALID


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/ HTTP/1.1\r\nx: 1"),
        ("GET", "/a b"),
        ("GET", "/\x00"),
        ("GET", "/☃"),
        ("G T", "/"),
        ("", "/"),
        ("É", "/"),
    ],
)
def test_a_line_that_could_be_two_is_refused(method: str, target: str) -> None:
    """The same of the first line."""
    with pytest.raises(UpstreamError) as caught:
        head(Request(method, target, (), b""), HERE)
    assert caught.value.failure is Failure.INVALID


class Parsed:
    """What a server makes of a request."""

    def __init__(self, raw: bytes) -> None:
        self.heads = 0
        self.headers: list[tuple[bytes, bytes]] = []
        httptools.HttpRequestParser(self).feed_data(raw)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header's line."""
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """A head's end."""
        self.heads += 1


NAMES = st.sampled_from([b"x-a", b"X-B", b"host", b"x\r\n", b"x:"]) | st.binary(max_size=6)
VALUES = st.sampled_from([b"1", b"\r\n\r\nGET / HTTP/1.1\r\n\r\n", b"caf\xe9", b"\t1"]) | st.binary(max_size=12)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=4))
def test_whatever_is_not_refused_arrives_as_it_was_given(headers: list[tuple[bytes, bytes]]) -> None:
    """Read by another parser than the one that wrote it: one request, these headers, none besides."""
    try:
        raw = head(Request("GET", "/x", headers, b""), HERE)
    except UpstreamError:
        return
    parsed = Parsed(raw)
    assert parsed.heads == 1
    assert [(n, v.strip(b" \t")) for n, v in parsed.headers[1:]] == [(n, v.strip(b" \t")) for n, v in headers]
