"""What a request's structure shows without reading it closely: tools in play, a very long prompt, a demanded format."""

from __future__ import annotations

from collections.abc import Iterator

from routing.slices.marks import Mark, Reason
from routing.traits import FormatKind, Slice, Traits

LONG_CONTEXT = 16_000  # characters of all turns together: about 4 000 tokens
_EXAMINED = 4_000  # characters of a turn in which described tools are looked for
_DESCRIBED = (
    "<tools>",
    "[available_tools]",
    "access to the following tools",
    "access to the following functions",
    "access to these tools",
    "you may call one or more functions",
    "action input:",
)


def structural(traits: Traits) -> Iterator[Mark]:
    """The slices that the structure shows, the surest first."""
    if traits.tools or any(turn.role == "tool" or turn.tool_calls for turn in traits.turns):
        yield Mark(Slice.TOOL_USE, 1.0, Reason.TOOLS)
    elif _tools_described(traits):
        yield Mark(Slice.TOOL_USE, 1.0, Reason.TOOLS_DESCRIBED)
    if sum(len(turn.text) for turn in traits.turns) > LONG_CONTEXT:
        yield Mark(Slice.LONG_CONTEXT, 1.0, Reason.LENGTH)
    if traits.format is not FormatKind.TEXT:
        yield Mark(Slice.STEERABILITY, 1.0, Reason.RESPONSE_FORMAT)


def _tools_described(traits: Traits) -> bool:
    """Agents without a tools field write them into the system prompt, or into the first turn."""
    if not traits.turns:
        return False
    opening = traits.turns[0].text[:_EXAMINED].lower()
    return any(words in opening for words in _DESCRIBED)
