"""The race of two calls for one client: who speaks, who is cancelled, and that nothing runs on afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from proxy.worker.hedging import Call, Race
from proxy.worker.relay import Gate

pytestmark = pytest.mark.anyio

NOW, LATER = 0.0, 60.0


class Heard:
    """What two calls did. ``go`` lets a call come to its gate; ``on`` lets one that has passed it end."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self._news = asyncio.Event()
        self.go = {name: asyncio.Event() for name in ("first", "second")}
        self.on = asyncio.Event()

    def call(self, name: str, status: int = 200) -> Call:
        """A call that speaks once it may."""

        async def run(gate: Gate) -> None:
            self.say(f"{name} began")
            try:
                await self.go[name].wait()
                if gate(status):
                    self.say(f"{name} speaks")
                    await self.on.wait()
                self.say(f"{name} ended")
            except asyncio.CancelledError:
                self.say(f"{name} cancelled")
                raise

        return run

    def say(self, what: str) -> None:
        """Something happened."""
        self.said.append(what)
        self._news.set()

    async def waits_for(self, what: str) -> None:
        """Wait until this has happened."""
        async with asyncio.timeout(10):
            while what not in self.said:
                self._news.clear()
                await self._news.wait()


def race(heard: Heard, first: int = 200, second: int = 200) -> tuple[Race, Call, Call]:
    """Two calls that answer with these statuses."""
    calls = heard.call("first", first), heard.call("second", second)
    return Race(*calls), *calls


def always() -> bool:
    """The second may start."""
    return True


@pytest.mark.parametrize(("winner", "loser"), [("first", "second"), ("second", "first")])
async def test_whoever_is_ready_first_speaks_and_the_other_is_cancelled(winner: str, loser: str) -> None:
    """For good: it may take as long as it likes to finish."""
    heard = Heard()
    running, first, second = race(heard)
    task = asyncio.create_task(running.run(NOW, always))
    await heard.waits_for("second began")
    heard.go[winner].set()
    await heard.waits_for(f"{loser} cancelled")
    heard.go[loser].set()
    heard.on.set()
    await task
    assert running.both
    assert running.speaker is (first if winner == "first" else second)
    assert heard.said[2:] == [f"{winner} speaks", f"{loser} cancelled", f"{winner} ended"]


async def test_both_ready_in_one_turn_of_the_loop_are_still_two() -> None:
    heard = Heard()
    running, first, _ = race(heard)
    task = asyncio.create_task(running.run(NOW, always))
    await heard.waits_for("second began")
    heard.go["first"].set()
    heard.go["second"].set()
    heard.on.set()
    await task
    assert running.speaker is first
    assert heard.said.count("second speaks") == 0


async def test_a_first_that_speaks_in_time_is_alone() -> None:
    """Also while it goes on speaking for longer than that."""
    heard = Heard()
    running, first, _ = race(heard)
    heard.go["first"].set()
    task = asyncio.create_task(running.run(0.02, always))
    await heard.waits_for("first speaks")
    await asyncio.sleep(0.05)
    heard.on.set()
    await task
    assert (running.speaker, running.both) == (first, False)
    assert heard.said == ["first began", "first speaks", "first ended"]


@pytest.mark.parametrize("may_start", [lambda: False, lambda: pytest.fail("it was asked for too early")])
async def test_the_second_starts_only_where_it_may_and_is_needed(may_start: Callable[[], bool]) -> None:
    """A first that has ended without a word leaves its question to whoever runs the race."""
    heard = Heard()
    running, _, _ = race(heard, first=500)
    heard.go["first"].set()
    await running.run(LATER, may_start)
    assert (running.speaker, running.both) == (None, False)
    assert heard.said == ["first began", "first ended"]


async def test_one_that_failed_leaves_the_word_to_the_other() -> None:
    """It never passes its gate, and is not waited for with it."""
    heard = Heard()
    running, first, _ = race(heard, second=503)
    task = asyncio.create_task(running.run(NOW, always))
    heard.go["second"].set()
    await heard.waits_for("second ended")
    heard.go["first"].set()
    heard.on.set()
    await task
    assert running.speaker is first


@pytest.mark.parametrize("speaks", [False, True])
async def test_whoever_leaves_cancels_both(speaks: bool) -> None:
    """And waits until they have ended."""
    heard = Heard()
    running, _, _ = race(heard)
    task = asyncio.create_task(running.run(NOW, always))
    await heard.waits_for("second began")
    if speaks:
        heard.go["second"].set()
        await heard.waits_for("second speaks")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert {"first cancelled", "second cancelled"} <= set(heard.said)


async def test_a_fault_of_ours_is_not_swallowed() -> None:
    """The rim of the request logs it."""

    async def faulty(_gate: Gate) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await Race(faulty, faulty).run(LATER, always)
