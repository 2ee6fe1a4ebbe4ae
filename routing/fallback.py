"""Why the teacher answers in the student's place: what disqualifies a student's reply before its first byte went out.

Once a byte of the student's reached the caller there is no falling back: two models' texts are never mixed. Whether a
reply is *good* enough is not asked here; whether it is one at all is.
"""

from __future__ import annotations

from enum import StrEnum

from routing.observation import Failure

_SUCCESS = range(200, 300)
_OVERLOADED = frozenset((429, 503, 529))  # 529 is Anthropic's


class FallbackReason(StrEnum):
    """A closed set: it labels metrics, and stands in the header ``x-practicum-fallback``."""

    CONNECT = "connect"
    RESET = "reset"
    INVALID = "invalid"
    EMPTY = "empty"
    ERROR_EVENT = "error_event"  # a success whose body opens with an error
    FIRST_TOKEN_TIMEOUT = "first_token_timeout"  # noqa: S105 -- a reason, not a credential
    STALL_TIMEOUT = "stall_timeout"
    TOTAL_TIMEOUT = "total_timeout"
    OVERLOADED = "overloaded"  # it said that it cannot take more
    HTTP_ERROR = "http_error"  # any other status but success: the teacher may take what the student's server does not
    INEXPRESSIBLE = "inexpressible"  # it names what only the teacher's upstream holds: the student was not asked


ILLNESSES = frozenset(
    (
        FallbackReason.CONNECT,
        FallbackReason.RESET,
        FallbackReason.INVALID,
        FallbackReason.ERROR_EVENT,
        FallbackReason.FIRST_TOKEN_TIMEOUT,
        FallbackReason.STALL_TIMEOUT,
        FallbackReason.TOTAL_TIMEOUT,
        FallbackReason.OVERLOADED,
    )
)
"""Reasons that say the student's server is ill, and not that one request was not to its taste."""


def disqualified(failure: Failure | None, status: int) -> FallbackReason | None:
    """Why a student's reply, none of it passed on yet, is not to be; None where nothing speaks against it.

    ``status`` is 0 where no head came. Raises ``ValueError`` for a failure that needs more of a reply to be seen.
    """
    if failure is not None and failure is not Failure.HTTP_ERROR:
        return FallbackReason(failure)
    if status in _OVERLOADED:
        return FallbackReason.OVERLOADED
    return None if status in _SUCCESS else FallbackReason.HTTP_ERROR
