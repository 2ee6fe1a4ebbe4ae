"""The sentences of a request in which a demand on the reply's form can stand.

Requests quote what they are about: documents, code, the text to rewrite. What stands inside a fence, a tag or a long
quotation demands nothing, and neither does a sentence that is conditional, optional, or about a program to be written.
Better to miss a demand than to invent one. Knows English only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from routing.behaviors.format.demand import Demand

_HEAD, _TAIL = 4_000, 2_000  # characters read of a request's beginning and end
_FENCES = ("```", '"""', "'''")
_LONG_QUOTE = 80  # characters: longer quotations are material, shorter ones may be keywords
_LONG_SENTENCE = 600  # characters read of one sentence
_TAGS = 20  # pairs of tags that are looked for

_FENCE = re.compile(r'```.*?(?:```|\Z)|""".*?(?:"""|\Z)|\'\'\'.*?(?:\'\'\'|\Z)', re.DOTALL)
_QUOTE = re.compile(r'"[^"]*"|\u201c[^\u201c\u201d]*\u201d')
_TAG = re.compile(r"<([a-zA-Z][\w-]{2,30})>")
_BREAK = re.compile(
    r"(?<=[.!?\u201d\")])(?<!\b[Pp]\.[Ss]\.)(?<!i\.e\.)(?<!e\.g\.)\s+(?=[A-Z\"'(\[*\u201c0-9])|"
    r"\n+(?=\s*[A-Z\"'*\u201c0-9-])|\n{2,}"
)

_CONDITIONAL = re.compile(r"\W{0,12}(?:if|when|whenever|unless|in case)\b", re.IGNORECASE)
_OPTIONAL = re.compile(
    r"\b(?:(?:don't|do not|needn't) (?:have|need) to|no need to|optional(?:ly)?|feel free|you (?:can|may|could|might)|"
    r"if (?:possible|needed|necessary|you)|preferabl[ey]|ideally)\b",
    re.IGNORECASE,
)
_CODE = (
    r"(?:functions?|scripts?|programs?|regex|class|method|quer(?:y|ies)|endpoints?|api|algorithm|parser|component|code|"
    r"app)"
)
_PROGRAM = re.compile(
    r"\b(?:write|create|implement|build|code|make|generate|develop|fix|refactor|debug|need|want|have)\s+(?:me\s+)?"
    rf"(?:(?:an?|the|this|my|some|that)\s+)?(?:[\w+#.-]+\s+){{0,2}}{_CODE}\b|"
    rf"\b(?:the|this|my|an?|which|that)\s+(?:[\w+#.-]+\s+)?{_CODE}\s+"
    r"(?:that|which|should|must|will|needs?|to|returns?|takes|accepts|gives)\b|\b(?:passwords?|column|sql)\b",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b(?:your|the|whole|entire|full) (?:\w+ )?(?:response|answer|reply|output|explanation|message|text)\b|"
    r"\b(?:respond|reply|answer)\b",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"\s*(?:how|what|which|why|who|when|where|is|are|was|were|do|does|did|has|have)\b", re.IGNORECASE
)
_ASKED = re.compile(r"\b(?:you|your|please)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads demands off one sentence of a request, given also the whole; run where one of the triggers stands."""

    triggers: tuple[str, ...]
    read: Callable[[str, str], Iterable[Demand]]


def sentences(text: str) -> Iterator[str]:
    """The sentences of a masked request that can demand something."""
    for sentence in _BREAK.split(text):
        if sentence and _demands(sentence[:_LONG_SENTENCE]):
            yield sentence.strip()[:_LONG_SENTENCE]


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


def _demands(sentence: str) -> bool:
    if _CONDITIONAL.match(sentence) or _OPTIONAL.search(sentence):
        return False
    if _PROGRAM.search(sentence) and not _OWN.search(sentence):
        return False
    is_question = sentence.rstrip().endswith("?") and _QUESTION.match(sentence) is not None
    return not is_question or _ASKED.search(sentence) is not None
