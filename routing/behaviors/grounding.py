"""``grounding``: the reply cites or quotes the context that it was given.

The context is what the request brings along: tool results, system prompts, and user turns that are long or look like
passages. A reply is grounded if a mark in it (``citations``) names a source there, if it quotes the context word for
word, repeats an address from it, or names one of its parts ("Rule 2", "Section 4.1").

A mark that names none of the context's numbered sources is invented, and does not count. Where the context numbers
none, or there is no context in the request, since an upstream may search by itself, nobody can tell from here: then a
mark counts, with a lower score. Whether the source supports what is said is not judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from routing.behaviors.case import Case, absent, not_applicable, present
from routing.behaviors.citations import Mark, marks, without_code
from routing.behaviors.conversation import Conversation
from routing.behaviors.label import Behavior, Label
from routing.behaviors.openings import matches
from routing.behaviors.phrasing.words import lowered
from routing.traits import Turn

_READ = 24_000  # characters of a reply
_SEARCHED = 100_000  # characters of a context in which sources' numbers are looked for
_LONG = 600  # characters of a user turn that brings more than a question
_UNSEEN = 0.75  # the score of a mark whose source cannot be looked up
_ATTRIBUTED = 0.6
_QUOTED_WORDS, _INTRODUCED_WORDS = 5, 3
_QUOTED_SIGNS = 8  # characters of a quotation in a script without spaces
_QUOTATIONS = 24
_INTRODUCTION = 24
_SHOWN = 40

_HEADINGS: tuple[str, ...] = ("context", "document", "passage", "source", "excerpt", "article", "references", "text")
_HEADINGS += ("search results", "knowledge base", "transcript", "policy", "rule", "email", "report", "contract")
_HEADED = re.compile(
    r"\b(?:context|documents?|passages?|sources?|excerpts?|articles?|references|search results|knowledge base|text|"
    r"transcript|policy|rules?|email|report|contract)\b ?\d{0,3} ?[:>\]\n]"
)
_HEADED_SIGNS = (":", "\n", "]", ">")  # one of which every match holds
_MARKED = re.compile(r"<\w{0,12}(?:doc|context|source|passage)|^\[\d{1,3}\] |^\W{0,3}rule \d", re.MULTILINE)
_MARKED_SIGNS = ("<", "] ", "rule ")
_NUMBERED = re.compile(
    r"(?:^|[\s(>])[\[\u3010](\d{1,3})(?:[\]\u3011](?=[\s:(]|$)|[\u2020:])|"
    r"\b(?:doc(?:ument)?|source|passage|chunk|context|reference|ref|excerpt|result|snippet|rule|citation)s?\b"
    r"[ _#:.=\"'-]{0,4}(?:id|no\.?|number|index)?[ _#:=\"']{0,3}(\d{1,3})\b",
    re.IGNORECASE | re.MULTILINE,
)
_ALSO_NUMBERED = re.compile(
    r"\b(?:id|index|number|section|page|article|paragraph|item|clause)\b[ _#:.=\"'-]{0,4}(\d{1,4})\b|"
    r"^[ \t]{0,8}(\d{1,3})[.):]\s",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTATIONS_BY_SIGN = (  # each with signs one of which every match holds
    (
        ('"', "\u201c", "\u201e", "\u00ab"),
        re.compile(r"[\"\u201c\u201e\u00ab]([^\"\u201c\u201d\u201e\u00ab\u00bb\n]{8,600})[\"\u201c\u201d\u00bb]"),
    ),
    (("\u300c", "\u300e"), re.compile(r"[\u300c\u300e]([^\u300c-\u300f\n]{6,600})[\u300d\u300f]")),
    ((">",), re.compile(r"^[ \t]{0,4}>[ \t]?([^\n]{16,600})", re.MULTILINE)),
    ((" '", "\n'"), re.compile(r"(?<!\w)'([^'\n]{16,600})'(?!\w)")),
)
_SAYING = frozenset(
    {
        "says",
        "say",
        "said",
        "states",
        "state",
        "stated",
        "stating",
        "reads",
        "notes",
        "noted",
        "writes",
        "wrote",
        "that",
    }
    | {"mentions", "mentioned", "specifies", "quote", "to", "describes", "as", "under", "in", "by"}
)
_ADDRESS = re.compile(r"https?://[^\s()<>\[\]\"'`]{4,300}")
_PARTS: tuple[str, ...] = (
    "rule ",
    "passage ",
    "document ",
    "doc ",
    "source ",
    "section ",
    "article ",
    "clause ",
    "paragraph ",
    "page ",
)
_PARTS += (
    "chapter ",
    "excerpt ",
    "appendix ",
    "table ",
    "figure ",
    "chunk ",
    "regel ",
    "artikel ",
    "regla ",
    "regola ",
)
_NAMED = re.compile(
    rf"\b(?:{'|'.join(_PARTS)})(?:id |no\.? |number |#)?\d{{1,4}}(?:\.\d{{1,3}}){{0,3}}\b",
)  # in lower case
_ATTRIBUTING = (
    "according to",
    "d in the",
    "d in your",
    "d in our",
    "d in this",
    "d in these",
    "n in the",
    "n in this",
    "per ",
)
_ATTRIBUTIONS: tuple[str, ...] = ("according to ", "per ", "as stated in ", "as described in ", "as noted in ")
_ATTRIBUTIONS += ("as mentioned in ", "as specified in ", "as outlined in ", "as written in ", "as shown in ")
_ATTRIBUTIONS += ("as indicated in ",)
_ATTRIBUTION = re.compile(
    rf"\b(?:{'|'.join(_ATTRIBUTIONS)})"
    r"(?:the|your|our|this|these) (?:[\w-]+ ){0,3}"
    r"(?:context|documents?|documentation|passages?|articles?|sources?|texts?|reports?|policy|policies|rules?|excerpts?|"
    r"manual|handbook|guide|guidelines|contract|terms|search results|knowledge base|transcript|emails?|files?|records?|"
    r"faq)\b",
)  # in lower case


def detect(case: Case) -> Label:
    """Whether the reply cites or quotes its context."""
    text = case.reply.text[:_READ]
    if not text.strip():
        return not_applicable(Behavior.GROUNDING, "no_text")
    sources = tuple(turn for turn in case.traits.turns if _brings_context(turn))
    plain = without_code(text)
    given = Conversation(sources)
    found = next(_findings(plain, given), None) if sources else None
    return found or _of_marks(list(marks(plain)), sources, given) or _attribution(plain, sources)


def _brings_context(turn: Turn) -> bool:
    return turn.role == "system" or _is_context(turn)


def _is_context(turn: Turn) -> bool:
    """It holds more than a question or an instruction."""
    if turn.role == "assistant":
        return False
    return turn.role == "tool" or len(turn.text) >= _LONG or _holds_passages(turn.text)


@lru_cache(maxsize=16)
def _holds_passages(text: str) -> bool:
    lower = text.lower()
    if any(map(lower.__contains__, _HEADED_SIGNS)) and any(matches(_HEADED, lower, _HEADINGS)):
        return True
    return any(map(lower.__contains__, _MARKED_SIGNS)) and _MARKED.search(lower) is not None


def _findings(text: str, given: Conversation) -> Iterator[Label]:
    """What of the reply stands word for word in the context."""
    for found in _quotations(text):
        if given.says(text[found[0] : found[1]]):
            yield present(Behavior.GROUNDING, "quotation", span=found)
    for match in _ADDRESS.finditer(text) if "://" in text else ():
        if given.says(match[0].rstrip(".,;:!?*_")):
            yield present(Behavior.GROUNDING, "address", span=match.span())
    for match in matches(_NAMED, lowered(text), _PARTS):
        if given.says(match[0]):
            yield present(Behavior.GROUNDING, "named part", span=match.span())


def _quotations(text: str) -> Iterator[tuple[int, int]]:
    """Where quotations stand that are long enough to be no mere name."""
    patterns = (pattern for signs, pattern in _QUOTATIONS_BY_SIGN if any(map(text.__contains__, signs)))
    for found in islice((match for pattern in patterns for match in pattern.finditer(text)), _QUOTATIONS):
        start, stop = found.span(1)
        while stop > start and text[stop - 1] in " .,;:!?\u2026*_\u3002":
            stop -= 1
        if _is_long(text[start:stop], introduced=_is_introduced(text[max(0, start - _INTRODUCTION) : start - 1])):
            yield start, stop


def _is_introduced(before: str) -> bool:
    """Whether something is said to be a quotation: by a colon, or by a word of saying."""
    plain = before.rstrip(" \t*_")
    return plain.endswith(":") or plain.rpartition(" ")[2].lower() in _SAYING


def _is_long(quoted: str, *, introduced: bool) -> bool:
    needed = _INTRODUCED_WORDS if introduced else _QUOTED_WORDS
    return len(quoted.split()) >= needed or (
        len(quoted) >= _QUOTED_SIGNS and not quoted.isascii() and " " not in quoted
    )


def _of_marks(found: list[Mark], sources: tuple[Turn, ...], given: Conversation) -> Label | None:
    """The marks' label: how many name a source that was given. None where there are no marks."""
    if not found:
        return None
    known = _known_numbers(sources)
    named = [_names_a_source(mark, known, given) for mark in found]
    if True in named:
        return present(Behavior.GROUNDING, "mark", named.count(True) / len(named), found[named.index(True)].span)
    if None in named:
        return present(Behavior.GROUNDING, "mark of an unseen source", _UNSEEN, found[named.index(None)].span)
    rule = f"mark names nothing given: {', '.join(found[0].labels)[:_SHOWN]}"
    return absent(Behavior.GROUNDING, rule, span=found[0].span)


def _names_a_source(mark: Mark, known: frozenset[str] | None, given: Conversation) -> bool | None:
    """Whether a mark names one of the given sources; None where nobody can tell."""
    if not mark.labels or any(not label.isdigit() and given.says(label) for label in mark.labels):
        return True
    numbers = [label for label in mark.labels if label.isdigit()]
    if known is None and numbers:
        return None
    return any(number in (known or ()) for number in numbers)


def _known_numbers(sources: tuple[Turn, ...]) -> frozenset[str] | None:
    """The numbers that the context gives its sources; None where it gives none, or is too long to be sure."""
    text = "\n".join(turn.text for turn in sources)
    if len(text) > _SEARCHED:
        return None
    text = _ADDRESS.sub(" ", text)  # whose numbers are not the sources'
    if not (numbered := _numbers(_NUMBERED, text)):
        return None
    return frozenset(numbered | _numbers(_ALSO_NUMBERED, text))


def _numbers(pattern: re.Pattern[str], text: str) -> set[str]:
    return {(found[1] or found[2]).lstrip("0") or "0" for found in pattern.finditer(text)}


def _attribution(text: str, sources: tuple[Turn, ...]) -> Label:
    lower = lowered(text) if any(map(_is_context, sources)) else ""
    may_attribute = any(map(lower.__contains__, _ATTRIBUTING))
    found = next(matches(_ATTRIBUTION, lower, _ATTRIBUTIONS), None) if may_attribute else None
    if found is None:
        return absent(Behavior.GROUNDING)
    return present(Behavior.GROUNDING, "attribution", _ATTRIBUTED, found.span())
