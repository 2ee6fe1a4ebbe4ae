r"""The final answer of a reply to a checkable question: a number, a date, a choice's letter, a short label.

It reads marked answers (``\boxed{}``, ``####``, "the answer is"), replies that are nothing but the answer, a choice's
letter at the start, yes or no at the start where that was the question, and, for questions of arithmetic only, the last
number. A reply to an open question has no final answer here: guessing one would call every rewording a divergence.
``answer`` compares what this module reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from routing.behaviors import lazily
from routing.behaviors.openings import matches
from routing.behaviors.phrasing.language import Language, language_of
from routing.behaviors.phrasing.words import split
from routing.behaviors.values.dates import moment
from routing.behaviors.values.quantities import Number, leading, numbers
from routing.traits import Traits

_EXAMINED = 4_000  # the last characters of a reply, the last of a prompt
_CLOSING = 300  # where an unmarked number is looked for
_SHORT = 80  # characters of a reply that is nothing but its answer
_LABEL_WORDS = 4
_SAMPLE = 600  # characters of a prompt that tell its language
_COMMAS = frozenset({Language.DE, Language.FR, Language.ES, Language.IT, Language.PT})

_MARK = lazily.pattern(
    r"\\boxed\{|####|\b(?:(?:final )?answer(?: is|:)|antwort(?: ist|:| lautet)|r\u00e9ponse(?: est| :|:)|"
    r"respuesta(?: es|:)|risposta(?: \u00e8|:)|resposta(?: \u00e9|:))|\u7b54\u6848(?:\u662f|\u4e3a|[:\uff1a])|"
    r"\u7b54\u3048\u306f|\u7b54\u3048[:\uff1a]",
    re.IGNORECASE,
)
_PLAIN_MARKS = (  # as they stand in ASCII, less the "final"; in other texts more letters count as these
    *("\\boxed{", "####", "answer is", "answer:", "antwort ist", "antwort:", "antwort lautet"),
    *("respuesta es", "respuesta:", "risposta:", "resposta:"),
)
_MARK_SIGNS = ("boxed", "####", "answer", "antwort", "r\u00e9ponse", "respuesta", "risposta", "resposta", "\u7b54")
_FRACTION = lazily.pattern(r"\\[dt]?frac\{(\d{1,20})\}\{(\d{1,20})\}")
_LATEX_SIGNS = lazily.pattern(r"\\[%$,!; ]|\{,\}")
_MARKUP = lazily.pattern(r"\\(?:text|mathrm|mathbf)\{|[*_`\\(){}\[\]\"]")
_FORMULA = lazily.pattern(r"\$(?!\d)|\$(?=[^$\n]{1,80}\$)|(?<=[\d}])\$")
_LETTER = lazily.pattern(r"(?:option |choice )?([A-J])(?=[.:,]|\s|$)")
_LEADING_LETTER = lazily.pattern(r"\W{0,4}(?:(?:option|choice) )?\(?([A-J])(?:\*{0,2}[).:]|\*\*|\s*$)")
_OFFERED = lazily.pattern(r"\n[ \t]{0,8}\(?([A-J])[).:][ \t]([^\n]{0,200})")
# What a prompt asks, in lower case: patterns by the sign that each of them begins with, and is tried at.
Signed = Mapping[str, re.Pattern[str]]


def _words(*words: str) -> Signed:
    return {word: lazily.pattern(rf"\b{word}\b") for word in words}


_LABELS_ASKED = {
    "classif": lazily.pattern(r"\bclassif(?:y|ication)\b"),
    "categor": lazily.pattern(r"\bcategor(?:y|ize|ise)\b"),
    **_words("label", "sentiment", "one of", "either", "true or false", "yes or no", "yes/no"),
    **_words("answer with", "respond with", "reply with"),
}
_ARITHMETIC = lazily.pattern(r"\d ?[-+*/^\u00d7\u00f7] ?\d")
_NUMBER_ASKED = {
    "how ": lazily.pattern(r"\bhow (?:many|much|far|long|old)\b"),
    "wie ": lazily.pattern(r"\bwie (?:viele?|weit|lange|alt)\b"),
    "cu": lazily.pattern(r"\bcu[a\u00e1]nt[oa]s?\b"),
    "quant": lazily.pattern(r"\bquant[oiae]s?\b"),
    **_words("combien", "calculate", "compute", "solve", "simplify", "evaluate", "integral", "derivative", "equation"),
    **_words("probability", "percent", "percentage", "remainder", "sum of", "product of", "square root"),
    "\\": lazily.pattern(r"\\(?:frac|sqrt|int|sum)"),
    **{word: lazily.pattern(word) for word in ("\u591a\u5c11", "\u3044\u304f\u3064", "\u4f55\u500b")},
}
_SHARE_ASKED = _words(
    "probability", "chance", "likelihood", "fraction", "proportion", "share", "ratio", "decimal", "odds"
)
_POLAR = lazily.pattern(
    r"(?:^|[.!?\n,:]\s*|\b(?:and|so|but)\s)((?:is|are|was|were|does|did|has|have|will|do)\s(?!you\b)[^.!?\n]{3,200}\?)"
    r"\W{0,9}$"
)
_POLAR_END = 11  # characters at a prompt's end that hold the mark of such a question
_POLAR_WORDS = 4  # "Is that right?" asks back; what it asks about stands elsewhere
_YES_NO = lazily.pattern(r"\W{0,4}(yes|no)\b(?![- ](?:one|doubt|longer|matter|problem|worries))", re.IGNORECASE)
_SENTENCE_END = lazily.pattern(r"(?<=[.!?])\s+|\n+")
_DIGIT = lazily.pattern(r"\d")
_WORD = lazily.pattern(r"\w+")
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
)
_VALUES = {word: value for value, word in enumerate(f"{_ONES} eighteen nineteen".split())}
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES |= {word: 10 * tens for tens, word in enumerate(_TENS, start=2)}


class Kind(StrEnum):
    """What sort of answer it is."""

    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    LABEL = "label"


@dataclass(frozen=True, slots=True)
class Answer:
    """A final answer: ``number`` for that kind, else ``text``: a letter, an ISO date, or a label in lower case."""

    kind: Kind
    text: str
    number: Number | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What sort of answers a request admits.

    ``choices`` are the offered letters with their texts, ``labels`` the words of a request for a label, ``numeric``
    whether a number is to be worked out, ``as_share`` whether 50 % may be 0.5, ``polar`` whether it is answered by yes
    or no, and ``sample`` the end of the prompt, which tells its language.
    """

    choices: tuple[tuple[str, str], ...]
    labels: frozenset[str]
    numeric: bool
    as_share: bool = False
    polar: bool = False
    sample: str = ""

    @property
    def commas(self) -> bool:
        """Whether its language writes decimals with a comma: worked out when a number was found."""
        return _writes_commas(self.sample)

    @property
    def letters(self) -> frozenset[str]:
        """The letters of the choices."""
        return frozenset(letter for letter, _ in self.choices)


def question_of(traits: Traits) -> Question:
    """The question in the last user turn, together with the labels that the system prompt may name."""
    system = next((turn.text[:_EXAMINED] for turn in traits.turns if turn.role == "system"), "")
    return _question(traits.last_said[-_EXAMINED:], system)


@lru_cache(maxsize=8)
def _question(prompt: str, system: str) -> Question:
    offered = tuple((letter, _plain(text).casefold()) for letter, text in _OFFERED.findall(f"\n{prompt}"))
    lower, sample = prompt.lower(), prompt[-_SAMPLE:]
    asked = _says(lower, _LABELS_ASKED) or _says(system.lower(), _LABELS_ASKED)
    labels = frozenset(_WORD.findall(f"{system} {prompt}".casefold())) if asked else frozenset[str]()
    return Question(
        offered if {"A", "B"} <= {letter for letter, _ in offered} else (),
        labels,
        numeric=_DIGIT.search(lower) is not None and _asks_number(lower),
        as_share=_says(lower, _SHARE_ASKED),
        polar=_is_polar(sample.lower()),
        sample=sample,
    )


def _says(lower: str, asked: Signed) -> bool:
    there = filter(lower.__contains__, asked)
    return any(next(matches(asked[sign], lower, (sign,)), None) for sign in there)


def _asks_number(lower: str) -> bool:
    return _ARITHMETIC.search(lower) is not None or _says(lower, _NUMBER_ASKED)


def _is_polar(lower: str) -> bool:
    mark = lower.find("?", max(0, len(lower) - _POLAR_END))
    if mark < 0:
        return False
    found = _POLAR.search(lower, max(0, *(lower.rfind(end, 0, mark) for end in ".!?\n")))  # in the last sentence
    return found is not None and len(found[1].split()) >= _POLAR_WORDS


@lru_cache(maxsize=8)
def _writes_commas(sample: str) -> bool:
    return language_of(split(sample)) in _COMMAS


@lru_cache(maxsize=8)
def final_answer(text: str, question: Question) -> Answer | None:
    """The final answer of a reply to this question, or None if it has none that can be checked."""
    ending = text.strip()[-_EXAMINED:]
    marked = _marked(ending)
    if marked and (found := _read(marked, question)):
        return found
    if len(text.strip()) <= _SHORT and (found := _bare(ending, question)):
        return found
    return _opening(text[:_SHORT], question) or _closing(text, question)


def closing_numbers(text: str, *, commas: bool = False) -> list[Number]:
    """The numbers that an unmarked reply may mean: what its last sentence comes to, or else the last one before it."""
    closing = _written_out(text.strip()[-_CLOSING:])
    result = _SENTENCE_END.split(closing)[-1].rpartition("=")[2]
    return numbers(result, commas=commas) or numbers(closing, commas=commas)[-1:]


def is_marked(text: str) -> bool:
    """Whether the reply marks its final answer."""
    return next(_marks(text.strip()[-_EXAMINED:]), None) is not None


def _marks(ending: str) -> Iterator[re.Match[str]]:
    """The marks, in the ending's order. Most replies are spared the pattern."""
    lower = ending.lower()
    if ending.isascii():
        return matches(_MARK, lower, _PLAIN_MARKS)
    return _MARK.finditer(ending if any(map(lower.__contains__, _MARK_SIGNS)) else "")


def _opening(text: str, question: Question) -> Answer | None:
    """A choice's letter, or yes or no, that a reply begins with."""
    letter = _LEADING_LETTER.match(text)
    if letter and letter[1] in question.letters:
        return Answer(Kind.CHOICE, letter[1])
    said = _YES_NO.match(text) if question.polar else None
    return Answer(Kind.LABEL, said[1].casefold()) if said else None


def _closing(text: str, question: Question) -> Answer | None:
    found = closing_numbers(text, commas=question.commas) if question.numeric else []
    return Answer(Kind.NUMBER, "", found[-1]) if found else None


def _marked(ending: str) -> str:
    """What follows the last mark, on its line; of a box its content."""
    last = None
    for last in _marks(ending):  # noqa: B007 -- the last one is wanted
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
    """A marked answer: a date, a number or a letter that it begins with, a choice or a label that it is."""
    plain = _plain(marked)
    letter = _LETTER.match(plain)
    if letter and letter[1] in question.letters:
        return Answer(Kind.CHOICE, letter[1])
    if found := _choice(plain, question) or _date(plain):
        return found
    value = plain.rpartition("=")[2].strip()
    number = leading(value, commas=question.commas)
    if number:
        return Answer(Kind.NUMBER, "", number[0])
    return _in_words(plain) or _label(plain, question)


def _bare(reply: str, question: Question) -> Answer | None:
    """A reply that is nothing but its answer."""
    plain = _plain(reply)
    if found := _choice(plain, question) or _date(plain):
        return found
    number = leading(plain, commas=question.commas)
    if number and len(plain.split()) <= _LABEL_WORDS and not numbers(plain[number[1] :]):
        return Answer(Kind.NUMBER, "", number[0])
    return _in_words(plain) or _label(plain, question)


def _choice(plain: str, question: Question) -> Answer | None:
    """A letter alone, also a small one, or an offered text without its letter."""
    if plain.upper() in question.letters:
        return Answer(Kind.CHOICE, plain.upper())
    said = plain.casefold()
    letters = [letter for letter, text in question.choices if text and text == said]
    return Answer(Kind.CHOICE, letters[0]) if len(letters) == 1 else None


def _date(plain: str) -> Answer | None:
    """A day, with or without a time. A time alone is a number."""
    found = moment(plain.removeprefix("on ").removeprefix("On "))
    return Answer(Kind.DATE, found) if found and not found.startswith("T") else None


def _in_words(plain: str) -> Answer | None:
    """A small number that is written out, with or without what it counts."""
    words = _WORD.findall(plain.casefold())
    value = _VALUES.get(words[0]) if 0 < len(words) <= _LABEL_WORDS else None
    if value is None:
        return None
    ones = _VALUES.get(words[1], 0) if len(words) > 1 and value in range(20, 100, 10) else 0
    return Answer(Kind.NUMBER, "", Number(Fraction(value + ones % 10), 0))


def _label(plain: str, question: Question) -> Answer | None:
    words = _WORD.findall(plain.casefold())
    if 0 < len(words) <= _LABEL_WORDS and question.labels.issuperset(words):
        return Answer(Kind.LABEL, " ".join(words))
    return None


def _plain(text: str) -> str:
    """The text without markup and closing punctuation, its LaTeX fractions written with a slash."""
    return _MARKUP.sub("", _FORMULA.sub("", _written_out(text))).strip().rstrip(".!").strip()


def _written_out(text: str) -> str:
    r"""LaTeX's fractions with a slash, its escaped signs bare: ``\frac{1}{2}``, ``50\%``, ``1{,}000``."""
    return _LATEX_SIGNS.sub(_bare_sign, _FRACTION.sub(r"\1/\2", text)) if "\\" in text or "{" in text else text


def _bare_sign(found: re.Match[str]) -> str:
    return "," if found[0] == "{,}" else found[0][1:] if found[0][1:] in "%$" else ""
