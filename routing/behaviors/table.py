"""The table of behaviors: which are judged, and by which detector. Adding one is a file and a row.

A ``relative`` detector holds the reply against the teacher's; its labels mean nothing without one.
"""

from __future__ import annotations

from dataclasses import dataclass

from routing.behaviors import (
    abstention,
    answer,
    clarification,
    degenerate,
    grounding,
    hedging,
    plan_repair,
    refusal,
    self_correction,
    tool_call,
)
from routing.behaviors.case import Detector
from routing.behaviors.format import detection as form
from routing.behaviors.label import Behavior


@dataclass(frozen=True, slots=True)
class Row:
    """A behavior and its detector. An operator's own behaviors have names beside the built-in ones."""

    behavior: str
    detect: Detector
    relative: bool = False


TABLE = (
    Row(Behavior.REFUSAL, refusal.detect),
    Row(Behavior.ABSTENTION, abstention.detect),
    Row(Behavior.CLARIFICATION, clarification.detect),
    Row(Behavior.FORMAT, form.detect),
    Row(Behavior.TOOL_CALL, tool_call.detect, relative=True),
    Row(Behavior.PLAN_REPAIR, plan_repair.detect),
    Row(Behavior.HEDGING, hedging.detect),
    Row(Behavior.SELF_CORRECTION, self_correction.detect),
    Row(Behavior.GROUNDING, grounding.detect),
    Row(Behavior.ANSWER, answer.detect, relative=True),
    Row(Behavior.DEGENERATE, degenerate.detect, relative=True),
)
