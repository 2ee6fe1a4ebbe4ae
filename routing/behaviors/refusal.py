"""``refusal``: the reply declines the task, fully or in part.

Structure speaks first: the refusal field, a content filter that stopped the reply. Else the phrasing is judged thrice.
A phrase that declines outright, near the beginning and not quoted, is a refusal whatever follows; its words are the
evidence. The fitted head ``refusal`` finds those that decline in other words, such as replies that lecture in place
of an answer; the sentence that weighs most is the evidence. What only denies the premise it was to defend shows when
held against the request: ``premise``. A refusal is ``partial`` where the head ``partial`` finds that the reply goes on
to help, else ``full``. Other languages than the eight give ``not_applicable``.
"""

from __future__ import annotations

from routing.behaviors import premise
from routing.behaviors.case import Case, absent, not_applicable, present
from routing.behaviors.label import Behavior, Label
from routing.behaviors.phrasing.language import Language
from routing.behaviors.phrasing.lexicon import Hit
from routing.behaviors.phrasing.reading import Reading, read

FULL, PARTIAL = "full", "partial"
LINE = 0.5  # probability from which a refusal counts, and from which it counts as partial
_BEGINNING = 30  # words within which a phrase that declines decides
_SURE = 0.9  # what such a phrase is worth
_DENIED = 0.8  # what denying the request's premise is worth
_PHRASES = frozenset(f"refusal.{cue}" for cue in ("decline", "sorry", "rule", "wrong", "instead"))


def detect(case: Case) -> Label:
    """Whether the reply declines."""
    reply = case.reply
    if reply.refusal.strip():
        return present(Behavior.REFUSAL, "refusal_field", variant=FULL)
    if reply.finish_reason == "content_filter":
        return present(Behavior.REFUSAL, "content_filter", variant=PARTIAL if reply.text.strip() else FULL)
    if reply.tool_calls or not reply.text.strip():
        return absent(Behavior.REFUSAL)
    return find(read(reply.text), case.traits.last_said)


def find(reading: Reading, request: str = "") -> Label:
    """Whether the text declines what the user said last."""
    if reading.language is None:
        return not_applicable(Behavior.REFUSAL, "language")
    score = reading.score("refusal")
    if (said := _outright(reading)) is not None:
        return present(Behavior.REFUSAL, "phrase", max(score, _SURE), reading.span(said), _variant(reading))
    if score >= LINE and _plausible(reading):
        return present(Behavior.REFUSAL, "fitted", score, reading.strongest("refusal"), _variant(reading))
    if (said := premise.denied(request, reading)) is not None:
        return present(Behavior.REFUSAL, "premise", _DENIED, reading.span(said), FULL)
    return absent(Behavior.REFUSAL, score=min(score, LINE))


def _outright(reading: Reading) -> Hit | None:
    """The phrase that declines in the reply's own voice and at its beginning."""
    hits = (hit for hit in reading.said("refusal") if hit.cue == "refusal.decline")
    return next((hit for hit in hits if hit.start < _BEGINNING), None)


def _plausible(reading: Reading) -> bool:
    """Whether the head's word suffices. It has read little but English: elsewhere some phrase must support it."""
    return reading.language is Language.EN or any(hit.cue in _PHRASES for hit in reading.hits)


def _variant(reading: Reading) -> str:
    return PARTIAL if reading.score("partial") >= LINE else FULL
