"""The worst confusions: which are shown, in what order, and how."""

from __future__ import annotations

from pathlib import Path

import pytest

from measuring.__main__ import main
from measuring.confusions import listed, worst
from measuring.families import FAMILIES
from measuring.judging import NONE, Verdict


def taken(truth: str, found: str, sureness: float, text: str = "I may be late.") -> Verdict:
    """A verdict on a reply of our own."""
    return Verdict("hedging", "ours", "When?", text, truth, found, sureness, "modal", (2, 8))


def test_the_surest_errors_come_first() -> None:
    """Right verdicts are none, and of one text there is one."""
    errors = [taken(NONE, "hedging", sureness, f"text {sureness}") for sureness in (0.6, 0.9, 0.7)]
    again = taken(NONE, "hedging", 0.8, "text 0.9")
    found = worst([*errors, again, taken(NONE, NONE, 1.0, "right")], 2)
    assert [(one.text, one.sureness) for one in found] == [("text 0.9", 0.9), ("text 0.7", 0.7)]


def test_a_confusion_is_shown_in_three_lines() -> None:
    """What it was taken for and by what, what was asked, and the reply in one line, cut."""
    lines = list(listed([taken(NONE, "hedging", 0.75, "I may\nbe late. " + "So it is. " * 40), taken(NONE, NONE, 0.9)]))
    assert lines[0] == "hedging: 1 of 2 wrong"
    assert lines[1] == "  1. absent taken for hedging by modal, 0.75 sure, ours"
    assert lines[2] == "     asked: When?"
    assert lines[3].startswith("     reply: I may be late. So it is.")
    assert lines[3].endswith(" ...")


def test_what_fired_is_among_what_is_shown() -> None:
    """A span far into the reply moves the cut."""
    far = Verdict("hedging", "ours", "", "It is so. " * 60 + "Perhaps.", NONE, "hedging", 1.0, "likely", (600, 607))
    assert list(listed([far]))[3].startswith("     reply: ... ")
    assert list(listed([far]))[3].endswith("Perhaps.")


def test_without_the_sets_only_our_own_replies_are_judged(tmp_path: Path) -> None:
    """Nothing is made up for a set that is not there."""
    sources = {one.source for family in FAMILIES for one in family.verdicts(tmp_path)}
    assert sources <= {"authored_work", "authored_held"}


def test_the_command_prints_one_behavior(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And writes nothing: texts of the sets stay out of the repository."""
    assert main(["confusions", "--behavior", "hedging", "--data", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("hedging: ")
    assert list(tmp_path.iterdir()) == []
