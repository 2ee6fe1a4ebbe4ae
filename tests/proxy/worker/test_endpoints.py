"""The data port from outside: which route a request takes, who may call, what is refused before anyone is called."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import anthropic
import openai
import pytest

from proxy.config.settings import Listen, Upstream
from proxy.telemetry.catalog import REQUESTS
from proxy.telemetry.logs import formatter
from proxy.worker.endpoints import new_pair_id, read_body
from proxy.worker.replies import RequestError
from tests.end_to_end import replies
from tests.end_to_end.behaviors import BEHAVIORS
from tests.end_to_end.practicum import until
from tests.end_to_end.upstream import Upstream as Server
from tests.end_to_end.wire import Fields, request
from tests.proxy.worker.served import Port, config, with_route

CHAT = "/v1/chat/completions"
LIMIT = 10_000
KEYS = frozenset(hashlib.sha256(key).digest() for key in (b"first", b"second"))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Teacher of every route; the path by which it is called tells which."""
    with Server(BEHAVIORS) as running:
        yield running


@pytest.fixture(scope="module")
def shared(server: Server) -> Iterator[Port]:
    """A port with two routes, the second of them for every model nobody named."""
    listen = Listen("127.0.0.1", max_body=LIMIT, body_timeout=0.3)
    known = config(Upstream(server.url()), "support", "gpt-large", listen=listen)
    with Port(with_route(known, "rest", Upstream(server.url("slow:0")), "*")) as port:
        yield port


@pytest.fixture
def port(shared: Port, server: Server) -> Port:
    """The port, and neither it nor the teacher remembers other tests."""
    shared.records.clear()
    server.received.clear()
    return shared


@pytest.fixture(scope="module")
def strict(server: Server) -> Iterator[Port]:
    """A port that asks for keys, and knows one route for two models."""
    with Port(config(Upstream(server.url()), "support", "gpt-large"), KEYS) as port:
        yield port


@pytest.fixture
def small(server: Server) -> Iterator[Port]:
    """A port of one test alone, which knows one model: its log's seconds are its own."""
    with Port(config(Upstream(server.url()), "support", listen=Listen("127.0.0.1", max_body=LIMIT))) as port:
        yield port


def chat(model: object = "support", size: int = 0) -> bytes:
    """A request for a model, padded to a size."""
    return json.dumps({"model": model, "messages": []}).encode().ljust(size)


@pytest.mark.parametrize(
    ("model", "route"), [("support", "support"), ("gpt-large", "support"), ("other", "rest"), ("rest", "rest")]
)
@pytest.mark.parametrize("path", ["chat/completions", "completions", "responses", "messages"])
def test_the_model_chooses_the_route(port: Port, server: Server, path: str, model: str, route: str) -> None:
    """On every endpoint alike."""
    assert port.call(f"/v1/{path}?x=%2F", chat(model)).status == 200
    (record,) = port.settled()
    assert (record.route, record.path) == (route, f"/{path}?x=%2F")
    prefix = b"/v1/" if route == "support" else b"/as/slow:0/v1/"
    assert server.received[0].target == prefix + path.encode() + b"?x=%2F"


def test_a_model_nobody_has_is_not_found(strict: Port, server: Server) -> None:
    """The error OpenAI's clients expect, with the names that would work."""
    seen = len(server.received)
    answer = strict.call(CHAT, chat("nobody"), (("authorization", "Bearer first"),))
    assert (answer.status, answer.error()["code"], answer.error()["param"]) == (404, "model_not_found", "model")
    assert "`nobody`" in str(answer.error()["message"])
    assert "support, gpt-large" in str(answer.error()["message"])
    assert len(server.received) == seen


@pytest.mark.parametrize(
    ("path", "body", "headers", "route"),
    [
        ("/v1/embeddings", chat("support"), (), "support"),
        ("/v1/embeddings", chat("other"), (), "rest"),
        ("/v1/embeddings", b"not json", (), "rest"),
        ("/v1/audio", chat("support"), (("content-type", "multipart/form-data; boundary=x"),), "rest"),
        ("/v1/embeddings", chat("support"), (("content-type", "application/json; charset=utf-8"),), "support"),
        ("/v1/files", None, (), "rest"),
    ],
)
def test_other_endpoints_go_by_their_model_where_they_have_one(
    port: Port, path: str, body: bytes | None, headers: Fields, route: str
) -> None:
    """Else to the route that takes everything."""
    assert port.call(path, body, headers).status == 200
    (record,) = port.settled()
    assert (record.route, record.endpoint, record.request) == (route, "other", b"")


def test_without_a_wildcard_other_endpoints_go_to_the_first_route(strict: Port) -> None:
    """One teacher is the common case, and its files are found there."""
    before = len(strict.records)
    assert strict.call("/v1/files", None, (("x-api-key", "first"),)).status == 200
    until(lambda: len(strict.records) == before + 1, "its record")
    assert strict.records[-1].route == "support"


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_an_endpoint_asked_otherwise_than_by_post_is_another(port: Port, method: str) -> None:
    """``GET /v1/chat/completions`` lists stored completions: nothing to mirror."""
    assert port.call(CHAT, None, method=method).status == 200
    (record,) = port.settled()
    assert record.endpoint == "other"


@pytest.mark.parametrize(
    "path",
    ["/", "/v2/chat", "/metrics", "/v1", "/v1evil/x", "/v1/../admin", "/v1/a/../../b", "/v1/%2e%2e/admin", "//v1/x"],
)
def test_paths_outside_are_unknown(port: Port, server: Server, path: str) -> None:
    """An upstream's other paths (metrics, administration) are not for clients."""
    answer = port.call(path, None)
    assert (answer.status, answer.error()["code"]) == (404, "unknown_url")
    assert server.received == []


def test_a_websocket_is_refused_clearly(port: Port) -> None:
    """Rather than answered with something that is no handshake."""
    answer = port.call("/v1/realtime", None, (("connection", "Upgrade"), ("upgrade", "WebSocket")))
    assert (answer.status, answer.error()["code"]) == (400, "websocket")


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ((), "missing_api_key"),
        ((("authorization", "Bearer "),), "missing_api_key"),
        ((("authorization", "Bearer wrong"),), "invalid_api_key"),
        ((("authorization", "first"),), None),
        ((("authorization", "Bearer first"),), None),
        ((("authorization", "Bearer second"),), None),
        ((("authorization", "bearer first"),), None),
        ((("authorization", "Basic first"),), "missing_api_key"),
        ((("authorization", "Basic first"), ("x-api-key", "second")), None),
        ((("x-api-key", "second"),), None),
        ((("x-api-key", "wrong"),), "invalid_api_key"),
        ((("authorization", "Bearer first,second"),), "invalid_api_key"),
        ((("api-key", "first"),), "missing_api_key"),
    ],
)
@pytest.mark.parametrize("path", [CHAT, "/v1/files", "/v1/models"])
def test_who_has_no_key_is_refused(strict: Port, path: str, headers: Fields, code: str | None) -> None:
    """On every path, by either of the two headers that clients use."""
    answer = strict.call(path, chat() if path == CHAT else None, headers)
    assert answer.status == (200 if code is None else 401)
    if code is not None:
        assert answer.error()["code"] == code
        assert answer.error()["type"] == "authentication_error"


def test_the_teacher_never_sees_a_key_of_ours(strict: Port, server: Server) -> None:
    """It could be used against this proxy."""
    server.received.clear()
    strict.call(CHAT, chat(), (("authorization", "Bearer first"), ("x-api-key", "second")))
    (received,) = server.received
    assert received.values("authorization") + received.values("x-api-key") == []


def test_models_are_the_routes(port: Port, server: Server) -> None:
    """What a client may put in ``model``, as OpenAI's library lists it."""
    body = json.loads(port.call("/v1/models").body)
    assert (body["object"], [model["id"] for model in body["data"]]) == ("list", ["support", "rest"])
    one = json.loads(port.call("/v1/models/support").body)
    assert one == body["data"][0]
    assert (one["object"], one["owned_by"], type(one["created"])) == ("model", "practicum", int)
    missing = port.call("/v1/models/nobody")
    assert (missing.status, missing.error()["code"]) == (404, "model_not_found")
    assert server.received == []
    assert port.tally.value(REQUESTS, "none", "models", "none", "ok") == 2


def test_a_body_at_the_limit_is_served_and_one_beyond_refused(port: Port, server: Server) -> None:
    """To the byte, and with the limit in the message."""
    assert port.call(CHAT, chat(size=LIMIT)).status == 200
    answer = port.call(CHAT, chat(size=LIMIT + 1))
    assert (answer.status, answer.error()["code"]) == (413, "body_too_large")
    assert f"{LIMIT} bytes" in str(answer.error()["message"])
    assert len(server.received) == 1


def test_a_declared_length_beyond_the_limit_is_refused_before_it_comes(port: Port) -> None:
    """Why wait for a gigabyte."""
    with port.connect() as caller:
        caller.send(request("POST", CHAT, b"", (("content-length", str(LIMIT + 1)),)))
        assert caller.answer().status == 413


def test_a_body_without_a_length_meets_the_same_limit(port: Port, server: Server) -> None:
    """Chunks add up."""
    with port.connect() as caller:
        caller.send(request("POST", CHAT, b"", (("transfer-encoding", "chunked"),)))
        for _ in range(3):
            caller.send(b"%x\r\n%s\r\n" % (LIMIT // 2, bytes(LIMIT // 2)))
        assert caller.answer().status == 413
    assert server.received == []


def test_a_body_that_does_not_come_is_given_up(port: Port, server: Server) -> None:
    """With the limit in the message, and the connection closed: its rest would be taken for another request."""
    with port.connect() as caller:
        caller.send(request("POST", CHAT, chat()[:-1], (("content-length", "99"),)))
        answer = caller.answer()
        assert (answer.status, answer.error()["code"]) == (408, "body_timeout")
        assert "0.3 seconds" in str(answer.error()["message"])
        assert caller.ended()
    assert server.received == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"messages": []}', b'{"model": 7}', b'{"model": ""}'])
def test_a_body_without_a_model_is_refused(port: Port, server: Server, body: bytes) -> None:
    """The one thing that must be understood before anything can be called."""
    answer = port.call(CHAT, body)
    assert (answer.status, answer.error()["code"]) == (400, "invalid_request")
    assert answer.error()["type"] == "invalid_request_error"
    assert server.received == []


def test_a_compressed_body_is_refused_where_it_must_be_read(port: Port, server: Server) -> None:
    """With a word on what to do; other endpoints' bodies are the teacher's to read."""
    packed = (("content-encoding", "gzip"),)
    answer = port.call(CHAT, b"\x1f\x8b", packed)
    assert (answer.status, answer.error()["code"]) == (415, "unsupported_encoding")
    assert server.received == []
    assert port.call("/v1/files", b"\x1f\x8b", packed).status == 200
    assert server.received[0].body == b"\x1f\x8b"


def test_a_client_gone_before_its_request_was_whole_is_counted(port: Port) -> None:
    """Once, and no record is left of it: there was nothing to serve."""
    before = port.tally.value(REQUESTS, "none", "chat_completions", "none", "client_gone")
    with port.connect() as caller:
        caller.send(request("POST", CHAT, chat(), (("content-length", "99"),)))
        until(lambda: port.app.in_flight == 1, "it is being read")
    until(lambda: port.app.in_flight == 0, "it is given up")
    assert port.tally.value(REQUESTS, "none", "chat_completions", "none", "client_gone") == before + 1
    assert port.records == []


@pytest.mark.parametrize(("arm", "reason"), [("teacher", "override"), ("student", "no_snapshot"), ("", "no_snapshot")])
def test_the_teacher_may_be_asked_for(port: Port, arm: str, reason: str) -> None:
    """The student may not."""
    answer = port.call(CHAT, chat(), (("x-practicum-arm", arm),) if arm else ())
    (record,) = port.settled()
    assert (record.arm, record.reason) == ("teacher", reason)
    assert (answer.head.value("x-practicum-arm"), answer.head.value("x-practicum-pair")) == ("teacher", record.pair)


def test_a_caller_can_say_which_slice_it_is_in(port: Port) -> None:
    """The record carries it, so that both processes use the same."""
    port.call(CHAT, chat(), (("x-practicum-slice", "Math"),))
    port.call(CHAT, chat())
    assert sorted(record.slice for record in port.settled(2)) == ["", "math"]


def test_a_slice_that_does_not_exist_is_refused(port: Port, server: Server) -> None:
    """A slip must be seen by whoever made it; other endpoints have no slices, and never ask."""
    answer = port.call(CHAT, chat(), (("x-practicum-slice", "maths"),))
    assert (answer.status, answer.error()["code"]) == (400, "unknown_slice")
    assert answer.error()["param"] == "x-practicum-slice"
    assert '"math"' in str(answer.error()["message"])
    assert server.received == []
    assert port.call("/v1/files", b"x", (("x-practicum-slice", "maths"),)).status == 200


def test_a_new_configuration_holds_from_the_next_request(server: Server) -> None:
    """No restart, no request between two configurations."""
    known = config(Upstream(server.url()))
    with Port(known) as port:
        assert port.call(CHAT, chat()).status == 200
        port.config = replace(with_route(known, "new", Upstream(server.url("status:429"))))
        assert port.call(CHAT, chat("new")).body == replies.ERROR_429
        assert port.call(CHAT, chat()).body == replies.CHAT


def test_openai_clients_understand_our_errors(strict: Port) -> None:
    """Their exceptions' classes and fields are what applications branch on."""
    url = f"http://127.0.0.1:{strict.address[1]}/v1"
    with openai.OpenAI(api_key="first", base_url=url) as client, pytest.raises(openai.NotFoundError) as missing:
        client.chat.completions.create(model="nobody", messages=[])
    assert (missing.value.code, missing.value.param) == ("model_not_found", "model")
    with openai.OpenAI(api_key="wrong", base_url=url) as client, pytest.raises(openai.AuthenticationError) as refused:
        client.models.list()
    assert (refused.value.code, refused.value.type) == ("invalid_api_key", "authentication_error")


def test_anthropic_clients_understand_our_errors(strict: Port) -> None:
    """They look for ``type`` beside ``error``."""
    url = f"http://127.0.0.1:{strict.address[1]}"
    message: Any = {"model": "nobody", "max_tokens": 1, "messages": [{"role": "user", "content": "?"}]}
    with anthropic.Anthropic(api_key="wrong", base_url=url) as client:
        with pytest.raises(anthropic.AuthenticationError) as refused:
            client.messages.create(**message)
        assert isinstance(refused.value.body, dict)
        assert refused.value.body["type"] == "error"
    with anthropic.Anthropic(api_key="first", base_url=url) as client, pytest.raises(anthropic.NotFoundError):
        client.messages.create(**message)


def test_pair_ids_sort_by_time_and_never_repeat() -> None:
    """They join what workers, examiner, metrics and traces say."""
    ids = [new_pair_id() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert {len(pair) for pair in ids} == {28}
    assert [pair[:12] for pair in ids] == sorted(pair[:12] for pair in ids)


@pytest.mark.parametrize(("first", "served"), [(8 * 1024, True), (64, False)])
def test_what_comes_at_a_fair_rate_has_more_time(first: int, served: bool) -> None:
    """A large upload over a slow line is no attack; a byte now and then is one."""
    pieces = iter([(0.0, bytes(first), True), (0.3, b"end", False)])

    async def read() -> tuple[bytes, bool]:
        pause, body, more = next(pieces)
        await asyncio.sleep(pause)
        return body, more

    reading = read_body(read, b"", Listen(body_timeout=0.1))
    if served:
        assert len(asyncio.run(reading)) == first + 3
    else:
        with pytest.raises(RequestError, match=r"0\.1 seconds"):
            asyncio.run(reading)


SECRET = "sk-hunter2"
CARRYING: Fields = (("authorization", f"Bearer {SECRET}"), ("x-api-key", SECRET), ("cookie", SECRET))


@pytest.mark.parametrize(
    ("target", "body", "words"),
    [
        (f"{CHAT}?key={SECRET}", chat(SECRET), "refused chat_completions 404 model_not_found"),
        (CHAT, f'{{"model": "{SECRET}'.encode(), "refused chat_completions 400 invalid_request"),
        (CHAT, chat(SECRET, LIMIT + 1), "refused chat_completions 413 body_too_large"),
        (f"/chat%3Fkey={SECRET}", chat(SECRET), "refused other 404 unknown_url, path /chat"),
    ],
)
def test_what_was_refused_has_a_line_that_says_nothing_of_it(
    small: Port, caplog: pytest.LogCaptureFixture, target: str, body: bytes, words: str
) -> None:
    """Callers write what a line would show: keys, whole prompts, lines that look like ours."""
    with caplog.at_level(logging.INFO, "practicum"):
        small.call(target, body, CARRYING)
        until(lambda: caplog.records, "a line")
    assert [record.getMessage() for record in caplog.records] == [words]
    assert SECRET not in "".join(formatter("worker 0", "json").format(record) for record in caplog.records)


def test_a_wrong_key_has_a_line_without_it(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    """So that a key that was rotated too early is found out, and not read."""
    with Port(config(Upstream(server.url()), "support"), KEYS) as port, caplog.at_level(logging.INFO, "practicum"):
        assert port.call(CHAT, chat(), CARRYING).status == 401
    (line,) = caplog.records
    assert line.getMessage() == "refused chat_completions 401 invalid_api_key"
    assert SECRET not in formatter("worker 0", "json").format(line)


def test_what_is_no_request_is_counted_and_has_a_line(small: Port, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody is asked to answer it, so it would leave no trace at all."""
    before = small.tally.value(REQUESTS, "none", "other", "none", "rejected")
    with caplog.at_level(logging.INFO, "practicum"), small.connect() as caller:
        caller.send(b"\x16\x03\x01" + SECRET.encode() + b"\r\n\r\n")
        assert caller.answer().status == 400
    assert [record.getMessage() for record in caplog.records] == ["refused other 400 bad_request"]
    assert small.tally.value(REQUESTS, "none", "other", "none", "rejected") == before + 1
