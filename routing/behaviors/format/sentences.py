"""The sentences of a request in which a demand on the reply's form can stand.

Requests quote what they are about: documents, code, the text to rewrite. What stands inside a fence, a tag or a long
quotation demands nothing, and neither does a sentence that is conditional, optional, or about a program to be written.
Better to miss a demand than to invent one. Knows English only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from routing.behaviors.format.demand import Demand
from routing.behaviors.phrasing.words import lowered

_HEAD, _TAIL = 4_000, 2_000  # characters read of a request's beginning and end
_FENCES = ("```", '"""', "'''")
_LONG_QUOTE = 80  # characters: longer quotations are material, shorter ones may be keywords
_LONG_SENTENCE = 600  # characters read of one sentence
_TAGS = 20  # pairs of tags that are looked for

_FENCE = re.compile(r'```.*?(?:```|\Z)|""".*?(?:"""|\Z)|\'\'\'.*?(?:\'\'\'|\Z)', re.DOTALL)
_QUOTE = re.compile(r'"[^"]*"|\u201c[^\u201c\u201d]*\u201d')
_TAG = re.compile(r"<([a-zA-Z][\w-]{2,30})>")
_BREAK = re.compile(  # what stands before the white space is looked at behind it: most characters are none
    r"\s(?:(?<=[.!?\u201d\")]\s)(?<!\b[Pp]\.[Ss]\.\s)(?<!i\.e\.\s)(?<!e\.g\.\s)\s*(?=[A-Z\"'(\[*\u201c0-9])|"
    r"(?<=\n)(?:\n*(?=\s*[A-Z\"'*\u201c0-9-])|\n+))"
)

_CONDITIONAL = re.compile(r"\W{0,12}(?:if|when|whenever|unless|in case)\b")
_OPTIONAL = re.compile(
    r"\b(?:(?:don't|do not|needn't) (?:have|need) to|no need to|optional(?:ly)?|feel free|you (?:can|may|could|might)|"
    r"if (?:possible|needed|necessary|you)|preferabl[ey]|ideally)\b"
)
_CODE = (
    r"(?:functions?|scripts?|programs?|regex|class|method|quer(?:y|ies)|endpoints?|api|algorithm|parser|component|code|"
    r"app)"
)
_PROGRAM = re.compile(
    r"\b(?:write|create|implement|build|code|make|generate|develop|fix|refactor|debug|need|want|have)\s+(?:me\s+)?"
    rf"(?:(?:an?|the|this|my|some|that)\s+)?(?:[\w+#.-]+\s+){{0,2}}{_CODE}\b|"
    rf"\b(?:the|this|my|an?|which|that)\s+(?:[\w+#.-]+\s+)?{_CODE}\s+"
    r"(?:that|which|should|must|will|needs?|to|returns?|takes|accepts|gives)\b|\b(?:passwords?|column|sql)\b"
)
_OWN = re.compile(
    r"\b(?:your|the|whole|entire|full) (?:\w+ )?(?:response|answer|reply|output|explanation|message|text)\b|"
    r"\b(?:respond|reply|answer)\b"
)
_QUESTION = re.compile(r"\s*(?:how|what|which|why|who|when|where|is|are|was|were|do|does|did|has|have)\b")
_ASKED = re.compile(r"\b(?:you|your|please)\b")


@dataclass(frozen=True, slots=True)
class Passage:
    """A request, or a sentence of one: as it was written, and in lower case, character for character.

    Patterns are searched in ``lower``, where they need not look for both cases: that takes them a third of the time.
    """

    text: str
    lower: str

    def group(self, found: re.Match[str], name: str) -> str:
        """What a group of a match in ``lower`` holds as it was written; "" where it took no part."""
        return self.text[slice(*found.span(name))]


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """Reads demands off one sentence of a request, given also the whole; run where one of the triggers stands."""

    triggers: tuple[str, ...]
    read: Callable[[Passage, Passage], Iterable[Demand]]


def passage(text: str) -> Passage:
    """A text as a passage."""
    return Passage(text, lowered(text))


def sentences(whole: Passage, signs: Collection[str] = ("",)) -> Iterator[Passage]:
    """The sentences of a masked request that hold one of the ``signs``, which are in lower case."""
    start = 0
    for stop, following in [*[found.span() for found in _BREAK.finditer(whole.text)], (len(whole.text), 0)]:
        lower = _cut(whole.lower[start:stop])
        if start < stop and any(map(lower.__contains__, signs)):
            yield Passage(_cut(whole.text[start:stop]), lower)
        start = following


def _cut(sentence: str) -> str:
    return sentence.strip()[:_LONG_SENTENCE]


def masked(text: str) -> str:
    """The request's beginning and end, without the material that it quotes."""
    if len(text) > _HEAD + _TAIL:
        text = f"{text[:_HEAD]}\n{text[-_TAIL:]}"
    text = _FENCE.sub(" ", text) if any(mark in text for mark in _FENCES) else text
    text = _without_tagged(text) if "</" in text else text
    if text.count('"') % 2 and "\u201c" not in text:
        return text  # an odd quotation mark: nobody can say what is quoted
    return _QUOTE.sub(_shortened, text)


def _shortened(found: re.Match[str]) -> str:
    return found[0] if len(found[0]) <= _LONG_QUOTE else '" "'


def _without_tagged(text: str) -> str:
    for opening, _ in zip(_TAG.finditer(text), range(_TAGS), strict=False):
        before, _, rest = text.partition(opening[0])
        inside, closing, after = rest.partition(f"</{opening[1]}>")
        text = f"{before}\n{after}" if inside and closing else text
    return text


def can_demand(sentence: Passage) -> bool:
    """Whether a sentence is neither conditional, nor optional, nor about a program, nor a mere question."""
    lower = sentence.lower
    if _CONDITIONAL.match(lower) or _OPTIONAL.search(lower):
        return False
    if _PROGRAM.search(lower) and not _OWN.search(lower):
        return False
    is_question = lower.endswith("?") and _QUESTION.match(lower) is not None
    return not is_question or _ASKED.search(lower) is not None
