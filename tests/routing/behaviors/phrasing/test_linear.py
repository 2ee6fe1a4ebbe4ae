"""Fitted heads."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from routing.behaviors.phrasing.linear import Head, Weights, load
from routing.behaviors.phrasing.ngrams import SIZE, features
from routing.behaviors.phrasing.words import split

PACKAGE = "routing.behaviors.phrasing"


def head(*texts: str) -> Head:
    """A head that says yes to these texts' features."""
    weights = np.zeros(SIZE, dtype=np.float32)
    for text in texts:
        weights[features(split(text)).indices] = 2.0
    return Head(weights, -1.0)


def test_a_head_tells_what_it_knows() -> None:
    """Known words raise the probability, nothing leaves it at the bias's."""
    known = head("I refuse")
    assert known.probability(features(split("I refuse"))) > 0.9
    assert known.probability(features(split(""))) == pytest.approx(1 / (1 + np.e), abs=1e-6)


def test_extreme_odds_are_probabilities() -> None:
    """No overflow, whatever was fitted."""
    assert Head(np.full(SIZE, 1e9, dtype=np.float32), 0.0).probability(features(split("a b c"))) <= 1


def test_weights_survive_their_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was fitted is what is used, but for the rounding to a byte."""
    written = Weights({"one": head("I refuse"), "two": head("I do not know")}, "made by a test")
    package = tmp_path / "weighed"
    package.mkdir()
    (package / "__init__.py").touch()
    with (package / "some.npz").open("wb") as file:
        written.save(file)
    monkeypatch.syspath_prepend(tmp_path)
    stored = load("some.npz", "weighed")
    assert stored.note == "made by a test"
    assert stored.heads.keys() == {"one", "two"}
    for text in ("I refuse", "I do not know", "fine"):
        for name in ("one", "two"):
            found = features(split(text))
            assert stored.score(name, found) == pytest.approx(written.score(name, found), abs=0.02)


def test_an_unknown_head_is_an_error() -> None:
    """A detector that asks for a head that was not fitted must not get a silent zero."""
    with pytest.raises(KeyError):
        Weights({}, "").score("refusal", features(split("x")))


def test_our_weights_are_small_and_say_what_they_were_fitted_on() -> None:
    """They are part of every installation: at most 2 MB."""
    assert resources.files(PACKAGE).joinpath("weights.npz").read_bytes().__len__() <= 2_000_000
    assert load().note
