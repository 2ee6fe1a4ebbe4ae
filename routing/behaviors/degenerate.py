"""``degenerate``: the reply is empty, loops, or breaks off.

A loop is an ending that repeats itself: the last characters, white space collapsed, are one period over and over. It
is found in the reversed ending: where its first characters stand again, a period may be, and comparing the ending with
itself, shifted by it, decides. There is no tuning but how much repetition is too much. Loops that a reply leaves again,
and those with a counter in them, are not found. A reply that is cut for length breaks off only where the reference was
not cut too: then the limit is the request's, not the model's doing. Where no reason for the end was given, one in the
middle of a sentence, or of a code block, is a sign of its own.
"""

from __future__ import annotations

from routing.behaviors import lazily
from routing.behaviors.case import Case, absent, present
from routing.behaviors.label import Behavior, Label

_ENDING = 3_000  # characters
_REPEATS = 4
_FARTHEST = _ENDING // _REPEATS  # characters of the longest period there is room for
_CLOSE = 1_000  # characters that hold it, as a rule, and the probe
_LONG = 120  # characters that the repetition must cover
_LONG_WIDE = 48  # the same where a character is a syllable or a word; one alone, repeated, is laughter
_RULED = 600  # the same for what people repeat on purpose: ruled lines, dotted leaders, empty cells
_RULES = frozenset("-=_*~.|#+: \u2500\u2550")
_PROBE = 30  # characters: any loop that counts holds its own end at least twice
_BROKEN_OFF = 0.5
_INVISIBLE = " \t\r\n\v\f\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"
_WIDE = lazily.pattern("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SENTENCE = lazily.pattern(r"[.!?\u3002\uff01\uff1f]")
_UNFINISHED = lazily.pattern(r"(?:[a-z\u00df-\u00ff\u0430-\u044f,]|[\u3041-\u3096\u4e00-\u9fff\uff0c\u3001])\Z")
_NO_PROSE = lazily.pattern(r"\s*(?:[-*+>|#]|\d+[.)]|```|[\w ]{1,30}:)")
_FEW_LETTERS = 60  # characters of a last line that is a sentence rather than a heading, a name or an item


def detect(case: Case) -> Label:
    """Whether the reply is no reply."""
    reply = case.reply
    if not (reply.text.strip(_INVISIBLE) or reply.refusal.strip() or reply.tool_calls):
        return present(Behavior.DEGENERATE, "empty")
    if period := _loop(reply.text):
        return present(Behavior.DEGENERATE, f"loop of {period} characters")
    if reply.finish_reason == "length" and case.reference.finish_reason != "length":
        return present(Behavior.DEGENERATE, "breaks_off", _BROKEN_OFF)
    if not reply.finish_reason and _breaks_off(reply.text) and not _breaks_off(case.reference.text):
        return present(Behavior.DEGENERATE, "breaks_off in the middle", _BROKEN_OFF)
    return absent(Behavior.DEGENERATE)


def _breaks_off(text: str) -> bool:
    """Whether a text that has whole sentences stops in the middle of one, or inside a code block."""
    if text.count("```") % 2:
        return True
    line = text.rstrip()[-_ENDING:].rpartition("\n")[2]
    if len(line) < _FEW_LETTERS or _NO_PROSE.match(line):
        return False
    return _UNFINISHED.search(line) is not None and _SENTENCE.search(text[:_ENDING]) is not None


def _loop(text: str) -> int:
    """The length of the period that the text ends in, or 0 if it ends in none."""
    if not (_may_loop(text[-_ENDING:].rstrip()) and _recurs(text[-_CLOSE:])):
        return 0  # as with most replies
    ending = _backwards(text[-_ENDING:])
    probe, period = ending[:_PROBE], 0
    while (period := ending.find(probe, period + 1)) > 0:
        covered = max(_long(ending, period), _REPEATS * period)
        if covered <= len(ending) and ending[period:covered] == ending[: covered - period]:
            return period
    return 0


def _backwards(text: str) -> str:
    """A text from its end, white space collapsed."""
    return " ".join(text.split())[::-1]


def _recurs(close: str) -> bool:
    """Whether the probe stands again as near the end as a loop's first repetition, or nobody can tell from here."""
    ending = _backwards(close)
    return len(ending) < _FARTHEST + _PROBE or ending.find(ending[:_PROBE], 1) > 0


def _may_loop(ending: str) -> bool:
    """Whether all that a probe would hold stands in the ending more than once: in a loop it does."""
    return all(ending.find(word) < ending.rfind(word) for word in ending[-_PROBE:].split())


def _long(ending: str, period: int) -> int:
    """How many characters a repetition of the ending's first ones must cover to be a loop."""
    if period <= _RULED and _RULES.issuperset(ending[:period]):
        return _RULED
    is_wide = period <= _LONG_WIDE and len(set(ending[:period])) > 1 and _WIDE.search(ending, 0, period)
    return _LONG_WIDE if is_wide else _LONG
