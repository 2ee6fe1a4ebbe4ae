"""The client's side of a connection, as clients see it: limits, errors, and who is told that one has gone."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from proxy.config.settings import Listen
from tests.end_to_end.practicum import until
from tests.end_to_end.wire import Caller, request
from tests.proxy.worker.answering import BIG, GET, App, wired
from tests.proxy.worker.hostile import CHUNKED, HOSTILE, POST, cuts
from tests.proxy.worker.served import Served

HEADER_TIMEOUT, MAX_HEADER = 0.25, 4096


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[App, Served]]:
    """One server, with limits short enough to be met."""
    listen = Listen("127.0.0.1", header_timeout=HEADER_TIMEOUT, max_header=MAX_HEADER, keep_alive=1.0)
    app = App()
    with Served(app.answer, listen) as served:
        yield app, served


@pytest.fixture
def app(running: tuple[App, Served]) -> App:
    """What stands behind the connection, and remembers nothing of other tests."""
    running[0].gone.clear()
    running[0].answered = 0
    running[0].go.clear()
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


async def everything(far: socket.socket) -> bytes:
    """All that a client gets before the connection ends."""
    loop, heard = asyncio.get_running_loop(), b""
    while piece := await loop.sock_recv(far, 65536):
        heard += piece
    return heard


@pytest.mark.anyio
@pytest.mark.parametrize("raw", HOSTILE.values(), ids=list(HOSTILE))
async def test_what_two_servers_could_read_differently_is_refused(raw: bytes) -> None:
    """However TCP cut it, and without a word from whoever answers: half of it may be meant for the next caller."""
    for pieces in cuts(raw + GET):
        async with wired(App()) as (connection, far):
            for piece in pieces:
                connection.data_received(piece)
            heard = await everything(far)
        head, _, body = heard.partition(b"\r\n\r\n")
        assert heard.count(b"HTTP/1.1 ") == 1, pieces
        assert head.split(b" ", 2)[1] in {b"400", b"501", b"505"}, pieces
        assert b"\r\nconnection: close" in head
        assert set(json.loads(body)["error"]) == {"message", "type", "param", "code"}


@pytest.mark.anyio
@pytest.mark.parametrize("broken", [CHUNKED + b"zz\r\n", CHUNKED, POST + b"Content-Length: 9\r\n\r\nbody"])
async def test_whoever_reads_a_body_that_breaks_off_is_told(broken: bytes) -> None:
    """Also one who had yet to begin; and nobody is told twice, which would end the task that the next one needs."""
    app = App()
    async with wired(app) as (connection, far):
        connection.data_received(broken)
        if broken.endswith(b"zz\r\n"):
            assert b" 400 " in await everything(far)
        else:
            far.close()
        await connection.task
    assert app.gone == ["echo"]


@pytest.mark.anyio
@pytest.mark.parametrize("raw", HOSTILE.values(), ids=list(HOSTILE))
async def test_who_asked_before_it_is_answered(raw: bytes) -> None:
    """A good request is not spoiled by what follows it; of what follows it, nothing is answered."""
    app = App()
    async with wired(app) as (connection, far):
        connection.data_received(GET + raw + GET)
        heard = await everything(far)
    assert heard.startswith(b"HTTP/1.1 200 OK\r\n")
    assert heard.count(b"HTTP/1.1 200") == 1
    assert heard.endswith(b"\r\n\r\necho")
    assert b"connection: close" in heard


@pytest.mark.parametrize("garbage", [b"\x00\r\n\r\n", b"GET /echo HTTP/1.1\r\nX-Long: " + b"x" * 5000])
def test_a_reply_that_has_not_begun_is_not_spoiled_either(served: Served, app: App, garbage: bytes) -> None:
    """An error for the one is not the answer to the other."""
    with served.connect() as caller:
        caller.send(request("GET", "/late") + garbage)
        until(lambda: app.waiting == 1, "it is being answered")
        served.thread.call(app.go.set)
        answer = caller.answer()
        assert (answer.status, answer.body) == (200, b"late")


@pytest.mark.parametrize(
    "what", [b"5;x=" + b"a" * MAX_HEADER, b"0\r\nX-A: " + b"a" * MAX_HEADER], ids=["extension", "trailer"]
)
def test_what_frames_a_body_is_bounded_like_a_head(served: Served, app: App, what: bytes) -> None:
    """It is no body, so no limit of bodies holds for it."""
    with served.connect() as caller:
        caller.send(CHUNKED)
        until(lambda: app.answered == 1, "its body is awaited")
        caller.send(what)
        assert refused(caller)[0] == 431


def test_trailers_are_nobodys_headers(served: Served) -> None:
    """They came after the head was judged."""
    with served.connect() as caller:
        caller.send(CHUNKED + b"2\r\nhi\r\n0\r\nX-Practicum-Arm: teacher\r\n\r\n" + GET)
        assert [caller.answer().body for _ in range(2)] == [b"hi", b"echo"]


def test_a_long_line_of_requests_is_answered_so_far_and_no_further(served: Served, app: App) -> None:
    """Each costs a thousand bytes here and twenty there; whoever is not answered is told by the connection's end."""
    with served.connect() as caller:
        caller.send(b"GET /echo HTTP/1.1\r\n\r\n" * 2000)
        closing = None
        answers = 0
        while closing is None:
            answer = caller.answer()
            answers += 1
            closing = answer.head.value("connection")
        assert answer.body == b"echo"
        assert answers == app.answered < 2000
        assert caller.ended()


def test_requests_in_line_are_all_answered(served: Served) -> None:
    """However many, as long as not all come at once: reading waits for answering."""
    with served.connect() as caller:
        for _ in range(10):
            caller.send(GET * 200)
            assert {caller.answer().body for _ in range(200)} == {b"echo"}


def test_who_takes_no_reply_is_not_given_another(served: Served, app: App) -> None:
    """Replies to requests in line would pile up here; and whoever takes nothing at all is cut off."""
    with served.connect() as caller:
        caller.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        caller.send(request("GET", "/big") * 10)
        until(lambda: app.answered, "it is being answered")
        until(lambda: served.open_connections == 0, "it is cut off")
    assert app.answered <= 3


def test_who_takes_its_replies_slowly_gets_them_all(served: Served) -> None:
    """Slow is not gone."""
    with served.connect() as caller:
        caller.send(request("GET", "/big") * 3)
        assert [len(caller.answer().body) for _ in range(3)] == [BIG] * 3


def test_a_dripping_head_does_not_start_its_time_anew(served: Served) -> None:
    """A byte now and then must not hold a connection for ever."""
    with served.connect() as caller:
        caller.socket.settimeout(0.02)
        caller.send(GET[:-2])
        dripped = 0
        while not _heard(caller):
            caller.send(b"x")
            dripped += 1
        caller.socket.settimeout(15.0)
        assert refused(caller)[0] == 408
    assert 1 < dripped < 1000


def _heard(caller: Caller) -> bool:
    try:
        return bool(caller.socket.recv(1, socket.MSG_PEEK))
    except TimeoutError:
        return False


@pytest.mark.parametrize("behind", [b"", GET, b"rubbish"])
def test_what_follows_the_last_request_is_not_read(served: Served, app: App, behind: bytes) -> None:
    """Whoever says that it is the last one means it."""
    with served.connect() as caller:
        caller.send(request("GET", "/echo", None, (("Connection", "close"),)) + behind)
        answer = caller.answer()
        assert (answer.body, answer.head.value("connection")) == (b"echo", "close")
        assert caller.ended()
    assert app.answered == 1


def test_an_upgrade_is_ignored_and_the_connection_not_used_again(served: Served, app: App) -> None:
    """Clients that would like HTTP/2 go on without; what they send in it is not read."""
    with served.connect() as caller:
        caller.send(request("GET", "/echo", None, (("Connection", "Upgrade"), ("Upgrade", "h2c"))) + GET)
        answer = caller.answer()
        assert (answer.body, answer.head.value("connection")) == (b"echo", "close")
        assert caller.ended()
    assert app.answered == 1
