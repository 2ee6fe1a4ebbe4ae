"""A pattern that waits to be compiled finds what one that did not wait finds."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from routing.behaviors.lazily import pattern

_SOURCE, _FLAGS, _TEXT = r"(?P<word>b)(c)?", re.IGNORECASE, "aBc b bc"
_USES: tuple[tuple[str, Callable[[re.Pattern[str]], object]], ...] = (
    ("search", lambda p: p.search(_TEXT, 2).span()),  # type: ignore[union-attr]
    ("match", lambda p: (p.match("BC").groups(), p.match("a"))),  # type: ignore[union-attr]
    ("fullmatch", lambda p: (p.fullmatch("bc")["word"], p.fullmatch("bcb"))),  # type: ignore[index]
    ("finditer", lambda p: [found.group() for found in p.finditer(_TEXT)]),
    ("findall", lambda p: p.findall(_TEXT)),
    ("split", lambda p: p.split(_TEXT, maxsplit=1)),
    ("sub", lambda p: p.sub("x", _TEXT)),
    ("subn", lambda p: p.subn("x", _TEXT)),
    ("pattern", lambda p: (p.pattern, p.flags, dict(p.groupindex))),
)


@pytest.mark.parametrize(("name", "use"), _USES, ids=[name for name, _ in _USES])
def test_it_is_what_it_becomes(name: str, use: Callable[[re.Pattern[str]], object]) -> None:
    """Whoever uses it cannot tell, at the first use or later."""
    waiting, compiled = pattern(_SOURCE, _FLAGS), re.compile(_SOURCE, _FLAGS)
    assert use(waiting) == use(compiled), name
    assert use(waiting) == use(compiled), name


def test_nothing_is_compiled_before_it_is_used() -> None:
    """That is what it is for: until then, even a mistake does not show."""
    waiting = pattern("(")
    with pytest.raises(re.error):
        waiting.search("")


def test_it_has_no_more_attributes_than_a_pattern() -> None:
    """What copies or shows objects must not be handed a pattern's methods for its own."""
    assert not hasattr(pattern("a"), "__deepcopy__")
    assert not hasattr(pattern("a"), "nothing")
