"""Five clicks from a page in the night to both replies, each from nothing but what the one before it gave.

What a browser would be shown is read from where it would come: the alert from Prometheus, the panel from the dashboards
in grafana/, where a dot leads from Grafana's provisioned data source, where a span leads from the configuration of
Jaeger's pages. Grafana and Jaeger themselves are not here; a collector has the spans. Run as a module it takes the walk
and says what it saw: ``python -m tests.operations.five_clicks``.
"""

from __future__ import annotations

import html
import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.end_to_end.practicum import until
from tests.operations.prometheus import Dot, Prometheus, Sample
from tests.operations.watched import TOKEN, watched
from tests.proxy.examiner.console.visitor import Visitor
from tests.proxy.examiner.tracing.receiver import Collector, attributes

ROOT = Path(__file__).parents[2]
_PROVISIONED = ROOT / "grafana" / "provisioning" / "datasources" / "practicum.yaml"
_JAEGER = ROOT / "deploy" / "compose" / "jaeger" / "ui.json"
_FIRES = 150.0  # seconds: an alert waits for a minute
_RATE_INTERVAL = "1m"  # what Grafana makes of the data source's timeInterval: four scrapes
_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Alert:
    """What is on the phone."""

    labels: Mapping[str, str]
    summary: str
    dashboard: str
    console: str
    runbook: str


@dataclass(frozen=True, slots=True)
class Panel:
    """What Grafana shows then: a panel's title, its queries with everything chosen, and the series of the alert."""

    title: str
    queries: tuple[str, ...]
    begin: float
    end: float
    series: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Links:
    """A dot, and where its menu leads, by what the menu says."""

    dot: Dot
    leads: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Trace:
    """The spans of a trace, those of the traces it is linked to, and where its spans lead."""

    shadow: tuple[Span, ...]
    served: tuple[Span, ...]
    leads: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the console, once signed in: its address, its HTML, and what can be read."""

    url: str
    source: str

    @property
    def text(self) -> str:
        """Without its tags."""
        return _read(self.source)

    @property
    def marked(self) -> list[str]:
        """What fired a detector, each after the name of the behavior."""
        return [_read(mark) for mark in re.findall(r"<mark[^>]*>(.*?)</mark>", self.source, re.DOTALL)]


def _read(source: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", source))


def paged(sees: Prometheus) -> Alert:
    """The first click: an alert on a lost behavior fires."""

    def firing() -> Any:  # the JSON of an API that is not ours
        alerts = sees.asked("alerts")["alerts"]
        lost = [one for one in alerts if one["labels"]["alertname"] == "PracticumBehaviorLost"]
        return [one for one in lost if one["state"] == "firing"]

    (found, *_) = until(firing, "the alert fires", _FIRES)
    said = found["annotations"]
    return Alert(found["labels"], said["summary"], said["dashboard_url"], said["console_url"], said["runbook_url"])


def opened(sees: Prometheus, link: str) -> Panel:
    """The second: the panel of a dashboard that the alert's link names, with what it chooses."""
    asked = urlsplit(link)
    chosen = {name: values[0] for name, values in parse_qs(asked.query).items()}
    board = _board(asked.path.removeprefix("/d/"))
    panel = next(one for one in _panels(board) if str(one["id"]) == chosen["viewPanel"])
    queries = tuple(_filled(target["expr"], board, chosen) for target in panel["targets"] if target["exemplar"])
    end = time.time()
    begin = end - _HOUR * float(re.fullmatch(r"now-(\d+)h", board["time"]["from"])[1])  # type: ignore[index] # it is so
    series = tuple(sample for query in queries for sample in sees.ranged(query, begin, end))
    return Panel(panel["title"], queries, begin, end, series)


def _board(uid: str) -> Any:  # Grafana's JSON
    boards = (json.loads(path.read_text()) for path in (ROOT / "grafana" / "dashboards").glob("*.json"))
    return next(board for board in boards if board["uid"] == uid)


def _panels(board: Any) -> Iterator[Any]:
    for one in board["panels"]:
        yield one
        yield from one.get("panels") or ()


def _filled(query: str, board: Any, chosen: Mapping[str, str]) -> str:
    query = query.replace("$__rate_interval", _RATE_INTERVAL)
    for variable in board["templating"]["list"]:
        value = chosen.get(f"var-{variable['name']}", variable.get("allValue") or "")
        query = query.replace(f"${variable['name']}", value)
    return query


def dotted(sees: Prometheus, panel: Panel) -> Links:
    """The third: the newest dot of a panel, and its menu."""
    now = time.time()
    (newest, *_) = sorted((_newest(sees, query, panel.begin, now) for query in panel.queries), key=lambda dot: -dot.at)
    return Links(newest, dict(_menu(newest)))


def _newest(sees: Prometheus, query: str, begin: float, end: float) -> Dot:
    dots = sees.exemplars(query, begin, end)
    assert dots, f"no dot is shown of {query}"
    return dots[-1]


def _menu(dot: Dot) -> Iterator[tuple[str, str]]:
    (source, *_) = yaml.safe_load(_PROVISIONED.read_text())["datasources"]
    for leads in source["jsonData"]["exemplarTraceIdDestinations"]:
        if value := dot.labels.get(leads["name"]):
            # provisioning writes $$ where Grafana is to see $
            yield leads["urlDisplayLabel"], leads["url"].replace("$${__value.raw}", value)


def followed(collector: Collector, link: str) -> Trace:
    """The fourth: the trace of Jaeger's page, what it is linked to, and where that page leads from its spans."""
    trace_id = urlsplit(link).path.removeprefix("/trace/")
    shadow = until(lambda: _spans(collector, trace_id), f"the collector has the trace {trace_id}")
    (linked,) = {link.trace_id.hex() for span in shadow for link in span.links}
    served = until(lambda: _spans(collector, linked), f"the collector has the trace {linked}")
    (pattern,) = json.loads(_JAEGER.read_text())["linkPatterns"]
    (value,) = {str(attributes(span)[pattern["key"]]) for span in (*shadow, *served)}
    return Trace(shadow, served, pattern["url"].replace(f"#{{{pattern['key']}}}", value))


def _spans(collector: Collector, trace_id: str) -> tuple[Span, ...]:
    return tuple(span for span in collector.spans if span.trace_id.hex() == trace_id)


def shown(console: str, link: str) -> Page:
    """The fifth: a page of the console, which asks for the token first.

    What is provisioned names the console of compose's machine; here it is where the alert's own link leads.
    """
    here, asked = urlsplit(console), urlsplit(link)
    visitor = Visitor(f"{here.scheme}://{here.netloc}")
    door = visitor.get(asked.path).headers["location"]
    inside = visitor.send(door, {"token": TOKEN}).headers["location"]
    answer = visitor.get(inside)
    assert answer.status_code == 200, answer.text
    return Page(visitor.url + inside, answer.text)


def main() -> None:
    """Take the walk, and say what is seen."""
    with tempfile.TemporaryDirectory() as folder, watched(Path(folder)) as world:
        for line in _told(world.sees, world.collector):
            sys.stdout.write(line + "\n")


def _told(sees: Prometheus, collector: Collector) -> Iterator[str]:
    alert = paged(sees)
    yield f"1 {alert.labels['alertname']} fires: {alert.summary}"
    yield from (f"    {name}: {alert.labels[name]}" for name in ("route", "slice", "behavior", "severity"))
    yield from (f"    {link}" for link in (alert.dashboard, alert.console, alert.runbook))
    panel = opened(sees, alert.dashboard)
    yield f"2 the panel: {panel.title}"
    yield from (f"    {query}" for query in panel.queries)
    yield from (f"    {one.value:.0%} of {one.labels}" for one in panel.series)
    links = dotted(sees, panel)
    yield f"3 its newest dot: {links.dot.labels}"
    yield from (f"    {said}: {leads}" for said, leads in links.leads.items())
    trace = followed(collector, links.leads["the trace"])
    yield "4 the trace, and the request it is linked to"
    for span in (*trace.shadow, *trace.served):
        told = {name: value for name, value in attributes(span).items() if name.startswith("practicum.")}
        yield f"    {span.trace_id.hex()} {span.name}: {told}"
    page = shown(alert.console, trace.leads)
    yield f"5 the pair: {page.url}"
    yield from (f"    {line.strip()}" for line in page.text.splitlines() if line.strip())


if __name__ == "__main__":
    main()
