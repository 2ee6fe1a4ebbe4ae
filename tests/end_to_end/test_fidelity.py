"""A service that changes its base URL notices nothing: what it sends and what it gets are the teacher's bytes."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT, COMPLETIONS, ENDPOINTS, MESSAGES, ask, behave
from tests.end_to_end.behaviors import HUGE, ODD_HEADERS
from tests.end_to_end.practicum import Practicum, until
from tests.end_to_end.upstream import Upstream
from tests.end_to_end.wire import Answer, request

FRAMINGS = ("good", "extensions", "until_close", "split", "early_hints", "then_close")
FRAMING_HEADERS = {"connection", "transfer-encoding", "content-length", "keep-alive"}
OURS = {"x-practicum-pair", "x-practicum-arm"}


def assert_headers(answer: Answer, sent: Iterable[tuple[bytes, bytes]]) -> None:
    """The reply has these headers with these values in this order, ours, and no other but those that frame it."""
    wanted = [(name.decode().lower(), value.decode("latin-1")) for name, value in sent]
    rest = [(n, v) for n, v in answer.head.headers if n not in FRAMING_HEADERS | OURS]
    assert sorted(rest, key=lambda h: h[0]) == sorted(wanted, key=lambda h: h[0])  # stable: order within a name counts
    assert re.fullmatch(r"[0-9a-f]{28}", answer.head.value("x-practicum-pair") or "")
    assert answer.head.value("x-practicum-arm") == "teacher"


@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
@pytest.mark.parametrize("path", ENDPOINTS)
def test_every_endpoint_passes_untouched(
    service: Practicum, teacher: Upstream, shadow: str, path: str, stream: bool, mark: str
) -> None:
    """Both directions, byte for byte, whatever the shadow lane does: the promise the product stands on."""
    body = ask(path, f"good-{shadow}", mark, stream=stream)
    answer = service.call(path, body)
    expected = replies.reply_to(path, body)
    assert (answer.status, answer.head.reason, answer.complete) == (200, "OK", True)
    assert answer.body == expected.body
    assert_headers(answer, [*ODD_HEADERS, (b"content-type", expected.content_type)])
    (got,) = teacher.seen(mark)
    assert (got.method, got.target, got.body) == ("POST", path.encode(), body)
    service.counts(1, "requests_total", route=f"good-{shadow}", outcome="ok")
    service.counts(1, "upstream_attempts_total", route=f"good-{shadow}", purpose="serve", outcome="ok")


@pytest.mark.parametrize("framing", FRAMINGS)
def test_any_framing_carries_the_same_body(service: Practicum, shadow: str, framing: str, mark: str) -> None:
    """Chunk sizes, trailers, interim replies and closing are the hop's; the bytes within are the teacher's."""
    for stream in (False, True):
        body = ask(CHAT, f"good-{shadow}", mark, stream=stream)
        answer = service.call(CHAT, body, behave(framing))
        assert (answer.status, answer.complete) == (200, True)
        assert answer.body == replies.reply_to(CHAT, body).body


def test_compressed_bytes_stay_compressed(service: Practicum, shadow: str, mark: str) -> None:
    """Unpacking and packing again costs time and loses the teacher's bytes."""
    for stream in (False, True):
        body = ask(CHAT, f"good-{shadow}", mark, stream=stream)
        answer = service.call(CHAT, body, (("Accept-Encoding", "gzip"), *behave("gzipped")))
        assert answer.head.value("content-encoding") == "gzip"
        assert answer.unzipped() == replies.reply_to(CHAT, body).body


def test_request_headers_arrive_and_none_is_invented(service: Practicum, teacher: Upstream, mark: str) -> None:
    """A default ``accept-encoding`` or ``user-agent`` of the HTTP client within would change what the teacher does."""
    sent = (
        ("X-Mark", mark),
        ("Authorization", "Bearer sk-client"),
        ("x-multi", "1"),
        ("X-Multi", "2, 3"),
        ("X-Name", "Jos\xc3\xa9"),
        ("X-Empty", ""),
        ("OpenAI-Organization", "org"),
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    )
    service.call(CHAT, ask(CHAT, "good-off", mark), sent)
    (got,) = teacher.seen(mark)
    passed = [(n.decode().lower(), v.decode("latin-1")) for n, v in got.headers]
    framing = {"host", "content-length", "connection"}
    assert sorted((n, v) for n, v in passed if n not in framing) == sorted(
        [(n.lower(), v) for n, v in sent] + [("content-type", "application/json")]
    )
    assert got.values("host") == [f"127.0.0.1:{teacher.port}".encode()]


def test_hop_by_hop_headers_stay_on_their_hop(service: Practicum, teacher: Upstream, mark: str) -> None:
    """What ``Connection`` names is between the caller and us."""
    headers = (("Connection", "keep-alive, X-Hop"), ("X-Hop", "1"), ("TE", "trailers"), ("X-Mark", mark))
    service.call(CHAT, ask(CHAT, "good-off", mark), headers)
    (got,) = teacher.seen(mark)
    assert not got.values("x-hop")
    assert not got.values("te")


def test_only_the_model_is_renamed(service: Practicum, teacher: Upstream, shadow: str, mark: str) -> None:
    """Where the teacher knows the model by another name, every other value keeps its bytes."""
    service.call(CHAT, ask(CHAT, f"renamed-{shadow}", mark))
    (got,) = teacher.seen(mark)
    assert b'"gpt-large"' in got.body
    assert f"renamed-{shadow}".encode() not in got.body
    for value in (rb'[{"role":"user",  "content":"Two and two? \u00e9' + "é".encode(), b"1.50e0"):
        assert value in got.body


@dataclass(frozen=True, slots=True)
class Other:
    """A request to one of the paths that are only passed on."""

    method: str
    target: str
    body: bytes | None = None
    kind: str = ""
    expected: bytes = replies.BINARY


UPLOAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n\x00\xff\r\n--b--\r\n'
OTHERS = [
    Other("POST", "/v1/embeddings", b'{"model":"good-on", "input" : ["a"]}', "application/json", replies.EMBEDDING),
    Other("POST", "/v1/files", UPLOAD, "multipart/form-data; boundary=b"),
    Other("POST", "/v1/audio/speech", b'{"model":"good-on","input":"hi"}', "application/json"),
    Other("POST", "/v1/chat/completions/c-1", b"{not json", "application/json"),
    Other("GET", "/v1/files/a%2Fb%20c/content?x=%2F&y=+&empty=&z"),
    Other("DELETE", "/v1/files/f-1"),
    Other("PUT", "/v1/vector_stores/1", b"\x00", "application/octet-stream"),
]


@pytest.mark.parametrize("other", OTHERS, ids=lambda other: f"{other.method} {other.target}")
def test_other_paths_go_to_the_teacher_unmirrored(
    service: Practicum, teacher: Upstream, student: Upstream, mark: str, other: Other
) -> None:
    """Uploads, downloads and whatever comes next: a path nobody thought of must not break on its way."""
    headers = (("X-Mark", mark), *((("Content-Type", other.kind),) if other.kind else ()))
    answer = service.call(other.target, other.body, headers, other.method)
    assert (answer.status, answer.body, answer.complete) == (200, other.expected, True)
    (got,) = teacher.seen(mark)
    assert (got.method, got.target, got.body) == (other.method, other.target.encode(), other.body or b"")
    assert got.values("content-type") == ([other.kind.encode()] if other.kind else [])
    service.counts(1, "requests_total", endpoint="other", outcome="ok")
    assert service.grown("mirror_sampled_total") == 0
    assert student.seen(mark) == []


def test_a_head_request_has_a_head_only(service: Practicum) -> None:
    """And the content-length of what GET would have sent."""
    answer = service.call("/v1/files/1", method="HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.head.value("content-length") == str(len(replies.BINARY))


@pytest.mark.parametrize("status", [204, 304])
def test_a_bodiless_status_keeps_its_headers(service: Practicum, status: int) -> None:
    """A chunk or a length after one of these would be read as the next reply."""
    with service.connect() as caller:
        for _ in range(2):
            service.begin(caller, "/v1/files/1", None, behave(f"bare:{status}"), "GET")
            answer = caller.answer()
            assert (answer.status, answer.head.reason) in {(204, "No Content"), (304, "Not Modified"), (status, "Bare")}
            assert answer.head.value("etag") == '"7"'
            assert answer.head.values("transfer-encoding") == []


def test_a_redirect_is_passed_on_and_not_followed(
    service: Practicum, teacher: Upstream, shadow: str, mark: str
) -> None:
    """Following it would send the caller's credentials where the teacher says."""
    answer = service.call(CHAT, ask(CHAT, f"good-{shadow}", mark), behave("redirect"))
    assert (answer.status, answer.body) == (302, b"moved")
    assert answer.head.value("location") == "http://127.0.0.1/elsewhere"
    assert len(teacher.seen(mark)) == 1


def test_a_huge_reply_arrives_whole(service: Practicum, shadow: str, mark: str) -> None:
    """20 MB: more than is kept for comparison, which is no reason to cut what is served."""
    answer = service.call(CHAT, ask(CHAT, f"patient-{shadow}", mark), behave("huge"))
    assert (len(answer.body), answer.complete) == (HUGE, True)
    assert answer.body == b"\x00\xffabcdef" * (HUGE // 8)


def test_a_huge_chunked_upload_arrives_whole(service: Practicum, teacher: Upstream, mark: str) -> None:
    """A body without a declared length is forwarded like any other."""
    body = ask(CHAT, "good-off", mark) + b" " * 900_000
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in (body[i : i + 4096] for i in range(0, len(body), 4096)))
    with service.connect() as caller:
        service.begin(caller, CHAT, b"", (("Transfer-Encoding", "chunked"),))
        caller.send(chunks + b"0\r\n\r\n")
        assert caller.answer().body == replies.CHAT
    assert [got.body for got in teacher.seen(mark)] == [body]


def test_a_kept_connection_carries_one_request_after_another(service: Practicum, shadow: str, mark: str) -> None:
    """Streams and unary replies in turn, then two at once (pipelined): none may bleed into the next."""
    with service.connect() as caller:
        for stream in (True, False, True, False):
            body = ask(CHAT, f"good-{shadow}", mark, stream=stream)
            service.begin(caller, CHAT, body)
            assert caller.answer().body == replies.reply_to(CHAT, body).body
        unary = ask(CHAT, f"good-{shadow}", mark)
        service.note()
        service.note()
        caller.send(request("POST", CHAT, unary) + request("POST", MESSAGES, ask(MESSAGES, f"good-{shadow}", mark)))
        assert [caller.answer().body, caller.answer().body] == [replies.CHAT, replies.MESSAGE]


def test_a_pooled_connection_that_died_is_no_failure(service: Practicum, mark: str) -> None:
    """Servers close idle connections at will: the next request must not pay for it."""
    for _ in range(20):
        answer = service.call(CHAT, ask(CHAT, "good-off", mark), behave("then_close"))
        assert (answer.status, answer.body) == (200, replies.CHAT)


def test_pieces_arrive_as_they_are_sent(service: Practicum, teacher: Upstream, shadow: str, mark: str) -> None:
    """A buffer anywhere on the way would hold back a stream that has gone quiet."""
    with service.connect() as caller:
        body = ask(CHAT, f"patient-{shadow}", mark, stream=True)
        service.begin(caller, CHAT, body, behave("stall:3"))
        pieces = caller.pieces(caller.head())
        expected = b"".join(replies.CHAT_STREAM[:3])
        assert b"".join(_at_least(pieces, len(expected))) == expected
        assert teacher.in_progress == 1


def test_one_token_a_second_is_served_to_its_end(service: Practicum, mark: str) -> None:
    """Slow is not stalled: each token starts the clock anew."""
    started = time.monotonic()
    answer = service.call(COMPLETIONS, ask(COMPLETIONS, "patient-on", mark, stream=True), behave("trickle:1"))
    assert (answer.body, answer.complete) == (b"".join(replies.COMPLETION_STREAM), True)
    assert time.monotonic() - started >= len(replies.COMPLETION_STREAM)
    service.counts(1, "requests_total", route="patient-on", outcome="ok")


def test_progress_outlives_the_stall_timeout(service: Practicum, shadow: str, mark: str) -> None:
    """A stream may take longer than either timeout for as long as it moves."""
    answer = service.call(CHAT, ask(CHAT, f"good-{shadow}", mark, stream=True), behave("trickle:0.2"))
    assert (answer.body, answer.complete) == (b"".join(replies.CHAT_STREAM), True)


def test_a_slow_reader_slows_the_teacher(service: Practicum, teacher: Upstream, mark: str) -> None:
    """Without back-pressure a caller that does not read would fill the proxy's memory."""
    before = teacher.sent
    with service.connect() as caller:
        service.begin(caller, CHAT, ask(CHAT, "patient-off", mark, stream=True), behave("flood"))
        caller.head()
        until(lambda: _still(teacher, 0.3), "the teacher can send no more")
        assert teacher.sent - before < 64 * 2**20
        assert teacher.in_progress == 1
    service.counts(1, "requests_total", route="patient-off", outcome="client_gone")


def test_models_lists_the_routes(service: Practicum, teacher: Upstream) -> None:
    """What clients may put in ``model``; the teacher's own list would name what nobody here serves."""
    answer = service.call("/v1/models")
    assert answer.status == 200
    assert b'"object":"list"' in answer.body
    assert b'"id":"good-on"' in answer.body
    assert service.call("/v1/models/good-on").status == 200
    missing = service.call("/v1/models/nobody")
    assert (missing.status, missing.error()["code"]) == (404, "model_not_found")
    assert [got for got in teacher.received if got.path.startswith("/v1/models")] == []


def _at_least(pieces: Iterable[bytes], size: int) -> Iterable[bytes]:
    """Pieces until they are this many bytes."""
    totals = itertools.count()
    got = 0
    for piece in pieces:
        yield piece
        got += len(piece)
        if got >= size or next(totals) > size:
            return


def _still(teacher: Upstream, seconds: float) -> bool:
    """Whether the teacher sent nothing for this long."""
    before = teacher.sent
    time.sleep(seconds)
    return teacher.sent == before
