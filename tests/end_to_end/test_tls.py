"""A teacher over TLS, as teachers are: the same bytes, and no trust without a certificate that earns it."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT, ask
from tests.end_to_end.practicum import Practicum, route
from tests.end_to_end.upstream import Upstream


@contextmanager
def behind_tls(port: int, context: ssl.SSLContext) -> Iterator[int]:
    """A port that speaks TLS in front of one that does not."""
    loop, ready, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    found: list[int] = []

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            await asyncio.gather(pump(reader, inner_writer), pump(inner_reader, writer), return_exceptions=True)
        finally:
            inner_writer.close()
            writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(relay, "127.0.0.1", 0, ssl=context)
        found.append(server.sockets[0].getsockname()[1])
        ready.set()
        await stop.wait()
        server.close()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    try:
        yield found[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.05))
        loop.close()


@pytest.mark.parametrize("trusted", [True, False])
def test_a_teacher_over_tls(folder: Path, teacher: Upstream, student: Upstream, mark: str, trusted: bool) -> None:
    """Trusted, its bytes pass; with a certificate of somebody else's authority, nothing is sent to it at all."""
    authority, stranger = trustme.CA(), trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    bundle = folder / "authority.pem"
    (authority if trusted else stranger).cert_pem.write_to_path(bundle)
    with behind_tls(teacher.port, context) as port:
        secured = route(f"https://localhost:{port}/v1", student.url())
        with Practicum(folder, {"x": secured}, environ={"SSL_CERT_FILE": str(bundle)}) as service:
            unary = service.call(CHAT, ask(CHAT, "x", mark))
            stream = service.call(CHAT, ask(CHAT, "x", mark, stream=True))
    if trusted:
        assert (unary.status, unary.body) == (200, replies.CHAT)
        assert (stream.body, stream.complete) == (b"".join(replies.CHAT_STREAM), True)
    else:
        assert (unary.status, stream.status) == (502, 502)
        assert b'"code":"teacher_connect"' in unary.body
        assert not [asked for asked in teacher.received if mark.encode() in asked.body]
