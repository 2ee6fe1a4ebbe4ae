"""Why the teacher answers in the student's place: the closed set of reasons, and which of them say what.

Some are seen before the student is called, some by its server's failing, some by its reply: all of it, or the prefix
that is held back. ``routing.confidence`` finds those that ask whether a reply is *good* enough; ``disqualified`` here
asks whether there is one at all. Once a byte of the student's reached the caller there is no falling back: two models'
texts are never mixed.
"""

from __future__ import annotations

from enum import StrEnum

from routing.observation import Failure

_SUCCESS = range(200, 300)
_OVERLOADED = frozenset((429, 503, 529))  # 529 is Anthropic's


class FallbackReason(StrEnum):
    """A closed set: it labels metrics, and stands in the header ``x-practicum-fallback``."""

    # The student was not asked.
    INEXPRESSIBLE = "inexpressible"  # the request names what only the teacher's upstream holds
    STUDENT_ILL = "student_ill"  # its circuit is open, or its share is still returning
    UNCERTIFIED = "uncertified"  # no threshold is certified for such replies (or for the part that came in time)
    UNPROMISING = "unpromising"  # by the prompt alone its reply would hardly be acceptable

    # Its server failed, or was too slow.
    CONNECT = "connect"
    RESET = "reset"
    INVALID = "invalid"
    EMPTY = "empty"
    ERROR_EVENT = "error_event"  # a success whose body holds an error
    TRUNCATED = "truncated"  # the reply ended without its end
    FIRST_TOKEN_TIMEOUT = "first_token_timeout"  # noqa: S105 -- a reason, not a credential
    STALL_TIMEOUT = "stall_timeout"
    TOTAL_TIMEOUT = "total_timeout"
    OVERLOADED = "overloaded"  # it said that it cannot take more
    HTTP_ERROR = "http_error"  # any other status but success: the teacher may take what the student's server does not
    HEDGED = "hedged"  # the teacher, started beside it, was first

    # Its reply was not to be served.
    UNSURE = "unsure"  # its confidence lies below the threshold
    NO_LOGPROBS = "no_logprobs"  # it has none, where others of its endpoint do: nobody can say how sure it is
    MALFORMED = "malformed"  # JSON or a tool call was asked for, and this is none
    DEGENERATE = "degenerate"  # it says nothing, loops, or ran on until its server cut it
    LOST_BEHAVIOR = "lost_behavior"  # it lost or gained a behavior whose gate does not pass
    HOLD_FULL = "hold_full"  # holding it back would take more memory than it may


ILLNESSES = frozenset(
    (
        FallbackReason.CONNECT,
        FallbackReason.RESET,
        FallbackReason.INVALID,
        FallbackReason.ERROR_EVENT,
        FallbackReason.TRUNCATED,
        FallbackReason.FIRST_TOKEN_TIMEOUT,
        FallbackReason.STALL_TIMEOUT,
        FallbackReason.TOTAL_TIMEOUT,
        FallbackReason.OVERLOADED,
    )
)
"""Reasons that say the student's server is ill, and not that one request was not to its taste, or one reply not to
ours. ``STUDENT_ILL`` is none of them: an illness would prolong itself."""

SERVABLE = frozenset((FallbackReason.UNSURE, FallbackReason.HEDGED))
"""Reasons with which a whole reply is nothing worse than uncertain: better than none, where the operator says so."""


def disqualified(failure: Failure | None, status: int) -> FallbackReason | None:
    """Why a student's reply, none of it passed on yet, is not to be; None where nothing speaks against it.

    ``status`` is 0 where no head came. Raises ``ValueError`` for a failure that says nothing about a reply, only about
    how much of it is kept for comparison.
    """
    if failure is not None and failure is not Failure.HTTP_ERROR:
        return FallbackReason(failure)
    if status in _OVERLOADED:
        return FallbackReason.OVERLOADED
    return None if status in _SUCCESS else FallbackReason.HTTP_ERROR
