"""Whether a student may answer: doubt means teacher."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.confidence import prompt, signal
from routing.confidence.acceptance import Acceptance, before, judge
from routing.confidence.assurance import Assurance, Bar
from routing.confidence.calibration import Calibration
from routing.confidence.prompt import PromptHead
from routing.confidence.views import WHOLE, View, rungs
from routing.fallback import SERVABLE, FallbackReason

FEATURES = tuple(0.0 for _ in prompt.FEATURES)
WIDE = tuple(1e9 for _ in prompt.FEATURES)
VIEWS = rungs(24)


def calibration(function: str = signal.FUNCTION) -> Calibration:
    """A calibration of vectors of one number, which is the confidence."""
    return Calibration(0.0, (1.0,), (0.0,), (1.0,), (0.0, 1.0), (0.0, 1.0), units=100, function=function)


def head(chance: float, function: str = prompt.FUNCTION) -> PromptHead:
    """A head that says the same of every prompt."""
    return PromptHead(math.log(chance / (1 - chance)), FEATURES, tuple(-x for x in WIDE), WIDE, function)


def assured(threshold: float | None = 0.9, view: View = WHOLE, function: str = signal.FUNCTION) -> Assurance:
    """One bar, in slice ``general``."""
    return Assurance(bars={"general": {view: Bar(calibration(function), threshold)}})


def silent(*heads: tuple[str, PromptHead]) -> Assurance:
    """A route whose Messages have no log-probabilities."""
    return Assurance(silent=frozenset(("messages",)), prompt=dict(heads))


def never() -> tuple[float, ...]:
    """Features that nobody may ask for."""
    raise AssertionError("a prompt was read that no head needs")


@pytest.mark.parametrize(
    ("assurance", "endpoint", "views", "reason"),
    [
        (None, "messages", VIEWS, "uncertified"),
        (Assurance(), "chat_completions", VIEWS, "uncertified"),
        (assured(), "chat_completions", (WHOLE,), None),
        (assured(), "chat_completions", VIEWS, "uncertified"),  # of streams nothing is certified
        (assured(view=12), "chat_completions", VIEWS, None),  # of some of their rungs it is
        (assured(None), "chat_completions", (WHOLE,), "uncertified"),
        (assured(function="another"), "chat_completions", (WHOLE,), "uncertified"),
        (assured(), "chat_completions", (), "uncertified"),
        (silent(), "messages", (WHOLE,), None),
        (silent(), "chat_completions", (WHOLE,), "uncertified"),
    ],
)
def test_what_is_not_certified_is_not_asked(
    assurance: Assurance | None, endpoint: str, views: tuple[View, ...], reason: str | None
) -> None:
    """A call whose reply could not be served costs its caller time and the student work."""
    assert before(assurance, endpoint, "general", views, never) == reason


@pytest.mark.parametrize(
    ("heads", "reason"),
    [
        ([("general", head(0.4))], "unpromising"),
        ([("general", head(0.6))], None),
        ([("math", head(0.4))], None),
        ([("general", head(0.4, function="another"))], None),
    ],
)
def test_a_hopeless_prompt_goes_straight_to_the_teacher(
    heads: list[tuple[str, PromptHead]], reason: str | None
) -> None:
    """Where the slice has a head, and one that speaks of these features."""
    assert before(silent(*heads), "messages", "general", (WHOLE,), lambda: FEATURES) == reason


def test_a_prompt_is_read_only_where_it_matters() -> None:
    """Reading it costs more than all the rest, and is in vain where nothing is certified anyway."""
    asked: list[int] = []

    def features() -> tuple[float, ...]:
        asked.append(1)
        return FEATURES

    doubtful = Assurance(prompt={"general": head(0.4)})
    assert before(doubtful, "chat_completions", "general", (WHOLE,), features) is FallbackReason.UNCERTIFIED
    assert not asked


@pytest.mark.parametrize(
    ("assurance", "view", "vector", "expected"),
    [
        (assured(), WHOLE, (0.9,), Acceptance(0.9, 0.9)),
        (assured(), WHOLE, (0.89,), Acceptance(0.89, 0.9, FallbackReason.UNSURE)),
        (assured(), WHOLE, (math.nan,), Acceptance(0.0, 0.9, FallbackReason.UNSURE)),
        (assured(0.0), WHOLE, (0.0,), Acceptance(0.0, 0.0)),
        (assured(), WHOLE, None, Acceptance(reason=FallbackReason.NO_LOGPROBS)),
        (assured(), 24, (1.0,), Acceptance(reason=FallbackReason.UNCERTIFIED)),
        (assured(), None, (1.0,), Acceptance(reason=FallbackReason.UNCERTIFIED)),
        (assured(None), WHOLE, (1.0,), Acceptance(1.0, reason=FallbackReason.UNCERTIFIED)),
        (assured(function="another"), WHOLE, (1.0, 2.0), Acceptance(reason=FallbackReason.UNCERTIFIED)),
    ],
)
def test_a_reply_is_held_against_its_own_bar(
    assurance: Assurance, view: View | None, vector: tuple[float, ...] | None, expected: Acceptance
) -> None:
    """Its slice's and its view's, and none but one that was certified for these numbers."""
    assert judge(assurance, "general", view, vector) == expected


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_what_is_served_reaches_the_threshold(threshold: float, sure: float) -> None:
    """The promise is about confidences of at least the threshold: nothing below it may pass, nor be lost above it."""
    found = judge(assured(threshold), "general", WHOLE, (sure,))
    assert found.confidence is not None
    assert (found.reason is None) is (found.confidence >= threshold)


def test_a_reason_that_lets_a_caller_have_the_reply_anyway_is_only_doubt() -> None:
    """``unsure`` may be served where the teacher cannot be had; what was never certified may not."""
    reasons = {judge(assured(threshold), "general", WHOLE, (0.5,)).reason for threshold in (0.9, None)}
    assert reasons & SERVABLE == {FallbackReason.UNSURE}
