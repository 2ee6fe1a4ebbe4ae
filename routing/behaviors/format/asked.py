"""What a request's text asks of the reply's form, where it says so checkably: a tuple of demands.

The system's turns and the user's last one are read; what earlier turns asked for was for earlier replies. Two forms
span sentences and are read here: a choice among phrases, and the request to repeat the request.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from routing.behaviors.format import keywords, lengths, shape, wording
from routing.behaviors.format.demand import Bounds, Demand, Form
from routing.behaviors.format.sentences import Reader, masked, sentences
from routing.traits import Traits

_FAMILIES = (shape, lengths, wording, keywords)
_READERS = tuple(reader for family in _FAMILIES for reader in family.READERS)
_WHOLE = ("repeat", "answer", "reply", "respond", "choose", "just say")  # of what is read off the whole
_READ = 4_000  # characters in which a request to repeat the request is looked for
_MOST = 16  # demands: more than that is a text about demands

_CHOICE = re.compile(
    r"\b(?:(?:answer|respond|reply|contain|choose|say|pick|select|use|output|return)\b[^\n\"\u201c\u201d]{0,50}?"
    r"(?:\b(?:one of|from)\b[^\n\"\u201c\u201d]{0,30}?)?(?:phrases?|following|options|answers|labels|from)|just say|"
    r"(?:answer|respond|reply)(?: only| just)?(?: with)?)[ :(]{0,4}(?=[\"\u201c\u201d'(\n])",
    re.IGNORECASE,
)
_CHOSEN = re.compile('["\u201c\u201d\']([^"\u201c\u201d\n]{1,60}?)["\u201d\'](?:\\s*(?:,|or|and|/)\\s*){0,3}')
_ABOVE = re.compile(r"\b(?:choose|above|pick|answer with)\b", re.IGNORECASE)
_YES_NO = re.compile(
    r"\b(?:answer|reply|respond)(?: only| just| simply)?(?: with)?(?: only| just| a| either)? (?:simple )?"
    r"[\"']?yes[\"']? or [\"']?no[\"']?(?=\s*(?:[.,;:!)\n]|only|$))",
    re.IGNORECASE,
)
_REPEAT = re.compile(
    r"\brepeat the (?:(?:exact|entire|whole|full|same)[, ]+){0,3}(?:request|prompt|question|instruction)s?\b",
    re.IGNORECASE,
)
_BELOW = re.compile(r"\bbelow\b", re.IGNORECASE)
_FIRST = re.compile(r"\b(?:first|before|word for word|verbatim|exactly)\b", re.IGNORECASE)


def asked(traits: Traits) -> tuple[Demand, ...]:
    """The demands of a request, each once, at most sixteen."""
    system = "\n".join(turn.text for turn in traits.turns if turn.role in {"system", "developer"})
    user = next((turn.text for turn in reversed(traits.turns) if turn.role == "user"), "")
    return tuple(dict.fromkeys((*read(system), *read(user))))[:_MOST]


@lru_cache(maxsize=16)
def read(text: str) -> tuple[Demand, ...]:
    """The demands of one turn. Both arms' replies are held against the same ones, so the last few are kept."""
    shown = masked(text)
    lower = shown.lower()
    readers = [reader for reader in _READERS if any(trigger in lower for trigger in reader.triggers)]
    if not readers and not any(trigger in lower for trigger in _WHOLE):
        return ()
    found = dict.fromkeys((*_of_sentences(shown, readers), *_of_whole(shown, text)))
    return tuple(_settled(found))


def _of_sentences(text: str, readers: list[Reader]) -> Iterator[Demand]:
    for sentence in sentences(text) if readers else ():
        lower = sentence.lower()
        for reader in readers:
            if any(trigger in lower for trigger in reader.triggers):
                yield from reader.read(sentence, text)


def _of_whole(shown: str, text: str) -> Iterator[Demand]:
    if phrases := _choice(shown):
        yield Demand(Form.CHOICE, texts=phrases)
    elif _YES_NO.search(shown):
        yield Demand(Form.CHOICE, texts=("yes", "no"))
    if repeated := _repeated(text[:_READ]):
        yield Demand(Form.REPEAT, texts=(repeated,))


def _repeated(text: str) -> str:
    """The request that is to be repeated first, or "": what stands below, if that is said, or else above."""
    repeat = _REPEAT.search(text)
    if repeat is None:
        return ""
    start = text.rfind("\n", 0, repeat.start()) + 1
    line = text[start:].partition("\n")[0]
    before, after = text[:start].strip(), text[start + len(line) :].strip()
    if not _FIRST.search(line):
        return ""
    return after if _BELOW.search(line) or not before else before


def _choice(text: str) -> tuple[str, ...]:
    head = _CHOICE.search(text)
    if head is None:
        return ()
    quoted, place = [], head.end()
    while chosen := _CHOSEN.match(text, place):
        quoted.append(chosen[1])
        place = chosen.end()
    if len(quoted) < 2 and text.startswith("\n", place):  # noqa: PLR2004 -- one is no choice
        quoted = [line.strip() for line in text[place:].strip().split("\n\n")[0].split("\n")]
        quoted = [line for line in quoted if not _ABOVE.search(line)]
    is_choice = len(quoted) > 1 and all(0 < len(phrase) <= 60 and " " in phrase for phrase in quoted)  # noqa: PLR2004
    return tuple(quoted) if is_choice else ()


def _settled(demands: Iterable[Demand]) -> Iterator[Demand]:
    """Without those that another says more precisely: bullets and their number, a word and how often."""
    demands = list(demands)
    counted = {demand.texts[0].lower() for demand in demands if demand.form is Form.FREQUENCY}
    precise = {(demand.form, demand.texts) for demand in demands if demand.bounds != Bounds(1)}
    for demand in demands:
        said = {word.lower() for word in demand.texts} <= counted if demand.form is Form.KEYWORDS else False
        if not said and (demand.bounds != Bounds(1) or (demand.form, demand.texts) not in precise):
            yield demand
