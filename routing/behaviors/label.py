"""The vocabulary of behaviors: what a reply does that a user benefits from, and how sure we are that it does."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Behavior(StrEnum):
    """The closed set of behaviors; operators may add their own names beside it."""

    REFUSAL = "refusal"
    ABSTENTION = "abstention"
    CLARIFICATION = "clarification"
    FORMAT = "format"
    TOOL_CALL = "tool_call"
    PLAN_REPAIR = "plan_repair"
    HEDGING = "hedging"
    SELF_CORRECTION = "self_correction"
    GROUNDING = "grounding"
    ANSWER = "answer"
    DEGENERATE = "degenerate"


class Presence(StrEnum):
    """Whether a reply shows a behavior. NOT_APPLICABLE where the request gives no occasion for it."""

    PRESENT = "present"
    ABSENT = "absent"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Label:
    """One detector's finding about one reply.

    ``score`` is the strength in [0, 1]; ``rule`` names what fired, for a person to check; ``span`` is the half-open
    range of characters in the reply's text that fired it, where there is one; of an absent behavior, what shows that it
    is absent, such as where JSON breaks. ``variant`` tells apart what a behavior
    has several kinds of, such as full and partial refusals; "" where there is but one.
    """

    behavior: str
    presence: Presence
    score: float = 0.0
    rule: str = ""
    span: tuple[int, int] | None = None
    variant: str = ""
