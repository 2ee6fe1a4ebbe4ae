"""Labeled sets, and our own replies."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from measuring.data import authored, drawn, replies


def test_replies_that_are_text_are_read(tmp_path: Path) -> None:
    """A turn that is a tool call has no phrasing; of a conversation the user's last words are the prompt."""
    rows = [
        {"response": "No.", "prompt": "Really?", "label": "full_refusal", "model": "m"},
        {"response": {"tool_calls": []}, "prompt": [], "label": "x"},
        {
            "response": "Yes.",
            "prompt": [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}],
            "label": 1,
        },
    ]
    folder = tmp_path / "some"
    folder.mkdir()
    (folder / "dev.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    read = replies(tmp_path, "some")
    assert [(reply.text, reply.prompt, reply.label) for reply in read] == [
        ("No.", "Really?", "full_refusal"),
        ("Yes.", "b", "1"),
    ]


def test_a_set_that_is_not_there_is_empty(tmp_path: Path) -> None:
    """Whoever has only some of the sets measures on those."""
    assert replies(tmp_path, "missing") == []


@pytest.mark.parametrize("half", ["work", "held"])
def test_every_language_has_replies_of_every_kind(half: str) -> None:
    """A language without near misses would be measured too kindly."""
    counts = Counter((reply.language, reply.label) for reply in authored(f"declining_{half}"))
    for language in ("en", "de", "fr", "es", "it", "pt", "zh", "ja"):
        assert counts[language, "full_refusal"] + counts[language, "partial_refusal"] >= 8
        assert counts[language, "abstention"] >= 6
        assert counts[language, "none"] >= 7


def test_the_held_half_is_never_fitted_on() -> None:
    """Or its numbers would be worth nothing."""
    seen = {reply.text for reply in authored("declining_work")} | {text for _, text in drawn("declining", 5)}
    assert not seen & {reply.text for reply in authored("declining_held")}


@pytest.mark.parametrize("name", ["declining", "abstaining"])
def test_templates_leave_nothing_unfilled(name: str) -> None:
    """A brace or a dollar in a drawn reply is a mistake in its line; and the same seed draws the same replies."""
    replies = list(drawn(name, 5))
    assert replies == list(drawn(name, 5))
    assert not [text for _, text in replies if any(sign in text for sign in "{}$|")]
