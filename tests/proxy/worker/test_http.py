"""The client's side of a connection, as clients see it: limits, errors, and who is told that one has gone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from proxy.config.settings import Listen
from proxy.worker.http import EXTENSION, Client
from tests.end_to_end.practicum import until
from tests.end_to_end.wire import Caller, request
from tests.proxy.worker.served import Served

HEADER_TIMEOUT, MAX_HEADER = 0.25, 4096
GET = request("GET", "/echo")


class App:
    """``/echo`` gives the body back, ``/early`` answers without reading it, ``/wait`` waits, ``/half`` breaks off."""

    def __init__(self) -> None:
        self.gone: list[str] = []
        self.waiting = 0

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        client: Client = scope["extensions"][EXTENSION]
        path = scope["path"].strip("/")
        left = asyncio.Event()

        def react() -> None:
            self.gone.append(path)
            left.set()

        client.on_gone(react)
        body = b"" if path in {"early", "wait"} else await _whole(receive)
        if path in {"wait", "half"}:
            await self._begin(path, client, send, left)
            return
        await _send(send, path.encode() if path == "early" else body or path.encode())

    async def _begin(self, path: str, client: Client, send: Any, left: asyncio.Event) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"begun", "more_body": True})
        if path == "half":
            client.abandon()
            return
        self.waiting += 1
        await left.wait()
        self.waiting -= 1


async def _whole(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _send(send: Any, body: bytes) -> None:
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[App, Served]]:
    """One server, with limits short enough to be met."""
    listen = Listen("127.0.0.1", header_timeout=HEADER_TIMEOUT, max_header=MAX_HEADER, keep_alive=1.0)
    app = App()
    with Served(app, listen) as served:
        yield app, served


@pytest.fixture
def app(running: tuple[App, Served]) -> App:
    """What stands behind the connection, and remembers nothing of other tests."""
    running[0].gone.clear()
    return running[0]


@pytest.fixture
def served(running: tuple[App, Served]) -> Iterator[Served]:
    """The server, on which a test leaves no connection."""
    yield running[1]
    until(lambda: running[1].open_connections == 0, "no connection is left")


def refused(caller: Caller) -> tuple[int, str]:
    """The status and message of an error after which the connection ends."""
    answer = caller.answer()
    assert answer.head.value("content-type") == "application/json"
    assert answer.head.value("connection") == "close"
    assert answer.complete
    assert caller.ended()
    return answer.status, str(answer.error()["message"])


@pytest.mark.parametrize("sent", [b"G", b"\r\n", GET[:-2], b"POST /echo HTTP/1.1\r\nHost: x\r\nX-Long: "])
def test_a_slow_head_is_answered_and_cut(served: Served, sent: bytes) -> None:
    """A client that never finishes its head would hold a connection for ever."""
    with served.connect() as caller:
        caller.send(sent)
        status, message = refused(caller)
    assert status == 408
    assert f"listen.header_timeout, {HEADER_TIMEOUT:g} seconds" in message


def test_a_silent_connection_is_closed_without_a_word(served: Served) -> None:
    """Health checks of load balancers connect and say nothing: an error would only fill their logs."""
    with served.connect() as caller:
        assert caller.ended()


@pytest.mark.parametrize("first", [b"", GET], ids=["first", "after-another"])
def test_a_head_beyond_the_limit_is_refused_while_it_comes(served: Served, first: bytes) -> None:
    """Collecting it to its end is what the sender wants."""
    with served.connect() as caller:
        if first:
            caller.send(first)
            assert caller.answer().body == b"echo"
        caller.send(b"GET /echo HTTP/1.1\r\nX-Long: " + b"x" * (MAX_HEADER + 1))
        status, message = refused(caller)
    assert status == 431
    assert f"{MAX_HEADER} bytes" in message


@pytest.mark.parametrize(
    "garbage", [b"SSH-2.0-x\r\n\r\n", b"\x16\x03\x01\x02\x00\x01", b"GET /echo HTTP/1.1\r\nContent-Length: x\r\n\r\n"]
)
def test_what_is_not_http_is_refused_as_json(served: Served, garbage: bytes) -> None:
    """A client that speaks TLS to a plain port learns why it failed."""
    with served.connect() as caller:
        caller.send(garbage)
        status, message = refused(caller)
    assert status == 400
    assert "HTTP/1.1" in message


def test_the_second_head_has_limits_too(served: Served) -> None:
    """Else one good request buys an endless one."""
    with served.connect() as caller:
        caller.send(GET)
        assert caller.answer().body == b"echo"
        caller.send(GET[:-2])
        assert refused(caller)[0] == 408


def test_a_head_that_came_with_the_last_request_has_limits_too(served: Served) -> None:
    """The same, in one packet with the request before it."""
    with served.connect() as caller:
        caller.send(GET + GET[:-2])
        assert caller.answer().body == b"echo"
        assert refused(caller)[0] == 408


def test_a_pipelined_head_cannot_grow_without_bound(served: Served) -> None:
    """Its size counts like that of any other."""
    with served.connect() as caller:
        caller.send(GET + b"GET /echo HTTP/1.1\r\nX-Long: ")
        assert caller.answer().body == b"echo"
        caller.send(b"x" * (MAX_HEADER + 1))
        assert refused(caller)[0] == 431


def test_a_connection_is_used_again_and_closed_when_idle(served: Served) -> None:
    """Handshakes are dear; so are idle connections."""
    with served.connect() as caller:
        for number in range(3):
            caller.send(request("POST", "/echo", b"%d" % number))
            assert caller.answer().body == b"%d" % number
        assert served.open_connections == 1
        assert caller.ended()


def test_pipelined_requests_are_answered_in_order(served: Served) -> None:
    """HTTP/1.1 promises it."""
    with served.connect() as caller:
        caller.send(b"".join(request("POST", "/echo", b"%d" % number) for number in range(5)))
        assert [caller.answer().body for _ in range(5)] == [b"0", b"1", b"2", b"3", b"4"]


def test_a_request_in_pieces_is_one_request(served: Served) -> None:
    """TCP cuts where it likes."""
    data = request("POST", "/echo", b"abc")
    with served.connect() as caller:
        for start in range(len(data)):
            caller.send(data[start : start + 1])
        assert caller.answer().body == b"abc"


@pytest.mark.parametrize("leave", [Caller.close, Caller.reset], ids=["close", "reset"])
def test_a_client_that_leaves_is_noticed_once(served: Served, app: App, leave: Any) -> None:
    """What stops the upstream call that it caused."""
    with served.connect() as caller:
        caller.send(request("GET", "/wait"))
        until(lambda: app.waiting == 1, "it is being answered")
        leave(caller)
        until(lambda: app.waiting == 0, "the application sees it")
    assert app.gone == ["wait"]


def test_a_client_that_leaves_after_its_reply_is_nobodys_loss(served: Served, app: App) -> None:
    """Else every finished request would count as abandoned."""
    with served.connect() as caller:
        caller.send(GET)
        assert caller.answer().complete
    until(lambda: served.open_connections == 0, "it is gone")
    assert app.gone == []


def test_an_abandoned_reply_is_no_complete_one(served: Served, app: App) -> None:
    """What was written arrives; the end does not; and nobody is told of a client that left."""
    with served.connect() as caller:
        caller.send(request("GET", "/half"))
        answer = caller.answer()
    assert (answer.body, answer.complete) == (b"begun", False)
    assert app.gone == []


def test_the_sender_of_a_refused_upload_gets_to_read_why(served: Served) -> None:
    """A connection closed amid its writing would reset the answer away; and it is good for another request."""
    body = bytes(3_000_000)
    with served.connect() as caller:
        caller.send(request("POST", "/early", body))
        assert caller.answer().body == b"early"
        caller.send(GET)
        assert caller.answer().body == b"echo"


@pytest.mark.parametrize("sent", [b"", b"x"], ids=["nothing", "a-part"])
def test_a_refused_upload_that_pauses_is_closed(served: Served, sent: bytes) -> None:
    """Its answer is out: nobody waits for the rest, so nobody else's time limit covers it."""
    with served.connect() as caller:
        caller.send(request("POST", "/early", b"", (("content-length", "9"),)))
        assert caller.answer().body == b"early"
        caller.send(sent)
        assert caller.ended()


def test_a_body_that_ends_after_its_answer_leaves_an_idle_connection(served: Served) -> None:
    """Which is closed like any other idle one."""
    with served.connect() as caller:
        caller.send(request("POST", "/early", b"", (("content-length", "9"),)))
        assert caller.answer().body == b"early"
        caller.send(b"123456789")
        assert caller.ended()


def test_an_error_is_never_written_into_a_reply(served: Served, app: App) -> None:
    """A client that sends rubbish behind its request may not find it in the text of the reply."""
    with served.connect() as caller:
        caller.send(request("GET", "/wait"))
        until(lambda: app.waiting == 1, "it is being answered")
        caller.send(b"\x00\x00 rubbish\r\n\r\n")
        answer = caller.answer()
    assert (answer.body, answer.complete) == (b"begun", False)


def test_an_error_names_its_shape(served: Served) -> None:
    """The same object as every other error's."""
    with served.connect() as caller:
        caller.send(b"\x00\x00\r\n\r\n")
        assert set(json.loads(caller.answer().body)["error"]) == {"message", "type", "param", "code"}


class Replying:
    """Answers through its ``Client``, as its path says."""

    def __init__(self) -> None:
        self.wrong: list[str] = []

    async def __call__(self, scope: dict[str, Any], _receive: Any, _send: Any) -> None:
        client: Client = scope["extensions"][EXTENSION]
        match scope["path"]:
            case "/chunks":
                client.start(200, [(b"x-a", b"caf\xe9")])
                for piece in (b"one", b"", b"two"):
                    await client.send(piece, more=True)
                await client.send(b"", more=False)
            case "/sized":
                client.start(200, [(b"content-length", b"6")])
                await client.send(b"one", more=True)
                await client.send(b"two", more=False)
            case "/bare":
                client.start(204, [(b"x-a", b"1")])
                await client.send(b"", more=False)
            case "/short" | "/long":
                await self._lie(client, b"one" if scope["path"] == "/short" else b"one too many")
            case "/split":
                await self._inject(client)

    async def _lie(self, client: Client, body: bytes) -> None:
        client.start(200, [(b"content-length", b"6")])
        try:
            await client.send(body, more=False)
        except RuntimeError as wrong:
            self.wrong.append(str(wrong))
            client.abandon()

    async def _inject(self, client: Client) -> None:
        try:
            client.start(200, [(b"x-a", b"1\r\nx-evil: 1")])
        except RuntimeError as wrong:
            self.wrong.append(str(wrong))
            client.abandon()


@pytest.fixture
def replying() -> Iterator[tuple[Replying, Served]]:
    """A server whose application answers without ASGI's messages."""
    app = Replying()
    with Served(app, Listen("127.0.0.1", keep_alive=1.0)) as served:
        yield app, served


def test_a_reply_is_framed_as_its_head_says(replying: tuple[Replying, Served]) -> None:
    """In chunks, by its length, or with no body at all; and the connection goes on to the next."""
    with replying[1].connect() as caller:
        for path, body, framing in (
            ("/chunks", b"onetwo", "chunked"),
            ("/sized", b"onetwo", None),
            ("/bare", b"", None),
        ):
            caller.send(request("GET", path))
            answer = caller.answer(bodiless=path == "/bare")
            assert (answer.body, answer.complete) == (body, True)
            assert answer.head.value("transfer-encoding") == framing
        caller.send(request("HEAD", "/sized"))
        answer = caller.answer(bodiless=True)
        assert (answer.head.value("content-length"), answer.body) == ("6", b"")
        caller.send(request("HEAD", "/chunks"))
        answer = caller.answer(bodiless=True)
        assert (answer.head.values("transfer-encoding"), answer.head.value("x-a")) == ([], "caf\xe9")
        caller.send(GET.replace(b"/echo", b"/sized"))
        assert caller.answer().body == b"onetwo"


@pytest.mark.parametrize("path", ["/short", "/long", "/split"])
def test_a_reply_that_would_lie_is_not_finished(replying: tuple[Replying, Served], path: str) -> None:
    """A body of another length, or a line in a header, would be read as the next reply."""
    app, served = replying
    with served.connect() as caller:
        caller.send(request("GET", path))
        assert caller.ended()
    assert len(app.wrong) == 1


def test_one_who_says_close_is_told_so(replying: tuple[Replying, Served]) -> None:
    """And the connection ends behind the reply."""
    with replying[1].connect() as caller:
        caller.send(request("GET", "/chunks", None, (("Connection", "close"),)))
        answer = caller.answer()
        assert (answer.body, answer.head.value("connection")) == (b"onetwo", "close")
        assert caller.ended()
