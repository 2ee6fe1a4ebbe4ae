"""``clarification``: the reply asks what is meant instead of guessing.

Every sentence of the reply is an *ask* (it says that it needs to know more, or is a question put to the user about the
task), a *courtesy* (it offers more, asks whether it helped, or asks nobody), or *said*. What matters is what the asks
are held against: a reply that asks and says next to nothing is a clarification, one that answers and then asks is not.
A list under an ask belongs to it. Where the request wanted questions (a quiz) or a text that may hold some (a letter),
the reply's questions count only if they ask for the meaning, or are led up to as the assistant's own. What is quoted or
code is not asked. Judged in the languages of ``phrasing.language``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from routing.behaviors.case import Case, absent, not_applicable, present
from routing.behaviors.label import Behavior, Label
from routing.behaviors.phrasing.cues.wanted import WANTED
from routing.behaviors.phrasing.language import Language
from routing.behaviors.phrasing.lexicon import Lexicon
from routing.behaviors.phrasing.reading import Reading, read
from routing.behaviors.phrasing.words import SENTENCE_ENDS, Words, split

_FAMILY = "clarification."
_TELLING = frozenset({f"{_FAMILY}meaning", f"{_FAMILY}detail"})  # what asks without a question mark
_QUESTION = frozenset({"?", "\u304b"})  # the second ends Japanese questions, also before a full stop
_EASTERN = 1.6  # characters to a word
_PREAMBLE = 12  # words: a longer opening says something
_ITEM = 25  # words: a longer line under an ask is no item of a list
_BRIEF, _LED = 8, 30  # words of a reply whose question may go without "you"; of one that leads up to its question
_ALLOWED = {  # words that may be said beside an ask: so many, or so many for each word asked
    "meaning": (40, 2.0),
    "detail": (25, 1.2),
    "question": (7, 0.6),
    "bare": (0, 0.0),
}
_REQUEST = 1500  # characters read of what the user said last
_WANTED = Lexicon(WANTED)
_YOU = frozenset(
    split(
        "you your you're you'd yours we our du dir dich dein deine sie ihnen ihr ihre vous votre vos tu te ton ta tes "
        "usted ustedes su sus ti lei suo sua você seu tua tuo \u60a8 \u4f60"
    ).tokens
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words ``start`` to before ``stop``: how many are words proper, and what the sentence does.

    ``kind`` is ``meaning``, ``detail``, ``question`` or ``bare`` (a question without "you" in a brief reply) for an
    ask, ``courtesy``, or "" for what is said.
    """

    start: int
    stop: int
    words: int
    kind: str


@dataclass(frozen=True, slots=True)
class _Manner:
    """Whether a sentence is a question, put to the user, in a brief reply, after nothing said, and gives a choice."""

    question: bool
    addressed: bool
    brief: bool
    begins: bool
    choice: bool


def detect(case: Case) -> Label:
    """Whether the reply asks back, and by what share of it."""
    reading = read(case.reply.text)
    if reading.language is None:
        return not_applicable(Behavior.CLARIFICATION, "language")
    request = _request(case.traits.last_said[:_REQUEST])
    if _echoes(reading.words, request.said):
        return absent(Behavior.CLARIFICATION, "echo")
    sentences = _sentences(reading)
    kinds = _admitted(sentences, reading, request.wanted or _given(reading))
    asks = [sentence for sentence in sentences if sentence.kind in kinds]
    if not asks:
        return absent(Behavior.CLARIFICATION)
    asked = sum(sentence.words for sentence in asks)
    said = sum(sentence.words for sentence in sentences if sentence.kind not in kinds | {"courtesy"})
    share = asked / max(1, asked + said)
    best = min(asks, key=lambda sentence: tuple(_ALLOWED).index(sentence.kind))
    words, rate = _ALLOWED[best.kind]
    span = reading.words.span(best.start, best.stop)
    if said > max(words * _pace(reading), rate * asked):
        return absent(Behavior.CLARIFICATION, "asks_after_answering", min(0.4, share), span)
    return present(Behavior.CLARIFICATION, best.kind, max(0.5, share), span)


def _pace(reading: Reading) -> float:
    return _EASTERN if reading.language in {Language.ZH, Language.JA} else 1.0


def _admitted(sentences: list[Sentence], reading: Reading, wanted: str) -> frozenset[str]:
    """The kinds of sentence that ask, given what the user wanted."""
    if not wanted or not sentences:
        return frozenset(_ALLOWED)
    first = sentences[0].stop
    led = any(hit.cue == f"{_FAMILY}opening" and hit.start < first for hit in reading.cues("clarification"))
    if led and wanted == "wanted.text":
        return frozenset(_ALLOWED)
    return frozenset({"meaning", "detail"} if led or _begins_asking(sentences[0], wanted) else {"meaning"})


def _given(reading: Reading) -> str:
    """What the reply itself says it gives: the questions after "Here is a checklist:" are not the assistant's own."""
    return "wanted.questions" if any(hit.cue == f"{_FAMILY}given" for hit in reading.cues("clarification")) else ""


def _begins_asking(first: Sentence, wanted: str) -> bool:
    """Whether a reply asks before anything else; a letter opens with a greeting."""
    return wanted == "wanted.text" and first.kind == "detail"


def _sentences(reading: Reading) -> list[Sentence]:
    """The reply's sentences with what each does."""
    tokens = reading.words.tokens
    tells = any(hit.cue in _TELLING for hit in reading.cues("clarification"))
    if not (tells or any(map(reading.words.read.__contains__, _QUESTION))):
        return []  # as with most replies
    own = reading.own
    hits = [(hit.cue.removeprefix(_FAMILY), hit.start) for hit in reading.cues("clarification") if own[hit.start]]
    bounds = list(_bounds(tokens))
    length = sum(map(str.isalnum, tokens)) / _pace(reading)
    led = any(cue == "opening" and start <= bounds[0][1] for cue, start in hits)
    brief = length <= (_LED if led else _BRIEF)
    found: list[Sentence] = []
    listing, begins = False, True
    for (start, stop), cues in zip(bounds, _shared_out(hits, bounds), strict=True):
        sentence = tokens[start:stop]
        words = sum(map(str.isalnum, [word[0] for word in sentence]))
        asking = bool(found) and found[-1].kind in _ALLOWED
        addressed = asking or "which" in cues or not _YOU.isdisjoint(sentence)
        manner = _Manner(_asks(sentence, own[start:stop]), addressed, brief, begins, "or" in sentence)
        kind = _kind(cues, manner, words)
        begins = begins and kind == "courtesy"
        listing = listing and words <= _ITEM
        found.append(Sentence(start, stop, words, kind or ("detail" if listing else "")))
        listing = listing or (kind in {"meaning", "detail"} and ":" in tokens[max(start, stop - 3) : stop])
    return found


def _shared_out(hits: list[tuple[str, int]], bounds: list[tuple[int, int]]) -> Iterator[set[str]]:
    """The cues of each sentence; hits come ordered by their start."""
    waiting = iter([*hits, ("", bounds[-1][1])])
    cue, at = next(waiting)
    for _, stop in bounds:
        cues: set[str] = set()
        while at < stop:
            cues.add(cue)
            cue, at = next(waiting)
        yield cues


def _kind(cues: set[str], manner: _Manner, words: int) -> str:
    """What a sentence does. The first that applies: the rarer a sign is in ordinary replies, the more it says."""
    if "meaning" in cues:
        return "meaning"
    if "courtesy" in cues:
        return "courtesy"
    if "detail" in cues and (manner.question or "offer" not in cues):
        return "detail"
    if "offer" in cues:
        return "question" if manner.question and (manner.begins or manner.choice) else "courtesy"
    if manner.question:
        return "question" if manner.addressed else "bare" if manner.brief else ""
    return "courtesy" if "purpose" in cues or ("opening" in cues and words <= _PREAMBLE) else ""


def _asks(tokens: tuple[str, ...], own: Sequence[bool]) -> bool:
    """Whether a sentence is a question of the speaker's own. A Japanese one may end in a full stop."""
    last = next((at for at in range(len(tokens) - 1, -1, -1) if tokens[at] not in {"\n", ".", '"'}), None)
    return last is not None and own[last] and tokens[last] in _QUESTION


def _bounds(tokens: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Where sentences begin and end. Not every point ends one."""
    start = 0
    for at, word in enumerate(tokens):
        if word in SENTENCE_ENDS and not (word == "." and _abbreviates(tokens, at)):
            yield start, at + 1
            start = at + 1
    if start < len(tokens):
        yield start, len(tokens)


def _abbreviates(tokens: tuple[str, ...], at: int) -> bool:
    """Whether the point at ``at`` numbers an item, stands within a number, or after one letter of several ("e.g.")."""
    before, after = tokens[max(0, at - 2) : at], tokens[at + 1 : at + 2]
    if not before:
        return False
    if before[-1].isdecimal():
        return before[0] == "\n" or len(before) == 1 or bool(after and after[0].isdecimal())
    return len(before[-1]) == 1 and (before[0] == "." or bool(after and len(after[0]) == 1 and after[0].isalpha()))


@dataclass(frozen=True, slots=True)
class _Request:
    """What the user said last, and which kind of questions that wanted, "" where none."""

    said: Words
    wanted: str


@lru_cache(maxsize=8)
def _request(said: str) -> _Request:
    words = split(said)
    cues = {hit.cue for hit in _WANTED.find(words)}
    wanted = "wanted.questions" if "wanted.questions" in cues else next(iter(cues), "")
    return _Request(words, wanted)


def _echoes(reply: Words, asked: Words) -> bool:
    """Whether the reply only says again what was asked: it was not understood, but nothing is asked."""
    return 0 < reply.proper <= asked.proper and _proper(reply) in _proper(asked)


def _proper(words: Words) -> str:
    """The words without punctuation, a space around each."""
    return f" {' '.join(word for word in words.tokens if word[0].isalnum())} "
