"""Answering one request: what a client reads of a reply in each framing, and how its body is asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from proxy.config.settings import Listen
from proxy.worker.client import Client
from tests.end_to_end.wire import request
from tests.proxy.worker.served import Served

GET = request("GET", "/sized")


class Replying:
    """Answers as its path says."""

    def __init__(self) -> None:
        self.wrong: list[str] = []

    async def answer(self, client: Client) -> None:
        """In several pieces, in one, in none, or wrongly."""
        match client.path:
            case "/chunks":
                client.start(200, [(b"x-a", b"caf\xe9")])
                for piece in (b"one", b"", b"two"):
                    client.write(piece, more=True)
                client.write(b"", more=False)
            case "/sized":
                client.start(200, [(b"content-length", b"6")])
                client.write(b"one", more=True)
                client.write(b"two", more=False)
            case "/until-close":
                client.start(200, [])
                client.write(b"begun", more=True)
                client.write(b", ended", more=False)
            case "/refused":
                client.start(413, [(b"content-length", b"0")])
                client.write(b"", more=False)
            case "/read":
                await self._read(client)
            case "/bare":
                client.start(204, [(b"x-a", b"1")])
                client.write(b"", more=False)
            case "/short" | "/long":
                self._lie(client, b"one" if client.path == "/short" else b"one too many")
            case "/split":
                self._inject(client)

    async def _read(self, client: Client) -> None:
        """Tell how the body came."""
        assert client.body() is None
        pieces, more = [], True
        while more:
            piece, more = await client.read()
            pieces.append(b"%d" % len(piece))
        client.start(200, [])
        client.write(b" ".join(pieces), more=False)

    def _lie(self, client: Client, body: bytes) -> None:
        client.start(200, [(b"content-length", b"6")])
        try:
            client.write(body, more=False)
        except RuntimeError as wrong:
            self.wrong.append(str(wrong))
            client.abandon()

    def _inject(self, client: Client) -> None:
        try:
            client.start(200, [(b"x-a", b"1\r\nx-evil: 1")])
        except RuntimeError as wrong:
            self.wrong.append(str(wrong))
            client.abandon()


@pytest.fixture
def replying() -> Iterator[tuple[Replying, Served]]:
    """A server of replies in every framing."""
    app = Replying()
    with Served(app.answer, Listen("127.0.0.1", keep_alive=1.0)) as served:
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
        caller.send(GET)
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


ASKS_FIRST = (("Content-Length", "4"), ("Expect", "100-Continue"))


def test_a_body_comes_when_it_is_asked_for(replying: tuple[Replying, Served]) -> None:
    """Whoever waits for leave to send gets it once somebody reads, and the connection goes on."""
    with replying[1].connect() as caller:
        caller.send(request("POST", "/read", None, ASKS_FIRST))
        assert caller.socket.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        caller.send(b"body")
        assert caller.answer().body in {b"4", b"0 4", b"4 0"}
        caller.send(GET)
        assert caller.answer().body == b"onetwo"


def test_a_body_that_was_not_asked_for_ends_the_connection(replying: tuple[Replying, Served]) -> None:
    """Its sender may send it or not: what comes next could be the body or another request."""
    with replying[1].connect() as caller:
        caller.send(request("POST", "/refused", None, ASKS_FIRST))
        answer = caller.answer()
        assert (answer.status, answer.head.value("connection")) == (413, "close")
        assert caller.ended()


def test_leave_is_not_given_to_who_did_not_wait(replying: tuple[Replying, Served]) -> None:
    """The body is here: an interim reply would be one too many."""
    with replying[1].connect() as caller:
        caller.send(request("POST", "/sized", b"body", ASKS_FIRST) + GET)
        assert caller.socket.recv(17) == b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
@pytest.mark.parametrize("connection", [b"", b"Connection: keep-alive\r\n"])
def test_an_old_client_is_not_sent_chunks(replying: tuple[Replying, Served], version: bytes, connection: bytes) -> None:
    """It would take their sizes for text; the connection's end is the body's."""
    with replying[1].connect() as caller:
        caller.send(b"GET /until-close HTTP/%b\r\n%b\r\n" % (version, connection))
        answer = caller.answer()
        assert answer.body == b"begun, ended"
        assert answer.head.value("transfer-encoding") == ("chunked" if version == b"1.1" else None)
        assert answer.head.value("connection") == (None if version == b"1.1" else "close")
        if version == b"1.0":
            assert caller.ended()


def test_what_is_for_a_client_that_was_left_is_dropped() -> None:
    """Whatever still comes from an upstream has nowhere to go."""
    lost: list[Client] = []
    ended = threading.Event()

    async def answer(client: Client) -> None:
        client.start(200, [(b"content-length", b"9")])
        client.write(b"begun", more=True)
        client.abandon()
        client.write(b"more", more=False)
        lost.append(client)
        ended.set()

    with Served(answer, Listen("127.0.0.1")) as served:
        reply = served.call("/x")
        assert ended.wait(10)
    assert (reply.body, reply.complete) == (b"begun", False)
    assert (lost[0].gone, lost[0].complete) == (True, False)
