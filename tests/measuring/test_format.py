"""How format is measured, on rows of our own."""

from __future__ import annotations

import json
from pathlib import Path

from measuring.format import results

Row = tuple[str, str, list[str], list[dict[str, str | int]], list[bool]]
ROWS: tuple[Row, ...] = (
    ("Write two lines without commas.", "One\nTwo", ["punctuation:no_comma"], [{}], [True]),
    ("Write two lines without commas.", "One, two", ["punctuation:no_comma"], [{}], [False]),
    (
        "Use at least 5 words.",
        "Too few",
        ["length_constraints:number_words"],
        [{"relation": "at least", "num_words": 5}],
        [False],
    ),
)


def test_the_checker_the_readers_and_the_label_are_measured(tmp_path: Path) -> None:
    """Three questions, three kinds of lines; ours agree with these verdicts in all."""
    keys = ("prompt", "response", "instruction_ids", "kwargs", "label")
    lines = [json.dumps(dict(zip(keys, row, strict=True)) | {"model": "m"}) for row in ROWS]
    (tmp_path / "ifeval_format").mkdir()
    (tmp_path / "ifeval_format" / "dev.jsonl").write_text("\n".join(lines), encoding="utf-8")
    found = {(result.label, result.split): result for result in results(tmp_path)}
    assert found["any instruction followed", ""].f1 == 1
    assert found["form read off the prompt", ""].f1 == 1
    assert found["all followed", "model m"].count == len(ROWS)


def test_without_the_sets_there_are_no_lines(tmp_path: Path) -> None:
    """The report shows what is missing by not showing it."""
    assert results(tmp_path) == []
