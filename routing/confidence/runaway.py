"""A reply that runs away after its commit point: it repeats itself, and would until something cuts it.

``hard_rules`` finds a loop by where a reply ends; here it is still being written, a caller reads it already, and what
was taken for a loop may have been a list that was about to go on. To stop a sound reply is far worse than to miss a
loop, so more is asked for than there (``degenerate``): from some place on all of the text is one period, to the
character, for sixteen rounds and for

- 8,192 characters, some two thousand tokens, where the period is prose, white space, or ``!``, which is what a model
  says whose numbers are broken;
- 65,536 characters where people and programs repeat themselves on purpose: the text is a document rather than prose,
  or inside a code block, or the period has the marks of data, or the users asked for a repetition, or for these words.

Loops with a counter in them are not found, nor periods above 2,048 characters. It is cheap because it is seldom: the
pieces of a text are handed over some dozens at a time, and looked at each time they are two thousand characters. A
look takes linear time, whatever the text: where its beginning first stands again is the only period that it can have.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from routing.traits import Traits

PIECES = 64
"""How many pieces of a text are worth handing over: usually a token each."""

PROSE, ON_PURPOSE = 8_192, 65_536  # characters that a repetition must cover
_EVERY = 2_048  # characters between two looks
_LONGEST = 2_048  # characters of a period
_KEPT = 2 * _LONGEST  # of the text, from look to look: a period stands in it twice, so what follows is the same loop
_ROUNDS = 16
_FENCE = "```"
_DOCUMENT = frozenset("{[<|`~")  # what JSON, XML, a table or a code block begins with
_DATA = re.compile(r"""[{}\[\]<>|=\\/_";`~\t@&^+]|\S,\S|[ \t]{2}""")
_WORDS = re.compile("[g-z\u00df-\u00ff\u0370-\U0010ffff]")  # a letter that hexadecimals and codes in capitals lack
_WIDE = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # written without spaces
_MOSTLY = 0.6  # letters among what can be seen of prose
_PHRASE = 4  # letters of words that are worth looking for: "the" stands in every request
_ENDS = 8_000  # characters of what was asked that are looked at, from either end
_ASKED = re.compile(
    r"\b(?:repeat|repet|repét|répét|répèt|ripet|wiederhol|herhaal|powt[aó]rz|повтор)"
    r"|\b(?:over and over|again and again|forever|endless)|\b(?:times|mal|fois|veces|vezes|volte|keer|razy|раза?)\b"
    r"|\d\s*[x\u00d7]|重复|重複|繰り返|[遍次回번]|반복",
    re.IGNORECASE,
)


class Runaway:
    """Watches one text as it comes. What it found stands in ``period``: the length of what repeats, 0 for nothing."""

    __slots__ = ("_document", "_fences", "_grown", "_kept", "_pieces", "_purpose", "_run", "_traits", "period")

    def __init__(self, traits: Traits) -> None:
        """Args: what was asked."""
        self.period = 0
        self._traits = traits
        self._kept = ""  # the end of what was looked at
        self._pieces: list[str] = []  # what came since
        self._grown = 0  # characters of it
        self._run = 0  # characters that are one period, up to the last look
        self._purpose: bool | None = None  # whether those are on purpose, None while nobody has asked
        self._document: bool | None = None  # whether the whole text is one, None until it has begun
        self._fences = 0

    def hear(self, pieces: Sequence[str]) -> int:
        """More of the text; the period that it repeats, 0 while it may go on."""
        text = "".join(pieces)
        self._pieces.append(text)
        self._grown += len(text)
        if self._grown >= _EVERY:
            self._look("".join(self._pieces))
            self._pieces, self._grown = [], 0
        return self.period

    def _look(self, new: str) -> None:
        self._notice(new)
        text = self._kept + new
        period = period_of(text)
        self._kept = text[-_KEPT:]
        if not period:
            self.period, self._run, self._purpose = 0, 0, None
            return
        self._run = self._run + len(new) if self._run else len(text)
        if self._run >= max(PROSE, _ROUNDS * period) and self._is_too_much(text[-period:]):
            self.period = period

    def _notice(self, new: str) -> None:
        """Take what tells a document, or a block of code, from prose."""
        if self._document is None and (begins := new.lstrip()[:1]):
            self._document = begins in _DOCUMENT
        self._fences += new.count(_FENCE)

    def _is_too_much(self, unit: str) -> bool:
        if self._purpose is None:
            self._purpose = unit.strip() != "" and self._is_on_purpose(unit)
        return not self._purpose or self._run >= ON_PURPOSE

    def _is_on_purpose(self, unit: str) -> bool:
        in_data = self._document or self._fences % 2 == 1
        return in_data or not is_prose(unit) or is_asked_for(unit, self._traits)


def period_of(text: str) -> int:
    """The least period of a whole text, of at most 2,048 characters; 0 where it has none or is too short to tell."""
    if len(text) < _KEPT:
        return 0
    period = text.find(text[:_LONGEST], 1, 2 * _LONGEST)
    return period if period > 0 and text.startswith(text[period:]) else 0


def is_prose(unit: str) -> bool:
    """Whether a period is nothing that data are made of: words between spaces, or exclamation marks."""
    seen = "".join(unit.split())
    if not seen.strip("!"):
        return True
    twice = unit + unit
    spaced = len(seen) < len(unit) or _WIDE.search(unit) is not None
    if not spaced or _DATA.search(twice) is not None or _WORDS.search(unit) is None:
        return False
    return sum(map(str.isalpha, seen)) >= _MOSTLY * len(seen)


def is_asked_for(unit: str, traits: Traits) -> bool:
    """Whether users asked for a repetition, in words known here, or have the words that a period consists of.

    Perhaps they have where nothing that they said can be read.
    """
    asked = "\n".join(turn.text for turn in traits.turns if turn.role == "user")
    asked = asked if len(asked) <= 2 * _ENDS else f"{asked[:_ENDS]}\n{asked[-_ENDS:]}"
    if not asked.strip() or _ASKED.search(asked) is not None:
        return True
    words, known = _round(unit), f" {' '.join(_words(asked))} "
    if len("".join(words)) < _PHRASE:
        return False
    turned = (words[at:] + words[:at] for at in range(len(words)))
    return any(f" {' '.join(turn)} " in known for turn in turned)


def _round(unit: str) -> list[str]:
    """The words of one round, none of them cut: a period may begin in the middle of one."""
    twice, thrice = _words(2 * unit), _words(3 * unit)
    return thrice[1 : 1 + len(thrice) - len(twice)]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
