"""Marks that refer to sources, and brackets that do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.citations import marks, without_code


def labels(text: str) -> list[tuple[str, ...]]:
    """What the marks of a text name."""
    return [mark.labels for mark in marks(without_code(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Basel lies on the Rhine [1].", [("1",)]),
        ("Basel lies on the Rhine[1]. It is old [2][3].", [("1",), ("2",), ("3",)]),
        ("It is old [2, 3] and rich [4-6].", [("2", "3"), ("4", "5", "6")]),
        ("Prices rose in 2020[1].", [("1",)]),
        ("This holds in the EU[12].", [("12",)]),
        ("As [1] shows, it is old.", [("1",)]),
        ("It is old.[^1]", [("1",)]),
        ("It is old.[^note]", [("note",)]),
        ("It is old \u30101\u2020source\u3011.", [("1",)]),
        ("It is old \u30104:0\u2020guide.pdf\u3011.", [("4",)]),
        ("It is old [3\u2020L1-L9].", [("3",)]),
        ("It is old [doc2], [Document 3] and [source: 4].", [("2",), ("3",), ("4",)]),
        ("It is old [Sources 1 and 2].", [("1", "2")]),
        ("It is old (Source: City Guide).", [("City Guide",)]),
        ("It is old.\n\nSource: City Guide", [("City Guide",)]),
        ("It is old [guide.pdf].", [("guide.pdf",)]),
        ("It is old [Smith, 2020].", [("Smith, 2020",)]),
        ("It is old [[1]](https://example.org).", [("1",)]),
        ("It is old [1](https://example.org).", [("1",)]),
        ("<cite id=1>It is old.</cite>", [()]),
        ("\u5df4\u585e\u5c14\u5f88\u53e4\u8001[1]\u5f88\u597d\u3002", [("1",)]),
    ],
)
def test_marks(text: str, expected: list[tuple[str, ...]]) -> None:
    """In the manner of papers, footnotes, search engines and assistants."""
    assert labels(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Use `a[1]` here.",
        "```python\nx = nums[0] + names[1]\n```",
        "The first is arr[0], then arr[1].",
        "Take x[1] and dp[2].",
        "Then nums[1] = 3.",
        "so args[2].name is set",
        "The list [1, 2, 3] is sorted.",
        "It returns [1].",
        "x = [1]",
        "in the interval [0, 1]",
        '{"a": [1], "b": [2, 3]}',
        "[1] Wash the rice.\n[2] Boil it.",
        "- [1] Wash the rice.",
        "- [x] done\n- [ ] open",
        "Dear [Name], the year [2020] was long.",
        "[the guide](https://example.org)",
        "\\sqrt[3]{8} is 2, and $$a[1]$$ too",
        "He said [sic] nothing [...] at all.",
        "(1) first (2) second",
        "Source code is open. The sources are many.",
        "No brackets.",
    ],
)
def test_other_brackets(text: str) -> None:
    """Arrays, lists, intervals, links, placeholders and what is in code."""
    assert labels(text) == []


def test_code_is_blanked_in_place() -> None:
    """Spans must point into the reply as it is."""
    text = "Use `a[1]` as in [2]."
    (mark,) = marks(without_code(text))
    assert text[slice(*mark.span)] == "[2]"


PIECES = st.sampled_from(
    ["[", "]", "1", ", ", "-", "^", "a", "(", "http", "doc", "`", "\u3010", "\u3011", "\u2020", "\n"]
)


@given(st.text() | st.lists(PIECES, max_size=30).map("".join))
def test_any_text_has_marks_or_none(text: str) -> None:
    """And every span lies within it."""
    for mark in marks(without_code(text)):
        assert text[slice(*mark.span)]


@pytest.mark.parametrize(
    "unit", ["[", "[1", "[1]", "[1,", "`", "```", "$$", "(source:", "\u30101", "<cite ", "a", "\n> "]
)
def test_hostile_text_takes_linear_time(unit: str) -> None:
    """Twenty times what callers pass: a search with a square in it would not end within the suite's timeout."""
    text = unit * (500_000 // len(unit))
    list(marks(without_code(text)))
