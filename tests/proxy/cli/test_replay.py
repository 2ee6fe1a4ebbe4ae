"""``practicum replay``."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from proxy.cli.replay import show_replayed
from proxy.cli.terminal import is_plain, table_console
from proxy.config.parse import parse
from proxy.examiner.replay import Change, ChangeCount, ChangedPair, ReplayCell, Replayed, Whose
from proxy.store.entry import Entry
from proxy.store.pair import Pair
from proxy.store.privacy import redacted
from proxy.store.store import Store
from routing.behaviors.label import Label, Presence
from routing.divergence import Direction, Trial
from tests.postgres import Postgres
from tests.proxy.cli.command import practicum, process
from tests.proxy.cli.conftest import ESCAPES
from tests.proxy.desk import CONFIG, a_desk, database, filled, served
from tests.proxy.examiner.records import answered, chat
from tests.proxy.store.samples import pair, reply

ANSWER_LOST = Trial("answer", Direction.LOST, diverged=True, severity=1.0)


def compared(number: int, student: str, *trials: Trial) -> Pair:
    """A pair that was compared by a detector that saw the answer in the teacher's reply alone."""
    teacher = reply("42", answered("42"), labels=(Label("answer", Presence.PRESENT),))
    other = reply(student, answered(student), labels=(Label("answer", Presence.ABSENT),))
    return pair(number, trials, request=chat(), teacher=teacher, student=other)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the database is."""
    return tmp_path_factory.mktemp("replay")


PAIRS = (
    compared(1, "41", ANSWER_LOST),
    compared(2, "42", ANSWER_LOST),
    redacted(compared(3, "41", ANSWER_LOST)),
    dataclasses.replace(compared(4, "41"), route="other"),
)


@pytest.fixture(scope="module")
def store(directory: Path) -> Iterator[Store]:
    """Pairs that today's detectors see otherwise, or not at all."""
    opened = filled(directory, PAIRS)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A server of this file's own."""
    with Postgres() as server:
        yield server


@pytest.fixture(scope="module")
def shared_database(postgres: Postgres) -> str:
    """The URL of a database on that server, with the same pairs."""
    url = postgres.create_database()
    opened = Store.open(url)
    opened.write([Entry(pair) for pair in PAIRS], "batch")
    opened.close()
    return url


@pytest.fixture(params=["admin", "sqlite", "postgresql"])
def source(request: pytest.FixtureRequest, directory: Path, store: Store) -> Iterator[list[str]]:
    """The options that name each source."""
    if request.param == "sqlite":
        yield ["--database", database(directory)]
    elif request.param == "postgresql":
        yield ["--database", request.getfixturevalue("shared_database")]
    else:
        with served(a_desk(store)) as url:
            yield ["--admin", url]


def test_what_changed_is_shown(source: list[str]) -> None:
    """Before and after, the labels, the pairs, and what could not be judged."""
    ran = practicum("replay", "support", "--since", "2001-01-01", *source)
    assert ran.code == 0, ran.err
    assert "2 of 3 pairs judged again; not: 1 kept redacted" in ran.out
    lines = [line.split() for line in ran.out.splitlines()]
    assert ["answer", "lost", "2", "2", "2", "1"] in lines
    assert ["answer", "student", "absent", "present", "1"] in lines
    assert f"{pair(2).id}  answer of the student: absent -> present" in ran.out


def test_json_is_all_of_it(source: list[str]) -> None:
    """For scripts."""
    ran = practicum("replay", "support", "--since", "2001-01-01", "--json", *source)
    found = json.loads(ran.out)
    assert (found["pairs"], found["judged"], found["unjudged"]["redacted"]) == (3, 2, 1)
    assert [example["pair"] for example in found["examples"]] == [pair(2).id]


def test_nothing_in_the_store_is_changed(directory: Path, store: Store) -> None:
    """A verb that reads must leave evidence alone."""
    before = (store.cells("support"), store.pair(pair(2).id))
    practicum("replay", "support", "--since", "2001-01-01", "--database", database(directory))
    assert (store.cells("support"), store.pair(pair(2).id)) == before


def test_a_role_that_may_only_read_is_enough(postgres: Postgres, shared_database: str) -> None:
    """An analyst's account: a command of its own, in a process of its own, that could not write if it wanted to."""
    with psycopg.connect(shared_database, autocommit=True) as connection:
        connection.execute("CREATE ROLE analyst LOGIN")
        connection.execute("ALTER ROLE analyst SET default_transaction_read_only = on")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO analyst")
    url = shared_database.replace("postgres@", "analyst@")
    ran = process("replay", "support", "--since", "2001-01-01", "--json", "--database", url)
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out)["judged"] == 2
    assert practicum("replay", "support", "--since", "1d", "--database", postgres.url("gone")).err.endswith(
        'database "gone" does not exist: create it, or correct the URL\n'
    )


def test_a_replay_of_nothing_says_so(source: list[str]) -> None:
    """A slip in a route's name must not read as if nothing had changed."""
    ran = practicum("replay", "suport", "--since", "2001-01-01", *source)
    assert (ran.code, ran.out) == (0, "")
    assert "there is no route 'suport' here; did you mean \"support\"?" in ran.err


def test_the_period_and_the_limit_hold(directory: Path, store: Store) -> None:  # noqa: ARG001 -- it fills the database
    """A year of pairs is not what was asked for."""
    options = ("--database", database(directory))
    assert practicum("replay", "support", "--since", "1h", *options).out == ""
    ran = practicum("replay", "support", "--since", "2001-01-01", "--limit", "0", *options)
    assert "1 more changed" in ran.out
    assert pair(2).id not in ran.out


OWN = b"""\
    behaviors:
      - {name: tidy, pattern: "^4[0-9]$"}
      - {name: kind, judge: {base_url: "http://judge/v1", model: j, prompt: "Is it kind?"}}
"""


def test_patterns_are_those_in_effect(store: Store) -> None:
    """An operator's own behavior is judged again like any other; a judge is not asked, and what it said stands."""
    config = parse(CONFIG + OWN, "test").config
    with served(a_desk(store, config=lambda: config)) as url:
        ran = practicum("replay", "support", "--since", "2001-01-01", "--json", "--admin", url)
    found = json.loads(ran.out)
    assert {cell["behavior"] for cell in found["cells"]} >= {"answer", "tidy"}
    assert "kind" not in ran.out


def test_a_database_alone_cannot_judge_an_operators_own(tmp_path: Path) -> None:
    """It holds labels and no configuration; who replays from it must know what was left out, and how to have it."""
    own = Label("tidy", Presence.PRESENT)
    labeled = compared(1, "41", ANSWER_LOST)
    filled(
        tmp_path, [dataclasses.replace(labeled, student=dataclasses.replace(labeled.student, labels=(own,)))]
    ).close()
    file = tmp_path / "practicum.yaml"
    file.write_bytes(CONFIG + OWN)
    options = ("replay", "support", "--since", "2001-01-01", "--database", database(tmp_path))
    bare = practicum(*options)
    assert "makes them: tidy (pairs: 1)" in bare.out
    assert "--config FILE brings them" in bare.err
    assert practicum(*options, "--config", str(file)).err == ""


def test_patterns_can_be_tried_before_they_are_put_to_work(directory: Path, store: Store, tmp_path: Path) -> None:  # noqa: ARG001 -- it fills the database
    """What would it have found last week?"""
    file = tmp_path / "new.yaml"
    file.write_bytes(CONFIG + OWN)
    options = ("--since", "2001-01-01", "--database", database(directory), "--json")
    assert "tidy" not in practicum("replay", "support", *options).out
    assert "tidy" in practicum("replay", "support", *options, "--config", str(file)).out
    unknown = practicum("replay", "other", *options, "--config", str(file))
    assert (unknown.code, "known: support" in unknown.err) == (1, True)
    file.write_bytes(b"routes: 7")
    assert practicum("replay", "support", *options, "--config", str(file)).code == 1


def test_no_name_acts_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Operators name behaviors, and a store may come from anywhere."""
    change = Change(ESCAPES, Whose.NOISE, ESCAPES, ESCAPES)
    found = Replayed(
        pairs=2,
        judged=1,
        unjudged={"failed": 1},
        left={ESCAPES: 1},
        changed=1,
        cells=(ReplayCell(Whose.NOISE, ESCAPES, ESCAPES, 0, 1, 0, 1),),
        changes=(ChangeCount(change, 1),),
        examples=(ChangedPair(ESCAPES, (change,)),),
    )
    show_replayed(table_console(), found)
    assert is_plain(capsys.readouterr().out)
