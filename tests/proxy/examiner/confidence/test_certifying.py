"""What the other half certifies, what counts against a reply, and what was found of what was served."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from datetime import date

import pytest

from proxy.config.settings import Route
from proxy.examiner.confidence.certifying import Certified, Harms, Served, certify
from proxy.examiner.confidence.fitting import Example, fit
from proxy.examiner.confidence.units import Units
from proxy.examiner.confidence.version import Terms, Version
from proxy.examiner.rollout.gating import charter
from proxy.store.confidences import ConfidenceUnit
from routing.confidence.views import WHOLE
from tests.proxy.examiner.confidence.pairs import LOST, STARTED, as_kept, world
from tests.proxy.examiner.rollout.routes import route

TODAY = date(2026, 11, 23)

TERMS = Terms.of(dataclasses.replace(route().fallback, target=5.0))
TARGET = TERMS.target(95.0, 1)
NOTHING: Mapping[str, Collection[str]] = {}


def harms(about: Route | None = None) -> Harms:
    """By the charter of a route."""
    return Harms(charter(about or route(), 1, TODAY))


def fitted(found: Sequence[ConfidenceUnit], by: Harms) -> Version:
    """A version of the half of these conversations that is to be fitted to."""
    half = [one for one in gathered(found, None).complete if one.fit]
    by_position = {kept.position: kept.unit for kept in as_kept(found)}
    chosen = [(one, by_position[one.position]) for one in half]
    examples = [Example(u.slice, {WHOLE: u.vectors.get(WHOLE)}, by.acceptable(one), u.prompt) for one, u in chosen]
    assert TARGET is not None
    return fit(TERMS, examples, TARGET)


def gathered(found: Sequence[ConfidenceUnit], version: Version | None) -> Units:
    """The units of all of them."""
    units = Units(TERMS, version, 1.0)
    units.add(as_kept(found))
    units.settle(STARTED + 1e6)
    return units


def certified(
    found: Sequence[ConfidenceUnit], about: Route | None = None, unproven: Mapping[str, Collection[str]] = NOTHING
) -> Certified:
    """What they come to, each half in its role."""
    by = harms(about)
    return certify(gathered(found, fitted(found, by)), by, TARGET, unproven)


def test_a_student_that_knows_is_certified() -> None:
    """It serves most of what it is right about, and next to nothing else."""
    found = certified(world(1200)).views["math"][WHOLE]
    assert found.certificate is not None
    assert 0.6 < found.certificate.coverage < 0.8, "seven in ten are acceptable"
    assert found.certificate.diverged < 0.05 * found.certificate.answers
    assert found.bar.threshold == found.certificate.threshold
    assert found.error is not None
    assert found.error < 0.05
    assert sum(one.units for one in found.diagram) == found.counts.of


def test_a_student_that_does_not_know_is_not() -> None:
    """Its confidence says nothing, so no threshold keeps the promise, however many conversations there are."""
    found = certified(world(1200, tells=0.0)).views["math"][WHOLE]
    assert (found.certificate, found.bar.threshold) == (None, None)
    assert found.outlook is not None
    assert found.outlook.needed is None or found.outlook.needed > 100


def test_what_was_fitted_to_certifies_nothing() -> None:
    """Evidence that chose the thresholds would flatter them."""
    found = certified(world(1200)).views["math"][WHOLE]
    assert found.counts.of + found.fitted.calibration.units == 1200


def test_divergences_that_do_not_act_count_against_nobody() -> None:
    """A muted behavior, one that the student did better in; the charter of today decides, also of the past."""
    all_bad = world(1200, bad=1.0)
    muted = route(gates="behaviors: {answer: {muted: true}}")
    lost = certified(all_bad).views["math"][WHOLE]
    assert lost.certificate is None
    assert certified(all_bad, muted).views["math"][WHOLE].certificate is not None
    better = [dataclasses.replace(one, diverged=("degenerate.lost", "format.gained")) for one in all_bad]
    assert certified(better).views["math"][WHOLE].certificate is not None


def test_what_was_cut_off_counts_against_the_student() -> None:
    """It may have been a behavior that acts."""
    cut = [dataclasses.replace(one, diverged=("x.lost", "*")) for one in world(300, bad=1.0)]
    counts = certified(cut).views["math"][WHOLE].counts
    assert counts.diverged == counts.answers


def refusing(found: Sequence[ConfidenceUnit], objection: str = "refusal") -> list[ConfidenceUnit]:
    """The same, of which hard rules turn all good replies down but every eighth."""
    told = {WHOLE: (objection,)}
    keeps = [bool(one.diverged) or number % 8 == 0 for number, one in enumerate(found)]
    return [one if keep else dataclasses.replace(one, objections=told) for keep, one in zip(keeps, found, strict=True)]


def test_what_is_certified_is_what_is_served() -> None:
    """Hard rules may take good replies away; of what they leave more diverges than of all that are so sure."""
    some = refusing(world(4000, tells=0.0, bad=0.03))
    proven = certified(some).views["math"][WHOLE]
    assert proven.certificate is not None
    assert proven.certificate.diverged < 0.05 * proven.certificate.answers
    unproven = certified(some, unproven={"math": ("hedging", "refusal")}).views["math"][WHOLE]
    assert unproven.certificate is None, "nearly a fifth of what is left diverges"
    assert unproven.counts.of == proven.counts.of
    assert unproven.counts.diverged[-1] == proven.counts.diverged[-1]
    assert unproven.counts.answers[-1] < proven.counts.answers[-1] / 4


def test_what_is_unproven_elsewhere_turns_nothing_down() -> None:
    """Gates are judged slice by slice, and another behavior's objections are none."""
    some = refusing(world(1200))
    assert certified(some, unproven={"code": ("refusal",), "math": ("hedging",)}) == certified(some)


def test_what_is_broken_is_never_served() -> None:
    """Whatever is proven. Nor does it say anything of how well confidence is calibrated for what may be served."""
    found, sound = (certified(some).views["math"][WHOLE] for some in (refusing(world(1200), "*"), world(1200)))
    assert found.counts.of == sound.counts.of
    assert found.counts.answers[-1] < sound.counts.answers[-1] / 2
    assert sum(one.units for one in found.diagram) < sum(one.units for one in sound.diagram)


def test_slices_are_certified_apart() -> None:
    """What is known of one must not carry another."""
    good, bad = world(800, bad=0.0), world(800, tells=0.0, first=5_000, slice="code")
    found = certified([*good, *bad]).views
    assert found["math"][WHOLE].certificate is not None
    assert found["code"][WHOLE].certificate is None


def test_of_silent_endpoints_nothing_is_asked() -> None:
    """There the hard rules alone decide; counted as unsure, they would look like a student that is never asked."""
    mute = [dataclasses.replace(one, endpoint="messages", vectors={}) for one in world(800, first=5_000)]
    found = certified([*world(800), *mute]).views["math"][WHOLE]
    assert found.counts.of < 500


def test_replies_without_log_probabilities_are_never_served_elsewhere() -> None:
    """They count among all requests, but no threshold is so low that it serves them."""
    some = [*world(800), *(dataclasses.replace(one, vectors={}) for one in world(100, first=5_000))]
    found = certified(some).views["math"][WHOLE]
    assert found.certificate is not None
    assert sum(one.units for one in found.diagram) < found.counts.of


def test_what_was_served_is_counted_apart() -> None:
    """Promised is one thing, kept another; only audits of the student's share say what was kept."""
    served = [dataclasses.replace(one, served="student") for one in world(40, bad=0.0)]
    wrong = [dataclasses.replace(served[0], conversation="w", diverged=LOST)]
    back = [dataclasses.replace(one, fallback="unsure") for one in world(5, first=500)]
    found = certified([*served, *wrong, *back, *world(9, first=900)]).served["math"]
    assert found == Served(41, 1, 5)
    assert found.trials(of_all=False).count == 41
    assert found.trials(of_all=True).count == 46


@pytest.mark.parametrize("version", [True, False])
def test_without_a_promise_or_a_version_nothing_is_certified(version: bool) -> None:
    """What was served is told all the same."""
    some = [dataclasses.replace(one, served="student") for one in world(300)]
    units = gathered(some, fitted(some, harms()) if version else None)
    found = certify(units, harms(), None if version else TARGET, NOTHING)
    assert found.views == {}
    assert found.served["math"].answers == 300
