"""How refusal is measured, and what its heads are fitted on.

Head ``refusal`` tells full and partial refusals from everything else; head ``partial`` tells, of refusals, which still
help. People labeled the replies of three models (xstest_responses); what those models never said comes from replies we
wrote ourselves. Replies of other sets decline nothing as far as anyone checked: they are negatives.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from zlib import crc32

from measuring.data import Authored, Example, Reply, authored, drawn, replies
from measuring.fit import fitted, held_out
from measuring.judging import NONE, Verdict, verdict
from measuring.scores import Result, Subject, false_positives, macro, scored
from routing.behaviors import refusal
from routing.behaviors.label import Label, Presence
from routing.behaviors.phrasing.linear import Weights
from routing.behaviors.phrasing.reading import read

XSTEST = "xstest_responses"
COMPLIANCE = "full_compliance"
FULL, PARTIAL = "full_refusal", "partial_refusal"
PARTS = 3  # of the prompts, of which one is left out
ORDINARY = {
    "ifeval_format": "dev.jsonl",
    "in3_clarify_llm": "dev.jsonl",
    "clarifying_human": "dev_abgcoqa.jsonl",
    "expertqa_citations": "dev.jsonl",
    "truthfulqa_informative": "dev.jsonl",
}


def examples(data: Path) -> list[Example]:
    """What the heads ``refusal`` and ``partial`` are fitted on."""
    return [*_labeled(data), *_authored(), *_ordinary(data)]


def _labeled(data: Path) -> Iterator[Example]:
    for reply in replies(data, XSTEST):
        for example in _both(reply.text, reply.label, XSTEST, reply.model):
            yield dataclasses.replace(example, prompt=reply.prompt)


def _authored() -> Iterator[Example]:
    for reply in authored("declining_work"):
        yield from _both(reply.text, reply.label, "authored", weight=2)
    for label, text in drawn("declining"):
        yield from _both(text, label, "templates", weight=0.3)


def _ordinary(data: Path) -> Iterator[Example]:
    for name, file in ORDINARY.items():
        for reply in replies(data, name, file)[::3]:
            yield Example(reply.text, "refusal", False, name, reply.model, 0.5)


def _both(text: str, label: str, source: str, model: str = "", weight: float = 1) -> Iterator[Example]:
    refuses = label in {FULL, PARTIAL}
    yield Example(text, "refusal", refuses, source, model, weight)
    if refuses:
        yield Example(text, "partial", label == PARTIAL, source, model, weight)


def results(data: Path) -> list[Result]:
    """Each model with the others' replies seen, to all prompts and to other prompts; the set with none of it seen.

    And our own replies, and ordinary ones.
    """
    known = examples(data)
    whole_set = [*_by_model(data, known), *_by_model_and_prompt(data, known), *_by_source(data, known)]
    return [*whole_set, *_ours(known), *_false(data, known)]


def found(weights: Weights, reply: Reply | Authored) -> Label:
    """What the detector says of a reply when it has these weights."""
    return refusal.find(dataclasses.replace(read(reply.text), weights=weights), reply.prompt)


def verdicts(data: Path) -> Iterator[Verdict]:
    """Of each model's replies, with the others' seen; between full and partial the head ``partial`` is the surer."""
    for model, weights, theirs in _models(data, examples(data)):
        for reply in theirs:
            said, truth = _said(weights, reply), _SHORT[reply.label]
            one = verdict(f"{XSTEST}, model {model}", reply, truth, found(weights, reply))
            split = dataclasses.replace(read(reply.text), weights=weights).score("partial")
            both = {said, reply.label} == {FULL, PARTIAL}
            yield dataclasses.replace(one, sureness=max(split, 1 - split)) if both else one


_SHORT = {FULL: refusal.FULL, PARTIAL: refusal.PARTIAL, COMPLIANCE: NONE}


def _models(data: Path, known: list[Example]) -> Iterator[tuple[str, Weights, list[Reply]]]:
    """Each model, weights fitted on everything but its replies, and these."""
    everything = replies(data, XSTEST)
    for model, weights, _ in held_out(known, lambda example: example.model if example.source == XSTEST else ""):
        yield model, weights, [reply for reply in everything if reply.model == model]


def _by_model(data: Path, known: list[Example]) -> Iterator[Result]:
    truth: list[str] = []
    said: list[str] = []
    for model, weights, theirs in _models(data, known):
        labels, found_here = [reply.label for reply in theirs], [_said(weights, reply) for reply in theirs]
        yield from _three_ways(f"model {model}", labels, found_here)
        truth, said = truth + labels, said + found_here
    if truth:
        yield from _three_ways("each model in turn", truth, said)


def _by_model_and_prompt(data: Path, known: list[Example]) -> Iterator[Result]:
    """The models answered the same prompts: nothing may rest on what the others said to this one."""
    everything = replies(data, XSTEST)
    rows = []
    for model, part in sorted({(reply.model, _part(reply.prompt)) for reply in everything}):
        seen = (one for one in known if one.source != XSTEST or (one.model != model and _part(one.prompt) != part))
        weights = fitted(seen)
        theirs = (reply for reply in everything if (reply.model, _part(reply.prompt)) == (model, part))
        rows += [(reply.label, _said(weights, reply)) for reply in theirs]
    if rows:
        yield from _three_ways("each model and prompt", [label for label, _ in rows], [said for _, said in rows])


def _part(prompt: str) -> int:
    return crc32(prompt.encode()) % PARTS


def _by_source(data: Path, known: list[Example]) -> Iterator[Result]:
    everything = replies(data, XSTEST)
    if everything:
        weights = fitted(example for example in known if example.source != XSTEST)
        said = [_said(weights, reply) for reply in everything]
        yield from _three_ways("the source", [reply.label for reply in everything], said)


def _three_ways(split: str, truth: list[str], said: list[str]) -> Iterator[Result]:
    parts = [
        scored(
            Subject("refusal", XSTEST, label, split), [one == label for one in truth], [one == label for one in said]
        )
        for label in (FULL, PARTIAL, COMPLIANCE)
    ]
    declined = {FULL, PARTIAL}
    subject = Subject("refusal", XSTEST, "full or partial", split)
    yield scored(subject, [one in declined for one in truth], [one in declined for one in said])
    yield from parts[:2]
    yield macro(Subject("refusal", XSTEST, "three-way, macro", split), parts)


def _ours(known: list[Example]) -> Iterator[Result]:
    weights = fitted(known)
    for language, theirs in groupby(authored("declining_held"), key=lambda reply: reply.language):
        held = list(theirs)
        shown = [found(weights, reply).presence is Presence.PRESENT for reply in held]
        subject = Subject("refusal", f"our own, {language}", "full or partial", "these replies")
        yield scored(subject, [reply.label in {FULL, PARTIAL} for reply in held], shown)


def _false(data: Path, known: list[Example]) -> Iterator[Result]:
    for name, file in ORDINARY.items():
        if everything := replies(data, name, file):
            weights = fitted(example for example in known if example.source != name)
            wrong = [found(weights, reply).presence is Presence.PRESENT for reply in everything]
            yield false_positives(Subject("refusal", name, "full or partial", "the source"), wrong)


def _said(weights: Weights, reply: Reply) -> str:
    label = found(weights, reply)
    if label.presence is not Presence.PRESENT:
        return COMPLIANCE
    return PARTIAL if label.variant == refusal.PARTIAL else FULL
