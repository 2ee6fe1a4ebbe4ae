"""The replay of routing by the prompt."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from measuring.data import DEFAULT
from measuring.routing_replay import (
    STRONG,
    WEAK,
    Effort,
    Replay,
    best,
    carried_over,
    cross_fitted,
    held_out,
    matrix,
    proofs,
    ranked,
    replays,
    scored,
    solved,
    traded,
    with_words,
)
from routing.confidence.prompt import FEATURES

LITTLE = Effort(draws=20, orders=3)


def easy_and_hard(requests: int) -> Replay:
    """The student does what is short; the teacher does everything."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(1, 60, size=requests)
    student = (rng.random(requests) < 1 / (1 + np.exp((lengths - 30) / 4))).astype(float)
    return Replay("made up", tuple("word " * length for length in lengths.tolist()), student, np.ones(requests))


def test_what_routers_have_seen_is_left_out(tmp_path: Path) -> None:
    """The flag is part of the row."""
    rows = [
        {"prompt": name, "weak_correct": weak, "strong_correct": True, "contaminated": name == "seen"}
        for name, weak in (("a", True), ("seen", False), ("b", False))
    ]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (replay,) = solved(tmp_path / "rows.jsonl")
    assert replay.prompts == ("a", "b")
    assert replay.acceptable.tolist() == [True, False]
    assert replay.lead.tolist() == [0, 1]


def test_a_conversation_has_the_mean_of_its_turns(tmp_path: Path) -> None:
    """Its turns are not independent: it is one unit, routed by its first turn."""
    row = {"prompt": ["first", "second"], "scores": {WEAK: {"1": 9, "2": 6.0}, STRONG: {"2": 10, "1": 8}}}
    (tmp_path / "rows.jsonl").write_text(json.dumps(row))
    (replay,) = scored(tmp_path / "rows.jsonl")
    assert (replay.prompts, replay.student.tolist(), replay.teacher.tolist()) == (("first",), [7.5], [9.0])


def test_no_request_is_judged_by_a_head_that_has_seen_it() -> None:
    """With a feature for each request a head could know every outcome by heart; it knows none of the others."""
    acceptable = np.random.default_rng(3).random(200) < 0.5
    said, average = cross_fitted(np.eye(200), acceptable)
    assert said == pytest.approx(average, abs=0.02)
    assert ranked(acceptable, said) < 0.5  # the average of the others is the lower, the higher one's own outcome


def test_ranks_are_those_of_everyone() -> None:
    """Ties count half."""
    rng = np.random.default_rng(4)
    said, acceptable = np.round(rng.random(100), 1), rng.random(100) < 0.4
    assert ranked(acceptable, said) == pytest.approx(roc_auc_score(acceptable, said))


def test_where_prompts_tell_much_the_replay_says_so() -> None:
    """Fewer calls than by chance, more than by the oracle; most of what is called unpromising is; and it is on."""
    replay = easy_and_hard(400)
    found = matrix(replay.prompts)
    said, _ = cross_fitted(found, replay.acceptable)
    half, ideal = traded(replay, said, LITTLE)[0], best(replay, LITTLE)[0]
    assert ideal.value <= half.value < half.high < 0.5
    held = held_out(replay, found, LITTLE)
    assert held.gain.low > 100
    assert held.mistaken < held.unpromising / 4
    *real, shuffled = proofs(replay, found, LITTLE)
    assert [(proof.units, proof.won, proof.on) for proof in real] == [(200, 3, 3), (400, 3, 3)]
    assert (shuffled.units, shuffled.on) == (400, 0)
    assert carried_over(replay, easy_and_hard(100), LITTLE).low > 0.7


def test_words_stand_beside_the_features() -> None:
    """Whether they pay is measured, so they must be there."""
    table = with_words(["a prompt", "another one"], 64)
    assert table.shape == (2, len(FEATURES) + 64)
    assert (table[:, len(FEATURES) :].sum(axis=1) > 0).all()


def test_the_published_sets_are_read_whole() -> None:
    """What the page tells is of so many requests."""
    found = {replay.name: replay for replay in replays(DEFAULT)}
    if not found:
        pytest.skip(f"no replayed requests in {DEFAULT}")
    assert {name: len(replay.prompts) for name, replay in found.items()} == {"GSM8K": 1307, "MT-Bench": 80}
    assert found["GSM8K"].acceptable.mean() == pytest.approx(0.7077, abs=1e-4)
