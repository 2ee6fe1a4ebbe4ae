"""Requests that are wrong: refused at once, in the shape clients expect, before any upstream hears of them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT, ENDPOINTS, ask
from tests.end_to_end.practicum import Practicum
from tests.end_to_end.upstream import Upstream

DEEP = b'{"model":"good-on","messages":' + b"[" * 10_000 + b"]" * 10_000 + b"}"


@dataclass(frozen=True, slots=True)
class Bad:
    """A body that no endpoint takes, and the field that the error names."""

    name: str
    body: bytes
    param: str | None = None


BAD = [
    Bad("empty", b""),
    Bad("malformed", b'{"model": "good-on", "messages": ['),
    Bad("trailing", b'{"model": "good-on"} {}'),
    Bad("no object", b'["good-on"]'),
    Bad("null", b"null"),
    Bad("deep", DEEP),
    Bad("deep and open", b"[" * 10_000),
    Bad("invalid UTF-8", b'{"model":"good-on","messages":[{"role":"user","content":"\xff\xfe"}]}'),
    Bad("lone surrogate bytes", b'{"model":"good-on","messages":[{"role":"user","content":"\xed\xa0\x80"}]}'),
    Bad("UTF-16", '{"model":"good-on"}'.encode("utf-16")),
    Bad("missing model", b'{"messages": []}', "model"),
    Bad("empty model", b'{"model": ""}', "model"),
    Bad("null model", b'{"model": null}', "model"),
    Bad("numeric model", b'{"model": 5}', "model"),
    Bad("array model", b'{"model": ["good-on"]}', "model"),
]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_a_bad_body_is_refused(service: Practicum, teacher: Upstream, bad: Bad) -> None:
    """Never a 500, never a crash, never a call of an upstream; the connection serves the next request."""
    before = len(teacher.received)
    with service.connect() as caller:
        for path in ENDPOINTS:
            service.begin(caller, path, bad.body)
            answer = caller.answer()
            assert (answer.status, answer.complete) == (400, True)
            error = answer.error()
            assert (error["type"], error["param"]) == ("invalid_request_error", bad.param)
            assert isinstance(error["code"], str)
        assert len(teacher.received) == before
        service.begin(caller, CHAT, ask(CHAT, "good-off", "after"))
        assert caller.answer().body == replies.CHAT
    service.counts(len(ENDPOINTS), "requests_total", outcome="rejected")


WRONG_ELSEWHERE = [
    b'{"model":"good-on","messages":"not a list"}',
    b'{"model":"good-on","messages":[1,null,{"role":7}],"tools":{},"temperature":"hot"}',
    b'{"model":"good-on","stream":"yes","messages":[]}',
    b'{"model":"good-on","response_format":[],"stream_options":5,"store":"x","user":{}}',
    b'{"model":"good-on","model":"good-on","messages":[]}',
    b'{"model":"good-on","max_tokens":1e400}',
]


@pytest.mark.parametrize("body", WRONG_ELSEWHERE)
def test_wrong_types_are_for_the_teacher_to_judge(
    service: Practicum, teacher: Upstream, body: bytes, mark: str
) -> None:
    """APIs grow: a proxy that judged fields would refuse tomorrow's requests. The shadow lane must cope as well."""
    for path in ENDPOINTS:
        assert service.call(path, body, (("X-Mark", mark),)).status == 200
    assert [(got.path, got.body) for got in teacher.seen(mark)] == [(path, body) for path in ENDPOINTS]
    service.counts(len(ENDPOINTS), "requests_total", route="good-on", outcome="ok")
    service.counts(len(ENDPOINTS), "mirror_sampled_total", route="good-on")


@pytest.mark.parametrize("path", ENDPOINTS)
def test_an_unknown_model_is_not_found(service: Practicum, teacher: Upstream, path: str, mark: str) -> None:
    """The error that OpenAI's clients map to NotFoundError; it names what there is."""
    answer = service.call(path, ask(path, "nobody's", mark))
    assert answer.status == 404
    error = answer.error()
    assert (error["code"], error["param"]) == ("model_not_found", "model")
    assert "nobody's" in str(error["message"])
    assert "good-on" in str(error["message"])
    assert teacher.seen(mark) == []
    service.counts(1, "requests_total", outcome="rejected")


def test_a_body_over_the_limit_is_refused(service: Practicum, teacher: Upstream, mark: str) -> None:
    """By its declared length, before it is read."""
    answer = service.call(CHAT, ask(CHAT, "good-on", mark) + b" " * 2**20)
    assert (answer.status, answer.complete) == (413, True)
    assert "1048576" in str(answer.error()["message"])
    assert teacher.seen(mark) == []
    service.counts(1, "requests_total", outcome="rejected")


def test_a_body_over_the_limit_without_a_length_is_refused(service: Practicum, teacher: Upstream, mark: str) -> None:
    """By what has come so far: a chunked body says nothing in advance."""
    with service.connect() as caller:
        service.begin(caller, CHAT, b"", (("Transfer-Encoding", "chunked"),))
        body = ask(CHAT, "good-on", mark)
        caller.send(b"%x\r\n%s\r\n" % (len(body), body) + (b"1000\r\n" + b" " * 4096 + b"\r\n") * 300 + b"0\r\n\r\n")
        answer = caller.answer()
    assert (answer.status, answer.complete) == (413, True)
    assert teacher.seen(mark) == []
    service.counts(1, "requests_total", outcome="rejected")


def test_a_body_at_the_limit_is_served(service: Practicum, teacher: Upstream, mark: str) -> None:
    """The limit is the last size that passes."""
    body = ask(CHAT, "good-on", mark)
    body += b" " * (2**20 - len(body))
    assert service.call(CHAT, body).status == 200
    assert [got.body for got in teacher.seen(mark)] == [body]


def test_spoofed_headers_reach_nobody(service: Practicum, teacher: Upstream, student: Upstream, mark: str) -> None:
    """``x-practicum-*`` is ours alone: neither a caller nor an upstream may speak in our name."""
    spoofed = (
        ("x-practicum-pair", "f" * 28),
        ("X-Practicum-Arm", "student"),
        ("x-practicum-fallback", "timeout"),
        ("X-PRACTICUM-Anything", "1"),
    )
    answer = service.call(CHAT, ask(CHAT, "good-on", mark), spoofed)
    assert answer.body == replies.CHAT
    assert answer.head.value("x-practicum-arm") == "teacher"
    assert answer.head.value("x-practicum-pair") != "f" * 28
    service.counts(1, "mirror_pairs_total", route="good-on")
    calls = teacher.seen(mark) + student.seen(mark)
    assert len(calls) == 2
    for got in calls:
        assert [name for name, _ in got.headers if name.lower().startswith(b"x-practicum")] == []


def test_the_teacher_can_be_asked_for(service: Practicum, teacher: Upstream, mark: str) -> None:
    """The override is honored, and stays between the caller and us."""
    answer = service.call(CHAT, ask(CHAT, "good-on", mark), (("X-Practicum-Arm", "teacher"),))
    assert answer.head.value("x-practicum-arm") == "teacher"
    (got,) = teacher.seen(mark)
    assert got.values("x-practicum-arm") == []


def test_a_request_can_opt_out_of_the_mirror(service: Practicum, student: Upstream, mark: str) -> None:
    """What a caller marks as private must not be sent to a second model."""
    answer = service.call(CHAT, ask(CHAT, "good-on", mark), (("x-practicum-mirror", "off"),))
    assert answer.body == replies.CHAT
    service.counts(1, "requests_total", route="good-on", outcome="ok")
    service.settle()
    assert service.grown("mirror_pairs_total", outcome="compared") == 0
    assert student.seen(mark) == []


def test_an_upstream_cannot_speak_in_our_name(service: Practicum, mark: str) -> None:
    """A reply's ``x-practicum-*`` are replaced by ours."""
    answer = service.call(CHAT, ask(CHAT, "good-off", mark), (("X-Behave", "spoofs"),))
    assert answer.head.values("x-practicum-arm") == ["teacher"]
    assert answer.head.values("x-practicum-fallback") == []


@pytest.mark.parametrize("path", ["/", "/v2/chat/completions", "/v1", "/metrics", "/api/routes", "/v1/../admin"])
def test_paths_outside_v1_are_unknown(service: Practicum, teacher: Upstream, path: str) -> None:
    """The data port serves the API and nothing else; the admin's paths least of all."""
    before = len(teacher.received)
    answer = service.call(path)
    assert answer.status == 404
    assert answer.error()["type"] == "invalid_request_error"
    assert len(teacher.received) == before


def test_websockets_are_refused_clearly(service: Practicum) -> None:
    """A realtime client must learn that it is not supported, not wait for an upgrade."""
    upgrade = (
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("Sec-WebSocket-Version", "13"),
    )
    answer = service.call("/v1/realtime?model=good-on", None, upgrade)
    assert answer.status == 400
    assert "websocket" in str(answer.error()["message"]).lower()
    service.counts(1, "requests_total", outcome="rejected")


_HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n"
NOT_HTTP = {
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 not for this port\r\n\r\n",
    "version": b"GET /v1/models HTTP/9.9\r\n\r\n",
    "length": _HEAD + b"Content-Length: nine\r\n\r\n",
    "negative length": _HEAD + b"Content-Length: -1\r\n\r\n",
    "two lengths": _HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    "length and chunks": _HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "NUL": b"GET /v1/models\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("data", NOT_HTTP.values(), ids=NOT_HTTP)
def test_what_is_not_http_is_refused_and_cut(service: Practicum, teacher: Upstream, data: bytes) -> None:
    """Ambiguous framing is how requests are smuggled: no reading of it is right, and none reaches an upstream."""
    before = len(teacher.received)
    with service.connect() as caller:
        caller.send(data)
        answer = caller.answer()
        assert answer.status == 400
        assert answer.error()["type"] == "invalid_request_error"
        assert caller.ended()
    service.note()
    service.counts(1, "requests_total", route="none", outcome="rejected")
    assert len(teacher.received) == before


def test_a_broken_chunk_ends_its_request(service: Practicum, teacher: Upstream) -> None:
    """Its head was sound, so it counts as a request; what came of its body goes nowhere."""
    before = len(teacher.received)
    with service.connect() as caller:
        service.note()
        caller.send(_HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nzz\r\n")
        answer = caller.answer()
        assert answer.status == 400
        assert answer.error()["type"] == "invalid_request_error"
        assert caller.ended()
    service.counts(1, "requests_total", route="none")
    assert len(teacher.received) == before
