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
from routing.behaviors.format.sentences import Passage, Reader, can_demand, masked, passage, sentences
from routing.traits import Traits

_FAMILIES = (shape, lengths, wording, keywords)
_TRIGGERS = tuple((trigger, reader) for family in _FAMILIES for reader in family.READERS for trigger in reader.triggers)
_TRIGGERING = tuple(dict.fromkeys(trigger for trigger, _ in _TRIGGERS))
_WHOLE = ("repeat", "answer", "reply", "respond", "choose", "just say")  # of what is read off the whole
_READ = 4_000  # characters in which a request to repeat the request is looked for
_MOST = 16  # demands: more than that is a text about demands

_CHOICE = re.compile(
    r"\b(?:(?:answer|respond|reply|contain|choose|say|pick|select|use|output|return)\b[^\n\"\u201c\u201d]{0,50}?"
    r"(?:\b(?:one of|from)\b[^\n\"\u201c\u201d]{0,30}?)?(?:phrases?|following|options|answers|labels|from)|just say|"
    r"(?:answer|respond|reply)(?: only| just)?(?: with)?)[ :(]{0,4}(?=[\"\u201c\u201d'(\n])"
)
_CHOSEN = re.compile('["\u201c\u201d\']([^"\u201c\u201d\n]{1,60}?)["\u201d\'](?:\\s*(?:,|or|and|/)\\s*){0,3}')
_OPENERS = ('"', "\u201c", "\u201d", "'", "(", "\n")  # what a choice stands after
_ABOVE = re.compile(r"\b(?:choose|above|pick|answer with)\b")
_YES_NO = re.compile(
    r"\b(?:answer|reply|respond)(?: only| just| simply)?(?: with)?(?: only| just| a| either)? (?:simple )?"
    r"[\"']?yes[\"']? or [\"']?no[\"']?(?=\s*(?:[.,;:!)\n]|only|$))"
)
_REPEAT = re.compile(
    r"\brepeat the (?:(?:exact|entire|whole|full|same)[, ]+){0,3}(?:request|prompt|question|instruction)s?\b"
)
_BELOW = re.compile(r"\bbelow\b")
_FIRST = re.compile(r"\b(?:first|before|word for word|verbatim|exactly)\b")


def asked(traits: Traits) -> tuple[Demand, ...]:
    """The demands of a request, each once, at most sixteen."""
    system = "\n".join(turn.text for turn in traits.turns if turn.role in {"system", "developer"})
    return tuple(dict.fromkeys((*read(system), *read(traits.last_said))))[:_MOST]


@lru_cache(maxsize=16)
def read(text: str) -> tuple[Demand, ...]:
    """The demands of one turn. Both arms' replies are held against the same ones, so the last few are kept."""
    whole = passage(masked(text))
    lower = whole.lower
    there = frozenset(filter(lower.__contains__, _TRIGGERING))
    if not there and not any(map(lower.__contains__, _WHOLE)):
        return ()
    triggers = [(trigger, reader) for trigger, reader in _TRIGGERS if trigger in there]
    found = dict.fromkeys((*_of_sentences(whole, triggers), *_of_whole(whole), *_of_opening(text[:_READ])))
    return tuple(_settled(found))


def _of_sentences(whole: Passage, triggers: list[tuple[str, Reader]]) -> Iterator[Demand]:
    for sentence in sentences(whole, [trigger for trigger, _ in triggers]) if triggers else ():
        due = dict.fromkeys([reader for trigger, reader in triggers if trigger in sentence.lower])
        demands = [demand for reader in due for demand in reader.read(sentence, whole)]
        if demands and can_demand(sentence):
            yield from demands


def _of_whole(whole: Passage) -> Iterator[Demand]:
    if phrases := _choice(whole):
        yield Demand(Form.CHOICE, texts=phrases)
    elif "yes" in whole.lower and _YES_NO.search(whole.lower):
        yield Demand(Form.CHOICE, texts=("yes", "no"))


def _of_opening(text: str) -> Iterator[Demand]:
    if "repeat" in text.lower() and (repeated := _repeated(passage(text))):
        yield Demand(Form.REPEAT, texts=(repeated,))


def _repeated(opening: Passage) -> str:
    """The request that is to be repeated first, or "": what stands below, if that is said, or else above."""
    repeat = _REPEAT.search(opening.lower)
    if repeat is None:
        return ""
    text = opening.text
    start = text.rfind("\n", 0, repeat.start()) + 1
    stop = start + len(text[start:].partition("\n")[0])
    if not _FIRST.search(opening.lower, start, stop):
        return ""
    before, after = text[:start].strip(), text[stop:].strip()
    return after if _BELOW.search(opening.lower, start, stop) or not before else before


def _choice(whole: Passage) -> tuple[str, ...]:
    text = whole.text
    head = _CHOICE.search(whole.lower) if any(map(text.__contains__, _OPENERS)) else None
    if head is None:
        return ()
    quoted, place = [], head.end()
    while chosen := _CHOSEN.match(text, place):
        quoted.append(chosen[1])
        place = chosen.end()
    if len(quoted) < 2 and text.startswith("\n", place):  # noqa: PLR2004 -- one is no choice
        quoted = [line.strip() for line in text[place:].strip().split("\n\n")[0].split("\n")]
        quoted = [line for line in quoted if not _ABOVE.search(line.lower())]
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
