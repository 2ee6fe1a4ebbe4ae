"""The command."""

from __future__ import annotations

import pytest

from simulation.__main__ import RESULTS, main
from simulation.parts import PARTS


def test_one_question_is_answered_and_not_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """What is kept is the whole, at its full size."""
    before = RESULTS.stat().st_mtime_ns if RESULTS.exists() else None
    assert main(["drift", "--replicates", "0.005", "--processes", "1"]) == 0
    assert "## Drift after promotion: how soon it is found" in capsys.readouterr().out
    assert (RESULTS.stat().st_mtime_ns if RESULTS.exists() else None) == before


def test_an_unknown_question_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody knows the names by heart."""
    with pytest.raises(SystemExit, match="2"):
        main(["dirft"])
    assert ", ".join(PARTS) in capsys.readouterr().err


def test_what_is_kept_answers_every_question_and_breaks_no_promise() -> None:
    """The results in the repository are those of the whole."""
    text = RESULTS.read_text(encoding="utf-8")
    assert text.count("\n## ") >= 2 * len(PARTS)
    assert "BROKEN" not in text.partition("\n## ")[2]
