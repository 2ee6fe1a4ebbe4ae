"""Why the teacher answers in the student's place, and what each reason says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from routing.fallback import ILLNESSES, SERVABLE, FallbackReason, disqualified
from routing.observation import Failure

SEEN_BEFORE_THE_FIRST_BYTE = (
    Failure.CONNECT,
    Failure.RESET,
    Failure.INVALID,
    Failure.EMPTY,
    Failure.ERROR_EVENT,
    Failure.TRUNCATED,
    Failure.FIRST_TOKEN_TIMEOUT,
    Failure.STALL_TIMEOUT,
    Failure.TOTAL_TIMEOUT,
)


@pytest.mark.parametrize("failure", SEEN_BEFORE_THE_FIRST_BYTE)
def test_a_failure_is_its_own_reason(failure: Failure) -> None:
    """Whatever the head said."""
    for status in (0, 200, 503):
        assert disqualified(failure, status) == FallbackReason(failure.value)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (200, None),
        (204, None),
        (302, FallbackReason.HTTP_ERROR),
        (400, FallbackReason.HTTP_ERROR),
        (404, FallbackReason.HTTP_ERROR),
        (429, FallbackReason.OVERLOADED),
        (500, FallbackReason.HTTP_ERROR),
        (503, FallbackReason.OVERLOADED),
        (529, FallbackReason.OVERLOADED),
        (0, FallbackReason.HTTP_ERROR),
    ],
)
def test_only_success_is_passed_on(status: int, reason: FallbackReason | None) -> None:
    """A redirect would send the caller to the student's server, and the teacher may take what that one refuses."""
    assert disqualified(None, status) == reason
    assert disqualified(Failure.HTTP_ERROR, status) == reason


def test_what_is_too_large_to_compare_is_not_a_bad_reply() -> None:
    """It says how much is kept, not what was answered: whoever asks so counts wrongly."""
    with pytest.raises(ValueError, match="too_large"):
        disqualified(Failure.TOO_LARGE, 200)


def test_an_illness_does_not_prolong_itself() -> None:
    """Requests kept from a student that is ill would otherwise keep its circuit open for ever."""
    assert FallbackReason.STUDENT_ILL not in ILLNESSES


def test_a_reply_that_was_not_to_our_taste_makes_no_server_ill() -> None:
    """A student that is merely unsure must not lose its confident share as well."""
    failures = {FallbackReason(failure.value) for failure in SEEN_BEFORE_THE_FIRST_BYTE}
    assert failures | {FallbackReason.OVERLOADED} >= ILLNESSES


def test_only_uncertain_replies_may_serve_where_nobody_else_can() -> None:
    """A broken one is worse than an error that says so."""
    assert {"unsure", "hedged"} == SERVABLE


def test_every_reason_is_documented() -> None:
    """Callers read it in a header, and people on call on a dashboard."""
    api = (Path(__file__).parents[2] / "docs/api.md").read_text()
    section = api.partition("## Why the teacher answers")[2].partition("\n#")[0]
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", section, re.MULTILINE)
    assert sorted(re.findall(r"\w+", " ".join(rows))) == sorted(FallbackReason)
