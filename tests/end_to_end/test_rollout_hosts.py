"""One rollout on several hosts over one PostgreSQL: what one of them decides, all of them serve.

How fast is measured by ``benchmarks.rollback``; here it is only held that it happens.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from routing.ledger import History
from tests.end_to_end.hosts import Watching, hosts
from tests.end_to_end.practicum import Practicum, until
from tests.end_to_end.rollouts import STEPS, Callers, Said, School, certify, parsed, shown
from tests.postgres import Postgres
from tests.proxy.cli.command import practicum as command

NOBODY_ELSE = {"percentage": 0}  # evidence is written by the test


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A server of this file's own, because it is stopped and started."""
    with Postgres() as server:
        yield server


@pytest.fixture(scope="module")
def school() -> Iterator[School]:
    """The teacher and the student of this file."""
    with School() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def database(postgres: Postgres) -> str:
    """One database for all hosts of this file."""
    return postgres.create_database()


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory, school: School, database: str) -> Iterator[list[Practicum]]:
    """Three hosts with two workers each, and a route for each test."""
    routes = {name: school.section(mirror=NOBODY_ELSE) for name in ("aborted", "away")}
    with hosts(tmp_path_factory.mktemp("three"), routes, database) as started:
        yield started


def test_an_abort_at_one_host_is_served_by_every_worker_of_all(three: list[Practicum], database: str) -> None:
    """Whoever takes it back need not know which host the traffic goes to."""
    certify(database, parsed(three[0], "aborted"), ["code"])
    with Watching(three, "aborted", Said("code", 0, forbidden=False)) as watching:
        watching.until("student", 60)
        done = command("abort", "aborted", "--reason", "page 17", "--admin", three[1].admin)
        assert (done.code, "the teacher serves everything" in done.out) == (0, True)
        watching.until("teacher")
    assert {shown(host, "aborted").phase for host in three} == {"rolled_back"}


def test_a_database_that_is_gone_for_a_while_stops_nobody(
    three: list[Practicum], database: str, postgres: Postgres
) -> None:
    """What was reached is served on; the raise that fell into that time is made when it is back."""
    certify(database, parsed(three[0], "away"), ["code"], histories=[History.TEACHER])
    until(lambda: {shown(host, "away").weights.get("code") for host in three} == {50.0}, "half is the student's", 60)
    before = [host.pids("examiner") + host.pids("worker") for host in three]
    with Callers(three[0], "away", 1) as callers:
        student = next(said for said in callers.hold(["code"], 40) if said.arm == "student")
    with Watching(three, "away", student) as watching:
        watching.until("student")
        postgres.stop()
        try:
            until(lambda: all(noticed(host) for host in three), "every host notices", 30)
            heard = [len(one.arms) for one in watching.asked]
            until(lambda: all(len(one.arms) > old + 20 for one, old in zip(watching.asked, heard, strict=True)), "on")
        finally:
            postgres.start()
        assert {arm for one in watching.asked for _, arm in one.arms[5:]} == {"student"}
    certify(database, parsed(three[0], "away"), ["code"], histories=[History.STUDENT])
    until(lambda: {shown(host, "away").weights["code"] for host in three} == {100.0}, "all is the student's", 60)
    assert [host.pids("examiner") + host.pids("worker") for host in three] == before


def noticed(host: Practicum) -> bool:
    """Whether a host said that it has lost its database."""
    return any("not hearing of rollouts" in line for line in host.log)


def test_without_a_database_the_file_takes_back_what_an_order_cannot(
    folder: Path, school: School, postgres: Postgres
) -> None:
    """An order that nobody could keep is refused with the reason; a ceiling in the file needs no database."""
    database, section = postgres.create_database(), school.section(mirror=NOBODY_ELSE)
    with hosts(folder, {"support": section}, database, count=1) as (host,):
        certify(database, parsed(host), ["code"], histories=[History.TEACHER])
        until(lambda: shown(host).weights.get("code") == 50.0, "half is the student's", 60)
        with Callers(host, "support", 1) as callers:
            student = next(said for said in callers.hold(["code"], 40) if said.arm == "student")
        with Watching([host], "support", student) as watching:
            watching.until("student")
            postgres.stop()
            try:
                until(lambda: noticed(host), "it notices", 30)
                refused = command("abort", "support", "--admin", host.admin)
                assert (refused.code, "could not be stored" in refused.err) == (1, True), refused
                host.write({"support": {**section, "rollout": {"interval": "1s", "steps": list(STEPS), "ceiling": 0}}})
                watching.until("teacher")
            finally:
                postgres.start()


def test_another_host_controls_when_the_acting_one_dies(folder: Path, school: School, postgres: Postgres) -> None:
    """The lock dies with its holder, and what was reached does not."""
    database = postgres.create_database()
    with hosts(folder, {"support": school.section(mirror=NOBODY_ELSE)}, database, count=2, workers=1) as two:
        certify(database, parsed(two[0]), ["code"], histories=[History.TEACHER])
        until(lambda: {shown(host).weights.get("code") for host in two} == {50.0}, "half is the student's", 60)
        (acting,) = (host for host in two if raises(host))
        (other,) = (host for host in two if host is not acting)
        os.killpg(acting.process.pid, signal.SIGKILL)
        acting.process.wait()
        certify(database, parsed(other), ["code"], histories=[History.STUDENT])
        until(lambda: shown(other).weights == {"code": 100.0}, "the other one raises", 60)
        assert raises(other)


def raises(host: Practicum) -> bool:
    """Whether it was this host that raised the weight; who acts logs what it decides."""
    return any("code: raise" in line for line in host.log)
