"""What words mean: each that pages link to, and every name of a closed set."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from proxy.examiner.console import glossary
from proxy.examiner.console.glossary import CHAPTERS, meaning
from routing.behaviors.label import Behavior
from routing.fallback import FallbackReason
from routing.rollout import Phase
from routing.traits import Slice

TEMPLATES = Path(glossary.__file__).parent / "templates"
HEADINGS = {"behavior": Behavior, "slice": Slice, "fallback": FallbackReason}


@pytest.mark.parametrize("kind", HEADINGS)
def test_every_name_of_a_closed_set_has_a_meaning(kind: str) -> None:
    """One that is added to the code is missing here until somebody writes it."""
    missing = [name for name in HEADINGS[kind] if meaning(name, kind) is None]
    assert missing == []


def test_every_phase_has_a_meaning() -> None:
    """A page begins with it."""
    assert [phase for phase in Phase if meaning(phase) is None] == []


def test_every_word_that_a_template_links_has_a_meaning() -> None:
    """Else the page fails, and at night."""
    texts = [path.read_text() for path in TEMPLATES.glob("*.html")]
    words = {word for text in texts for word in re.findall(r"term\('([^']+)'", text)}
    assert len(words) > 20
    assert [word for word in sorted(words) if meaning(word) is None] == []


def test_anchors_are_unique_and_fit_into_an_address() -> None:
    """A behavior and a phase may have one name, and never one place."""
    anchors = [entry.anchor for chapter in CHAPTERS for entry in chapter.entries]
    assert len(set(anchors)) == len(anchors)
    assert [anchor for anchor in anchors if not re.fullmatch(r"[a-z_-]+", anchor)] == []


def test_what_an_operator_named_has_none() -> None:
    """It is shown as it is."""
    assert meaning("cites_the_handbook", "behavior") is None
