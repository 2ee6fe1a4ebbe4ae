"""``degenerate``: the reply is empty, loops, or breaks off.

A loop is an ending that repeats itself: the last characters, white space collapsed, are one period over and over. It
is found by the prefix function of the reversed ending, in linear time and with no tuning but how much repetition is
too much. Loops that a reply leaves again, and those with a counter in them, are not found. A reply that is cut for
length breaks off only where the reference was not cut too: then the limit is the request's, not the model's doing.
"""

from __future__ import annotations

from routing.behaviors.case import Case, absent, present
from routing.behaviors.label import Behavior, Label

_ENDING = 3_000  # characters
_REPEATS = 4
_LONG = 120  # characters that the repetition must cover
_RULED = 600  # the same for what people repeat on purpose: ruled lines, dotted leaders, empty cells
_RULES = frozenset("-=_*~.|#+: \u2500\u2550")
_PROBE = 30  # characters: any loop that counts holds its own end at least twice
_BROKEN_OFF = 0.5


def detect(case: Case) -> Label:
    """Whether the reply is no reply."""
    reply = case.reply
    if not (reply.text.strip() or reply.refusal.strip() or reply.tool_calls):
        return present(Behavior.DEGENERATE, "empty")
    if period := _loop(reply.text):
        return present(Behavior.DEGENERATE, f"loop of {period} characters")
    if reply.finish_reason == "length" and case.reference.finish_reason != "length":
        return present(Behavior.DEGENERATE, "breaks_off", _BROKEN_OFF)
    return absent(Behavior.DEGENERATE)


def _loop(text: str) -> int:
    """The length of the period that the text ends in, or 0 if it ends in none."""
    ending = " ".join(text[-_ENDING:].split())[::-1]
    if ending.count(ending[:_PROBE]) < 2:  # noqa: PLR2004 -- twice; nearly every reply leaves here
        return 0
    for covered, border in enumerate(_borders(ending), start=1):
        period = covered - border
        if covered >= _LONG and covered >= _REPEATS * period and not _is_rule(ending, period, covered):
            return period
    return 0


def _is_rule(ending: str, period: int, covered: int) -> bool:
    return covered < _RULED and _RULES.issuperset(ending[:period])


def _borders(text: str) -> list[int]:
    """For each prefix, the length of its longest proper prefix that is also its suffix (Knuth, Morris, Pratt)."""
    borders = [0] * len(text)
    length = 0
    for place in range(1, len(text)):
        while length and text[place] != text[length]:
            length = borders[length - 1]
        length += text[place] == text[length]
        borders[place] = length
    return borders
