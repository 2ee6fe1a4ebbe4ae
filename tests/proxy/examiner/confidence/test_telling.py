"""What people and dashboards are told: the numbers of a finding, and why nothing is served where nothing is."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from proxy.config.settings import Fallback
from proxy.examiner.confidence.certifying import Certified, Judged, Served, judged
from proxy.examiner.confidence.follower import Finding
from proxy.examiner.confidence.telling import confidence_gauges, status, summary, told, uncertified
from proxy.examiner.confidence.version import Fitted, Terms, Version
from proxy.store.calibrations import Made
from proxy.telemetry.catalog import BY_NAME
from routing.confidence.calibration import Calibration
from routing.confidence.prompt import PromptHead
from routing.confidence.threshold import Promise, Target
from routing.confidence.views import WHOLE
from tests.proxy.rollouts import moving_route

TERMS = Terms.of(Fallback(target=5.0))
TARGET = Target(0.05, 0.025)
MARGINAL = Target(0.05, 0.025, Promise.MARGINAL)
FITTED = Fitted(Calibration(units=640), (0.9, 0.05), pooled=True)
PROMPTS = {"math": PromptHead(0.0, (), (), ())}


def of(sure: int, unsure: int, diverged: int = 0, target: Target = TARGET) -> Judged:
    """So many replies of a high confidence, of which some diverged, and of a low one, of which half did."""
    confidences = np.array([0.95] * sure + [0.1] * unsure)
    acceptable = np.array([n >= diverged for n in range(sure)] + [n % 2 == 0 for n in range(unsure)], np.bool_)
    return judged(FITTED, confidences, acceptable, target)


CERTIFIED = Finding(
    terms=TERMS,
    target=TARGET,
    made=Made(2, "e", 1_795_000_000.0, b""),
    version=Version(TERMS, 640, {}, {WHOLE: FITTED}, PROMPTS),
    certified=Certified({"math": {WHOLE: of(300, 100, 2), 24: of(20, 5)}}, {"math": Served(200, 1, 40)}),
    silent=frozenset({"messages"}),
    units=1300,
    fitted=650,
    due=961,
    unproven={"math": ("refusal",)},
)
EARLY = Finding(terms=TERMS, target=TARGET, fitted=40, due=100)


def holding(*views: Judged, promise: Promise = Promise.SELECTIVE) -> Finding:
    """One slice with these views, and no silent endpoint."""
    terms = dataclasses.replace(TERMS, promise=promise)
    found = Certified({"math": dict(enumerate(views))})
    return dataclasses.replace(CERTIFIED, terms=terms, certified=found, silent=frozenset())


def test_a_status_has_what_there_is_to_say() -> None:
    """Of the promise, the calibration, each view, and what was kept."""
    found = status(CERTIFIED, 95.0)
    assert (found.promise, found.target, found.confidence, found.silent) == ("selective", 0.05, 95.0, ("messages",))
    assert (found.version, found.made, found.units, found.fitted, found.due) == (2, 1_795_000_000.0, 1300, 650, 961)
    (math,) = found.slices
    assert (math.served, math.diverged, math.fell_back, math.rate) == (200, 1, 40, 1 / 200)
    assert math.upper is not None
    assert math.lower is not None
    assert 0 <= math.lower < 1 / 200 < math.upper < 0.05
    assert (math.unproven, math.prompt, math.uncertified) == (("refusal",), True, "")
    whole, first = math.views
    assert (whole.view, whole.threshold, whole.answers, whole.diverged, whole.of) == ("whole", 0.9, 300, 2, 400)
    assert (whole.fitted, whole.own, whole.needed) == (640, False, 0)
    assert (first.view, first.threshold, first.answers) == ("first_24", None, 20)
    assert first.needed is not None
    assert first.needed > 0


def test_under_a_marginal_promise_all_requests_are_what_was_served() -> None:
    """Those that fell back are requests that got no divergent answer."""
    found = dataclasses.replace(CERTIFIED, terms=dataclasses.replace(TERMS, promise=Promise.MARGINAL))
    assert status(found, 95.0).slices[0].rate == 1 / 240


def test_a_summary_has_no_diagrams() -> None:
    """They are many numbers, and the status is asked for every few seconds."""
    whole = status(CERTIFIED, 95.0)
    assert whole.slices[0].views[0].diagram
    assert whole.slices[0].views[0].tried
    assert all(not view.diagram and not view.tried for one in summary(whole).slices for view in one.views)


def test_every_threshold_that_was_tried_is_told() -> None:
    """So that one sees what a lower one would serve, and what it would cost."""
    whole = status(CERTIFIED, 95.0).slices[0].views[0]
    counts = CERTIFIED.certified.views["math"][next(iter(CERTIFIED.certified.views["math"]))].counts
    assert [one.threshold for one in whole.tried] == list(counts.thresholds)
    assert [(one.answers, one.diverged) for one in whole.tried] == list(
        zip(counts.answers, counts.diverged, strict=True)
    )


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (EARLY, "40 of 100 conversations to calibrate on"),
        (holding(), "nothing of this slice has been compared since"),
        (holding(of(20, 5)), "20 of at least 90 answers that sure"),
        (holding(of(20, 5), of(60, 9)), "60 of at least 90 answers that sure"),
        (holding(of(20, 5, 2)), "20 of at least 193 answers that sure (2 of them diverged)"),
        (holding(of(20, 5, target=MARGINAL), promise=Promise.MARGINAL), "25 of at least 90 answers"),
    ],
)
def test_why_nothing_is_served_has_words(found: Finding, why: str) -> None:
    """An operator who waits must know for what, and for how much of it: the view that lacks the least is told."""
    assert uncertified(found, "math") == f"no confidence threshold is certified yet: {why}"


def test_a_threshold_that_is_out_of_force_has_words() -> None:
    """It was certified, and is not served by until it is again; where it never was, that is what is missing."""
    found = holding(of(300, 100)).under({})
    assert found.outdated == {"math"}
    assert uncertified(found, "math").endswith("it is being certified anew")
    assert "answers that sure" in uncertified(holding(of(20, 5)).under({}), "math")


def test_where_something_may_be_served_there_is_nothing_to_say() -> None:
    """A certificate, a silent endpoint, or no promise at all."""
    assert uncertified(holding(of(300, 100)), "math") == ""
    assert uncertified(dataclasses.replace(EARLY, silent=frozenset({"messages"})), "math") == ""
    assert uncertified(dataclasses.replace(EARLY, terms=Terms.of(Fallback(promise="none"))), "math") == ""


def test_what_confidence_withholds_shows_in_the_weights() -> None:
    """The least of all bounds is what is served; what limits nothing is not named."""
    shown = told(moving_route(), EARLY, status(EARLY, 95.0))
    by_name = {one.slice: one for one in shown.slices}
    assert by_name["math"].weights.effective == 0.0
    assert by_name["math"].limit == uncertified(EARLY, "math")
    assert by_name["general"] == next(one for one in moving_route().slices if one.slice == "general")
    assert shown.weights.effective == 0.0
    served = told(moving_route(), CERTIFIED, status(CERTIFIED, 95.0))
    assert served.slices == moving_route().slices
    assert served.weights == moving_route().weights


def test_gauges_say_what_is_known_and_no_more() -> None:
    """A series of 0 where nothing is known would be read as a promise kept."""
    found = dict(confidence_gauges("support", status(CERTIFIED, 95.0)))
    assert {name for name, _ in found} <= set(BY_NAME)
    math, whole, first = ("support", "math"), ("support", "math", "whole"), ("support", "math", "first_24")
    assert found["promise_target_ratio", ("support",)] == 0.05
    assert found["confidence_threshold", whole] == 0.9
    assert ("confidence_threshold", first) not in found
    assert found["confidence_coverage_ratio", whole] == 0.75
    assert found["confidence_coverage_ratio", first] == 0.0
    assert found["served_divergence_ratio", math] == 1 / 200
    assert found["prompt_estimate_active", math] == 1.0
    early = dict(confidence_gauges("support", status(EARLY, 95.0)))
    assert early == {("promise_target_ratio", ("support",)): 0.05, ("calibration_version", ("support",)): 0.0}
    unpromised = status(dataclasses.replace(EARLY, terms=Terms.of(Fallback(promise="none"))), 95.0)
    assert dict(confidence_gauges("support", unpromised)) == {}
    assert dict(confidence_gauges("support", None)) == {}
