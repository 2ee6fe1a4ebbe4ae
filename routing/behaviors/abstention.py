"""``abstention``: the reply says that it does not or cannot know, instead of making something up.

A fitted head judges the whole: whether not knowing is what the reply does, or a remark beside an answer ("I'm not
sure, I think it's Turkey" answers, and is the business of ``hedging``). The phrase of ignorance that it contains is
the evidence; a short reply that opens with one and does not turn to an answer abstains whatever the head says, and a
reply that goes on to guess ("I think it's Turkey") answers whatever the head says. A question back to the user is no
abstention; other languages than the eight give ``not_applicable``.
"""

from __future__ import annotations

from routing.behaviors.case import Case, absent, not_applicable, present
from routing.behaviors.label import Behavior, Label
from routing.behaviors.phrasing.language import Language
from routing.behaviors.phrasing.lexicon import Hit
from routing.behaviors.phrasing.reading import Reading, read
from routing.behaviors.phrasing.words import SENTENCE_ENDS

LINE = 0.5  # probability from which an abstention counts
_SHORT, _SHORT_ENGLISH, _BEGINNING = 14, 30, 4  # words
_SURE = 0.9  # what the phrase that opens a short reply is worth
_TURNS = frozenset(
    {*("but", "though", "however", "think", "believe", "guess"), *("suspect", "likely", "probably", "maybe", "perhaps")}
)
"""After one of these an answer may follow. Other languages than English are held to one sentence instead."""
_OUTRIGHT = frozenset({"abstention.unknown", "abstention.nobody", "abstention.unsaid", "abstention.comment"})


def detect(case: Case) -> Label:
    """Whether the reply says that it does not know."""
    reply = case.reply
    if reply.tool_calls or not reply.text.strip():
        return absent(Behavior.ABSTENTION)
    return find(read(reply.text))


def find(reading: Reading) -> Label:
    """Whether the text says so, by its phrasing alone."""
    if reading.language is None:
        return not_applicable(Behavior.ABSTENTION, "language")
    hits = [hit for hit in reading.said("abstention") if hit.cue in _OUTRIGHT]
    score = reading.score("abstention")
    if hits and hits[0].start < _BEGINNING and _is_all(hits[0], reading):
        return present(Behavior.ABSTENTION, "phrase", max(score, _SURE), reading.span(hits[0]))
    if score < LINE or _answers(hits, reading):
        return absent(Behavior.ABSTENTION, score=min(score, LINE))
    return present(Behavior.ABSTENTION, "fitted", score, _evidence(reading, hits))


def _is_all(hit: Hit, reading: Reading) -> bool:
    """Whether a short reply has nothing to say but this."""
    tokens = reading.words.tokens
    if reading.language is Language.EN:
        answers = tokens[0] in {"yes", "no"} or not _TURNS.isdisjoint(tokens[hit.stop :])
        return len(tokens) <= _SHORT_ENGLISH and not answers
    return len(tokens) <= _SHORT and SENTENCE_ENDS.isdisjoint(tokens[:-1])


def _answers(hits: list[Hit], reading: Reading) -> bool:
    """Whether a guess follows the phrase of ignorance, or a plain no says that there is nothing to be known."""
    if not hits:
        return False
    if any(hit.start > hits[0].start for hit in reading.said("guess")):
        return True
    return reading.words.tokens[0] in {"yes", "no"} and {hit.cue for hit in hits} == {"abstention.nobody"}


def _evidence(reading: Reading, hits: list[Hit]) -> tuple[int, int] | None:
    return reading.span(hits[0]) if hits else reading.strongest("abstention")
