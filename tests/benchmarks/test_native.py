"""benchmarks.native: that load and upstream count what happened, for every figure rests on them."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.native import Load, NativeError, Programs, Running, Upstream, holding
from benchmarks.stage import free_port, request

_CHUNKS = 5


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Programs:
    if not any(shutil.which(compiler) for compiler in ("cc", "gcc", "clang")):
        pytest.skip("no C compiler is here")
    return Programs.build(tmp_path_factory.mktemp("native"))


@pytest.fixture
def upstream(programs: Programs) -> Iterator[Upstream]:
    running = Upstream(programs.upstream, free_port(), interval=0.001, chunks=_CHUNKS)
    while not listens(running.port):
        pass
    yield running
    running.stop()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def asked(folder: Path, *, stream: bool) -> Path:
    path = folder / "request"
    path.write_bytes(request({}, stream=stream))
    return path


@contextmanager
def answering(reply: bytes) -> Iterator[int]:
    """A server that reads one request of each connection, says this, and closes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:  # closed: the end
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(reply)

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("stream", [False, True])
def test_every_reply_is_read_to_its_end_and_counted(
    programs: Programs, upstream: Upstream, tmp_path: Path, stream: bool
) -> None:
    """CPU is divided by this count."""
    load = Load(4, each=3, rate=200 if stream else 0)
    outcome = Running(programs.load, upstream.port, asked(tmp_path, stream=stream), load).outcome()
    assert (outcome.completed, outcome.in_time, outcome.errors, outcome.unanswered) == (12, 12, 0, 0)
    assert 0 < outcome.first_p50_us <= outcome.p50_us <= outcome.p99_us <= outcome.max_us


def test_a_stream_is_chunked_events_that_end_in_done(upstream: Upstream, tmp_path: Path) -> None:
    """Peers that parse streams must find real ones, or they would be measured failing."""
    said = b""
    with socket.create_connection(("127.0.0.1", upstream.port)) as connection:
        connection.sendall(asked(tmp_path, stream=True).read_bytes())
        while not said.endswith(b"0\r\n\r\n"):
            said += connection.recv(65536)
    assert said.count(b"data: {") == _CHUNKS
    assert b"data: [DONE]\n\n" in said


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nabX\n",
        b"",
    ],
)
def test_what_is_no_good_reply_is_no_result(programs: Programs, tmp_path: Path, reply: bytes) -> None:
    """A proxy that fails fast would else be the fastest."""
    with answering(reply) as port, pytest.raises(NativeError, match="requests failed"):
        Running(programs.load, port, asked(tmp_path, stream=False), Load(1, each=1)).outcome()


def test_a_stream_without_done_is_no_result(programs: Programs, tmp_path: Path) -> None:
    """It was cut off."""
    cut = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\ndata: \r\n0\r\n\r\n"
    with answering(cut) as port, pytest.raises(NativeError, match="requests failed"):
        Running(programs.load, port, asked(tmp_path, stream=True), Load(1, each=1)).outcome()


def test_what_hangs_is_counted_as_unanswered(programs: Programs, upstream: Upstream, tmp_path: Path) -> None:
    """The scenario of a hung student rests on a count of those who wait."""
    script = asked(tmp_path, stream=False)
    upstream.hang()
    outcome = Running(programs.load, upstream.port, script, Load(2, seconds=0.1)).outcome(faultless=False)
    upstream.wake()
    assert (outcome.completed, outcome.unanswered) == (0, 2)


def test_streams_are_held_open_until_told(programs: Programs, upstream: Upstream, tmp_path: Path) -> None:
    """Memory is read while they are."""
    with holding(programs.load, upstream.port, asked(tmp_path, stream=True), 3):
        pass
