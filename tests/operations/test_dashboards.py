"""The dashboards in grafana/: they are what the code makes, can be read at night, and show metrics that exist."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboards.boards import BOARDS
from dashboards.drawing import kept
from dashboards.panels import Board, Panel, Query
from proxy.telemetry.catalog import CATALOG, PREFIX, Kind, Metric
from routing.traits import Json

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "grafana" / "dashboards"
PANELS = [pytest.param(board, panel, id=f"{board.uid}-{panel.number}") for board in BOARDS for panel in board.panels]
SELECTOR = re.compile(r"practicum_(\w+)(?:\{([^}]*)\})?")
LABEL = re.compile(r'(\w+)(?:=|!=|=~|!~)"')
SHORTEST = 60  # characters of a description that says what to do
OWN_LABELS = {"instance", "job"}  # Prometheus' own
UNITS = {"bytes", "dateTimeAsIso", "none", "ops", "percent", "percentunit", "reqps", "s", "short"}


def series() -> dict[str, Metric]:
    """Every name that a query may select, and the metric it is of."""
    found: dict[str, Metric] = {}
    for metric in CATALOG:
        suffixes = {Kind.COUNTER: ("_total",), Kind.GAUGE: ("",), Kind.HISTOGRAM: ("_bucket", "_sum", "_count")}
        found |= {f"{metric.name}{suffix}": metric for suffix in suffixes[metric.kind]}
    return found


def selected(expr: str) -> Iterator[tuple[str, set[str]]]:
    """The series that a query selects, and the labels it selects them by."""
    for name, labels in SELECTOR.findall(expr):
        yield name, set(LABEL.findall(labels))


def test_what_is_kept_is_what_the_code_makes() -> None:
    """Somebody who edits the JSON would lose it. ``make dashboards`` writes it."""
    assert {path.name: path.read_text() for path in FOLDER.glob("*.json")} == kept(BOARDS)


def test_there_are_six_with_addresses_that_last() -> None:
    """Bookmarks and alerts lead to them."""
    assert [board.uid for board in BOARDS] == [
        f"practicum-{name}" for name in ("rollout", "behaviors", "traffic", "shadow", "fallback", "cost")
    ]


@pytest.mark.parametrize(("board", "panel"), PANELS)
def test_a_panel_says_what_it_asks_and_what_to_do(board: Board, panel: Panel) -> None:
    """Whoever is woken has not built this: a title that asks or states, a unit, and what to do when it looks bad."""
    assert len(panel.title.split()) > 3
    assert panel.title[0].isupper()
    assert panel.unit in UNITS
    assert len(panel.description) >= SHORTEST, f"{board.title}: {panel.title}"
    assert panel.description.endswith((".", "!", ")"))
    assert panel.queries


@pytest.mark.parametrize(("board", "panel"), PANELS)
def test_a_panel_shows_metrics_that_exist(board: Board, panel: Panel) -> None:
    """A metric that was renamed would leave a panel empty, and an empty panel looks healthy."""
    known = series()
    for query in panel.queries:
        for name, labels in selected(query.expr):
            assert name in known, f"{board.title}: {panel.title}: {PREFIX}{name}"
            assert labels <= {*known[name].labels, *OWN_LABELS}, query.expr


@pytest.mark.parametrize(("board", "panel"), PANELS)
def test_a_panel_of_a_route_can_be_narrowed_to_it(board: Board, panel: Panel) -> None:
    """Each selector of a metric that knows routes asks for the chosen ones, and a variable it names is there."""
    chosen = {"route", *(label for label, _ in board.chosen)}
    for query in panel.queries:
        asked = set(re.findall(r'"\$(\w+)"', query.expr))
        assert asked <= chosen
        for name, labels in selected(query.expr):
            assert "route" in labels or "route" not in series()[name].labels, query.expr


def test_a_label_that_a_legend_shows_is_in_its_query() -> None:
    """Else the legend would have a gap where the slice is."""
    for board in BOARDS:
        for panel in board.panels:
            for query in panel.queries:
                for label in re.findall(r"\{\{(\w+)\}\}", query.legend):
                    assert label in query.expr, f"{board.title}: {panel.title}: {query.legend}"


def test_numbers_of_panels_are_their_own() -> None:
    """An alert links to a panel by its number."""
    for board in BOARDS:
        numbers = [panel.number for panel in board.panels]
        assert len(numbers) == len(set(numbers)), board.title


def exemplified() -> set[str]:
    """The metrics that have exemplars, as docs/metrics.md lists them."""
    text = (ROOT / "docs" / "metrics.md").read_text().partition("\n## Exemplars\n")[2].partition("\n## ")[0]
    return {name.removesuffix("_total") for name in re.findall(r"`(?:practicum|…)_(\w+)`", text)}


def test_what_has_exemplars_shows_them_once() -> None:
    """From a slow request, or one that diverged, to its trace is one click; two queries would draw each dot twice."""
    names, shown = exemplified(), set[str]()
    assert len(names) == 9
    for board in BOARDS:
        for panel in board.panels:
            asked = [carrying(query, names) for query in panel.queries if query.exemplars]
            drawn = [name for query in asked for name in query]
            assert all(asked), f"{board.title}: {panel.title} asks in vain"
            assert len(drawn) == len(set(drawn)), f"{board.title}: {panel.title} shows them twice"
            times = [query for query in panel.queries if "_seconds_bucket" in query.expr]
            assert bool(times) <= bool(drawn), f"{board.title}: {panel.title}"
            shown.update(drawn)
    assert shown == names


def carrying(query: Query, names: set[str]) -> set[str]:
    """The metrics of a query that have exemplars: counters and buckets alone may."""
    found = (name for name, _ in selected(query.expr) if name.endswith(("_bucket", "_total")))
    return {series()[name].name for name in found} & names


def found(value: Json) -> Iterator[dict[str, Json]]:
    """Every object in a JSON text."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from found(inner)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_no_dashboard_names_a_data_source(path: Path) -> None:
    """It has to work wherever somebody imports it by hand."""
    whole = json.loads(path.read_text())
    sources = [one["datasource"] for one in found(whole) if isinstance(one.get("datasource"), dict)]
    assert sources
    assert all(source == {"type": "prometheus", "uid": "${datasource}"} for source in sources)
    assert [variable["name"] for variable in whole["templating"]["list"]][:2] == ["datasource", "route"]
    assert whole["templating"]["list"][-1]["name"] == "console"
