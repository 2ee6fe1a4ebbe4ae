"""What serving a caller has shown of the student: whether its server is well.

A student that serves everything is mirrored nowhere, so its circuit learns from callers' requests too. This module
refuses to judge what a reply says.
"""

from __future__ import annotations

from proxy.handover import Record
from routing.fallback import ILLNESSES
from routing.observation import Arm

_BROKEN = frozenset(("upstream_error", "truncated"))  # outcomes of a request that the student served


def student_failed(record: Record) -> bool | None:
    """Whether the student failed a caller; None where the record says nothing about it."""
    if record.arm == Arm.STUDENT:
        return None if record.outcome == "client_gone" else record.outcome in _BROKEN
    return True if record.fallback in ILLNESSES else None
