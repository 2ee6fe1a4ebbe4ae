"""How abstention is measured, and what its head is fitted on.

People judged of 2500 short answers which are informative (truthfulqa_informative). That is not the same question:
more than half of the uninformative ones are fragments or repeat the question ("yes", "the richest countries are"),
which say nothing about not knowing. The head learns from those uninformative answers that contain a phrase of
abstention, and from replies we wrote; the report gives the numbers on the whole set and on what is left of it without
fragments.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from measuring import judging
from measuring.data import Example, Reply, authored, drawn, replies
from measuring.fit import fitted
from measuring.judging import Verdict
from measuring.refusal import COMPLIANCE, FULL, ORDINARY, XSTEST
from measuring.scores import Result, Subject, false_positives, scored
from routing.behaviors import abstention
from routing.behaviors.label import Label, Presence
from routing.behaviors.phrasing.linear import Weights
from routing.behaviors.phrasing.reading import read

TRUTHFUL = "truthfulqa_informative"
UNINFORMATIVE = "uninformative"
_SMALL_WORDS = (
    "the a an of in is are was were to and or that it they he she you i be do does did will would can by for on at "
    "with because there this its if not yes no"
)
_SMALL = frozenset(_SMALL_WORDS.split())


def examples(data: Path) -> list[Example]:
    """What the head ``abstention`` is fitted on."""
    return [*_judged(data), *_authored(), *_ordinary(data)]


def _judged(data: Path) -> Iterator[Example]:
    for reply in replies(data, TRUTHFUL):
        says_so = any(read(reply.text).cues("abstention"))
        if says_so or reply.label != UNINFORMATIVE:
            yield Example(reply.text, "abstention", reply.label == UNINFORMATIVE, TRUTHFUL)


def _authored() -> Iterator[Example]:
    for reply in authored("declining_work"):
        yield Example(reply.text, "abstention", reply.label == "abstention", "authored", weight=2)
    for label, text in drawn("abstaining"):
        yield Example(text, "abstention", label == "abstention", "templates", weight=0.5)


def _ordinary(data: Path) -> Iterator[Example]:
    """Replies that say no such thing: those of other sets, unless a phrase in them makes that doubtful."""
    for reply in replies(data, XSTEST)[::2]:
        if reply.label in {COMPLIANCE, FULL} and not any(read(reply.text).cues("abstention")):
            yield Example(reply.text, "abstention", False, XSTEST, reply.model, 0.5)
    for name, file in ORDINARY.items():
        for reply in replies(data, name, file)[::3] if name != TRUTHFUL else ():
            yield Example(reply.text, "abstention", False, name, reply.model, 0.5)


def results(data: Path) -> list[Result]:
    """The judged answers with none of them seen; our own replies; ordinary ones."""
    known = examples(data)
    return [*_by_source(data, known), *_ours(known), *_false(data, known)]


def verdicts(data: Path) -> Iterator[Verdict]:
    """Of the judged answers that contain a phrase of ignorance, with none of the set seen."""
    weights = fitted(example for example in examples(data) if example.source != TRUTHFUL)
    saying = [reply for reply in replies(data, TRUTHFUL) if any(read(reply.text).cues("abstention"))]
    return judging.verdicts(TRUTHFUL, lambda case: _found(weights, case.reply.text), saying, UNINFORMATIVE)


def _found(weights: Weights, text: str) -> Label:
    return abstention.find(dataclasses.replace(read(text), weights=weights))


def _shows(weights: Weights, text: str) -> bool:
    return _found(weights, text).presence is Presence.PRESENT


def _by_source(data: Path, known: list[Example]) -> Iterator[Result]:
    everything = replies(data, TRUTHFUL)
    if not everything:
        return
    weights = fitted(example for example in known if example.source != TRUTHFUL)
    whole = [reply for reply in everything if not _fragment(reply)]
    saying = [reply for reply in everything if any(read(reply.text).cues("abstention"))]
    for kept, note in (
        (everything, ""),
        (whole, "without fragments"),
        (saying, "only those with a phrase of ignorance"),
    ):
        subject = Subject("abstention", TRUTHFUL, UNINFORMATIVE, "the source", note)
        yield scored(subject, [one.label == UNINFORMATIVE for one in kept], [_shows(weights, one.text) for one in kept])


def _fragment(reply: Reply) -> bool:
    """Whether an answer says nothing that the question does not: "yes", a part of the question, nothing at all."""
    return not _content(reply.text) - _content(reply.prompt)


def _content(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9']+", text.lower())) - _SMALL


def _ours(known: list[Example]) -> Iterator[Result]:
    weights = fitted(known)
    for language, theirs in groupby(authored("declining_held"), key=lambda reply: reply.language):
        held = list(theirs)
        subject = Subject("abstention", f"our own, {language}", "abstention", "these replies")
        shown = [_shows(weights, reply.text) for reply in held]
        yield scored(subject, [reply.label == "abstention" for reply in held], shown)


def _false(data: Path, known: list[Example]) -> Iterator[Result]:
    for name, file in ORDINARY.items():
        if name != TRUTHFUL and (everything := replies(data, name, file)):
            weights = fitted(example for example in known if example.source != name)
            wrong = [_shows(weights, reply.text) for reply in everything]
            yield false_positives(Subject("abstention", name, "abstention", "the source"), wrong)
