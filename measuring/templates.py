r"""Prompts of our own, written as templates: one line stands for many prompts, drawn from a seed.

``{a|b|c}`` is one of several wordings, nested as deep as need be; braces without a bar are themselves. ``$slot`` is a
word of the file of slots, ``\n`` a line break; a backslash before a brace, a bar or a dollar makes it plain. A line
may begin with further labels in brackets, as in ``[math]``.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PROMPTS = Path(__file__).parent / "prompts"

_CHOICE = re.compile(r"\{([^{}]*\|[^{}]*)\}")
_SLOT = re.compile(r"\$([a-z]+)")
_LABELS = re.compile(r"\[([a-z_ ]+)\] ")
_ESCAPED = {"\\{": "\x01", "\\}": "\x02", "\\|": "\x03", "\\$": "\x04"}
_CAST = ("name", "other", "third")  # the same person throughout a prompt


@dataclass(frozen=True, slots=True)
class Template:
    """A line of a file: what it says, and the labels it has beside those of its file."""

    text: str
    labels: frozenset[str] = frozenset()

    def drawn(self, rng: random.Random, slots: Mapping[str, Sequence[str]]) -> str:
        """One of the prompts it stands for."""
        text, earlier = self.text, ""
        for escape, stand_in in _ESCAPED.items():
            text = text.replace(escape, stand_in)
        while text != earlier:
            earlier = text
            text = _CHOICE.sub(lambda found: rng.choice(found[1].split("|")), text)
        cast = {role: [rng.choice(slots[role])] for role in _CAST}
        text = _SLOT.sub(lambda found: _filled(found[1], rng, {**slots, **cast}), text)
        text = text.replace("\\n", "\n").replace("\\t", "\t")
        for escape, stand_in in _ESCAPED.items():
            text = text.replace(stand_in, escape[1:])
        return text.strip(" ")


def _filled(name: str, rng: random.Random, slots: Mapping[str, Sequence[str]]) -> str:
    """A slot's word, what follows the slot's name kept: ``$days`` is a day in the plural."""
    slot = next((slot for slot in sorted(slots, key=len, reverse=True) if name.startswith(slot)), None)
    return f"${name}" if slot is None else rng.choice(slots[slot]) + name[len(slot) :]


def read_templates(name: str, folder: Path = PROMPTS) -> list[Template]:
    """The templates of a file, in its order."""
    return list(_templates((folder / f"{name}.txt").read_text(encoding="utf-8").splitlines()))


def read_slots(folder: Path = PROMPTS) -> dict[str, list[str]]:
    """The words of each slot."""
    lines = (folder / "slots.txt").read_text(encoding="utf-8").splitlines()
    return {name: words.split("|") for name, words in (line.split(": ", 1) for line in lines)}


def _templates(lines: Sequence[str]) -> Iterator[Template]:
    for line in lines:
        found = _LABELS.match(line)
        labels = frozenset(found[1].split()) if found else frozenset()
        yield Template(line[found.end() :] if found else line, labels)
