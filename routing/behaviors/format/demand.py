"""What a request demands of its reply's form, as values: the words between its readers and its checks.

``asked`` reads demands off a request's text; ``kept`` holds a reply against them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """The forms that can be demanded in prose and checked. The name is the first word of the label's rule."""

    JSON = "json"
    FENCE = "code_fence"
    TABLE = "table"
    BULLETS = "bullets"
    NUMBERED = "numbered_list"
    LIST = "list"  # bullets or numbers
    HIGHLIGHTS = "highlights"
    TITLE = "title"  # <<in double angle brackets>>
    SECTIONS = "sections"  # texts: the word that each begins with, before its number
    PARAGRAPHS = "paragraphs"  # texts: the divider, if not an empty line
    OPENINGS = "paragraph_opening"  # texts: a paragraph's number, 0 for the last, and its first word
    LINES = "lines"
    SENTENCES = "sentences"
    WORDS = "words"
    CHARACTERS = "characters"
    LOWER = "lowercase"
    UPPER = "uppercase"
    CAPITALS = "capital_words"
    WITHOUT = "without"  # texts: marks that must not occur
    KEYWORDS = "keywords"
    FORBIDDEN = "forbidden_words"
    FREQUENCY = "frequency"  # texts: one word
    LETTERS = "letters"  # texts: one letter
    START = "start"
    END = "end"
    QUOTED = "quoted"
    PLACEHOLDERS = "placeholders"  # [in square brackets]
    POSTSCRIPT = "postscript"  # texts: its marker
    PARTED = "parted"  # texts: the divider; the bounds count the parts
    CHOICE = "choice"  # texts: the phrases of which one must occur
    REPEAT = "repeat"  # texts: what must come first, word for word
    LANGUAGE = "language"  # texts: its ISO 639-1 code


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many are allowed, both ends included. ``most`` is None for no upper end."""

    least: int = 0
    most: int | None = None

    def admit(self, count: int) -> bool:
        """Whether that many are allowed."""
        return count >= self.least and (self.most is None or count <= self.most)

    def __str__(self) -> str:
        """In words: ``exactly 3``, ``at least 3``, ``at most 3``, ``3 to 5``."""
        if self.most is None:
            return f"at least {self.least}"
        if self.least == self.most:
            return f"exactly {self.least}"
        return f"{self.least} to {self.most}" if self.least else f"at most {self.most}"


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing asked for: the form, how many of it, and the words it is about."""

    form: Form
    bounds: Bounds = Bounds(1)
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a reply keeps a demand; if not, what is wrong, and where in the reply that is seen, if at one place."""

    kept: bool
    fault: str = ""
    span: tuple[int, int] | None = None
