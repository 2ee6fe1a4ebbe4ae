"""How ``answer`` is measured: on solutions of word problems whose final number the model marked itself.

The mark is the truth. Taken out, the number must still be found in the working; and the student's reply is the same
solution, or another problem's, or the number written in other ways, or another number. Whether the numbers are right
does not matter here: the teacher's reply is the standard. The set has one model's replies only, and which numbers of an
unmarked reply are read was chosen on it: others may do worse.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from measuring.data import Reply
from measuring.judging import NONE, Verdict, verdict
from measuring.scores import Result, Subject, scored
from proxy.wire.schemas import check_schema
from routing.behaviors import answer
from routing.behaviors.case import Case
from routing.behaviors.label import Label, Presence
from routing.observation import Arm, Observation
from routing.traits import Endpoint, Traits, Turn

_SOURCE = "routing_replay"
_MARKED = re.compile(r"####\s*\$?(-?[\d,]+(?:\.\d+)?)\s*$")
_REASONED = re.compile(r"<<[^<>]*>>")


@dataclass(frozen=True, slots=True)
class Solution:
    """A problem, a model's working without its mark, and the number it marked."""

    prompt: str
    working: str
    marked: Decimal


def results(data: Path) -> list[Result]:
    """The lines of the report."""
    found = _solutions(data)
    return [_of_workings(found), _of_forms(found)] if found else []


def verdicts(data: Path) -> Iterator[Verdict]:
    """Of the workings without their marks, and of numbers in many forms: whether that is the marked number."""
    found = _solutions(data)
    for one, text, same in [*_workings(found), *((each, *form) for each in found for form in _forms(each.marked))]:
        reply = Reply(text, f"#### {one.marked} ({one.prompt})", "", "")
        yield verdict(_SOURCE, reply, "answer" if same else NONE, _label(one, text))


def _workings(found: list[Solution]) -> Iterator[tuple[Solution, str, bool]]:
    """Each solution with its own working and with the next problem's, and whether its mark is what that comes to."""
    for one, other in zip(found, [*found[1:], *found[:1]], strict=True):
        yield one, one.working, True
        yield one, other.working, one.marked == other.marked


def _of_workings(found: list[Solution]) -> Result:
    """Each solution's mark against its own working, and against the next problem's."""
    cases = list(_workings(found))
    truth, same = [right for _, _, right in cases], [_same(one, text) for one, text, _ in cases]
    note = "the mark against the working without it, and against the next problem's"
    return scored(Subject("answer", _SOURCE, "same number, unmarked", note=note), truth, same)


def _of_forms(found: list[Solution]) -> Result:
    cases = [(one, text, truth) for one in found for text, truth in _forms(one.marked)]
    same = [_same(one, text) for one, text, _ in cases]
    note = "the number in other forms, and other numbers in the same forms"
    return scored(Subject("answer", _SOURCE, "same number, marked", note=note), [truth for *_, truth in cases], same)


def _forms(number: Decimal) -> Iterator[tuple[str, bool]]:
    for value, truth in ((number, True), (number + 1, False), (number * 10, number == 0), (-number, number == 0)):
        yield f"The answer is {value}.", truth
        yield f"So he has **{value:,}** in the end, and that is all.\n\n**Final answer:** ${value:,}", truth
        yield f"Thus $\\boxed{{{value}}}$.", truth
        yield f"{value:,.2f}", truth
        yield f"#### {value} dollars", truth


def _same(one: Solution, text: str) -> bool:
    return _label(one, text).presence is Presence.PRESENT


def _label(one: Solution, text: str) -> Label:
    traits = Traits(Endpoint.CHAT, (Turn("user", one.prompt),))
    teacher, student = Observation(Arm.TEACHER, text=f"#### {one.marked}"), Observation(Arm.STUDENT, text=text)
    return answer.detect(Case(traits, student, teacher, check_schema))


def _solutions(data: Path) -> list[Solution]:
    path = data / _SOURCE / "routellm_gsm8k.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    rows = [json.loads(line) for line in lines]
    return [found for row in rows if (found := _solution(row["prompt"], row["weak_response"]))]


def _solution(prompt: str, text: str) -> Solution | None:
    marked = _MARKED.search(text.strip())
    if marked is None or not _REASONED.sub("", text.strip()[: marked.start()]).strip():
        return None
    working = _REASONED.sub("", text.strip()[: marked.start()]).strip()
    return Solution(prompt, working, Decimal(marked[1].replace(",", "")))
