"""What disqualifies a student's reply before its first byte."""

from __future__ import annotations

import pytest

from routing.fallback import FallbackReason, disqualified
from routing.observation import Failure

SEEN_BEFORE_THE_FIRST_BYTE = (
    Failure.CONNECT,
    Failure.RESET,
    Failure.INVALID,
    Failure.EMPTY,
    Failure.ERROR_EVENT,
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


def test_what_needs_a_reply_to_be_seen_is_a_mistake() -> None:
    """A stream cannot break off before it began: whoever says so counts wrongly."""
    with pytest.raises(ValueError, match="truncated"):
        disqualified(Failure.TRUNCATED, 200)
