"""How refusal is measured."""

from __future__ import annotations

from pathlib import Path

from measuring.data import Example
from measuring.scores import Result


def examples(data: Path) -> list[Example]:
    """What the heads are fitted on."""
    return []


def results(data: Path) -> list[Result]:
    """The lines of the report."""
    return []
