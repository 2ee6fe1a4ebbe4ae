r"""The final answer of a reply to a checkable question: a number, a choice's letter, a short label.

It reads marked answers (``\boxed{}``, ``####``, "the answer is"), replies that are nothing but the answer, a choice's
letter at the start, and, for questions of arithmetic only, the last number. A reply to an open question has no final
answer here: guessing one would call every rewording a divergence. ``answer`` compares what this module reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from routing.slices import is_math
from routing.traits import Traits

_EXAMINED = 4_000  # the last characters of a reply, the last of a prompt
_CLOSING = 300  # where an unmarked number is looked for
_SHORT = 80  # characters of a reply that is nothing but its answer
_LABEL_WORDS = 4

_NUMBER = re.compile(
    r"(?<![\w.,:])(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?![\d:])|"  # a time of day is one number, its minutes
    r"(?<![\w.,])[-+\u2212]?[$\u20ac\u00a3]? ?(?P<whole>\d{1,3}(?:,\d{3}){1,12}|\d{1,40})(?:\.(?P<part>\d{1,40}))?"
    r"(?P<exponent>[eE][-+]?\d{1,2})?(?: ?/ ?(?P<under>[1-9]\d{0,20}))?(?![\d])"
)
_MARK = re.compile(r"\\boxed\{|####|\banswer(?: is|:)", re.IGNORECASE)
_FRACTION = re.compile(r"\\[dt]?frac\{(\d{1,20})\}\{(\d{1,20})\}")
_MARKUP = re.compile(r"\\(?:text|mathrm|mathbf)\{|[*_`$\\(){}\[\]\"]")
_LETTER = re.compile(r"(?:option |choice )?([A-J])(?=[.:,]|\s|$)")
_LEADING_LETTER = re.compile(r"\W{0,4}(?:(?:option|choice) )?\(?([A-J])(?:\*{0,2}[).:]|\*\*|\s*$)")
_OFFERED = re.compile(r"^[ \t]{0,8}\(?([A-J])[).:][ \t]", re.MULTILINE)
_LABELS_ASKED = re.compile(
    r"\b(?:classif(?:y|ication)|categor(?:y|ize|ise)|label|sentiment|one of|either|true or false|yes or no|yes/no|"
    r"(?:answer|respond|reply) with)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")


class Kind(StrEnum):
    """What sort of answer it is."""

    NUMBER = "number"
    CHOICE = "choice"
    LABEL = "label"


@dataclass(frozen=True, slots=True)
class Number:
    """A number and to how many decimal places it was written."""

    value: Fraction
    places: int

    def equals(self, other: Number) -> bool:
        """Whether they are the same, or one is the other rounded to two places or more."""
        places = min(self.places, other.places)
        apart = abs(self.value - other.value)
        rounded = places > 1 and apart <= Fraction(1, 2 * 10**places)
        return rounded or apart <= abs(self.value) / 10**9


@dataclass(frozen=True, slots=True)
class Answer:
    """A final answer: ``number`` for that kind, else ``text`` (a letter, or a label in lower case)."""

    kind: Kind
    text: str
    number: Number | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What sort of answers a request admits: letters of offered choices, labels named in it, a worked-out number."""

    choices: frozenset[str]
    labels: frozenset[str]
    numeric: bool


def question_of(traits: Traits) -> Question:
    """The question in the last user turn, together with the labels that the system prompt may name."""
    prompt = next((turn.text[-_EXAMINED:] for turn in reversed(traits.turns) if turn.role == "user"), "")
    system = next((turn.text[:_EXAMINED] for turn in traits.turns if turn.role == "system"), "")
    offered = frozenset(_OFFERED.findall(prompt))
    asked = _LABELS_ASKED.search(prompt) or _LABELS_ASKED.search(system)
    labels = frozenset(_WORD.findall(f"{system} {prompt}".casefold())) if asked else frozenset()
    return Question(offered if {"A", "B"} <= offered else frozenset(), labels, is_math(prompt))


def final_answer(text: str, question: Question) -> Answer | None:
    """The final answer of a reply to this question, or None if it has none that can be checked."""
    ending = text.strip()[-_EXAMINED:]
    marked = _marked(ending)
    if marked and (found := _read(marked, question)):
        return found
    if len(text.strip()) <= _SHORT and (found := _bare(ending, question)):
        return found
    letter = _LEADING_LETTER.match(text[:_SHORT])
    if letter and letter[1] in question.choices:
        return Answer(Kind.CHOICE, letter[1])
    closing = closing_numbers(text) if question.numeric else []
    return Answer(Kind.NUMBER, "", closing[-1]) if closing else None


def closing_numbers(text: str) -> list[Number]:
    """The numbers in a reply's last characters, in their order."""
    return _numbers(text.strip()[-_CLOSING:])


def is_marked(text: str) -> bool:
    """Whether the reply marks its final answer."""
    return _MARK.search(text.strip()[-_EXAMINED:]) is not None


def _marked(ending: str) -> str:
    """What follows the last mark, on its line; of a box its content."""
    last = None
    for last in _MARK.finditer(ending):  # noqa: B007 -- the last one is wanted
        pass
    if last is None:
        return ""
    rest = ending[last.end() :].lstrip()[:_SHORT].partition("\n")[0]
    return _inside(rest) if last[0].endswith("{") else rest


def _inside(rest: str) -> str:
    """The text up to the brace that closes the one before it."""
    depth = 1
    for place, char in enumerate(rest):
        depth += (char == "{") - (char == "}")
        if depth == 0:
            return rest[:place]
    return rest


def _read(marked: str, question: Question) -> Answer | None:
    """A marked answer: a number or a letter that it begins with, or a label that it is."""
    plain = _plain(marked)
    letter = _LETTER.match(plain)
    if letter and letter[1] in question.choices:
        return Answer(Kind.CHOICE, letter[1])
    value = plain.rpartition("=")[2].strip()
    number = _NUMBER.match(value)
    if number:
        return Answer(Kind.NUMBER, "", _number(number))
    return _label(plain, question)


def _bare(reply: str, question: Question) -> Answer | None:
    """A reply that is nothing but its answer."""
    plain = _plain(reply)
    if plain in question.choices:
        return Answer(Kind.CHOICE, plain)
    number = _NUMBER.match(plain)
    if number and len(plain.split()) <= _LABEL_WORDS and not _numbers(plain[number.end() :]):
        return Answer(Kind.NUMBER, "", _number(number))
    return _label(plain, question)


def _label(plain: str, question: Question) -> Answer | None:
    words = _WORD.findall(plain.casefold())
    if 0 < len(words) <= _LABEL_WORDS and question.labels.issuperset(words):
        return Answer(Kind.LABEL, " ".join(words))
    return None


def _plain(text: str) -> str:
    """The text without markup and closing punctuation, its LaTeX fractions written with a slash."""
    return _MARKUP.sub("", _FRACTION.sub(r"\1/\2", text)).strip().rstrip(".!%").strip()


def _numbers(text: str) -> list[Number]:
    return [_number(match) for match in _NUMBER.finditer(_FRACTION.sub(r"\1/\2", text))]


def _number(match: re.Match[str]) -> Number:
    if match["hour"]:
        return Number(Fraction(60 * int(match["hour"]) + int(match["minute"])), 0)
    part = match["part"] or ""
    value = Fraction(f"{match['whole'].replace(',', '')}.{part or '0'}{match['exponent'] or ''}")
    value /= int(match["under"] or 1)
    sign = -1 if match[0].startswith(("-", "\u2212")) else 1
    return Number(sign * value, len(part))
