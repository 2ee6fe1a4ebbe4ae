"""What waits for the collector: in batches, bounded, and every span is counted once, whatever becomes of it."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Sequence

import pytest

from proxy.examiner.tracing.otlp import MissingExporterError
from proxy.examiner.tracing.outbox import BATCH, MOST_WAITING, Outbox
from proxy.examiner.tracing.span import Kind, Span
from proxy.telemetry.catalog import SPANS
from proxy.telemetry.tally import Tally
from proxy.telemetry.trace_ids import Place

SPAN = Span("x", Place("1" * 32, "2" * 16), Kind.CLIENT, 1, 2, {})


class Sender:
    """A collector at hand. ``takes`` may be a function that says what becomes of a batch."""

    def __init__(self, takes: Callable[[], bool] = lambda: True) -> None:
        self.takes = takes
        self.sent: list[int] = []
        self.closed = False

    def send(self, spans: Sequence[Span]) -> bool:
        taken = self.takes()
        self.sent.append(len(spans))
        return taken

    def close(self) -> None:
        self.closed = True


def counted(tally: Tally) -> dict[str, int]:
    """What became of spans."""
    return {labels[0]: int(count) for (name, labels), count in tally.counters.items() if name == SPANS.name and count}


def run(scenario: Callable[[Outbox, Tally], Coroutine[None, None, None]], sender: Sender) -> dict[str, int]:
    """What a scenario, with the outbox running, counted."""

    async def main() -> dict[str, int]:
        tally = Tally()
        outbox = Outbox(lambda: sender, tally)
        running = asyncio.create_task(outbox.run())
        await scenario(outbox, tally)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return counted(tally)

    return asyncio.run(main())


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 -- a thread does what it waits for
            await asyncio.sleep(0.005)


def test_a_full_batch_leaves_at_once_and_the_rest_soon() -> None:
    """A collector gets few large requests, and nobody waits long for a trace."""
    sender = Sender()

    async def scenario(outbox: Outbox, _: Tally) -> None:
        outbox.put([SPAN] * (BATCH + 1))
        await until(lambda: sum(sender.sent) == BATCH + 1)
        outbox.put([SPAN])
        await until(lambda: sum(sender.sent) == BATCH + 2)
        await outbox.close(5)

    assert run(scenario, sender) == {"exported": BATCH + 2}
    assert sender.sent == [BATCH, 1, 1]
    assert sender.closed


def test_a_collector_that_hangs_costs_a_bounded_number_of_spans() -> None:
    """The newest are dropped; what is being sent when the end comes is counted too."""
    gate = threading.Event()
    put = 0

    async def scenario(outbox: Outbox, tally: Tally) -> None:
        nonlocal put
        while tally.value(SPANS, "dropped") == 0:
            outbox.put([SPAN] * BATCH)
            put += BATCH
            await asyncio.sleep(0)
        await outbox.close(0.05)
        gate.set()

    assert sum(run(scenario, Sender(gate.wait)).values()) == put
    assert MOST_WAITING < put <= MOST_WAITING + 3 * BATCH


def test_a_batch_that_fails_is_counted_and_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """An outage of the collector is two lines of a log, not one for each batch."""
    answers = iter([False, False, True])

    async def scenario(outbox: Outbox, tally: Tally) -> None:
        for expected in (1, 2, 3):
            outbox.put([SPAN])
            outbox._full.set()
            await until(lambda e=expected: sum(counted(tally).values()) == e)  # type: ignore[misc]
        await outbox.close(5)

    with caplog.at_level(logging.WARNING, "practicum.examiner"):
        assert run(scenario, Sender(lambda: next(answers))) == {"failed": 2, "exported": 1}
    assert [record.getMessage() for record in caplog.records] == [
        "the collector at tracing.otlp_endpoint does not take spans; they are counted as failed",
        "the collector at tracing.otlp_endpoint takes spans again",
    ]


@pytest.mark.parametrize("error", [MissingExporterError("get the extra"), RuntimeError("foreign")])
def test_an_exporter_that_raises_ends_nothing(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """It is somebody else's code."""

    def fails() -> bool:
        raise error

    async def scenario(outbox: Outbox, _: Tally) -> None:
        outbox.put([SPAN])
        await outbox.close(5)

    with caplog.at_level(logging.ERROR, "practicum.examiner"):
        assert run(scenario, Sender(fails)) == {"failed": 1}
    assert str(error) in caplog.text
    assert ("Traceback" in caplog.text) == isinstance(error, RuntimeError)


def test_after_a_change_another_collector_gets_what_comes() -> None:
    """And the one before is let go."""
    first, second = Sender(), Sender()

    async def scenario(outbox: Outbox, tally: Tally) -> None:
        outbox.put([SPAN] * BATCH)
        await until(lambda: tally.value(SPANS, "exported") == BATCH)
        outbox.redirect(lambda: second)
        outbox.put([SPAN])
        await outbox.close(5)

    assert run(scenario, first) == {"exported": BATCH + 1}
    assert (first.sent, first.closed, second.sent, second.closed) == ([BATCH], True, [1], True)


def test_nothing_is_taken_after_the_end() -> None:
    """But it is counted."""

    async def scenario(outbox: Outbox, _: Tally) -> None:
        await outbox.close(1)
        outbox.put([SPAN] * 3)

    assert run(scenario, Sender()) == {"dropped": 3}
