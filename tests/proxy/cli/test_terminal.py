"""Text on its way to a terminal."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from proxy.cli.terminal import cells, headed_table, is_plain, moment, one_line, percent, plain, print_rows, span
from tests.proxy.cli.command import environment

DANGEROUS = [
    "\x1b[2J",
    "\x1b]0;title\x07",
    "\x9b31m",
    "\r",
    "\x08",
    "\x7f",
    "\u202e",
    "\u2066",
    "\u2028",
    "\ufeff",
    "\ud800",
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_acts_on_a_terminal_is_escaped(text: str) -> None:
    """A reply must not clear the screen, set a title, overwrite a line or turn text around."""
    assert not is_plain(text)
    assert is_plain(plain(text))
    assert plain(text).isprintable()


@pytest.mark.parametrize("text", ["naïve 日本語", "a\n\tb", "👩‍👩‍👧", "שלום", "[bold]x[/bold]"])
def test_ordinary_text_of_any_language_stays(text: str) -> None:
    """Joiners, too, which many scripts need."""
    assert plain(text) == text


def test_windows_line_ends_are_line_ends() -> None:
    """Escaped, they would litter every line."""
    assert plain("a\r\nb") == "a\nb"


@given(st.text(alphabet=st.characters()), st.integers(1, 80))
def test_one_line_is_one_harmless_line(text: str, limit: int) -> None:
    """A table's row is one line, whatever a model wrote."""
    line = one_line(text, limit)
    assert cell_len(line) <= limit
    assert "\n" not in line
    assert "\t" not in line
    assert is_plain(line)


def test_markup_is_text() -> None:
    """A reply that contains rich's markup, or its emoji codes, is shown as it is."""
    file = io.StringIO()
    table = headed_table("said")
    table.add_row(*cells("[bold red]x[/] :smile: [link=http://evil]y[/link]"))
    Console(file=file, force_terminal=True, width=100).print(table)
    assert "[bold red]x[/] :smile: [link=http://evil]y[/link]" in file.getvalue()


def test_rows_are_never_broken_or_cut() -> None:
    """An id that lost its end is no id."""
    file = io.StringIO()
    table = headed_table("pair", "route")
    table.add_row(*cells("p" * 60, "r" * 60))
    print_rows(Console(file=file, width=40), table)
    assert f"{'p' * 60}  {'r' * 60}" in file.getvalue()


def test_piped_output_has_no_color_and_no_trailing_blanks() -> None:
    """It is read by programs and diffed by people."""
    script = (
        "from proxy.cli.terminal import *\n"
        "from rich.text import Text\n"
        "table = headed_table('a', 'b')\n"
        "table.add_row(Text('x', 'bold red'), Text('longer'))\n"
        "table.add_row(Text('y'), Text(''))\n"
        "print_rows(table_console(), table)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment({})
    )
    assert done.stdout == "a  b\nx  longer\ny\n"


def test_numbers_for_people() -> None:
    """No data is not zero."""
    assert (percent(1, 3), percent(0, 5), percent(0, 0)) == ("33.3 %", "0.0 %", "-")
    assert (span(0.0341), span(1.254), span(None)) == ("34 ms", "1.25 s", "-")
    assert moment(0) == "1970-01-01 00:00:00Z"
