"""What serving a caller has shown of the student: whether its server is well.

A student that serves everything is mirrored nowhere, so its circuit learns from callers' requests too. This module
refuses to judge what a reply says.
"""

from __future__ import annotations

from proxy.handover import Record
from routing.fallback import ILLNESSES, FallbackReason
from routing.observation import Arm, Failure

_ANSWERED = frozenset(
    (
        FallbackReason.UNSURE,
        FallbackReason.NO_LOGPROBS,
        FallbackReason.MALFORMED,
        FallbackReason.DEGENERATE,
        FallbackReason.LOST_BEHAVIOR,
        FallbackReason.HOLD_FULL,
    )
)
"""It fell back over what the student said, so the student's server said something: these end a circuit's rest too."""
_BROKEN = frozenset(("upstream_error", "truncated"))  # outcomes of a request that the student served


def student_failed(record: Record) -> bool | None:
    """Whether the student failed a caller; None where the record says nothing about it."""
    if record.failure == Failure.DEGENERATE:
        return False  # its server was well, until it was told to stop
    if record.arm == Arm.STUDENT:
        return None if record.outcome == "client_gone" else record.outcome in _BROKEN
    if record.fallback in ILLNESSES:
        return True
    return False if record.fallback in _ANSWERED else None
