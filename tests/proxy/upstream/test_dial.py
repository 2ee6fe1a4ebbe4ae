"""Addresses are tried in turn, and no socket is left behind."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest

from proxy.upstream.dial import Address, alternating, dial, first_to_answer
from proxy.upstream.message import Origin
from tests.end_to_end.practicum import free_port

pytestmark = pytest.mark.anyio

V4, V6 = socket.AF_INET, socket.AF_INET6


class Made(asyncio.Protocol):
    """Tells when it was connected, and when no more."""

    def __init__(self) -> None:
        self.transport: asyncio.Future[asyncio.BaseTransport] = asyncio.get_running_loop().create_future()
        self.lost = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is."""
        self.transport.set_result(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is no more."""
        del exc
        self.lost.set()


def address(port: int, family: socket.AddressFamily = V4) -> Address:
    """An address on loopback, as a resolver gives it."""
    return (family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", port))


@pytest.fixture
def living() -> Iterator[int]:
    """A port that answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_families_take_turns() -> None:
    """A host whose IPv6 is broken has many such addresses, and none of them answers."""
    six = [address(n, V6) for n in range(3)]
    four = [address(n) for n in range(2)]
    assert alternating([*six, *four]) == [six[0], four[0], six[1], four[1], six[2]]
    assert alternating(four) == four
    assert alternating([]) == []


async def test_a_refusal_is_followed_by_the_next_address(living: int) -> None:
    """At once, for nothing is to be waited for."""
    sock = await first_to_answer([address(free_port()), address(free_port()), address(living)])
    assert sock.getpeername()[1] == living
    sock.close()


async def test_silence_is_followed_by_the_next_address(living: int, silent: int) -> None:
    """After a moment; the kernel alone would try the first one for two minutes."""
    sock = await first_to_answer([address(silent), address(living)])
    assert sock.getpeername()[1] == living
    sock.close()


async def test_the_first_refusal_is_the_one_reported() -> None:
    """It is of the address the resolver likes best."""
    ports = free_port(), free_port()
    with pytest.raises(ConnectionRefusedError):
        await first_to_answer([address(port) for port in ports])
    with pytest.raises(OSError, match="no address"):
        await first_to_answer([])


async def test_giving_up_leaves_no_socket(silent: int) -> None:
    """One that is left would be a warning here, and a leak in a worker."""
    attempt = asyncio.create_task(first_to_answer([address(silent), address(silent)]))
    done, _ = await asyncio.wait({attempt}, timeout=0.3)
    assert not done
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_a_name_is_connected_to_without_delay_of_small_writes(host: str, living: int) -> None:
    """Nagle's algorithm would hold back the end of a request."""
    protocol = Made()
    await dial(Origin.of(f"http://{host}:{living}/v1"), None, protocol)
    transport = await protocol.transport
    assert transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    transport.close()
    await protocol.lost.wait()


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", "x" * 70])
async def test_a_name_that_leads_nowhere_is_an_error(host: str) -> None:
    """Which the pool reports as a failure to connect."""
    with pytest.raises((OSError, UnicodeError)):
        await dial(Origin.of(f"http://{host}/v1"), None, asyncio.Protocol())
