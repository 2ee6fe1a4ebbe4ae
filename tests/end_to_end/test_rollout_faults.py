"""What goes wrong around a rollout, and what operators do to it, over real processes. Evidence is written ahead.

A database that is moved away, raises against another controller, and what is read too long ago are held by
``tests/proxy/examiner/rollout/test_controller.py``; a PostgreSQL that stops, by ``test_rollout_hosts``.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from routing.ledger import History
from tests.end_to_end.practicum import Practicum, Section, until
from tests.end_to_end.rollouts import Callers, School, certify, parsed, shown
from tests.proxy.cli.command import practicum as command
from tests.proxy.cli.command import process

WAITING: tuple[Mapping[str, object], ...] = ({"setWeight": 1}, {"setWeight": 50}, {"pause": {}}, {"setWeight": 100})
HALF = {"code": 50.0}


@pytest.fixture(scope="module")
def school() -> Iterator[School]:
    """The teacher and the student of this file."""
    with School() as upstream:
        yield upstream


def section(school: School, *steps: object, **changed: object) -> dict[str, object]:
    """A route whose evidence is the test's alone; by default it waits half way for an operator."""
    rollout = {"interval": "1s", "steps": list(steps or WAITING)}
    unasked = {"mirror": {"percentage": 0}, "audit": {"percentage": 0, "required_above": 50}}
    return school.section(**unasked, rollout=rollout) | changed


def url(practicum: Practicum) -> str:
    """Its database."""
    return f"sqlite:///{practicum.folder / 'practicum.db'}"


def edit(practicum: Practicum, routes: Mapping[str, Section]) -> None:
    """Replace the file, and have it read now instead of at the next of the regular looks."""
    practicum.write(routes)
    practicum.process.send_signal(signal.SIGHUP)


def reach_half(practicum: Practicum) -> None:
    """A canary at 50 %, on the teacher's conversations alone."""
    certify(url(practicum), parsed(practicum), ["code"], histories=[History.TEACHER])
    until(lambda: (shown(practicum).weights, shown(practicum).step) == (HALF, 2), "half is the student's", 20)


def told(practicum: Practicum, verb: str, *arguments: str) -> str:
    """What ``practicum VERB support ARGUMENTS`` says, as one line; it has to succeed."""
    done = command(verb, "support", *arguments, "--admin", practicum.admin)
    assert done.code == 0, done.err
    return " ".join(done.out.split())


def test_an_examiner_killed_during_a_canary_goes_on_where_it_was(folder: Path, school: School) -> None:
    """Weight, phase, step and epoch; and conversations are with the arm that they were with."""
    with Practicum(folder, {"support": section(school)}) as practicum, Callers(practicum) as callers:
        reach_half(practicum)
        stood, before = shown(practicum), callers.hold(["code"], 40)
        (examiner,) = practicum.pids("examiner")
        os.kill(examiner, signal.SIGKILL)
        callers.ask([replace(said, turn=2) for said in before])  # nobody is refused while there is none
        until(lambda: practicum.pids("examiner") not in ([], [examiner]), "another examiner", 20)
        until(lambda: practicum.probe("/readyz") == 200, "it is ready", 20)
        until(lambda: shown(practicum).weights == HALF, "it knows the weights", 20)
        now = shown(practicum)
        assert {stood.phase, now.phase} == {"canary"}
        assert (now.weights, now.step, now.epoch) == (stood.weights, stood.step, stood.epoch)
        until(lambda: [said.arm for said in callers.ask(before)] == [said.arm for said in before], "as before")
        assert {said.arm for said in before} == {"student", "teacher"}


def test_a_file_edited_in_mid_step_moves_no_weight_but_a_lower_ceiling_does(folder: Path, school: School) -> None:
    """Steps added, removed and put in another order; then a ceiling, which holds from the reload on."""
    edits = (
        [{"setWeight": 1}, {"setWeight": 20}, {"setWeight": 50}, {"pause": {}}, {"setWeight": 75}, {"setWeight": 100}],
        [{"setWeight": 50}, {"pause": {}}],
        [{"setWeight": 100}, {"pause": {}}, {"setWeight": 1}],
    )
    with Practicum(folder, {"support": section(school)}) as practicum:
        reach_half(practicum)
        for steps in edits:
            edit(practicum, {"support": section(school, *steps)})
            until(lambda steps=steps: shown(practicum).steps == len(steps), "the edit is read")  # type: ignore[misc]
            assert shown(practicum).weights == HALF
        edit(practicum, {"support": section(school, rollout={"interval": "1s", "steps": WAITING, "ceiling": 20})})
        until(lambda: shown(practicum).weights == {"code": 20.0}, "the ceiling holds")
        edit(practicum, {"support": section(school)})
        until(lambda: shown(practicum).weights == HALF, "it climbs again", 20)


def test_a_salt_moves_conversations_and_a_name_begins_anew(folder: Path, school: School) -> None:
    """Shares and evidence survive a salt; a route of another name has neither."""
    with Practicum(folder, {"support": section(school)}) as practicum, Callers(practicum) as callers:
        reach_half(practicum)
        stood, before = shown(practicum), callers.hold(["code"], 40)
        edit(practicum, {"support": section(school, sticky={"salt": "another"})})
        until(lambda: [said.arm for said in callers.ask(before)] != [said.arm for said in before], "others are chosen")
        assert shown(practicum) == stood
        edit(practicum, {"helpdesk": section(school)})
        until(lambda: practicum.ask_admin("/api/routes/helpdesk").status == 200, "the new name is read")
        until(lambda: shown(practicum, "helpdesk").epoch == stood.epoch, "it is looked at")
        renamed = shown(practicum, "helpdesk")
        assert (renamed.phase, renamed.step, renamed.weights, renamed.conversations) == ("shadow", 0, {}, {})


def test_an_operators_day(folder: Path, school: School) -> None:
    """Every verb, as it is typed, and what comes of it."""
    with Practicum(folder, {"support": section(school)}) as practicum:
        certify(url(practicum), parsed(practicum), ["code"])
        until(lambda: shown(practicum).step == 2, "it waits for an operator", 20)
        assert "a pause until an operator promotes" in told(practicum, "explain", "refusal")
        assert "the step that waits, 3 of 4, is made at the next tick" in told(practicum, "promote")
        until(lambda: shown(practicum).weights == {"code": 100.0}, "all is the student's")
        assert "nothing is raised until `resume`" in told(practicum, "pause", "--reason", "lunch")
        assert "the ceiling of code is 30 %" in told(practicum, "set-weight", "30", "--slice", "code")
        assert (shown(practicum).phase, shown(practicum).weights) == ("paused", {"code": 30.0})
        assert "goes on from where it was paused" in told(practicum, "resume")
        told(practicum, "set-weight", "100", "--slice", "code")
        until(lambda: shown(practicum).weights == {"code": 100.0}, "it climbs to where it was")
        done = process("abort", "support", "--reason", "page 17", "--admin", practicum.admin)
        assert (done.code, shown(practicum).phase, shown(practicum).everywhere) == (0, "rolled_back", {0.0})
        assert "page 17" in told(practicum, "explain", "refusal")
        refused = command("promote", "support", "--admin", practicum.admin)
        assert (refused.code, "the rollout is rolled_back" in refused.err) == (1, True), refused
        _the_same_student_again(practicum)


def _the_same_student_again(practicum: Practicum) -> None:
    old = shown(practicum).epoch
    assert "starts again in shadow, on new evidence only" in told(practicum, "retry")
    until(lambda: shown(practicum).epoch == old.replace(".0", ".1"), "a new epoch")
    again = shown(practicum)
    assert (again.phase, again.weights, again.conversations) == ("shadow", {}, {})
    certify(url(practicum), parsed(practicum), ["code"], retries=1)
    until(lambda: shown(practicum).weights == HALF, "it climbs on what is new", 20)


def test_a_state_that_cannot_be_read_serves_the_teacher_until_somebody_decides(folder: Path, school: School) -> None:
    """Whatever wrote it: a doubt means teacher, and the next epoch is one that never was."""
    with Practicum(folder, {"support": section(school)}) as practicum, Callers(practicum) as callers:
        reach_half(practicum)
        told(practicum, "retry")
        until(lambda: shown(practicum).epoch.endswith(".1"), "an epoch later")
        certify(url(practicum), parsed(practicum), ["code"], histories=[History.TEACHER], retries=1)
        until(lambda: shown(practicum).weights == HALF, "half is the student's", 20)
        with closing(sqlite3.connect(folder / "practicum.db", timeout=10)) as database, database:
            database.execute("UPDATE rollouts SET state = '{torn', revision = revision + 1")
        until(lambda: "cannot be read" in shown(practicum).trouble, "it is noticed")
        until(lambda: {said.arm for said in callers.hold(["code"], 20)} == {"teacher"}, "the teacher serves")
        refused = command("resume", "support", "--admin", practicum.admin)
        assert (refused.code, "abort or retry replaces it" in refused.err) == (1, True)
        told(practicum, "abort")
        told(practicum, "retry")
        until(lambda: shown(practicum).epoch.endswith(".2"), "an epoch of its own")
        assert json.loads(practicum.ask_admin("/api/routes/support").body)["trouble"] == ""
