"""What a public port must bound: time to send, size of heads, who may call, how many at once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT, MESSAGES, ask, behave
from tests.end_to_end.practicum import Practicum, route, until
from tests.end_to_end.upstream import Upstream
from tests.end_to_end.wire import Caller, request


def test_a_slow_head_is_cut(service: Practicum) -> None:
    """Slow loris: a byte now and then must not hold a connection for ever."""
    with service.connect() as caller:
        caller.send(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        answer = caller.answer()
        assert answer.status == 408
        assert "header_timeout" in str(answer.error()["message"])
        assert caller.ended()
    service.note()
    service.counts(1, "requests_total", outcome="rejected")


def test_a_dripping_head_is_cut(service: Practicum) -> None:
    """Each byte must not start the clock anew."""
    started = time.monotonic()
    with service.connect() as caller, pytest.raises((BrokenPipeError, ConnectionResetError)):
        _drip(caller, request("GET", "/v1/models", None, (("X-Long", "x" * 5000),)))
    assert time.monotonic() - started < 5
    service.note()
    service.counts(1, "requests_total", outcome="rejected")


def _drip(caller: Caller, data: bytes) -> None:
    for byte in data:
        caller.send(bytes([byte]))
        time.sleep(0.01)  # the fault itself: a sender this slow


def test_a_connection_without_a_word_is_closed(service: Practicum) -> None:
    """Nothing was asked, so nothing is answered."""
    with service.connect() as caller:
        assert caller.ended()


def test_a_slow_body_is_cut(service: Practicum, teacher: Upstream, mark: str) -> None:
    """The same for what follows the head."""
    body = ask(CHAT, "good-on", mark)
    with service.connect() as caller:
        service.begin(caller, CHAT, body[:-1], (("Content-Length", str(len(body))),))
        answer = caller.answer()
        assert answer.status == 408
        assert "body_timeout" in str(answer.error()["message"])
        assert caller.ended()
    assert teacher.seen(mark) == []
    service.counts(1, "requests_total", outcome="rejected")


def test_a_head_over_the_limit_is_refused(service: Practicum) -> None:
    """``max_header`` bounds what one caller can make us keep."""
    with service.connect() as caller:
        caller.send(b"GET /v1/models HTTP/1.1\r\nHost: x\r\n" + b"X-Long: " + b"x" * 70_000)
        answer = caller.answer()
        assert answer.status == 431
        assert "max_header" in str(answer.error()["message"])
    service.note()
    service.counts(1, "requests_total", outcome="rejected")


def test_expect_continue_is_granted(service: Practicum, mark: str) -> None:
    """Clients ask before they send a large body, and wait a second where nobody answers."""
    body = ask(CHAT, "good-on", mark)
    head = request("POST", CHAT, None, (("Content-Length", str(len(body))), ("Expect", "100-continue")))
    with service.connect() as caller:
        service.note()
        caller.send(head)
        assert caller.socket.recv(100).startswith(b"HTTP/1.1 100 ")
        caller.send(body)
        assert caller.answer().body == replies.CHAT


KEYED = ("sk-one", "sk-two")


def test_client_keys_are_asked_for_and_kept(folder: Path, teacher: Upstream, student: Upstream, mark: str) -> None:
    """With keys of our own, only their holders are served, and no upstream sees them."""
    routes = {"x": route(teacher.url(), student.url())}
    listen = {"client_keys_env": "CLIENT_KEYS"}
    environ = {"CLIENT_KEYS": ",".join(KEYED)}
    with Practicum(folder, routes, listen=listen, environ=environ, workers=0) as keyed:
        body = ask(CHAT, "x", mark)
        for headers in ((), (("Authorization", "Bearer sk-three"),), (("Authorization", "Basic c2stb25l"),)):
            answer = keyed.call(CHAT, body, headers)
            assert answer.status == 401
            assert answer.error()["type"] == "authentication_error"
        assert teacher.seen(mark) == []
        assert keyed.call(CHAT, body, (("Authorization", "Bearer sk-two"),)).status == 200
        assert keyed.call(MESSAGES, ask(MESSAGES, "x", mark), (("X-Api-Key", "sk-one"),)).status == 200
        keyed.settle()
        for got in teacher.seen(mark) + student.seen(mark):
            assert not [value for _, value in got.headers if b"sk-" in value]
        assert not [line for line in keyed.log if "sk-" in line]


def test_the_teacher_gets_its_own_key(folder: Path, teacher: Upstream, student: Upstream, mark: str) -> None:
    """In the header in which the caller's API carries one; neither arm's key goes to the other."""
    routes = {"x": route(teacher.url(), student.url(), None, {"api_key_env": "TEACHER_KEY"})}
    with Practicum(folder, routes, environ={"TEACHER_KEY": "sk-teacher"}, workers=0) as keyed:
        keyed.call(CHAT, ask(CHAT, "x", mark), (("Authorization", "Bearer sk-caller"),))
        keyed.call(MESSAGES, ask(MESSAGES, "x", mark), (("X-Api-Key", "sk-caller"),))
        chat, message = teacher.seen(mark)
        assert chat.values("authorization") == [b"Bearer sk-teacher"]
        assert message.values("x-api-key") == [b"sk-teacher"]
        keyed.settle()
        seen = teacher.seen(mark) + student.seen(mark)
        assert not [got for got in seen for _, value in got.headers if b"sk-caller" in value]
        assert not [got for got in student.seen(mark) for _, value in got.headers if b"sk-teacher" in value]
        assert not [line for line in keyed.log if "sk-teacher" in line]


def test_a_full_pool_waits_no_longer_than_a_connection_may(
    folder: Path, teacher: Upstream, student: Upstream, mark: str
) -> None:
    """``max_connections`` protects the teacher; whoever finds no place is told so in time."""
    keys: dict[str, object] = {"max_connections": 2, "total_timeout": "30s"}
    with Practicum(folder, {"x": route(teacher.url(), student.url(), None, keys)}, workers=0) as small:
        with small.connect() as first, small.connect() as second:
            for caller in (first, second):
                small.begin(caller, CHAT, ask(CHAT, "x", mark), behave("slow:60"))
            until(lambda: teacher.in_progress == 2, "both places are taken")
            answer = small.call(CHAT, ask(CHAT, "x", mark))
            assert (answer.status, answer.error()["code"]) == (502, "teacher_connect")
            assert teacher.in_progress == 2
        until(lambda: teacher.in_progress == 0, "both places are free again")
        assert small.call(CHAT, ask(CHAT, "x", mark)).body == replies.CHAT


def test_the_admin_port_asks_for_its_token(folder: Path, teacher: Upstream, student: Upstream) -> None:
    """Probes and metrics are open, everything else is not; the data port never serves either."""
    routes = {"x": route(teacher.url(), student.url())}
    environ = {"ADMIN_TOKEN": "secret-token"}
    with Practicum(folder, routes, admin={"token_env": "ADMIN_TOKEN"}, environ=environ, workers=0) as guarded:
        assert [guarded.probe(path) for path in ("/livez", "/readyz", "/metrics")] == [200, 200, 200]
        assert [guarded.probe(path) for path in ("/api/routes", "/api/config", "/api/pairs")] == [401, 401, 401]
        assert guarded.probe("/api/routes", "secret-token") == 200
        assert guarded.probe("/api/routes", "secret-tokem") == 401


def test_the_metrics_are_what_prometheus_reads(service: Practicum, mark: str) -> None:
    """The other tests read them with a regular expression; this one with Prometheus's own parser, exemplars too."""
    answer = service.call(CHAT, ask(CHAT, "good-on", mark))
    service.counts(1, "mirror_pairs_total", route="good-on", outcome="compared")
    page = service.ask_admin("/metrics", (("accept", "application/openmetrics-text; version=1.0.0"),))
    families = list(text_string_to_metric_families(page.body.decode()))
    assert (page.head.value("content-type") or "").startswith("application/openmetrics-text")
    assert {family.name for family in families} >= {"practicum_requests", "practicum_overhead_seconds"}
    pairs = [s for f in families if f.name == "practicum_mirror_pairs" for s in f.samples if s.exemplar]
    assert answer.head.value("x-practicum-pair") in {sample.exemplar.labels["pair_id"] for sample in pairs}
