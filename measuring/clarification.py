"""How clarification is measured.

Nothing is fitted: the rules were written with a view of the sets, so the numbers on them say that the rules do what was
meant; they are given per model. What the rules were not tried on is a half of our own replies, written before them by
the same hands: it flatters. Replies of other sets that contain a question mark are taken as ordinary; nobody labeled
them, and a few do ask back, so their false positives are an upper bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from measuring import judging
from measuring.data import Reply, authored, replies
from measuring.judging import Verdict, shown
from measuring.scores import Result, Subject, false_positives, scored
from routing.behaviors.clarification import detect
from routing.behaviors.label import Behavior

ASKED = {"in3_clarify_llm": "dev.jsonl", "clarifying_human": "dev_abgcoqa.jsonl"}
ORDINARY = ("xstest_responses", "ifeval_format", "expertqa_citations")
LABEL = "clarifying_question"


def results(data: Path) -> list[Result]:
    """The lines of the report."""
    sets = [line for name, file in ASKED.items() for line in _asked(name, replies(data, name, file))]
    return [*sets, *_authored(), *_ordinary(data)]


def verdicts(data: Path) -> Iterator[Verdict]:
    """Of the labeled sets, our own replies held back, and those taken as ordinary."""
    for name, file in ASKED.items():
        yield from judging.verdicts(name, detect, replies(data, name, file), LABEL)
    yield from judging.verdicts("authored_held", detect, authored("clarification_held"), Behavior.CLARIFICATION)
    for name in ORDINARY:
        yield from judging.verdicts(name, detect, [reply for reply in replies(data, name) if "?" in reply.text])


def _asked(source: str, found: list[Reply]) -> list[Result]:
    models = sorted({reply.model for reply in found})
    parts = [(model, [reply for reply in found if reply.model == model]) for model in models]
    return [_scored(source, part, model) for model, part in parts]


def _scored(source: str, found: list[Reply], model: str) -> Result:
    subject = Subject(Behavior.CLARIFICATION, source, "present", note=f"replies of {model}")
    return scored(subject, [reply.label == LABEL for reply in found], shown(detect, found))


def _authored() -> list[Result]:
    """Seen, and held back; each also without English."""
    lines = []
    for half, split in (("work", ""), ("held", "these replies")):
        rows = authored(f"clarification_{half}")
        for note, part in (
            ("eight languages", rows),
            ("without English", [row for row in rows if row.language != "en"]),
        ):
            subject = Subject(Behavior.CLARIFICATION, f"authored_{half}", "present", split, note)
            lines.append(scored(subject, [row.label == "clarification" for row in part], shown(detect, part)))
    return lines


def _ordinary(data: Path) -> list[Result]:
    sets = [(name, [reply for reply in replies(data, name) if "?" in reply.text]) for name in ORDINARY]
    note = "replies with a question mark, taken as ordinary"
    subjects = [(Subject(Behavior.CLARIFICATION, name, "present", note=note), found) for name, found in sets if found]
    return [false_positives(subject, shown(detect, found)) for subject, found in subjects]
