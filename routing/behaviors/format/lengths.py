"""Demands on how long a reply is, read off a request's sentences: words, sentences, paragraphs, characters, lines.

A count is a demand where a relation stands with it ("at least", "fewer than") or it is framed as one ("in three
sentences", "a two-paragraph summary"), and it is about the whole reply: not about a title, each bullet, or the text
that was given. "A 500 word story" is a wish that nobody checks exactly. Knows English only.
"""

from __future__ import annotations

from collections.abc import Iterator

from routing.behaviors import lazily
from routing.behaviors.format.counts import Count, counts
from routing.behaviors.format.demand import Bounds, Demand, Form
from routing.behaviors.format.sentences import Passage, Reader
from routing.behaviors.format.shape import REACH, is_of_whole, last_chunk

_UNITS = (
    (Form.WORDS, "word", r"words?"),
    (Form.SENTENCES, "sentence", r"sentences?"),
    (Form.PARAGRAPHS, "paragraph", r"paragraphs?"),
    (Form.CHARACTERS, "character", r"characters?"),
    (Form.LINES, "line", r"lines?"),
)
_FEW_WORDS = 10  # "in three words" is meant exactly, "in 200 words" is not
_PART = lazily.pattern(
    r"\b(?:titles?|headlines?|subject|intro(?:duction)?|conclusion|headings?|first|last|second|third|final|opening|"
    r"closing|bullets?|items?|steps?|taglines?|slogans?|stanzas?|captions?|names?|labels?|highlight\w*|itali\w+|bold|"
    r"capital\w*|uppercase|upper-case|lowercase|keywords?|rhym\w+|starting|beginning|containing|copied|input)\b"
)
_GIVEN = lazily.pattern(r"\b(?:following|above|these|those|this|previous|next|my|his|her|their|last|first)\s*$")
_ELSEWHERE = lazily.pattern(
    r"\W{0,2}(?:in all|with all|in cap|from|apart|ago|written|above|below|\w+ times|that (?:rhyme|start|begin|end))\b"
)
_FRAME = lazily.pattern(
    r"\b(?:in|into|using|with|as|to|of|write|give|give me|provide|be|containing|having|"
    r"(?:should|must|to) (?:have|contain|include))\s+$"
)
_WORDS_FRAME = lazily.pattern(r"\b(?:in|with|using)\s+$")
_ATTRIBUTE = lazily.pattern(
    r"[ -]?(?:long )?\s*(?:\w+ )?(?:summar|answer|repl|respon|stor|poem|essay|explan|descr|critiq|overview|letter|"
    r"email|review|bio|paragraph|post|article|pitch|piece|text|verse|definition)"
)
_NUMBER_OF = lazily.pattern(
    r"\bnumber of (?P<unit>words|sentences|paragraphs|lines|characters)\b[^.\n]{0,50}?"
    r"\b(?:range of|be|is|to)\s+(?P<count>[^.,;:()\n]{1,40})"
)
_LIMIT = lazily.pattern(
    r"\b(?P<unit>word|character) (?:limit|count)(?: of| is| should be|:)\s*(?P<most>\d{1,5})\b(?!\s*(?:-|to))"
)
IN_CAPITALS = lazily.pattern(
    r"\bwords?\b(?! and\b)[^.;]{0,50}?"
    r"\b(?:all[ -]capital|capital letters|all[ -]caps|upper[ -]?case|capitali[sz]ed|in caps)\b|"
    r"\b(?:capitali[sz]ed|all[- ]caps?|upper[ -]?case) words\b"
)
"""Words in capitals: their number is no length."""


def _lengths(sentence: Passage, whole: Passage) -> Iterator[Demand]:
    for form, literal, unit in _UNITS:
        if literal in sentence.lower and not _is_other(form, sentence, whole):
            yield from _length(form, unit, sentence)
    yield from _totals(sentence.lower)


def _is_other(form: Form, sentence: Passage, whole: Passage) -> bool:
    """Whether such a count is another reader's business: capital words, divided or labeled paragraphs."""
    if form is Form.WORDS:
        return IN_CAPITALS.search(sentence.lower) is not None
    return form is Form.PARAGRAPHS and any(mark in whole.text for mark in ("***", "asterisk", " X"))


def _length(form: Form, unit: str, sentence: Passage) -> Iterator[Demand]:
    for found in counts(sentence.lower, unit):
        if _is_about_all(sentence, found) and (found.stated or _is_framed(form, sentence.lower, found)):
            yield Demand(form, found.bounds)


def _totals(lower: str) -> Iterator[Demand]:
    """Those that name the total: "the number of words should be 250 or more", "word limit: 100"."""
    if numbered := _NUMBER_OF.search(lower) if "number of" in lower else None:
        unit = numbered["unit"]
        yield from (Demand(Form(unit), found.bounds) for found in counts(f"{numbered['count'].strip()} {unit}", unit))
    if limited := _LIMIT.search(lower) if " limit" in lower or " count" in lower else None:
        yield Demand(Form(f"{limited['unit']}s"), Bounds(0, int(limited["most"])))


def _is_about_all(sentence: Passage, found: Count) -> bool:
    start, end = found.span
    return is_of_whole(sentence, found) and not (
        _PART.search(last_chunk(sentence, start))
        or _GIVEN.search(sentence.lower, max(0, start - REACH), start)
        or _ELSEWHERE.match(sentence.lower, end)
    )


def _is_framed(form: Form, lower: str, found: Count) -> bool:
    if form in {Form.CHARACTERS, Form.LINES} or (form is Form.WORDS and found.bounds.least > _FEW_WORDS):
        return False
    start, end = found.span
    if not found.unit.endswith("s") and _ATTRIBUTE.match(lower, end):
        return True
    frame = _WORDS_FRAME if form is Form.WORDS else _FRAME
    return frame.search(lower, max(0, start - REACH), start) is not None


READERS = (Reader(("word", "sentence", "paragraph", "character", "line"), _lengths),)
