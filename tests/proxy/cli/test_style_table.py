"""Style drift on the screen."""

from __future__ import annotations

import io

from rich.console import Console

from proxy.cli.style_table import show_style
from proxy.cli.terminal import is_plain
from proxy.examiner.status import SliceStyle, StyleMeasure
from tests.proxy.cli.conftest import ESCAPES

LENGTH = StyleMeasure("length", 120, 1.0, 0.5, 0.5, 0.42, 0.61)
OTHERS = (
    StyleMeasure("hedges", 118, 3.2, 0.4, -2.8, -3.5, -2.0),
    StyleMeasure("corrections", 118, 0.25, 0.0, -0.25, -0.4, 0.1),
    StyleMeasure("unsure", 118, 0.5, 0.125, -0.375, -0.5, -0.25),
)


def screen(*styles: SliceStyle) -> str:
    """What is printed."""
    file = io.StringIO()
    show_style(Console(file=file, width=200, markup=False, highlight=False), styles)
    return file.getvalue()


def test_the_student_stands_after_its_teacher_with_the_bounds_of_the_change() -> None:
    """Whoever reads it sees at once which way, how far, and how sure that is."""
    line = next(line for line in screen(SliceStyle("math", (LENGTH, *OTHERS), "")).splitlines() if "math" in line)
    assert " ".join(line.split()) == (
        "math 120 0.50 [0.42, 0.61] 3.20 -> 0.40 [-3.50, -2.00] 0.25 -> 0.00 [-0.40, +0.10] "
        "50.00 % -> 12.50 % [-50.00, -25.00]"
    )


def test_what_is_not_known_is_a_dash() -> None:
    """Lengths are known in every language, hedges are not."""
    endless = StyleMeasure("length", 1, 1.0, 0.0, None, 0.2, None)
    line = next(line for line in screen(SliceStyle("math", (endless,), "")).splitlines() if "math" in line)
    assert line.split() == ["math", "1", "inf", "[0.20,", "inf]", "-", "-", "-"]


def test_nothing_is_printed_where_nothing_is_known() -> None:
    """An empty table would look like a student without drift."""
    assert screen() == screen(SliceStyle("math", (), "")) == ""


def test_an_alarm_is_a_sentence_and_harmless() -> None:
    """It is read at night."""
    shown = screen(SliceStyle(ESCAPES, (LENGTH,), f"the student is shorter and surer {ESCAPES}"))
    assert "the student is shorter and surer" in shown
    assert is_plain(shown)
