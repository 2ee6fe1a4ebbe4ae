"""Style drift in ``practicum status``: a line for each slice, and each alarm as a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from proxy.cli.terminal import cells, headed_table, plain, print_rows
from proxy.examiner.status import SliceStyle, StyleMeasure
from routing.style import Measure

_NOTHING = "-"
_SHARE = {Measure.UNSURE: 100}  # shown in percent


def show_style(console: Console, styles: Iterable[SliceStyle]) -> None:
    """Print what is known of the student's manner; nothing where nothing is known."""
    known = [style for style in styles if style.measures]
    if known:
        console.print()
        print_rows(console, style_table(known))
    for style in known:
        if style.alarm:
            console.print(Text(f"! {plain(style.slice)}: {plain(style.alarm)}", "bold red"), soft_wrap=True)


def style_table(styles: Iterable[SliceStyle]) -> Table:
    """The student after the teacher, with the bounds of the change in brackets."""
    headings = (">length ratio", ">hedges/100 words", ">self-corrections", ">unsure replies")
    table = headed_table("  style", ">pairs", *headings)
    for style in styles:
        by_measure = {measure.measure: measure for measure in style.measures}
        length = by_measure.get(Measure.LENGTH)
        pairs = str(length.pairs) if length else _NOTHING
        table.add_row(*cells(f"  {style.slice}", pairs, _ratio(length), *_changes(by_measure)))
    return table


def _ratio(length: StyleMeasure | None) -> str:
    if length is None:
        return _NOTHING
    return f"{_number(length.change)} [{length.low:.2f}, {_number(length.high)}]"


def _changes(by_measure: Mapping[str, StyleMeasure]) -> Iterator[str]:
    for measure in (Measure.HEDGES, Measure.CORRECTIONS, Measure.UNSURE):
        found = by_measure.get(measure)
        yield _change(found, measure) if found else _NOTHING


def _change(found: StyleMeasure, measure: Measure) -> str:
    times, unit = _SHARE.get(measure, 1), " %" if measure in _SHARE else ""
    shown = [_number(value, ".2f", times) + unit for value in (found.teacher, found.student)]
    low, high = (_number(value, "+.2f", times) for value in (found.low, found.high))
    return f"{' -> '.join(shown)} [{low}, {high}]"


def _number(value: float | None, form: str = ".2f", times: int = 1) -> str:
    return "inf" if value is None else format(times * value, form)
