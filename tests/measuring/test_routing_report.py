"""The page about routing by the prompt."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from measuring.data import DEFAULT
from measuring.routing_replay import FOLDER, Effort, replays
from measuring.routing_report import table, write

LITTLE = Effort(draws=5, orders=2)


def made_up(folder: Path, requests: int) -> None:
    rng = np.random.default_rng(0)
    rows = [
        {"prompt": f"{'secret ' * length}", "weak_correct": length < 20, "strong_correct": True, "contaminated": False}
        for length in rng.integers(1, 40, size=requests).tolist()
    ]
    (folder / FOLDER).mkdir()
    (folder / FOLDER / "routellm_gsm8k.jsonl").write_text("\n".join(map(json.dumps, rows)))


def test_the_page_says_whether_the_head_is_on(tmp_path: Path) -> None:
    """And keeps no text of the data; the picture is one that a browser can draw."""
    made_up(tmp_path, 120)
    page = write(tmp_path, tmp_path, LITTLE)
    assert "the head beats the average. With all 120 requests it is on in 2 of 2 orders." in page
    assert "secret" not in page
    assert page == (tmp_path / "routing-replay.md").read_text()
    picture = ElementTree.parse(tmp_path / "routing-replay.svg")  # noqa: S314 -- we wrote it
    assert len(list(picture.iter("{http://www.w3.org/2000/svg}polyline"))) == 3


def test_without_sets_nothing_is_kept(tmp_path: Path) -> None:
    """A page of nothing would replace the one that is there."""
    assert write(tmp_path, tmp_path) == ""
    assert not list(tmp_path.iterdir())


def test_a_table_has_a_line_for_each_row() -> None:
    """Under its columns."""
    assert table(("a", "b"), [("1", "2")]) == "| a | b |\n| --- | --- |\n| 1 | 2 |\n"


def test_the_kept_page_is_of_the_published_sets() -> None:
    """It names how many requests there were."""
    found = replays(DEFAULT)
    if not found:
        pytest.skip(f"no replayed requests in {DEFAULT}")
    page = (Path(__file__).parents[2] / "docs" / "routing-replay.md").read_text()
    for replay in found:
        assert f"| {replay.name} | {len(replay.prompts)} | {replay.student.mean():.3f} |" in page
