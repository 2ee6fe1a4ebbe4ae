"""Which requests are worth a look when they are over, whatever was drawn before: they failed, fell back or were slow.

What a caller did wrong or gave up is worth a line of a log, and no trace of ours. It refuses to say who looks:
``request_log`` writes, ``proxy.examiner.tracing`` keeps.
"""

from __future__ import annotations

from proxy.handover import Record

FAILED, FELL_BACK, SLOW = "failed", "fell_back", "slow"
_ENDINGS = {
    "upstream_error": FAILED,
    "truncated": FAILED,
    "rejected": FAILED,
    "client_error": "client_error",
    "client_gone": "client_gone",
}
TRACED = frozenset((FAILED, FELL_BACK, SLOW))
"""What keeps a trace."""


def noteworthy(record: Record, slow: float) -> str:
    """Why a request is worth a look, "" where it is not. ``slow`` is in seconds, to a reply's first byte."""
    ending = _ENDINGS.get(record.outcome, "")
    if ending == FAILED:
        return ending
    if record.fallback:
        return FELL_BACK
    waited = record.total if record.first_token is None else record.first_token
    return SLOW if waited >= slow else ending
