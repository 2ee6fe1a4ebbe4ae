"""Demands on a reply's letters, marks, language, first and last words, read off a request's sentences.

Knows English only. The counterparts are ``shape``, ``lengths`` and ``keywords``.
"""

from __future__ import annotations

from collections.abc import Iterator

from routing.behaviors import lazily
from routing.behaviors.format.counts import counts, number, times
from routing.behaviors.format.demand import Bounds, Demand, Form
from routing.behaviors.format.language import CODES
from routing.behaviors.format.lengths import IN_CAPITALS
from routing.behaviors.format.sentences import Passage, Reader
from routing.behaviors.format.shape import NOT

_ALL = (
    r"(?:in|using|use|uses|with|only|be|all)\s+"
    r"(?:(?:all|only|entirely|completely|exclusively|english|letters|in|and|be)[ ,]+){0,5}"
)
_NO = r"(?:no|without|avoid|not use|don't use|not contain|not include|not have)\s+(?:any |using )*"
_LOWER = lazily.pattern(
    rf"\b{_ALL}lower[ -]?case\b(?! (?:letter )?[\"'\w]\b)|\b{_NO}(?:capital(?:ized)?|upper[ -]?case)\s+letters\b"
)
_UPPER = lazily.pattern(
    rf"\b{_ALL}(?:capitals\b|capital letters|caps\b|upper[ -]?case\b)|\b{_NO}lower[ -]?case\s+letters\b|"
    r"\ball letters\b[^.\n]{0,50}\bcapitali[sz]ed\b"
)
_NO_CASE = lazily.pattern(
    rf"\bupper[ -]?case (?:and|or) lower|\blower[ -]?case (?:and|or) upper|\b{NOT} (?:write |be )?in all\b"
)
_PART_CASE = lazily.pattern(
    r"\b(?:titles?|headings?|headlines?|names?|acronyms?|keywords?|first|subject|labels?|headers?|sections?)\b"
    r"[^.,;\n]{0,40}$|\bwords? (?:that are |are |written |must be |should be )?$"
)

_MARKS = {
    "comma": ",", "exclamation mark": "!", "exclamation point": "!", "question mark": "?", "semicolon": ";",
    "em dash": "\u2014", "em-dash": "\u2014", "emdash": "\u2014", "full stop": ".", "quotation mark": '"',
    "asterisk": "*", "hashtag": "#", "parenthes": "(",
}  # fmt: skip
_MARK = rf"(?:{'|'.join(_MARKS)})"
_BANNED = lazily.pattern(
    rf"(?:\b(?:(?<!if )no|not|without|avoid(?:s|ing)?|refrain(?:s|ing)? from|never|cannot|free of|zero|omit|leave out)|"
    rf"n't)\b[^.,;\n]{{0,45}}?\b(?P<banned>{_MARK})(?:es|s)?\b(?!-)|"
    rf"\b(?P<barred>{_MARK})(?:es|s)?\b[^.,;\n]{{0,30}}"
    r"(?:\b(?:not|never)|n't) (?:be )?(?:allowed|permitted|used)\b|"
    rf"\b(?P<forbidden>{_MARK})(?:es|s)?\b[^.,;\n]{{0,20}}\b(?:are|is) (?:forbidden|prohibited|banned|off[ -]limits)\b"
)
_NOT_BANNED = lazily.pattern(r"\b(?:forget|only|separat\w+|between|after|before|outside|more than|unless)\b")

_LANGUAGE = lazily.pattern(
    r"\b(?:in|into|only|use)\s+(?:(?:only|the|simple|plain|fluent|formal|informal|standard|modern|brazilian) ){0,2}"
    rf"(?P<name>{'|'.join(sorted(CODES, key=len, reverse=True))})(?: language)?"
    r"(?=\s*(?:[.,;:!?()\[\]\"'\u2014-]|$)|\s+(?:only|and|with|please|but|about|why|how|what|using|without|for|on|"
    r"throughout|explaining|describing|no|regardless|in|to|that|language)\b)"
)
_ONLY = lazily.pattern(r"\b(?:only|use)\b")
_SPOKEN = lazily.pattern(
    r"\b(?:answer|respond|reply|replies|write|explain|response|output|describe|summari[sz]e|compose|entire|use|"
    r"give|generate|create|tell|provide|speak|whole|everything)\b"
)
_NOT_SPOKEN = lazily.pattern(
    r"\b(?:translat\w+|who|which|learn\w*|taught|books?|class|course|lessons?|say|called|terms?|words?|"
    rf"pronunciation|pronounce\w*|means?|{NOT})\b"
)

_PHRASE = (
    r"[^\"\u201c'\n:]{0,60}:? ?(?:[\"\u201c](?P<quoted>[^\"\u201c\u201d\n]{1,200})[\"\u201d]|"
    r"'(?P<single>[^'\n]{1,200})'(?!\w)|(?<=: )(?P<rest>[^\n]{1,200}))"
)
_WITH = r"[^\"\u201c\n.:]{0,60}?\b(?:with|by saying)\b"
_END = (
    lazily.pattern(rf"\b(?:finish|end|conclud|clos)(?:e|es|s|ing)?\b{_WITH}{_PHRASE}"),
    lazily.pattern(
        r"\b(?:last|final) (?:words?|sentence|line|phrase)\b[^\"\u201c\n.:]{0,40}?\b(?:be|read|say)\b" + _PHRASE
    ),
)
_START = (lazily.pattern(rf"\b(?:start|begin)(?:s|ning|ing)?\b{_WITH}{_PHRASE}"),)
_OF_PARTS = lazily.pattern(
    r"\b(?:each|every|sections?|lines?|words?|names?|items?|sentences?|paragraphs?|bullets?|post ?script|titles?|"
    r"p\.s\.?|stanzas?|verses?|that|which|don't|not|never)\b[^\"\u201c\n]{0,40}"
    r"\b(?:start|begin|end|finish|conclud|clos)|"
    r"\b(?:start|begin|end|finish)\w* (?:the |each |every |all )?(?:\w+ )?"
    r"(?:paragraph|line|sentence|section|bullet|title|item)s?\b"
)

_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "last": 0, "final": 0}
_PARAGRAPH = (
    r"(?:paragraph (?P<place>\d{1,2}|one|two|three|four|five)|"
    rf"the (?:(?P<ordinal>{'|'.join(_ORDINALS)})|(?P<nth>\d{{1,2}})(?:st|nd|rd|th)) paragraph)"
)
_FIRST_WORD = r"(?:with|by) (?:the )?word:? [\"'\u201c]?(?P<word>[\w-]{1,40})"
_OPENINGS = (
    lazily.pattern(rf"\b{_PARAGRAPH} (?:(?:must|should|has to|needs to) )?(?:start|begin)s? {_FIRST_WORD}"),
    lazily.pattern(rf"\b(?:start|begin) {_PARAGRAPH} {_FIRST_WORD}"),
)


def _case(sentence: Passage, _: Passage) -> Iterator[Demand]:
    lower = sentence.lower
    if _NO_CASE.search(lower):
        return
    if IN_CAPITALS.search(lower) and (bounds := _capital_words(lower)):
        yield Demand(Form.CAPITALS, bounds)
        return
    for form, pattern in ((Form.LOWER, _LOWER), (Form.UPPER, _UPPER)):
        found = pattern.search(lower)
        if found and not _PART_CASE.search(lower, 0, found.start()):
            yield Demand(form)
            return


def _capital_words(lower: str) -> Bounds | None:
    found = next(counts(lower, "words?"), None)
    return found.bounds if found else times(lower)


def _marks(sentence: Passage, _: Passage) -> Iterator[Demand]:
    for found in _BANNED.finditer(sentence.lower):
        name = found["banned"] or found["barred"] or found["forbidden"]
        if not _NOT_BANNED.search(found[0]):
            yield Demand(Form.WITHOUT, texts=(_MARKS[name],))


def _language(sentence: Passage, _: Passage) -> Iterator[Demand]:
    lower = sentence.lower
    found = list(_LANGUAGE.finditer(lower))
    codes = {CODES[" ".join(name["name"].split())] for name in found}
    if len(codes) != 1:
        return
    before = lower[: found[0].start()]
    if (_ONLY.search(found[0][0]) or _SPOKEN.search(before)) and not _NOT_SPOKEN.search(before):
        yield Demand(Form.LANGUAGE, texts=(codes.pop(),))


def _ends(sentence: Passage, _: Passage) -> Iterator[Demand]:
    if _OF_PARTS.search(sentence.lower):
        return
    for form, patterns in ((Form.END, _END), (Form.START, _START)):
        if found := next((found for pattern in patterns if (found := pattern.search(sentence.lower))), None):
            phrase = next(phrase for name in ("quoted", "single", "rest") if (phrase := sentence.group(found, name)))
            yield Demand(form, texts=(phrase.strip(),))


def _openings(sentence: Passage, _: Passage) -> Iterator[Demand]:
    for pattern in _OPENINGS:
        if found := pattern.search(sentence.lower):
            named = found["place"] or found["nth"]
            place = number(named) if named else _ORDINALS[found["ordinal"]]
            yield Demand(Form.OPENINGS, texts=(str(place), sentence.group(found, "word")))


READERS = (
    Reader(("case", "capital", "caps"), _case),
    Reader(tuple(_MARKS), _marks),
    Reader(tuple(sorted({name.split()[-1] for name in CODES})), _language),
    Reader(("start", "begin", "end", "finish", "conclu", "clos", "last", "final"), _ends),
    Reader(("paragraph",), _openings),
)
