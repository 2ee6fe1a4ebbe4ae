"""An operator's rules: which slice a request is in, whatever its words.

Rules are asked in their order, and the first that holds decides; all conditions of a rule must hold. How a text is
searched is handed in as a function, because the core imports no library of patterns: ``proxy.slicing`` makes rules of a
route's settings.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from routing.traits import Slice, Traits

Search = Callable[[str], bool]
"""Whether a pattern or a form is a text's; must take time linear in it."""

EXAMINED = 100_000  # characters of a text that a pattern is searched in


@dataclass(frozen=True, slots=True)
class Rule:
    """A slice, and the conditions for it.

    ``header`` is a condition on the request's headers as the operator wrote it, "" for none: whoever sees the headers
    says which of these hold. ``tool`` is asked of the name of each tool that is offered.
    """

    slice: Slice
    header: str = ""
    system: Search | None = None
    prompt: Search | None = None
    tool: Search | None = None

    def holds(self, traits: Traits, met: Collection[str]) -> bool:
        """Whether every condition holds; the cheap ones are asked first. ``met``: those on headers that do."""
        return (
            (not self.header or self.header in met)
            and (self.tool is None or any(self.tool(tool.name) for tool in traits.tools))
            and (self.system is None or self.system(_text(traits, "system")))
            and (self.prompt is None or self.prompt(traits.last_said[:EXAMINED]))
        )


def first_that_holds(rules: Sequence[Rule], traits: Traits, met: Collection[str]) -> Slice | None:
    """The slice of the first rule that holds, or None."""
    return next((rule.slice for rule in rules if rule.holds(traits, met)), None)


def _text(traits: Traits, role: str) -> str:
    texts = [turn.text[:EXAMINED] for turn in traits.turns if turn.role == role]
    return "\n".join(texts)[:EXAMINED]
