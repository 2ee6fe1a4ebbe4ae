"""A whole rollout over real processes, as an operator would watch it: up where it is earned, down where it is not.

What is held back and taken back is predicted from the functions that decide, fed with the conversations as they came.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from math import log
from pathlib import Path

import pytest

from proxy.examiner.rollout.gating import charter
from proxy.examiner.rollout.look import AVERAGE_RUN
from proxy.examiner.rollout.state import decode
from proxy.store.rollouts import Rollouts
from proxy.store.store import Store
from proxy.worker.units import RequestFacts
from routing.assessment import rule
from routing.assignment import Purpose, bucket, limit
from routing.evidence.changes import Watch
from routing.evidence.rates import Trials
from routing.gates import Evidence, Verdict, judge
from routing.ledger import History, Stage
from routing.traits import Endpoint
from tests.end_to_end.practicum import Practicum, until
from tests.end_to_end.rollouts import Callers, Said, School, Shown, asking, certify, parsed, shown
from tests.proxy.cli.command import practicum as command

SLICES = ("code", "general")
MOST = 3_000  # conversations: a rollout that needs more does not end
BATCH = 9  # conversations between two looks, where they are counted


@pytest.fixture(scope="module")
def school() -> Iterator[School]:
    """The teacher and the student of this file."""
    with School() as upstream:
        yield upstream


@pytest.fixture(autouse=True)
def _able(school: School) -> None:
    """Every test begins with a student that has lost nothing."""
    school.lost.clear()


class Climb:
    """Conversations in batches, and how the route stood before and after each."""

    def __init__(self, practicum: Practicum, callers: Callers) -> None:
        self._practicum = practicum
        self._callers = callers
        self.said: list[Said] = []
        self.stands: list[Shown] = [shown(practicum)]
        self._steady = 0  # looks in a row at which the weights were the same

    def on(self, count: int = 20) -> list[Said]:
        """One batch. While the weights stand still, each arm is the one that hash and weight give."""
        answered = self._callers.hold(SLICES, count)
        self.said += answered
        self.stands.append(shown(self._practicum))
        self._steady = self._steady + 1 if self.stands[-1].weights == self.stands[-2].weights else 0
        if self._steady > 1:  # the workers have heard of weights that stood before the whole batch before this one
            assert [said.arm for said in answered] == [self.assigned(said) for said in answered]
        assert len(self.said) < MOST, self.stands[-1]
        return answered

    def assigned(self, said: Said) -> str:
        """The arm that a conversation belongs to, at the weights as they stand."""
        about = parsed(self._practicum)
        body = asking("support", said).split(b"\r\n\r\n", 1)[1]
        facts = RequestFacts(about, Endpoint.CHAT, (), body, None)
        place = bucket(Purpose.SERVE, about.name, facts.salt, facts.unit())
        return "student" if place < limit(self.stands[-1].weights.get(said.slice, 0.0)) else "teacher"

    def until_all_is_the_students(self) -> None:
        """On until every slice is served by the student alone."""
        while self.stands[-1].everywhere != {100.0}:
            self.on()


def counted(practicum: Practicum, slice_: str, conversations: int) -> Shown:
    """How the route stands at a look that has counted so many conversations in a slice."""
    seen: list[Shown] = []

    def looked() -> bool:
        seen.append(shown(practicum))
        return seen[-1].conversations.get(slice_, 0) >= conversations

    until(looked, f"{conversations} conversations of {slice_} are counted", 20)
    assert seen[-1].conversations[slice_] == conversations
    return seen[-1]


def certain_after(practicum: Practicum, before: Sequence[Said], after: Sequence[Said]) -> int:
    """After how many of these conversations, of which none refuses, the loss is certain.

    Each arm's conversations are a history of their own: in one of them the watch rings, or the gate fails.
    """
    by = charter(parsed(practicum), 1, datetime.now(UTC).date())
    terms = by.of("code")["refusal"]
    rings = log(AVERAGE_RUN * watching(practicum))
    watches = dict.fromkeys(History, Watch())
    known = {arm: Trials(sum(said.forbidden and said.arm == arm for said in before)) for arm in History}
    for number, said in enumerate(after, 1):
        arm, missed = History(said.arm), Trials(int(said.forbidden), int(said.forbidden))
        watches[arm] = watches[arm].fed(missed, terms.rate.failure_above)
        known[arm] = known[arm].merge(missed)
        judgment = judge(Evidence(known[arm], conversations=known[arm].count), None, rule(terms, by))
        if watches[arm].log_level >= rings or judgment.verdict is Verdict.FAIL:
            return number
    raise AssertionError(f"{len(after)} conversations are not enough to tell")


def watching(practicum: Practicum) -> int:
    """How many watches there are, by the state in the database."""
    with opened(practicum) as store:
        return len(decode(Rollouts(store).read()["support"].state).watches)


@contextmanager
def opened(practicum: Practicum) -> Iterator[Store]:
    """The database, to be read."""
    store = Store.read(f"sqlite:///{practicum.folder / 'practicum.db'}")
    try:
        yield store
    finally:
        store.close()


def held(practicum: Practicum, slice_: str, history: History) -> int:
    """How many conversations of a history have settled in a slice, by the database."""
    with opened(practicum) as store:
        return store.ledger("support", shown(practicum).epoch).sheet(slice_, history, Stage.SETTLED).conversations


def test_a_good_student_earns_everything_and_loses_a_slice_with_a_behavior(folder: Path, school: School) -> None:
    """Nobody lends a hand on the way up, and nobody has to notice that it must come down."""
    with Practicum(folder, {"support": school.section()}) as practicum, Callers(practicum) as callers:
        climb = Climb(practicum, callers)
        while climb.stands[-1].everywhere != {50.0}:
            climb.on()
        students = [said for said in climb.on() if said.arm == "student"]
        climb.until_all_is_the_students()
        again = callers.ask([replace(said, turn=2) for said in students])
        assert students
        assert {said.arm for said in again} == {"student"}
        assert {stand.phase for stand in climb.stands} >= {"shadow", "canary"}
        until(lambda: shown(practicum).phase == "promoted", "it is promoted")
        assert all(held(practicum, name, History.STUDENT) > 0 for name in SLICES)
        _code_is_lost_and_taken_back(climb, practicum, school)


def _code_is_lost_and_taken_back(climb: Climb, practicum: Practicum, school: School) -> None:
    """Batch by batch, each counted before the next: within the batch in which the loss becomes certain."""
    before = [said for said in climb.said if said.slice == "code"]
    counted(practicum, "code", len(before))
    school.lost.add("code")
    after: list[Said] = []
    while "code" not in counted(practicum, "code", len(before) + len(after)).taken_back:
        after += [said for said in climb.on(BATCH) if said.slice == "code"]
    certain = certain_after(practicum, before, after)
    assert certain <= len(after) <= certain + 2 * BATCH  # its own batch, and one that came before it was told
    until(lambda: {said.arm for said in climb.on(3) if said.slice == "code"} == {"teacher"}, "code is the teacher's")
    assert {said.arm for said in climb.on(3) if said.slice == "general"} == {"student"}
    assert "refusal" in shown(practicum).taken_back["code"]
    assert "taken back" in command("status", "--admin", practicum.admin).out


def test_a_slice_that_never_had_the_behavior_is_held_and_the_others_go_on(folder: Path, school: School) -> None:
    """One bad slice costs only itself: it is served to nobody, and the rest is promoted."""
    school.lost.add("code")
    section = school.section(audit={"percentage": 0, "required_above": 100})
    with Practicum(folder, {"support": section}) as practicum, Callers(practicum) as callers:
        climb = Climb(practicum, callers)
        while climb.stands[-1].weights.get("general") != 100.0:
            climb.on()
        assert all(stand.weights.get("code", 0.0) == 0.0 for stand in climb.stands)
        assert {said.arm for said in climb.said if said.slice == "code"} == {"teacher"}
        until(lambda: shown(practicum).phase == "promoted", "it is promoted")
        stands = shown(practicum)
        assert (stands.weights["code"], stands.verdicts["code"]) == (0.0, "fail")


def test_above_a_weight_what_the_student_served_must_pass_as_well(folder: Path, school: School) -> None:
    """What was mirrored says nothing of conversations in which the student wrote the turns before."""
    with Practicum(folder, {"support": school.section()}) as practicum:
        url, about = f"sqlite:///{folder / 'practicum.db'}", parsed(practicum)
        certify(url, about, ["code"], histories=[History.TEACHER])
        until(lambda: shown(practicum).step == 3, "all steps are made", 20)
        explained = command("explain", "support", "refusal", "--slice", "code", "--admin", practicum.admin).out
        assert shown(practicum).weights == {"code": 50.0}
        assert "above 50 %, conversations that the student served must pass as well" in " ".join(explained.split())
        certify(url, about, ["code"], histories=[History.STUDENT])
        until(lambda: shown(practicum).weights == {"code": 100.0}, "it is all the student's")
