"""Real parts, from end to end: a loss, its alert, its panel, its dot, its trace, its pair; and without traces."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.telemetry.catalog import DURATION, PREFIX, SPANS
from tests.end_to_end.asks import CHAT, ask, behave
from tests.end_to_end.practicum import until
from tests.operations.five_clicks import dotted, followed, opened, paged, shown
from tests.operations.prometheus import BINARY, Dot
from tests.operations.watched import BEHAVIOR, NOWHERE, ROUTE, SLICE, Watched, watched
from tests.proxy.examiner.tracing.receiver import attributes

pytestmark = [
    pytest.mark.skipif(BINARY is None, reason="prometheus (Debian: prometheus) is not here: nobody took the walk"),
    pytest.mark.timeout(360),  # the alert waits for a minute
]
GATE = {"route": ROUTE, "slice": SLICE, "behavior": BEHAVIOR}
RUNBOOK = Path(__file__).parents[2] / "docs" / "runbook"
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
FAILING, DURATIONS = (f"/d/practicum-traffic?viewPanel={number}&var-route={ROUTE}" for number in (2, 5))
_CLOCKS = 5.0  # seconds between two clocks' readings, and more


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """A behavior that is lost, and all that looks on; one for all tests of this file."""
    with watched(tmp_path_factory.mktemp("watched")) as whole:
        yield whole


def test_five_clicks_lead_from_the_alert_to_both_replies(world: Watched) -> None:
    """Whoever is woken has never seen this, and reads no code: each step names the next."""
    alert = paged(world.sees)
    assert alert.labels.items() >= {**GATE, "severity": "critical"}.items()
    assert all(word in alert.summary for word in GATE.values())
    panel = opened(world.sees, alert.dashboard)
    assert [one.labels for one in panel.series] == [{**GATE, "direction": "lost"}]
    assert panel.series[0].value > 0
    links = dotted(world.sees, panel)
    assert links.dot.labels.keys() == {"pair_id", "trace_id"}
    assert links.dot.series.items() >= {**GATE, "direction": "lost"}.items()
    trace = followed(world.collector, links.leads["the trace"])
    examine, mirror = trace.shadow
    server, serve = trace.served
    assert attributes(examine)["practicum.diverged"] == [f"{BEHAVIOR}.lost"]
    assert [attributes(span).get("practicum.arm") for span in (mirror, serve)] == ["student", "teacher"]
    assert (mirror.parent_span_id, serve.parent_span_id) == (examine.span_id, server.span_id)
    page = shown(alert.console, trace.leads)
    assert "can't help with that" in page.text
    assert "take out the battery" in page.text
    assert f"lost {BEHAVIOR}" in page.text
    assert page.marked[0].startswith(f"{BEHAVIOR}sorry, but I can't help")
    assert page.url.endswith(links.dot.labels["pair_id"])


def test_the_alerts_other_links_lead_somewhere(world: Watched) -> None:
    """To the runbook's page, and to the gate's own, which needs neither panel nor dot nor trace to name pairs."""
    alert = paged(world.sees)
    assert (RUNBOOK / alert.runbook.rpartition("/")[2]).exists()
    gate = shown(alert.console, alert.console)
    assert all(word in gate.text for word in GATE.values())
    newest = dotted(world.sees, opened(world.sees, alert.dashboard)).dot
    assert f"/pairs/{newest.labels['pair_id']}" in gate.source


def shows(world: Watched, panel: str, labels: dict[str, str]) -> Dot:
    """A panel's newest dot, once it is this one."""

    def seen() -> list[Dot]:
        dot = dotted(world.sees, opened(world.sees, panel)).dot
        return [dot] if dot.labels == labels else []

    world.sees.scraped()
    (dot,) = until(seen, f"{panel} shows {labels}", 20)
    return dot


def test_a_failed_request_leads_to_its_trace(world: Watched) -> None:
    """An alert on failures knows how many; the trace of one says why."""
    answer = world.practicum.call(CHAT, ask(CHAT, ROUTE, "fails"), behave("reset"))
    pair = answer.head.value("x-practicum-pair") or ""
    dot = shows(world, FAILING, {"pair_id": pair, "trace_id": "7063" + pair})
    assert dot.series["outcome"] == "upstream_error"
    (server, call) = world.collector.of(pair, 2).values()
    assert {span.trace_id.hex() for span in (server, call)} == {dot.labels["trace_id"]}
    assert attributes(call)["error.type"] == "reset"


def test_a_slow_request_leads_to_its_trace(world: Watched) -> None:
    """A latency panel's dot is in the bucket that counts its request, when that began, and leads to its trace."""
    caller = (("traceparent", f"00-{TRACE}-{SPAN}-01"),)
    answer = world.practicum.call(CHAT, ask(CHAT, ROUTE, "slow"), caller)
    pair = answer.head.value("x-practicum-pair") or ""

    dot = shows(world, DURATIONS, {"pair_id": pair, "trace_id": TRACE})
    bounds = [0.0, *DURATION.buckets, float("inf")]
    place = bounds.index(float(dot.series["le"]))
    assert bounds[place - 1] < dot.value <= bounds[place]
    assert dot.series["__name__"] == f"practicum_{DURATION.name}_bucket"
    assert abs(dot.at - int(pair[:12], 16) / 1000) < _CLOCKS
    server = next(span for span in world.collector.spans if span.trace_id.hex() == TRACE)
    assert attributes(server)["practicum.pair_id"] == pair


@pytest.mark.parametrize(("collector", "labels"), [("", {"pair_id"}), (NOWHERE, {"pair_id", "trace_id"})])
def test_without_a_trace_a_dot_leads_to_its_pair_at_once(world: Watched, collector: str, labels: set[str]) -> None:
    """Nothing is traced, or the collector is away, in the very night in which it is needed."""
    with world.sending_to(collector):
        spans = len(world.collector.spans)
        world.lose()
        alert = paged(world.sees)
        links = dotted(world.sees, opened(world.sees, alert.dashboard))
        assert links.dot.labels.keys() == labels
        page = shown(alert.console, links.leads["the pair, both replies"])
        assert len(world.collector.spans) == spans
        if collector:
            failed = f"{PREFIX}{SPANS.name}_total{{outcome='failed'}} > 0"
            until(lambda: world.sees.samples(failed), "Prometheus sees what the alert on traces asks for", 30)
    assert "can't help with that" in page.text
    assert "take out the battery" in page.text
