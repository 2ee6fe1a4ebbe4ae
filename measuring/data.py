"""The labeled sets, read from a folder beside the repository; none of their texts is kept here.

A set that is not there is an empty list, and its lines are missing from the report: whoever runs it sees which.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

DEFAULT = Path(__file__).parents[2] / "shared" / "data"


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply with a label that people gave it. ``prompt`` is the last thing the user said."""

    text: str
    prompt: str
    label: str
    model: str


@dataclass(frozen=True, slots=True)
class Example:
    """A text that a fitted head should answer with yes (``positive``) or no. ``weight`` is how much it counts."""

    text: str
    head: str
    positive: bool
    source: str
    model: str = ""
    weight: float = 1.0


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


def _last_said(prompt: str | list[dict[str, str]]) -> str:
    if isinstance(prompt, str):
        return prompt
    said = [turn["content"] for turn in prompt if turn["role"] == "user"]
    return said[-1] if said else ""
