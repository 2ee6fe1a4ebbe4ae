"""A database comes to the current schema, whoever starts first and however many start."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, Table, insert, inspect, text

from proxy.store.calibrations import Calibrations
from proxy.store.confidences import Confidences
from proxy.store.database import open_engine, writing
from proxy.store.entry import Entry
from proxy.store.errors import StoreError
from proxy.store.migrate import _config, _current, _known, require_current, upgrade
from proxy.store.query import PairFilter
from proxy.store.rows import Codec, pair_rows, style_rows, trial_rows
from proxy.store.schema import cells, replies, styles, trials
from proxy.store.store import Store
from routing.ledger import History, Ledger, Stage
from routing.style import Manner, StyleDrift
from tests.proxy.store.samples import pair

STYLE = StyleDrift().add(Manner(40, 1, 0), Manner(20, 0, 0))
_MIGRATOR = """
import sys
from proxy.store.store import Store
print("ready", flush=True)
sys.stdin.readline()
Store.open(sys.argv[1]).close()
"""


def test_an_upgraded_database_keeps_its_pairs(database_url: str) -> None:
    """Every start upgrades; one that has nothing to do must change nothing."""
    store = Store.open(database_url)
    store.write([Entry(pair())], "batch")
    store.close()
    again = Store.open(database_url)
    assert again.pair(pair().id) == pair()
    again.close()


def test_a_database_of_the_first_version_keeps_its_pairs_and_learns_style(database_url: str) -> None:
    """An upgrade in the middle of a rollout must not cost its evidence."""
    engine = open_engine(database_url)
    with writing(engine).begin() as connection:
        command.upgrade(_config(connection), "0001")
        connection.execute(insert(cells), dict.fromkeys(cells.c.keys(), "x") | {"trials": 7, "diverged": 2})
    assert "styles" not in inspect(engine).get_table_names()
    engine.dispose()
    store = Store.open(database_url)
    assert store.cells("x")[0].slice == "x"
    assert store.styles("x") == {}
    store.write([Entry(pair())], "batch")
    store.close()


def test_a_database_of_the_second_version_keeps_everything(database_url: str) -> None:
    """Its pairs were served by the teacher, in no epoch; what they are evidence about was not kept with them."""
    engine = open_engine(database_url)
    with writing(engine).begin() as connection:
        command.upgrade(_config(connection), "0002")
        new, of_replies = pair_rows(pair(), Codec())
        old = {column: value for column, value in new.items() if column not in {"epoch", "served", "fallback"}}
        connection.execute(insert(Table("pairs", MetaData(), autoload_with=connection)), old)
        connection.execute(insert(replies), of_replies)
        connection.execute(insert(trials), trial_rows(pair()))
        connection.execute(insert(cells), dict.fromkeys(cells.c.keys(), "x") | {"trials": 7, "diverged": 2})
        connection.execute(insert(styles), style_rows("support", "general", STYLE))
    engine.dispose()
    store = Store.open(database_url)
    assert store.pair(pair().id) == pair()
    assert (store.cells("x")[0].slice, store.styles("support")) == ("x", {"general": STYLE})
    assert store.ledger("support", "") == Ledger()
    store.write([Entry(pair(1))], "batch")
    assert store.ledger("support", "").sheet("general", History.TEACHER, Stage.SEEN).conversations == 1
    store.close()


def test_a_database_of_the_third_version_learns_of_confidence(database_url: str) -> None:
    """Of its pairs, none had fallen back as far as was kept, and nothing is known of their confidence."""
    engine = open_engine(database_url)
    with writing(engine).begin() as connection:
        command.upgrade(_config(connection), "0003")
        new, of_replies = pair_rows(pair(epoch="e"), Codec())
        old = {column: value for column, value in new.items() if column != "fallback"}
        connection.execute(insert(Table("pairs", MetaData(), autoload_with=connection)), old)
        connection.execute(insert(replies), of_replies)
        connection.execute(insert(trials), trial_rows(pair()))
    engine.dispose()
    store = Store.open(database_url)
    assert store.pair(pair().id) == pair(epoch="e")
    assert Confidences(store.engine).after("support", "e", 0) == []
    assert Calibrations(store.engine).newest("support") is None
    store.close()


def test_a_current_database_is_opened_without_the_lock(tmp_path: Path) -> None:
    """Looking at pairs must work while somebody else writes, or holds the database for a backup."""
    url = f"sqlite:///{tmp_path / 'pairs.db'}"
    Store.open(url).close()
    other = sqlite3.connect(tmp_path / "pairs.db")
    other.execute("BEGIN IMMEDIATE")
    store = Store.open(url)
    assert store.pairs(PairFilter()) == []
    store.close()
    other.close()


def test_several_migrators_at_once_all_succeed(database_url: str) -> None:
    """The replicas of a deployment start in the same second, on a database that is still empty."""
    command = [sys.executable, "-c", _MIGRATOR, database_url]
    pipe = subprocess.PIPE
    migrators = [subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) for _ in range(3)]
    for migrator in migrators:
        assert migrator.stdout is not None
        assert migrator.stdout.readline() == "ready\n"
    for migrator in migrators:
        assert migrator.stdin is not None
        migrator.stdin.write("go\n")
        migrator.stdin.flush()
    errors = [migrator.communicate(timeout=30)[1] for migrator in migrators]
    assert [migrator.returncode for migrator in migrators] == [0, 0, 0], errors
    engine = open_engine(database_url)
    assert {"pairs", "replies", "trials", "cells", "batches"} <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_what_is_pending_is_known_as_alembic_would_know_it(database_url: str) -> None:
    """It is asked without Alembic, whose import would be a part of every start: both must say the same.

    A migration whose file is named otherwise than its revision, or a second line of them, would show here.
    """
    engine = open_engine(database_url)
    with writing(engine).begin() as connection:
        scripts = ScriptDirectory.from_config(_config(connection))
        line = [script.revision for script in scripts.walk_revisions()][::-1]
        assert (_known(), [line[-1]]) == (line, scripts.get_heads())
        assert _current(connection) is None
        for revision in line:
            command.upgrade(_config(connection), revision)
            assert _current(connection) == revision
            assert _current(connection) == MigrationContext.configure(connection).get_current_revision()
        command.stamp(_config(connection), "base")
        assert _current(connection) is None
    engine.dispose()


def test_a_current_database_is_opened_without_alembic(tmp_path: Path) -> None:
    """Every start but the first of a version, and every verb that reads, does without its import."""
    url = f"sqlite:///{tmp_path / 'pairs.db'}"
    Store.open(url).close()
    opening = f"import sys; from proxy.store.store import Store; Store.open({url!r}); print('alembic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", opening], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_database_of_two_revisions_is_refused(database_url: str) -> None:
    """No version of ours leaves two rows: somebody else's hand did, and which tables are there nobody can say."""
    engine = open_engine(database_url)
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO alembic_version VALUES ('0001')"))
    for check in (upgrade, require_current):
        with pytest.raises(StoreError, match=r"revision 0001 and \d+, this version"):
            check(engine)
    engine.dispose()


def test_a_newer_database_is_refused_and_left_alone(database_url: str) -> None:
    """After a downgrade of the program, guessing at an unknown schema could destroy evidence."""
    engine = open_engine(database_url)
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"revision 9999.*knows up to \d+.*backup"):
        upgrade(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
    engine.dispose()


def test_who_only_reads_changes_nothing(database_url: str) -> None:
    """A glance from a newer program must not take the schema away from the older one that is serving."""
    engine = open_engine(database_url)
    with pytest.raises(StoreError, match="no tables of practicum's"):
        Store.read(database_url)
    assert inspect(engine).get_table_names() == []
    with writing(engine).begin() as connection:
        command.upgrade(_config(connection), "0001")
    with pytest.raises(StoreError, match=r"revision 0001, .* reads \d+: `practicum serve` of this version upgrades it"):
        Store.read(database_url)
    assert "styles" not in inspect(engine).get_table_names()
    upgrade(engine)
    Store.read(database_url).close()
    engine.dispose()


def test_a_failed_migration_leaves_the_database_as_it_was(database_url: str) -> None:
    """Half a schema could neither be used nor migrated again."""
    engine = open_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE cells (mine INTEGER)"))  # in the way
    with pytest.raises(StoreError, match="cells"):
        upgrade(engine)
    assert inspect(engine).get_table_names() == ["cells"]
    engine.dispose()
