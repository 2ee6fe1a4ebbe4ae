"""Templates of prompts: what a line stands for."""

from __future__ import annotations

import random

import pytest

from measuring.templates import PROMPTS, Template, read_slots, read_templates

SLOTS = {"name": ["Ann"], "other": ["Bo"], "third": ["Cy"], "n": ["7"], "day": ["Monday"]}


def drawn(text: str) -> set[str]:
    """What comes of a template in a hundred draws."""
    rng = random.Random(1)  # noqa: S311 -- a seed, no secret
    return {Template(text).drawn(rng, SLOTS) for _ in range(100)}


@pytest.mark.parametrize(
    ("text", "prompts"),
    [
        ("{a|b} c", {"a c", "b c"}),
        ("{a{1|2}|b}", {"a1", "a2", "b"}),
        ("$name has $n on $days", {"Ann has 7 on Mondays"}),
        (r"\$$n \{x\} a\|b", {"$7 {x} a|b"}),
        (r"def f():\n    return {}", {"def f():\n    return {}"}),
        ("$unknown", {"$unknown"}),
    ],
)
def test_a_line_stands_for_its_wordings(text: str, prompts: set[str]) -> None:
    """Braces of code and LaTeX must come through as they are."""
    assert drawn(text) == prompts


def test_the_same_person_stays_throughout_a_prompt() -> None:
    """Else a riddle would ask about somebody it never named."""
    slots = read_slots()
    rng = random.Random(3)  # noqa: S311 -- a seed, no secret
    for _ in range(50):
        first, second = Template("$name $name").drawn(rng, slots).split(" ")
        assert first == second


FILES = sorted(path.stem for path in PROMPTS.glob("*.txt") if path.stem not in {"slots", "small_words"})


@pytest.mark.parametrize("name", FILES)
def test_every_line_of_the_files_can_be_drawn(name: str) -> None:
    """A slot that has no words, or an escape left behind, would train on nonsense."""
    rng, slots = random.Random(5), read_slots()  # noqa: S311 -- a seed, no secret
    for template in read_templates(name):
        for _ in range(5):
            text = template.drawn(rng, slots)
            assert not any("\x00" < character < "\x09" for character in text), text
            assert not any(f"${slot}" in text for slot in slots), text
