"""The labeled sets, read from a folder beside the repository; none of their texts is kept here.

A set that is not there is an empty list, and its lines are missing from the report: whoever runs it sees which.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from measuring.templates import Template

SEED = 7
AUTHORED = Path(__file__).parent / "authored"
DEFAULT = Path(__file__).parents[2] / "shared" / "data"


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply with a label that people gave it. ``prompt`` is the last thing the user said."""

    text: str
    prompt: str
    label: str
    model: str


@dataclass(frozen=True, slots=True)
class Authored:
    """A reply that we wrote ourselves, in one of the eight languages, with the label we meant."""

    language: str
    prompt: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """A text that a fitted head should answer with yes (``positive``) or no. ``weight`` is how much it counts.

    ``prompt`` is what it answers, where a fold is to leave out all answers to the same.
    """

    text: str
    head: str
    positive: bool
    source: str
    model: str = ""
    weight: float = 1.0
    prompt: str = ""


def replies(folder: Path, name: str, file: str = "dev.jsonl") -> list[Reply]:
    """A set's replies in its order. Rows whose reply is no text, such as tool calls, are left out."""
    path = folder / name / file
    if not path.exists():
        return []
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [
        Reply(row["response"], _last_said(row["prompt"]), str(row.get("label", "")), row.get("model") or "")
        for row in rows
        if isinstance(row["response"], str)
    ]


def authored(name: str) -> list[Authored]:
    """Our own replies: ``NAME_work`` is for fitting, ``NAME_held`` for tests and the report only."""
    lines = (AUTHORED / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [Authored(*line.replace("\\n", "\n").split("\t")) for line in lines]


def drawn(name: str, draws: int = 40) -> Iterator[tuple[str, str]]:
    """Labels and replies from templates of our own: lines ``label<TAB>template``, and ``SLOT name: word|word``."""
    lines = (AUTHORED / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    slots = {
        slot: words.split("|")
        for slot, words in (line[5:].split(": ", 1) for line in lines if line.startswith("SLOT "))
    }
    rng = random.Random(SEED)  # noqa: S311 -- wordings are drawn, not secrets
    for label, text in (line.split("\t") for line in lines if not line.startswith("SLOT ")):
        yield from ((label, Template(text).drawn(rng, slots)) for _ in range(draws))


def _last_said(prompt: str | list[dict[str, str]]) -> str:
    if isinstance(prompt, str):
        return prompt
    said = [turn["content"] for turn in prompt if turn["role"] == "user"]
    return said[-1] if said else ""
