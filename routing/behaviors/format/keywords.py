"""Demands that words occur in a reply, do not, or so and so often, read off a request's sentences.

Words are named in quotation marks, in brackets, or bare after a noun that announces them ("the keywords ink and
memoirs"). Knows English only. The counterparts are ``shape``, ``lengths`` and ``wording``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from routing.behaviors.format.counts import times
from routing.behaviors.format.demand import Bounds, Demand, Form
from routing.behaviors.format.sentences import Passage, Reader

_MARK = "[\"'\u201c\u201d\u2018\u2019`]"
_WORD = rf"(?:{_MARK}(?P<quoted>[^\"\u201c\u201d\n]{{1,40}}?){_MARK}|(?P<bare>[\w-]{{1,30}}))"
_ITEM = re.compile(rf"(?<!\w){_MARK}([^\"\u201c\u201d`\n]{{1,60}}?){_MARK}(?!\w)")
_JOINT = re.compile(r"[\s,&]{0,3}(?:(?:and|or|nor)\s)?\s?")

_HEAD = re.compile(
    r"\b(?P<verb>includ(?:e|es|ing)|mention(?:s|ing)?|us(?:e|es|ing|age of)|contain(?:s|ing)?|incorporat(?:e|es|ing)|"
    r"say(?:ing)?|with|writ(?:e|ing)|ha(?:s|ve|ving)|exclud(?:e|es|ing)|omit|avoid|leav(?:e|ing) out)\s+"
    r"(?:(?:all|both|any|of|the|following|exact|these|each) ?){0,5}"
    r"(?P<noun>(?:key ?words?|words?|terms?|phrases?)\b)?\s*(?:of\b|such as\b|like\b)?:?\s*"
)
_NEEDS_NOUN = ("with", "writ", "ha")  # "with "x"" alone may quote anything
_DECLINING = ("exclud", "omit", "avoid", "leav")
_DECLINED = re.compile(
    r"(?:\bnot|n't|\bnever|\bavoid(?:ing)?|\bwithout|\brefrain(?:ing)? from|\bcannot|\bomit\w*)\b[^.;\n]{0,35}$"
)
_PLACED = re.compile(r"\b(?:start|begin|end|finish|conclud|clos)\w*\b[^.\n]{0,40}$")
_NOT_APPEAR = re.compile(
    rf"\b(?:key)?word\s+{_WORD}\s+(?:should|must|may|can|do|does)(?: not|n't|not)(?: ever)? "
    r"(?:appear|be (?:used|mentioned|included|in)|occur|show up)\b(?! (?:more|less|at|over|\d))"
)
_BARE = re.compile(r"[\w'-]+(?:(?:,? (?:and|or) |, )[\w'-]+){0,9}")
_BARE_JOINT = re.compile(r",? (?:and|or) |, ")
_BARE_END = re.compile(r"\W*(?:$|in |somewhere|at |throughout)")
_BRACKETED = re.compile(r"\[([^\[\]\n]{1,300})\]")

_RELATION = (
    r"(?:at least|at most|no more|no less|not more|less|fewer|more|exactly|only|just|\w+ times|once|twice|thrice|\d+|"
    r"a (?:minimum|maximum))"
)
_OFTEN = re.compile(
    rf"\b(?P<noun>(?:key)?word|term|name|phrase|letter)s?\s+{_WORD}(?:(?!\bwords?\b)[^.\n]){{0,80}}?\b(?={_RELATION})"
)
_REACH = 40  # characters from the relation in which its number stands
_SMALL = frozenset(
    ("with", "in", "that", "or", "and", "of", "to", "from", "the", "a", "an", "is", "are", "you", "i", "should", "must")
)


def _keywords(sentence: Passage, _: Passage) -> Iterator[Demand]:
    yield from _frequencies(sentence)
    lower = sentence.lower
    if banned := _NOT_APPEAR.search(lower):
        yield Demand(Form.FORBIDDEN, texts=(_word(sentence, banned),))
        return
    for head in _HEAD.finditer(lower):
        words = () if _PLACED.search(lower, 0, head.start()) else _listed(sentence.text[head.end() :], head)
        if words:
            declined = head["verb"].startswith(_DECLINING) or _DECLINED.search(lower, 0, head.start()) is not None
            yield Demand(Form.FORBIDDEN if declined else Form.KEYWORDS, texts=words)
            return


def _frequencies(sentence: Passage) -> Iterator[Demand]:
    for often in _OFTEN.finditer(sentence.lower):
        bounds = times(sentence.lower[often.end() : often.end() + _REACH])
        if bounds and (often["bare"] or "") not in _SMALL:
            yield _often(often["noun"], _word(sentence, often), bounds)


def _often(noun: str, word: str, bounds: Bounds) -> Demand:
    is_letter = len(word) == 1 and noun == "letter"
    return Demand(Form.LETTERS if is_letter else Form.FREQUENCY, bounds, (word,))


def _word(sentence: Passage, found: re.Match[str]) -> str:
    return sentence.group(found, "quoted") or sentence.group(found, "bare")


def _listed(text: str, head: re.Match[str]) -> tuple[str, ...]:
    if bracketed := _BRACKETED.match(text):
        return tuple(word.strip(" \"'") for word in bracketed[1].split(",") if word.strip(" \"'"))
    if quoted := _quoted(text):
        is_named = head["noun"] is not None or not head["verb"].startswith(_NEEDS_NOUN)
        is_words = all(any(letter.isalpha() for letter in word) for word in quoted)
        return quoted if is_named and is_words else ()
    return _bare(text, head["noun"] or "")


def _quoted(text: str) -> tuple[str, ...]:
    found, place = [], 0
    while item := _ITEM.match(text, place):
        found.append(item[1].strip(" ,."))
        joint = _JOINT.match(text, item.end())
        place = joint.end() if joint else item.end()
    return tuple(found)


def _bare(text: str, noun: str) -> tuple[str, ...]:
    found = _BARE.match(text)
    if found is None or not noun.startswith(("key", "word")):
        return ()
    words = tuple(_BARE_JOINT.split(found[0]))
    if not noun.endswith("s"):
        return words[:1]
    return words if len(words) > 1 and _BARE_END.match(text, found.end()) else ()


READERS = (Reader(("word", "term", "phrase", "mention", "letter", "include"), _keywords),)
