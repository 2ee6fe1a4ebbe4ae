"""A version comes back as it was fitted, and belongs to the terms it was made on."""

from __future__ import annotations

import dataclasses

import pytest

from proxy.config.settings import Fallback, Hold
from proxy.examiner.confidence.version import Fitted, Terms, Version, decode, encode
from routing.confidence.calibration import Calibration
from routing.confidence.prompt import PromptHead
from routing.confidence.threshold import Promise
from routing.confidence.views import WHOLE

TERMS = Terms.of(Fallback())
FITTED = Fitted(Calibration(0.5, (1.0,), (-2.0,), (0.0,), (0.0, 1.0), (0.25, 1.0), 9, "1"), (0.9, 0.5), pooled=False)
OF_ALL = dataclasses.replace(FITTED, pooled=True)
VERSION = Version(
    TERMS, 120, {"math": {WHOLE: FITTED}}, {WHOLE: OF_ALL, 24: OF_ALL}, {"math": PromptHead(0.1, (), (), ())}
)


def test_a_version_comes_back_from_the_database() -> None:
    """To the last bit: thresholds are certified by it, and workers judge by it."""
    assert decode(encode(VERSION)) == VERSION


@pytest.mark.parametrize("body", [b"", b"\xc1", encode(VERSION)[:-1], b"\x80", b"\x91\x01"])
def test_what_another_release_wrote_is_none(body: bytes) -> None:
    """The next version replaces it; until then nothing is certified."""
    assert decode(body) is None


def test_a_slice_without_its_own_has_that_of_all() -> None:
    """A slice that no conversation was of when the version was made."""
    assert VERSION.fitted("math", WHOLE) is FITTED
    assert VERSION.fitted("math", 24) is OF_ALL
    assert VERSION.fitted("code", WHOLE) is OF_ALL
    assert VERSION.fitted("code", 6) is None


def test_the_terms_are_the_operators() -> None:
    """Another promise, another limit or other holds are other terms; the order of names is not."""
    assert (TERMS.promise, TERMS.limit, TERMS.hold) == (Promise.SELECTIVE, 0.02, 24)
    assert Terms.of(Fallback(whole_turn=("json", "tools"))) == TERMS
    others = [
        Fallback(promise="marginal"),
        Fallback(target=3.0),
        Fallback(hold=Hold(tokens=6)),
        Fallback(whole_turn=()),
    ]
    assert all(Terms.of(other) != TERMS for other in others)
    assert Terms.of(Fallback(confidence=99.0, return_over=1.0)) == TERMS


def test_each_version_is_judged_more_strictly() -> None:
    """Their levels add up to what the operator allows, however many there will be."""
    levels = [target.level for version in range(1, 2000) if (target := TERMS.target(95.0, version))]
    assert levels[:2] == pytest.approx([0.025, 0.05 / 6])
    assert sum(levels) < 0.05


@pytest.mark.parametrize(("target", "confidence"), [(0.0, 100.0), (100.0, 0.0)])
def test_what_can_never_be_certified_is_no_error(target: float, confidence: float) -> None:
    """Nothing at all may diverge, with certainty: then the student serves nothing."""
    assert Terms.of(Fallback(target=target)).target(confidence, 1) is not None


def test_nothing_promised_is_nothing_to_keep() -> None:
    """Then the hard rules alone decide."""
    terms = Terms.of(Fallback(promise="none"))
    assert (terms.promise, terms.target(95.0, 1)) == (None, None)
