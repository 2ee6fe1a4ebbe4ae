"""Phrases. To be filled."""

from __future__ import annotations

CUES: dict[str, tuple[str, ...]] = {}
