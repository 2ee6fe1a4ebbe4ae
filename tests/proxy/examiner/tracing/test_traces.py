"""Which traces are kept, and what of them reaches a collector: from records to decoded OTLP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from proxy.config.settings import Tracing
from proxy.examiner.tracing.shadow import Examined
from proxy.examiner.tracing.traces import LATE_PER_SECOND, Traces
from proxy.handover import Record
from proxy.telemetry.catalog import SPANS
from proxy.telemetry.tally import Tally
from proxy.wire.replies import observe
from routing.divergence import Direction, Trial
from routing.observation import Arm, Timing
from routing.traits import Endpoint
from tests.proxy.examiner import records
from tests.proxy.examiner.tracing.receiver import attributes, over_http
from tests.proxy.examiner.tracing.test_shadow import call

CALLER = "0af7651916cd43dd8448eb211c80319c"
SAMPLED, UNSAMPLED = (f"00-{CALLER}-b7ad6b7169203331-0{flag}" for flag in (1, 0))
LOST = (Trial("refusal", Direction.LOST, True, 0.5),)
ROUTE = records.route()


def record(number: int = 1, **changed: Any) -> Record:
    """A record of a pair of its own."""
    return records.record(**({"pair": f"019a0b0c0d0e{number:015x}0", "asked": 0.001} | changed))


def examined(*trials: Trial, of: Record | None = None) -> Examined:
    """What came of a pair that was mirrored."""
    return Examined("math", "compared", (call(pair=(of or record()).pair),), trials, 1_790_000_002.0)


def kept(tracing: Tracing, act: Callable[[Traces], None]) -> tuple[list[tuple[str, str, str]], dict[str, float]]:
    """The spans that a collector got, as (name, trace, why), and what was counted."""

    async def main(url: str) -> Tally:
        tally = Tally()
        traces = Traces(replace(tracing, otlp_endpoint=url), {}, tally)
        act(traces)
        await traces.close(5)
        return tally

    with over_http() as collector:
        tally = asyncio.run(main(collector.url))
    found = [(s.name, s.trace_id.hex(), str(attributes(s).get("practicum.kept", ""))) for s in collector.spans]
    return found, {labels[0]: n for (name, labels), n in tally.counters.items() if name == SPANS.name and n}


@pytest.mark.parametrize(
    ("sample", "changed", "why"),
    [
        (100, {}, "sampled"),
        (0, {}, ""),
        (0, {"traceparent": SAMPLED}, "caller"),
        (100, {"traceparent": UNSAMPLED}, ""),
        (0, {"outcome": "upstream_error", "status": 500}, "failed"),
        (0, {"outcome": "truncated"}, "failed"),
        (0, {"fallback": "unsure", "reason": "within_weight"}, "fell_back"),
        (0, {"first_token": 9.0, "total": 10.0}, "slow"),
        (0, {"outcome": "client_error", "status": 404}, ""),
        (0, {"outcome": "client_gone"}, ""),
        (0, {"outcome": "truncated", "traceparent": UNSAMPLED}, "failed"),
    ],
)
def test_a_request_is_kept_for_one_reason(sample: float, changed: dict[str, Any], why: str) -> None:
    """Which is on its span; where it was not drawn, its ids are what they would have been."""
    told = record(**changed)
    found, counted = kept(Tracing(sample=sample, slow=5.0), lambda traces: traces.took(told, ROUTE))
    trace = CALLER if told.traceparent else "7063" + told.pair
    assert found == ([("POST /v1/chat/completions", trace, why), ("chat", trace, "")] if why else [])
    assert counted == ({"exported": 2} if why else {})


def test_a_pair_that_diverged_is_kept_with_its_request() -> None:
    """Nobody could know before; what agreed and was not drawn leaves nothing."""

    def act(traces: Traces) -> None:
        for number, trials in enumerate([LOST, ()]):
            told = record(number)
            traces.took(told, ROUTE)
            traces.examined(told, ROUTE, examined(*trials, of=told))

    found, _ = kept(Tracing(sample=0), act)
    pair = record(0).pair
    assert found == [
        ("POST /v1/chat/completions", "7063" + pair, "diverged"),
        ("chat", "7063" + pair, ""),
        ("examine", "7073" + pair, "diverged"),
        ("chat small", "7073" + pair, ""),
    ]


@pytest.mark.parametrize(("sample", "changed"), [(100, {}), (0, {"outcome": "truncated"})])
def test_a_request_is_sent_once(sample: float, changed: dict[str, Any]) -> None:
    """Also where it was kept for another reason before its pair diverged."""

    def act(traces: Traces) -> None:
        traces.took(record(**changed), ROUTE)
        traces.examined(record(**changed), ROUTE, examined(*LOST))

    names = [name for name, _, _ in kept(Tracing(sample=sample), act)[0]]
    assert names == ["POST /v1/chat/completions", "chat", "examine", "chat small"]


def test_an_outage_makes_no_storm() -> None:
    """What is kept afterwards is bounded by the second; what was left out is counted."""

    def act(traces: Traces) -> None:
        for number in range(4 * LATE_PER_SECOND):
            traces.took(record(number, outcome="upstream_error", status=500), ROUTE)

    found, counted = kept(Tracing(sample=0), act)
    assert LATE_PER_SECOND <= len(found) / 2 <= 3 * LATE_PER_SECOND  # a second may end meanwhile
    assert len(found) / 2 + counted["limited"] == 4 * LATE_PER_SECOND


def test_exemplars_name_traces_that_are_kept() -> None:
    """A link to nothing teaches people not to follow links."""
    off, none, everything = (
        Traces(Tracing(url, sample=sample), {}, Tally())
        for url, sample in ((None, 100), ("http://c", 0), ("http://c", 100))
    )
    pair = record().pair
    assert [traces.trace_of(record()) for traces in (off, none, everything)] == ["", "", "7063" + pair]
    assert everything.trace_of(record(traceparent=SAMPLED)) == CALLER
    diverged = examined(*LOST)
    assert [traces.examined(record(), ROUTE, diverged) for traces in (off, none, everything)] == [""] + [
        "7073" + pair
    ] * 2
    assert none.examined(record(), ROUTE, examined()) == ""


def test_a_divergence_beyond_the_bound_names_no_trace() -> None:
    """Its pair is named all the same, by whoever counts it."""
    traces = Traces(Tracing("http://c", sample=0), {}, Tally())
    named = [traces.examined(record(number), ROUTE, examined(*LOST)) for number in range(4 * LATE_PER_SECOND)]
    assert named[0] == "7073" + record(0).pair
    assert "" in named


@pytest.mark.parametrize(
    ("content", "store", "shown"), [(False, True, False), (True, True, True), (True, False, False)]
)
def test_nothing_is_said_unless_it_is_asked_for(content: bool, store: bool, shown: bool) -> None:
    """Content is off by default, and a request that forbids storing stays silent."""
    seen = observe(
        Endpoint.CHAT, Arm.STUDENT, 200, "application/json", records.answered("41"), False, None, Timing(None, 1.0)
    )
    mirrored = replace(examined(), seen={"mirror": seen})

    async def main(url: str) -> None:
        traces = Traces(Tracing(url, sample=100, content=content), {}, Tally())
        traces.took(record(store=store), ROUTE)
        traces.examined(record(store=store), ROUTE, mirrored)
        await traces.close(5)

    with over_http() as collector:
        asyncio.run(main(collector.url))
    said = [str(attributes(span).get("gen_ai.output.messages", "")) for span in collector.spans]
    assert ["41" in one for one in said] == [False, False, False, shown]
    assert ["42" in one for one in said] == [False, shown, False, False]


def test_settings_change_while_running() -> None:
    """A share at once; another collector gets what comes."""

    async def main(url: str, other: str) -> None:
        traces = Traces(Tracing(url, sample=0), {}, Tally())
        traces.took(record(1), ROUTE)
        traces.adopt(Tracing(url, sample=100))
        traces.took(record(2), ROUTE)
        running = asyncio.create_task(traces.run())
        while not first.spans:  # noqa: ASYNC110 -- another thread receives
            await asyncio.sleep(0.01)
        traces.adopt(Tracing(other, sample=100))
        traces.took(record(3), ROUTE)
        await traces.close(5)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    with over_http() as first, over_http() as second:
        asyncio.run(main(first.url, second.url))
    assert {span.trace_id.hex() for span in first.spans} == {"7063" + record(2).pair}
    assert {span.trace_id.hex() for span in second.spans} == {"7063" + record(3).pair}
