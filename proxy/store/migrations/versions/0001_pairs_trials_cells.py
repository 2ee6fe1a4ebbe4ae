"""The first schema: pairs, replies, trials, cells, batches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything."""
    _pairs()
    _replies()
    _trials()
    _counts()
    if op.get_bind().dialect.name == "postgresql":
        # They hold compressed bytes: PostgreSQL would only waste time compressing them again.
        op.execute("ALTER TABLE pairs ALTER COLUMN request SET STORAGE EXTERNAL")
        op.execute("ALTER TABLE replies ALTER COLUMN payload SET STORAGE EXTERNAL")


def _name(column: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(column, sa.String(255), primary_key=key, nullable=False)


def _pair_id() -> sa.Column[str]:
    pair = sa.ForeignKey("pairs.id", ondelete="CASCADE")
    return sa.Column("pair_id", sa.String(255), pair, primary_key=True)


def _pairs() -> None:
    op.create_table(
        "pairs",
        _name("id", key=True),
        _name("route"),
        _name("endpoint"),
        _name("slice"),
        sa.Column("started", sa.Double, nullable=False),
        _name("conversation"),
        _name("privacy"),
        _name("traceparent"),
        sa.Column("diverged", sa.Boolean, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("request", sa.LargeBinary, nullable=False),
    )
    op.create_index("pairs_newest", "pairs", ["started", "id"])
    op.create_index("pairs_newest_of_route", "pairs", ["route", "started", "id"])
    op.create_index("pairs_retention", "pairs", ["route", "diverged", "started", "size"])


def _replies() -> None:
    op.create_table(
        "replies",
        _pair_id(),
        _name("role", key=True),
        sa.Column("status", sa.BigInteger, nullable=False),
        _name("failure"),
        _name("content_type"),
        _name("finish_reason"),
        sa.Column("first_token", sa.Double),
        sa.Column("total", sa.Double, nullable=False),
        sa.Column("prompt_tokens", sa.BigInteger),
        sa.Column("completion_tokens", sa.BigInteger),
        sa.Column("payload", sa.LargeBinary, nullable=False),
    )


def _trials() -> None:
    op.create_table(
        "trials",
        _pair_id(),
        _name("role", key=True),
        _name("behavior", key=True),
        _name("direction", key=True),
        sa.Column("diverged", sa.Boolean, nullable=False),
        sa.Column("severity", sa.Double, nullable=False),
        _name("route"),
        _name("slice"),
        sa.Column("started", sa.Double, nullable=False),
    )
    columns = ["role", "diverged", "behavior", "direction", "slice", "started"]
    op.create_index("trials_diverged", "trials", columns)


def _counts() -> None:
    op.create_table(
        "cells",
        _name("route", key=True),
        _name("slice", key=True),
        _name("behavior", key=True),
        _name("direction", key=True),
        _name("role", key=True),
        sa.Column("trials", sa.BigInteger, nullable=False),
        sa.Column("diverged", sa.BigInteger, nullable=False),
    )
    op.create_table("batches", _name("token", key=True), sa.Column("written", sa.Double, nullable=False))
    op.create_index("ix_batches_written", "batches", ["written"])
