"""The worker's end of the handover against a real socket: what it sends, sheds, loses and learns."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Self

import msgspec
import pytest

from proxy.config.settings import Upstream
from proxy.handover import (
    Assured,
    Counts,
    Frame,
    Goodbye,
    Hello,
    Record,
    Settled,
    Snapshot,
    Unchanged,
    frame,
    frames,
)
from proxy.telemetry.catalog import HANDED, LOST
from proxy.telemetry.tally import Tally
from proxy.worker.link import UNSENT_LIMIT, Link
from proxy.worker.units import RequestFacts
from routing.confidence.assurance import Assurance
from routing.decision import Reason, Standing, decide
from routing.traits import Endpoint
from tests.proxy.test_handover import RECORD
from tests.proxy.worker.served import config

pytestmark = pytest.mark.anyio

ROUTE = config(Upstream("http://teacher/v1")).routes["support"]
BIG = msgspec.structs.replace(RECORD, reply=bytes(1024 * 1024))
MORE_THAN_FITS = 2 * UNSENT_LIMIT // len(BIG.reply) + 4


class Peer:
    """An examiner as far as the socket shows one; ``reading`` False makes it one that hangs."""

    def __init__(self, path: Path, *, reading: bool = True) -> None:
        self.got: list[Frame] = []
        self.connections = 0
        self._path = path
        self._reading = reading
        self._writers: list[asyncio.StreamWriter] = []
        self._over = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_unix_server(self._converse, str(self._path))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._over.set()
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        with suppress(FileNotFoundError):
            self._path.unlink()

    def say(self, *messages: Frame) -> None:
        """Send these frames on the newest connection."""
        self.send(b"".join(map(frame, messages)))

    def send(self, data: bytes) -> None:
        """Send these bytes on the newest connection."""
        self._writers[-1].write(data)

    def records(self) -> list[Record]:
        """The records that came."""
        return [message for message in self.got if isinstance(message, Record)]

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.append(writer)
        if not self._reading:
            await self._over.wait()
            return
        async for message in frames(reader):
            self.got.append(message)
        writer.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the two meet."""
    return tmp_path / "handover.sock"


@pytest.fixture
def tally() -> Tally:
    """What the link counts in."""
    return Tally()


@asynccontextmanager
async def linked(path: Path, tally: Tally) -> AsyncIterator[Link]:
    """A link that keeps connected."""
    link = Link(str(path), "7", tally, lambda: Counts(*tally.totals(), 3, "c0ffee", config_ok=True))
    running = asyncio.create_task(link.run())
    try:
        yield link
        assert not running.done(), "the link gave up"
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def eventually(condition: Callable[[], object], what: str) -> None:
    """Wait for a condition of this loop."""
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end, what
        await asyncio.sleep(0.005)


async def greeted(peer: Peer) -> None:
    """Wait until a worker is connected."""
    await eventually(lambda: peer.connections, "a connection")


async def test_a_worker_introduces_itself_then_counts(path: Path, tally: Tally) -> None:
    """The examiner must know whose records follow, and counts come without any request."""
    async with Peer(path) as peer, linked(path, tally):
        await eventually(lambda: len(peer.got) >= 2, "hello and counts")
        assert peer.got[0] == Hello("7", os.getpid())
        assert peer.got[1] == Counts([], [], 3, "c0ffee", config_ok=True)


async def test_a_record_arrives_as_it_was_handed(path: Path, tally: Tally) -> None:
    """And is counted as accepted."""
    async with Peer(path) as peer, linked(path, tally) as link:
        await greeted(peer)
        assert link.hand(RECORD)
        await eventually(peer.records, "the record")
        assert peer.records() == [RECORD]
    assert tally.value(HANDED, "accepted") == 1


async def test_without_an_examiner_a_record_is_shed(path: Path, tally: Tally) -> None:
    """Callers are served all the same."""
    async with linked(path, tally) as link:
        assert not link.hand(RECORD)
        assert link.standing is None
    assert (tally.value(HANDED, "shed"), tally.value(HANDED, "accepted")) == (1, 0)


async def test_records_are_shed_when_the_examiner_hangs(path: Path, tally: Tally) -> None:
    """Bounded memory, no wait: the socket's buffer, ours, and then nothing more."""
    async with Peer(path, reading=False) as peer, linked(path, tally) as link:
        await greeted(peer)
        handed = [link.hand(BIG) for _ in range(MORE_THAN_FITS)]
    assert handed[0]
    assert not handed[-1]
    accepted, shed = tally.value(HANDED, "accepted"), tally.value(HANDED, "shed")
    assert (accepted, shed) == (handed.count(True), handed.count(False))
    assert accepted * len(BIG.reply) < UNSENT_LIMIT + 1_000_000


async def test_a_record_larger_than_the_bound_passes_an_empty_socket(path: Path, tally: Tally) -> None:
    """The bound is on what waits; a single large record must not be shed for ever."""
    huge = msgspec.structs.replace(RECORD, reply=bytes(2 * UNSENT_LIMIT))
    async with Peer(path) as peer, linked(path, tally) as link:
        await greeted(peer)
        assert link.hand(huge)
        await eventually(peer.records, "the record")
        assert link.hand(RECORD)


async def test_a_record_that_is_shed_takes_no_other_along(path: Path, tally: Tally) -> None:
    """Those of one turn of the loop share a buffer."""
    huge = msgspec.structs.replace(RECORD, reply=bytes(UNSENT_LIMIT))
    async with Peer(path) as peer, linked(path, tally) as link:
        await greeted(peer)
        assert [link.hand(record) for record in (RECORD, huge, RECORD)] == [True, False, True]
        await eventually(lambda: len(peer.records()) == 2, "both records")
        assert peer.records() == [RECORD, RECORD]


async def test_what_was_not_settled_is_lost_with_the_examiner(path: Path, tally: Tally) -> None:
    """Exactly that, and once."""
    async with Peer(path) as peer, linked(path, tally) as link:
        await greeted(peer)
        for _ in range(5):
            link.hand(RECORD)
        await eventually(lambda: len(peer.records()) == 5, "five records")
        peer.say(Settled(2), Snapshot(1, 60.0, {}))
        await eventually(lambda: link.standing, "the frames are taken")
        await peer.__aexit__()
        await eventually(lambda: tally.value(LOST, "examiner"), "the loss is counted")
        assert not link.hand(RECORD)
        assert tally.value(LOST, "examiner") == 3
        async with Peer(path) as successor:
            await greeted(successor)
    assert tally.value(LOST, "examiner") == 3


async def test_it_connects_again_and_goes_on(path: Path, tally: Tally) -> None:
    """An examiner that restarts gets what happens from then on."""
    async with linked(path, tally) as link:
        for _ in range(2):
            async with Peer(path) as peer:
                await greeted(peer)
                assert link.hand(RECORD)
                await eventually(peer.records, "the record")
                assert isinstance(peer.got[0], Hello)


@pytest.mark.parametrize("garbage", [b"\x00\x00\x00\x01\xc1", b"\xff\xff\xff\xff", b"\x00\x00\x00\x02\x91\x63"])
async def test_an_examiner_that_talks_rubbish_is_left_for_another(path: Path, tally: Tally, garbage: bytes) -> None:
    """One bad frame must not end the handover for the rest of the worker's life."""
    async with linked(path, tally) as link:
        async with Peer(path) as peer:
            await greeted(peer)
            link.hand(RECORD)
            peer.send(garbage)
            await eventually(lambda: tally.value(LOST, "examiner") == 1, "the connection is given up")
        async with Peer(path) as successor:
            await greeted(successor)
            assert link.hand(RECORD)


async def test_a_snapshot_gives_a_standing_that_expires(path: Path, tally: Tally) -> None:
    """Past its time to live, doubt means teacher."""
    async with Peer(path) as peer, linked(path, tally) as link:
        await greeted(peer)
        before = time.monotonic()
        peer.say(Snapshot(1, 5.0, {"support": {"math": 1500}}, {"support": 750}))
        await eventually(lambda: link.standing, "the snapshot")
        now = time.monotonic()
        standing = link.standing
        assert isinstance(standing, Standing)
        assert standing.weights == {"support": {"math": 1500}}
        assert standing.ill == {"support": 750}
        assert before + 5.0 <= standing.expires <= now + 5.0
        facts = RequestFacts(ROUTE, Endpoint.CHAT, ((b"x-practicum-conversation", b"c"),), b"{}", None)
        assert decide(standing, facts, now).reason is not Reason.SNAPSHOT_EXPIRED
        assert decide(standing, facts, now + 5.1).reason is Reason.SNAPSHOT_EXPIRED


async def test_a_snapshot_that_still_holds_lives_on(path: Path, tally: Tally) -> None:
    """It is not sent again, so only its end moves; told to one who knows none, the news is worth nothing."""
    async with Peer(path) as peer, linked(path, tally) as link:
        await greeted(peer)
        peer.say(Unchanged(1, 60.0), Assured({"support": Assurance(version=3)}))
        peer.say(Snapshot(2, 5.0, {"support": {"math": 1500}}, {"support": 750}, {"support": 3}))
        await eventually(lambda: link.standing, "the snapshot")
        told = link.standing
        assert told is not None
        before = time.monotonic()
        peer.say(Unchanged(3, 60.0))
        await eventually(lambda: link.standing and link.standing.expires > told.expires, "that it holds")
        assert link.standing is not None
        assert before + 60.0 <= link.standing.expires <= time.monotonic() + 60.0
        assert link.standing == told.until(link.standing.expires)
        assert link.standing.shared is told.shared, "nothing was worked out again"


async def test_a_worker_judges_by_the_assurance_that_its_snapshot_names(path: Path, tally: Tally) -> None:
    """One that it does not hold, or another version of it, is doubt: the teacher serves that route."""
    weights, held = {"support": {"math": 1500}, "other": {"math": 7}, "third": {"math": 9}}, Assurance(version=3)
    async with Peer(path) as peer, linked(path, tally) as link:
        await greeted(peer)
        peer.say(Assured({"support": held}), Snapshot(1, 5.0, weights, {}, {"support": 3, "other": 1}))
        await eventually(lambda: link.standing, "the snapshot")
        assert link.standing is not None
        assert link.standing.weights == {"support": {"math": 1500}, "third": {"math": 9}}
        assert link.standing.assurances == {"support": held}
        peer.say(Assured({"other": Assurance(version=1)}), Snapshot(2, 5.0, weights, {}, {"support": 4, "other": 1}))
        await eventually(lambda: link.standing and "other" in link.standing.weights, "the other's assurance")
        assert link.standing.assurances == {"other": Assurance(version=1)}, "what was said of a route holds on"
        assert link.standing.weights == {"other": {"math": 7}, "third": {"math": 9}}


async def test_closing_sends_the_last_counts_and_goodbye(path: Path, tally: Tally) -> None:
    """What was counted since the last frame, and that nothing is in flight: no loss to report."""
    async with Peer(path) as peer, linked(path, tally) as link:
        await eventually(lambda: len(peer.got) >= 2, "the first counts")
        link.hand(RECORD)
        await link.close()
        await eventually(lambda: isinstance(peer.got[-1], Goodbye), "goodbye")
        last = peer.got[-2]
        assert isinstance(last, Counts)
        assert ("records_handed", ("accepted",), 1.0) in last.counters
        assert peer.records() == [RECORD]


async def test_what_was_handed_in_the_last_turn_leaves_before_goodbye(path: Path, tally: Tally) -> None:
    """Records are written together, once a turn of the loop: closing must not overtake them, nor mix their order."""
    async with Peer(path) as peer, linked(path, tally) as link:
        await greeted(peer)
        handed = [msgspec.structs.replace(RECORD, pair=f"{number:028x}") for number in range(50)]
        assert all(link.hand(record) for record in handed)
        await link.close()
        await eventually(lambda: any(isinstance(message, Goodbye) for message in peer.got), "goodbye")
        assert peer.records() == handed
        assert isinstance(peer.got[-1], Goodbye)


async def test_closing_without_an_examiner_is_nothing(path: Path, tally: Tally) -> None:
    """A worker stops whether or not anybody listens."""
    async with linked(path, tally) as link:
        await link.close()


async def test_closing_does_not_wait_for_an_examiner_that_hangs(path: Path, tally: Tally) -> None:
    """A deploy must not take for ever because the other process is stuck."""
    async with Peer(path, reading=False) as peer, linked(path, tally) as link:
        await greeted(peer)
        while link.hand(BIG):
            pass
        async with asyncio.timeout(4):
            await link.close()
