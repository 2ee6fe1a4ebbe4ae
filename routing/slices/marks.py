"""What the choice of a slice says: every slice a request is in, why, and the one that traffic is shifted by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from routing.traits import Slice


class Reason(StrEnum):
    """What put a request into a slice."""

    HEADER = "header"  # the caller said so
    RULE = "rule"  # the operator's rules say so
    TOOLS = "tools"  # tools are offered, or were used
    TOOLS_DESCRIBED = "tools_described"  # tools are offered in the words of the prompt
    LENGTH = "length"
    RESPONSE_FORMAT = "response_format"
    SCRIPT = "script"  # most letters are beyond Latin script
    PHRASING = "phrasing"  # the fitted model over its words


@dataclass(frozen=True, slots=True)
class Mark:
    """A slice that the request is in, how surely in [0, 1], and what showed it.

    ``span`` is the half-open range of characters of the last user turn that spoke most for it, where there is one.
    """

    slice: Slice
    score: float
    reason: Reason
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Sliced:
    """The slice by which traffic is shifted, and every slice the request is in; at least one."""

    slice: Slice
    marks: tuple[Mark, ...]
