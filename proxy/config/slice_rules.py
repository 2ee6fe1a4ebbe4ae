"""The slices that an operator sets by rule: what a route declares, and what that must satisfy.

Declarations and their check only; ``proxy.slicing`` puts them to work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from proxy.config.hints import HeaderCondition, RegularExpression, SliceName, Text
from proxy.config.problems import Finding, Path

MOST = 64
"""How many rules a route may have: each may search a request's text."""

_NO_CONDITION = "give it at least one of header, system_matches, prompt_matches and tool"


@dataclass(frozen=True, slots=True)
class When:
    """What a request must have to be put into the slice: everything that is given.

    Attributes:
        header: A request header, NAME alone or as NAME=VALUE, in which "*" stands for any characters.
        system_matches: A regular expression in RE2's syntax that matches anywhere in the system prompt.
        prompt_matches: A regular expression in RE2's syntax that matches anywhere in the last user turn.
        tool: The name of a tool that is offered; "*" stands for any characters.
    """

    header: HeaderCondition | None = None
    system_matches: RegularExpression | None = None
    prompt_matches: RegularExpression | None = None
    tool: Text | None = None


@dataclass(frozen=True, slots=True)
class SliceRule:
    """One rule that puts requests into a slice, whatever their words.

    Attributes:
        slice: The slice.
        when: What a request must have.
    """

    slice: SliceName
    when: When


def findings(here: Path, rules: Sequence[SliceRule]) -> Iterator[Finding]:
    """What is wrong with a route's rules; ``here`` is their path."""
    if len(rules) > MOST:
        yield Finding(here, "", f"are {len(rules)}, more than the limit of {MOST}", "join those of one slice by |")
    for position, rule in enumerate(rules):
        if rule.when == When():
            yield Finding((*here, f"[{position}]", "when"), "", "names no condition", _NO_CONDITION)
