"""What is told at the end."""

from __future__ import annotations

import dataclasses
import io
from collections import Counter

import pytest
from rich.console import Console

from proxy.cli.invocation import invocation
from proxy.demo.ending import SECTIONS, Outcome, commands, explaining, outcome, scored, show_ending, tokens
from proxy.demo.findings import Finding
from proxy.demo.headline import Score
from proxy.demo.railway.example import Situation
from proxy.demo.traffic import Traffic
from proxy.examiner.status import Cell
from routing.divergence import Direction
from routing.observation import Arm
from tests.proxy.demo.pairs import asked, railway_pair
from tests.proxy.desk import route_status
from tests.proxy.rollouts import FAILED, HELD, PASSED, gate, moving_route, slice_status
from tests.proxy.store.samples import reply

CELLS = (
    Cell("general", "abstention", "lost", 40, 38),
    Cell("general", "answer", "lost", 700, 7),
    Cell("math", "answer", "lost", 100, 2),
    Cell("general", "degenerate", "gained", 9, 9),
    Cell("general", "format", "lost", 30, 0),
)
SCORES = {Arm.TEACHER: Score(298, 300), Arm.STUDENT: Score(294, 300)}


def told() -> Outcome:
    """Three conversations, of which the student got the fare right and invented what nobody can know."""
    fare, unknowable = asked(Situation.FARE), asked(Situation.UNKNOWABLE)
    pairs = [
        railway_pair(1, fare),
        railway_pair(2, unknowable, "I don't know. It is not there.", "abstention"),
        railway_pair(3, unknowable, "It leaves at 07:35.", "abstention"),
    ]
    known = {"pair-000001": fare, "pair-000002": unknowable, "pair-000003": unknowable}
    traffic = Traffic(calls=4, failed=1, asked=known, served=Counter(teacher=3), last_failure="status 503")
    return outcome(SCORES, traffic, dataclasses.replace(route_status(), cells=CELLS), pairs)


def page(of: Outcome) -> str:
    """All of it, as text."""
    file = io.StringIO()
    show_ending(Console(file=file, width=160, markup=False, highlight=False), of)
    return file.getvalue()


def rows(text: str) -> list[str]:
    """Its lines, columns apart by one blank."""
    return [" ".join(line.split()) for line in text.splitlines()]


def test_the_eval_stands_before_what_it_hides() -> None:
    """The one sentence that the demonstration is for."""
    shown = page(told())
    assert "teacher 99.3 %, student 98.0 % of 300 questions answered right" in shown
    assert shown.index("What an eval suite sees") < shown.index("What users would notice")


def test_behaviors_are_shown_as_the_cells_have_them() -> None:
    """Whatever their names; with a pair in which the teacher was right, and those never lost in a line of their own."""
    shown = page(told())
    assert "abstention lost 40 38 95.0 % pair-000003" in rows(shown)
    assert "answer lost 800 9 1.1 %" in rows(shown)
    assert "degenerate gained 9 9 100.0 %" in rows(shown)
    assert "never lost: format (30 trials)" in shown


def test_the_worlds_judge_is_marked_as_nobodys_in_production() -> None:
    """A number that only the inventor of the questions can know must not pass for one of Practicum's."""
    shown = page(told())
    assert "Nobody has this in production" in shown
    assert "what the eval asks 1 100.0 % 100.0 % 0 0" in rows(shown)
    assert "nobody can know 2 100.0 % 50.0 % 1 1" in rows(shown)


def test_the_most_striking_loss_is_printed() -> None:
    """Question, and both replies."""
    shown = page(told())
    assert "lost: abstention, in 38 of 40 trials; pair pair-000003" in shown
    assert "It leaves at 07:35." in shown


def test_a_student_that_lost_nothing_is_told_as_such() -> None:
    """No example is made up."""
    cells = (Cell("general", "format", "lost", 30, 0),)
    traffic = Traffic(calls=0)
    shown = page(outcome(SCORES, traffic, dataclasses.replace(route_status(), cells=cells), []))
    assert "no behavior was lost" in shown


def test_the_bill() -> None:
    """Who served, what was mirrored, and what it took."""
    shown = page(told())
    assert "4 calls: 3 served by the teacher, 0 served by the student, 1 failed, the last: status 503" in shown
    assert "12 sampled: compared 9, shed 3" in shown
    assert "the teacher's tokens for callers: 36 read, 102 written" in shown


def test_the_rollout_is_told_slice_by_slice() -> None:
    """Weight, verdict and the gate that decides, the worst first, as the status has them and nothing else."""
    shown = rows(page(dataclasses.replace(told(), route=moving_route())))
    assert "canary, step 2 of 6 (waits: a pause of 1200 s more); the student serves 5 %" in shown
    at = shown.index("slice weight conversations verdict the gate that decides")
    assert shown[at + 1] == f"general 0 % 310 fail refusal {FAILED}"
    assert shown[at + 2] == f"math 5 % 310 hold refusal {HELD}"
    assert shown[at + 3] == f"code 5 % 310 pass refusal {PASSED}"


def test_all_gates_that_fail_are_named() -> None:
    """The one that decides is not the only behavior that users miss."""
    lost = slice_status("general", (gate("refusal", "fail"), gate("abstention", "fail"), gate("format", "hold")))
    shown = rows(page(dataclasses.replace(told(), route=moving_route(slices=(lost,)))))
    assert shown[shown.index(f"general 5 % 310 fail refusal {FAILED}") + 1] == "also fails: abstention"


def test_tokens_that_were_not_told_count_as_none() -> None:
    """A reply that broke off has no usage."""
    replies = [reply(), reply(prompt_tokens=None, completion_tokens=None), reply(prompt_tokens=3000)]
    assert tokens(replies) == "3,012 read, 68 written"


@pytest.mark.parametrize("title", [title for title, _ in SECTIONS])
def test_every_section_is_on_the_page(title: str) -> None:
    """In a page that scrolls by, headings are what one holds on to."""
    assert title in page(told()).splitlines()


def test_the_score_of_no_questions_is_none() -> None:
    """No data is not zero."""
    assert scored({Arm.TEACHER: Score(0, 0)}) == "teacher - of 0 questions answered right"


def test_the_first_command_shows_the_most_striking_loss() -> None:
    """One copies the first line."""
    first, second = commands(told().found, "--admin x")
    assert first == f"{invocation()} pair pair-000003 --admin x"
    assert second == f"{invocation()} pairs --direction lost --admin x"


def test_without_a_loss_another_pair_is_shown_or_none() -> None:
    """But always the list."""
    gained = Finding("degenerate", Direction.GAINED, 9, 9, "pair-7")
    assert f"{invocation()} pair pair-7 --admin x" in commands([gained], "--admin x")
    assert len(list(commands([], "--admin x"))) == 1


def test_the_worst_slices_gate_is_explained() -> None:
    """The one line to try; where no gate decides there is none."""
    (line,) = explaining(moving_route(), "http://127.0.0.1:9090")
    assert line == f"{invocation()} explain support refusal --slice general --admin http://127.0.0.1:9090"
    assert list(explaining(route_status(), "x")) == []
