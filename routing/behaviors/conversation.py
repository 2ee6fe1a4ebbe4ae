"""What a conversation holds word for word, for the detectors that ask where a value or a quotation comes from.

Its text is joined when the first question comes, since most replies raise none. It reads the last part of a very long
conversation, and everything of an ordinary one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from routing.traits import Turn

_READ = 200_000  # the last characters
_PLACES = 8  # that are looked at for one that stands alone


@dataclass(slots=True)
class Conversation:
    """The turns of a request as one text, without the model's own where ``given`` says so."""

    turns: tuple[Turn, ...]
    given: bool = False
    _text: str | None = field(default=None, init=False)

    @property
    def text(self) -> str:
        """All turns, one after another, letters' case and white space evened out."""
        if self._text is None:
            turns = [turn.text for turn in self.turns if not (self.given and turn.role == "assistant")]
            self._text = even("\n".join(turns)[-_READ:])
        return self._text

    def says(self, words: str) -> bool:
        """Whether it holds these words, and not only as part of longer ones. Empty ones it does not hold."""
        wanted, place = even(words), -1
        for _ in range(_PLACES if wanted else 0):
            place = self.text.find(wanted, place + 1)
            if place < 0:
                return False
            if self._stands_alone(place, place + len(wanted)):
                return True
        return False

    def _stands_alone(self, start: int, stop: int) -> bool:
        before, after = self.text[max(start - 1, 0) : start], self.text[stop : stop + 1]
        return not ((before.isalnum() and self.text[start].isalnum() and before.isascii()) or _continues(after))


def _continues(after: str) -> bool:
    """Whether a character goes on with the word before it; in scripts without spaces nobody can tell."""
    return after.isascii() and after.isalnum()


_QUOTES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u2026": "..."})


def even(text: str) -> str:
    """A text in lower case, with single spaces and straight quotation marks."""
    return " ".join(text.casefold().translate(_QUOTES).split())
