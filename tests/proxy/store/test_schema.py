"""The tables as declared are the tables as migrated."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from proxy.store.database import open_engine
from proxy.store.migrate import upgrade
from proxy.store.query import PairFilter, ids
from proxy.store.schema import metadata
from routing.divergence import Direction


def test_migrations_make_what_the_schema_declares(database_url: str) -> None:
    """A column added to one and not to the other would be found by a user."""
    engine = open_engine(database_url)
    upgrade(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_every_table_has_a_primary_key_and_its_foreign_keys_cascade(database_url: str) -> None:
    """Retention deletes pairs only; whatever belongs to them must go by itself."""
    engine = open_engine(database_url)
    upgrade(engine)
    inspector = inspect(engine)
    assert all(inspector.get_pk_constraint(table)["constrained_columns"] for table in metadata.tables)
    keys = [key for table in ("replies", "trials") for key in inspector.get_foreign_keys(table)]
    assert [key["options"].get("ondelete") for key in keys] == ["CASCADE", "CASCADE"]
    engine.dispose()


def test_divergences_are_found_by_index(tmp_path: object) -> None:
    """The page an operator opens first must not read every trial there ever was."""
    engine = open_engine(f"sqlite:///{tmp_path}/pairs.db")
    upgrade(engine)
    wanted = PairFilter(behavior="refusal", direction=Direction.LOST, slice="math", limit=20)
    question = ids(wanted).compile(engine, compile_kwargs={"literal_binds": True})
    with engine.connect() as connection:
        plan = str(connection.execute(text(f"EXPLAIN QUERY PLAN {question}")).all())
    assert "trials_diverged" in plan
    engine.dispose()
