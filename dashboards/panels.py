"""What a dashboard is, before Grafana has a say: frozen values that the modules of this package write down.

A title asks or states, a description says what to do when the panel looks bad, a unit is Grafana's name for one. Sizes
are in Grafana's grid of 24 columns; a row of a dashboard is laid out from left to right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Form(StrEnum):
    """How a panel is drawn."""

    LINES = "lines"
    STACKED = "stacked"
    STAT = "stat"
    NAMES = "names"  # a stat that shows its series' names, where the name is what one wants to know
    STATES = "states"  # a band of states for each series, over time
    TABLE = "table"
    MATRIX = "matrix"  # a table of the values of two labels
    HEAT = "heat"


@dataclass(frozen=True, slots=True)
class Query:
    """One query. ``legend`` is Grafana's pattern for a series' name; ``now`` asks for this moment alone."""

    expr: str
    legend: str = ""
    now: bool = False
    exemplars: bool = False


@dataclass(frozen=True, slots=True)
class Color:
    """From which value on a panel takes a color; the least is the color of everything below."""

    above: float | None
    name: Literal["green", "yellow", "orange", "red", "blue", "text"]


@dataclass(frozen=True, slots=True)
class Word:
    """What is written in place of a number, and in which color. A color never says what the word does not."""

    value: float
    text: str
    color: str


@dataclass(frozen=True, slots=True)
class Link:
    """Where a click on a value leads; ``url`` in Grafana's patterns."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel. ``columns`` renames a table's columns, "" hides one; ``cells`` are a matrix's row and column."""

    number: int
    title: str
    description: str
    unit: str
    queries: tuple[Query, ...]
    form: Form = Form.LINES
    width: int = 12
    height: int = 8
    colors: tuple[Color, ...] = ()
    words: tuple[Word, ...] = ()
    links: tuple[Link, ...] = ()
    columns: Mapping[str, str] | None = None
    cells: tuple[str, str] = ("", "")
    nothing: str = "no data"
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """Some panels under a heading."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """One dashboard. ``chosen`` are the labels to choose by, beside the route, each with the metric that has them."""

    uid: str
    title: str
    description: str
    rows: tuple[Row, ...]
    chosen: tuple[tuple[str, str], ...] = ()

    @property
    def panels(self) -> tuple[Panel, ...]:
        """All of its panels, in their order."""
        return tuple(panel for row in self.rows for panel in row.panels)


CONSOLE = "${console}/routes/${__data.fields.route}/slices/${__data.fields.slice}/behaviors/${__data.fields.behavior}"
"""The console's page of one gate, from a table that has these columns."""
