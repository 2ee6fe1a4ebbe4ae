"""An operator's rules: which slice a request is in, whatever its words.

Rules are asked in their order, and the first that holds decides; all conditions of a rule must hold. How a text is
searched is handed in as a function, because the core imports no library of patterns: ``proxy.slicing`` makes rules of a
route's settings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from routing.traits import Slice, Traits

Search = Callable[[str], bool]
"""Whether a pattern occurs in a text; must take time linear in it."""

EXAMINED = 100_000  # characters of a text that a pattern is searched in


@dataclass(frozen=True, slots=True)
class HeaderIs:
    """A header of the request, in lower case, and what its value must look like: ``*`` for anything, "" for nothing."""

    name: str
    value: str = "*"

    def holds(self, headers: Mapping[str, str]) -> bool:
        """Whether the request has it so."""
        found = headers.get(self.name)
        return found is not None and fnmatchcase(found, self.value)


@dataclass(frozen=True, slots=True)
class Rule:
    """A slice, and the conditions for it. ``tool`` is a tool's name, with ``*`` for any characters."""

    slice: Slice
    header: HeaderIs | None = None
    system: Search | None = None
    prompt: Search | None = None
    tool: str = ""

    def holds(self, traits: Traits, headers: Mapping[str, str]) -> bool:
        """Whether every condition holds; the cheap ones are asked first."""
        return (
            (self.header is None or self.header.holds(headers))
            and (not self.tool or any(fnmatchcase(tool.name, self.tool) for tool in traits.tools))
            and (self.system is None or self.system(_text(traits, "system")))
            and (self.prompt is None or self.prompt(last_said(traits)))
        )


def first_that_holds(rules: Sequence[Rule], traits: Traits, headers: Mapping[str, str]) -> Slice | None:
    """The slice of the first rule that holds, or None."""
    return next((rule.slice for rule in rules if rule.holds(traits, headers)), None)


def last_said(traits: Traits) -> str:
    """The last user turn's text, "" where there is none."""
    return next((turn.text for turn in reversed(traits.turns) if turn.role == "user"), "")


def _text(traits: Traits, role: str) -> str:
    texts = [turn.text[:EXAMINED] for turn in traits.turns if turn.role == role]
    return "\n".join(texts)[:EXAMINED]
