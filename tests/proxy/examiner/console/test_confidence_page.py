"""A route's confidence as its page shows it: what was promised against what was kept, and what is missing."""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from proxy.examiner.console.confidence_page import BROKEN, KEPT, OPEN, confidence_page
from proxy.examiner.status import ConfidenceStatus, SliceConfidence
from routing.fallback import FallbackReason
from tests.console.stage import CERTIFIED, FALLBACKS, console, route
from tests.proxy.confidences import CODE, CONFIDENCE, EARLY, MATH, UNPROMISED
from tests.proxy.examiner.console.visitor import Visitor


def audited(rate: float | None, lower: float | None, upper: float | None) -> SliceConfidence:
    """What audits found of a slice, under a promise of 2 %."""
    return dataclasses.replace(MATH, rate=rate, lower=lower, upper=upper)


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (audited(0.01, 0.005, 0.02), KEPT),
        (audited(0.01, 0.005, 0.021), OPEN),
        (audited(0.03, 0.02, 0.05), OPEN),
        (audited(0.03, 0.021, 0.05), BROKEN),
    ],
)
def test_a_promise_is_kept_broken_or_open(found: SliceConfidence, verdict: str) -> None:
    """By its bounds, and never by the rate alone: of three audits none says anything."""
    page = confidence_page(route(), dataclasses.replace(CONFIDENCE, slices=(found,)), {})
    kept = page.slices[0].kept
    assert kept is not None
    assert kept.verdict == verdict
    assert kept.low <= kept.seen <= kept.high <= 320


@pytest.mark.parametrize(
    "told",
    [
        dataclasses.replace(CONFIDENCE, slices=(audited(None, None, None),)),
        dataclasses.replace(UNPROMISED, slices=(audited(0.01, 0.0, 0.02),)),
    ],
    ids=["nothing audited", "nothing promised"],
)
def test_where_there_is_nothing_to_keep_nothing_is_said_to_be_kept(told: ConfidenceStatus) -> None:
    """No data is neither a pass nor a failure."""
    assert confidence_page(route(), told, {}).slices[0].kept is None


def test_reasons_come_by_how_often_and_say_whose_they_are() -> None:
    """Whether to look at the student's server, or at its replies."""
    page = confidence_page(route(), None, {"connect": 3, "unsure": 90, "student_ill": 7})
    assert [(one.reason, one.whose, one.share) for one in page.reasons] == [
        ("unsure", "its reply", 0.9),
        ("student_ill", "it was not asked", 0.07),
        ("connect", "its server", 0.03),
    ]
    assert page.fell_back == 100
    assert {one.whose for one in confidence_page(route(), None, dict.fromkeys(FallbackReason, 1)).reasons} == {
        "its reply",
        "its server",
        "it was not asked",
    }


def shown(path: Path, told: ConfidenceStatus | None, fallbacks: Mapping[str, int]) -> str:
    """The page, on one line."""
    with console(path, confidence=lambda _: told, fallbacks=lambda _: fallbacks) as url:
        page = Visitor(url).get("/routes/support/confidence")
    assert page.status_code == 200
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page.text)).split())


def test_the_page_draws_what_there_is(tmp_path: Path) -> None:
    """Both diagrams, each with its numbers; the promise, and what was kept of it; the reasons, and their pairs."""
    page = shown(tmp_path, CERTIFIED, FALLBACKS)
    assert "at most 5 % diverge, at 95 % confidence" in page
    assert "The promise is kept: 0.65 % seen, at least 0.12 % and at most 1.9 %; promised at most 5 %" in page
    assert "unsure its reply 412 80.9 % read them" in page
    view = next(view for one in CERTIFIED.slices for view in one.views if view.tried)
    for one in view.diagram:
        assert f"{one.confidence:.3f} " in page
    for tried in view.tried:
        assert f"{tried.threshold:.4f} " in page
    assert "in force" in page


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (None, "Not looked at yet."),
        (EARLY, "Not enough yet: 41 of 187 conversations"),
        (UNPROMISED, "nothing is promised: the hard rules alone decide"),
        (dataclasses.replace(CONFIDENCE, slices=(CODE,)), "No threshold is certified. 278 more replies"),
        (dataclasses.replace(CONFIDENCE, slices=(CODE,)), "No reliability diagram yet: none of the 25 conversations"),
    ],
)
def test_where_there_is_not_enough_yet_it_says_how_much_there_is(
    tmp_path: Path, told: ConfidenceStatus | None, said: str
) -> None:
    """A page without a word would look like a student that is never sure."""
    page = shown(tmp_path, told, {})
    assert said in page
    assert "No request has fallen back since the workers began." in page
