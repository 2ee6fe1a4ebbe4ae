"""The words of the type hints: each has its row among the kinds, and each row its word."""

from __future__ import annotations

from typing import get_args

from proxy.config import hints
from proxy.config.kinds import KINDS

BESIDE = {"per slice", "free", "derived"}  # these are shapes of their own
PLAIN = {"boolean", "integer"}  # these need no word: their Python type says it


def test_words_and_kinds_correspond() -> None:
    """A misspelled word would surface only when the first file is read."""
    words = {get_args(hint)[1] for hint in vars(hints).values() if hasattr(hint, "__metadata__")}
    assert words - BESIDE == KINDS.keys() - PLAIN
