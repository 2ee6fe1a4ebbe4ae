"""What a version is made of: a slice's own conversations where they suffice, and else those of all."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import numpy as np
import pytest

from proxy.examiner.confidence.fitting import GRID, OWN, Example, fit
from proxy.store.confidences import ConfidenceUnit
from routing.confidence import prompt
from routing.confidence.views import WHOLE
from tests.proxy.examiner.confidence.pairs import world
from tests.proxy.examiner.confidence.test_version import TERMS

_TARGET = TERMS.target(95.0, 1)
assert _TARGET is not None
TARGET = _TARGET
SURE, UNSURE = (world(99, bad=bad)[0].vectors[WHOLE] for bad in (0.0, 1.0))


def examples(units: Iterable[ConfidenceUnit], **changed: object) -> list[Example]:
    """Each as one to be fitted to, by its whole reply."""
    made = [Example(one.slice, {WHOLE: one.vectors.get(WHOLE)}, not one.diverged, one.prompt) for one in units]
    return [dataclasses.replace(one, **changed) for one in made]  # type: ignore[arg-type] # as the fields' own types


def test_a_student_that_knows_is_told_apart() -> None:
    """Sure replies get a high confidence, doubtful ones a low one, and thresholds begin at the top."""
    version = fit(TERMS, examples(world(400)), TARGET)
    fitted = version.slices["math"][WHOLE]
    sure, unsure = (fitted.calibration.confidence(vector) for vector in (SURE, UNSURE))
    assert sure > 0.9
    assert unsure < 0.1
    assert fitted.grid == tuple(sorted(fitted.grid, reverse=True))
    assert sure >= fitted.grid[0] > unsure
    assert version.units == 400


def test_the_same_conversations_make_the_same_version() -> None:
    """Of two examiners that make it at a time, it must not matter whose is kept."""
    some = examples(world(300))
    assert fit(TERMS, some, TARGET) == fit(TERMS, some, TARGET)


def test_a_slice_has_its_own_calibration_once_it_has_enough() -> None:
    """Enough of both kinds: without divergences there is nothing to be fitted."""
    many, few = examples(world(OWN)), examples(world(OWN - 1, first=9_000), slice="code")
    spotless = examples(world(OWN, bad=0.0, first=20_000), slice="general")
    version = fit(TERMS, [*many, *few, *spotless], TARGET)
    own = {name: not views[WHOLE].pooled for name, views in version.slices.items()}
    assert own == {"math": True, "code": False, "general": False}
    assert version.slices["math"][WHOLE].calibration.units == OWN
    assert version.slices["code"][WHOLE].calibration == version.pooled[WHOLE].calibration


def test_a_slice_without_its_own_calibration_has_its_own_thresholds() -> None:
    """Another share of its replies is as sure. A slice with hardly any has the thresholds of all."""
    many = examples(world(OWN))
    some = examples(world(GRID, bad=0.05, first=9_000), slice="code")
    hardly = examples(world(GRID - 1, bad=0.05, first=9_000), slice="general")
    version = fit(TERMS, [*many, *some, *hardly], TARGET)
    of_all = version.pooled[WHOLE]
    assert version.slices["code"][WHOLE].grid != of_all.grid
    assert version.slices["general"][WHOLE] is of_all


def test_each_view_is_fitted_to_replies_that_would_be_judged_by_it() -> None:
    """Streams by their prefix; a reply without log-probabilities is one of them, and never sure."""
    streams = [Example("math", {6: one.vectors[6], 24: one.vectors[24]}, not one.diverged, None) for one in world(100)]
    mute = [Example("math", {WHOLE: None}, acceptable=True, prompt=None)] * 100
    version = fit(TERMS, [*streams, *mute, *examples(world(100, first=500))], TARGET)
    units = {view: one.calibration.units for view, one in version.pooled.items()}
    assert units == {WHOLE: 100, 6: 100, 24: 100}


def test_replies_that_rules_turn_down_are_served_by_no_threshold() -> None:
    """They say what certainty is worth as any other; thresholds begin among those that may be served, at each view."""
    some = examples(world(400))
    sure = [one for one in some if one.vectors[WHOLE] is not None and one.acceptable][:200]
    down = [dataclasses.replace(one, turned_down=frozenset({WHOLE if one in sure else 24})) for one in some]
    open_, less = (fit(TERMS, units, TARGET).slices["math"][WHOLE] for units in (some, down))
    assert less.calibration == open_.calibration
    assert less.grid != open_.grid
    assert fit(TERMS, [dataclasses.replace(one, turned_down=frozenset({24})) for one in some], TARGET) == fit(
        TERMS, some, TARGET
    )
    none = fit(TERMS, [dataclasses.replace(one, turned_down=frozenset({WHOLE})) for one in some], TARGET)
    assert none.slices["math"][WHOLE].grid == ()


def test_hopeless_prompts_are_told_where_they_can_be() -> None:
    """Half of the requests are of a kind that the student never masters: thresholds are about the other half."""
    width = len(prompt.FEATURES)
    hopeless, fine = (1.0,) * width, (0.0,) * width
    wrong = examples(world(150, bad=1.0), prompt=hopeless)
    right = examples(world(150, bad=0.0, first=500), prompt=fine)
    mixed = [one for both in zip(wrong, right, strict=True) for one in both]
    head = fit(TERMS, mixed, TARGET).prompts["math"]
    assert head.chance(hopeless) < prompt.UNPROMISING < head.chance(fine)
    assert fit(TERMS, examples(world(300, tells=0.0)), TARGET).prompts == {}


@pytest.mark.parametrize("bad", [0.0, 1.0])
def test_students_that_are_always_right_or_never(bad: float) -> None:
    """A fit that fell over either would leave the route without any."""
    version = fit(TERMS, examples(world(120, bad=bad)), TARGET)
    assert np.isfinite(version.pooled[WHOLE].calibration.confidence(SURE))
    assert fit(TERMS, [], TARGET).pooled == {}
