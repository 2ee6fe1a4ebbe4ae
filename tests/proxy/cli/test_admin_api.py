"""The admin port as the verbs see it: every way in which it can fail is one clear line."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from proxy.cli.admin_api import TOKEN_ENV, AdminApi
from proxy.cli.refused import Refused
from proxy.examiner.status import Status
from proxy.store.store import Store
from tests.proxy.desk import TOKEN, a_desk, served


@contextmanager
def saying(reply: bytes) -> Iterator[str]:
    """A server that answers one connection with these bytes and closes it."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(reply)

    thread = Thread(target=serve)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    thread.join(10)
    listening.close()


def refusal(url: str, environ: dict[str, str] | None = None) -> str:
    """Why reading the status at this URL was refused."""
    with pytest.raises(Refused) as caught, AdminApi(url, environ or {}) as api:
        api.decode(api.get("/api/routes"), Status)
    return str(caught.value)


def test_nothing_listening_names_the_remedy() -> None:
    """The commonest mistake of all."""
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    listening.close()
    message = refusal(url)
    assert url in message
    assert "practicum serve" in message
    assert "--admin" in message
    assert "\n" not in message


@pytest.mark.parametrize("url", ["nonsense", "http://", "http://127.0.0.1:x", "ftp://127.0.0.1", "http://[::1"])
def test_a_url_that_is_none_is_refused(url: str) -> None:
    """Not a trace."""
    assert url in refusal(url)


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n\xff",
        b"HTTP/1.1 302 Found\r\nlocation: /login\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 500 Oops\r\ncontent-length: 4\r\n\r\noops",
    ],
)
def test_a_server_that_is_not_ours_is_refused(reply: bytes) -> None:
    """Whatever listens on that port instead."""
    with saying(reply) as url:
        assert url in refusal(url)


def test_an_error_of_the_port_is_told_and_made_harmless() -> None:
    """The message may quote what was asked, and that may come from anywhere."""
    body = b'{"error": {"message": "no route \\u001b[31m"}}'
    reply = b"HTTP/1.1 404 Not Found\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)
    with saying(reply) as url:
        assert refusal(url).endswith("404: no route \\x1b[31m")


def test_the_token_comes_from_the_environment(store: Store) -> None:
    """And its absence names the variable."""
    with served(a_desk(store, token=TOKEN)) as url:
        assert TOKEN_ENV in refusal(url)
        assert TOKEN_ENV in refusal(url, {TOKEN_ENV: "wrong"})
        with AdminApi(url, {TOKEN_ENV: TOKEN}) as api:
            assert api.decode(api.get("/api/routes"), Status).version


def test_lines_end_at_newlines_only() -> None:
    """JSON may hold the other separators of lines as they are."""
    body = '{"a":"\u2028\x85"}\n{"b":1}'.encode()
    reply = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)
    with saying(reply) as url, AdminApi(url, {}) as api:
        assert list(api.lines("/api/pairs")) == body.split(b"\n")


def test_a_stream_that_breaks_off_is_refused() -> None:
    """Half an export must not pass for a whole one."""
    with saying(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n{}\n\r\n") as url, AdminApi(url, {}) as api:
        lines = api.lines("/api/pairs")
        assert next(lines) == b"{}"
        with pytest.raises(Refused, match="did not answer in full"):
            next(lines)


def test_a_name_is_one_segment_of_a_path() -> None:
    """Whatever it contains."""
    assert AdminApi.segment("a/../b?c#d é") == "a%2F..%2Fb%3Fc%23d%20%C3%A9"


def test_an_order_that_makes_no_sense_now_is_told_in_the_ports_words() -> None:
    """The operator asked a rollout, not a server: no address, no number."""
    body = b'{"error": {"message": "nothing to promote: \\u001b[31m"}}'
    reply = b"HTTP/1.1 409 Conflict\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)
    with saying(reply) as url, AdminApi(url, {}) as api, pytest.raises(Refused) as caught:
        api.post("/api/routes/support/promote", {})
    assert str(caught.value) == "nothing to promote: \\x1b[31m"


def test_an_order_whose_answer_never_came_is_refused() -> None:
    """It may have been carried out; that is for the operator to look at, and not for us to try again."""
    with saying(b"") as url, AdminApi(url, {}) as api, pytest.raises(Refused, match="did not answer in full"):
        api.post("/api/routes/support/abort", {})
