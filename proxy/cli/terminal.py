"""Text for people: consoles that neither color nor cut what is piped, and model output made harmless to a terminal.

Whatever a model, a client or an upstream wrote goes through ``plain`` or ``one_line`` on its way to a terminal, and
into rich only as ``Text``, so that neither an escape sequence nor rich's own markup in it has any effect.
"""

from __future__ import annotations

import io
import re
import sys
from datetime import UTC, datetime
from typing import TextIO, cast

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

# Wide enough that no row of a table is broken where a program or a pager reads it.
_PIPED_TABLE, _PIPED_PAGE = 1000, 160
# Controls but for newline and tab, and what reorders, hides or breaks text: bidi controls, separators, lone surrogates,
# tag characters. Joiners stay: many scripts and emoji need them.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)


def plain(text: str) -> str:
    r"""The text with every character that could act on a terminal written as its escape, such as ``\x1b``."""
    return _UNSAFE.sub(_escaped, text.replace("\r\n", "\n"))


def is_plain(text: str) -> bool:
    """Whether the text can be printed as it is."""
    return not _UNSAFE.search(text)


def one_line(text: str, limit: int) -> str:
    """The text made harmless, on one line of at most ``limit`` cells of a terminal."""
    line = " ".join(plain(text[: 4 * limit]).split())
    return line if cell_len(line) <= limit else set_cell_size(line, limit - 1).rstrip() + "…"


def _escaped(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape", "surrogatepass").decode("ascii")


def table_console() -> Console:
    """Standard output for tables: as wide as the terminal, or as wide as they need where it is piped."""
    return _console(_PIPED_TABLE)


def page_console() -> Console:
    """Standard output for running text and columns: as wide as the terminal, or a wide page where it is piped."""
    return _console(_PIPED_PAGE)


def _console(piped: int) -> Console:
    if sys.stdout.isatty():
        return _Console(file=sys.stdout, markup=False, highlight=False, emoji=False)
    trimming = cast("TextIO", _Trimming(sys.stdout))  # it has the two methods that rich calls
    return _Console(file=trimming, width=piped, markup=False, highlight=False, emoji=False)


class _Console(Console):
    """A console that leaves a closed pipe to ``proxy.__main__``, as all else that writes does."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


class _Trimming(io.TextIOBase):
    """Passes lines on without the blanks with which rich fills them up to the page's width."""

    def __init__(self, target: TextIO) -> None:
        self._target = target

    def write(self, text: str) -> int:
        self._target.write("\n".join(line.rstrip(" ") for line in text.split("\n")))
        return len(text)

    def flush(self) -> None:
        self._target.flush()


def headed_table(*headings: str) -> Table:
    """An empty table in the house's manner.

    A heading that starts with ``>`` is of a column of numbers, one that starts with ``~`` of text that may be wrapped.
    """
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in headings:
        number, text = heading.startswith(">"), heading.startswith("~")
        title = heading[1:] if number or text else heading
        table.add_column(title, justify="right" if number else "left", no_wrap=not text, overflow="fold")
    return table


def print_rows(console: Console, table: Table) -> None:
    """Print a table with every row on one line and nothing cut, though it be wider than the terminal."""
    unbounded = console.options.update(max_width=_PIPED_TABLE)
    natural = Measurement.get(console, unbounded, table).maximum
    width, console.width = console.width, max(natural, console.width)
    console.print(table, crop=False)
    console.width = width


def cells(*values: str) -> list[Text]:
    """A row of cells in which nothing is interpreted."""
    return [Text(plain(value)) for value in values]


def moment(unix: float) -> str:
    """A time as people and programs read it: UTC, to the second."""
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def span(seconds: float | None) -> str:
    """A duration: ``34 ms``, ``1.25 s``, or a dash where there is none."""
    if seconds is None:
        return "-"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def percent(part: int, whole: int) -> str:
    """A rate for people; a dash where there were no trials, because no data is not zero."""
    return f"{100 * part / whole:.1f} %" if whole else "-"
