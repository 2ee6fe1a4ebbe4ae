"""Evidence by conversation, epoch and history; rollouts and what was decided about them.

Pairs that are there already stay in no epoch: what they are evidence about was not kept with them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables, and say of every pair what it is about and who served it."""
    op.add_column("pairs", sa.Column("epoch", sa.String(255), nullable=False, server_default=""))
    op.add_column("pairs", sa.Column("served", sa.String(255), nullable=False, server_default="teacher"))
    _conversations()
    _sums()
    _rollouts()


def _names(*columns: str, key: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(column, sa.String(255), primary_key=key, nullable=False) for column in columns]


def _counts(*columns: str) -> list[sa.Column[int]]:
    return [sa.Column(column, sa.BigInteger, nullable=False) for column in columns]


def _conversations() -> None:
    op.create_table(
        "conversations",
        *_names("route", "epoch", "slice", "history", "conversation", key=True),
        sa.Column("updated", sa.Double, nullable=False),
        sa.Column("settled", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("flags", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("conversations_idle", "conversations", ["settled", "updated"])


def _sums() -> None:
    op.create_table(
        "evidence",
        *_names("route", "epoch", "slice", "history", "stage", "behavior", "direction", key=True),
        *_counts("trials", "diverged", "student_only", "teacher_only", "alike"),
    )
    op.create_table(
        "diverged_sets",
        *_names("route", "epoch", "slice", "history", "stage", "student", "again", "teacher", key=True),
        *_counts("conversations"),
    )


def _rollouts() -> None:
    op.create_table(
        "epochs",
        *_names("route", "epoch", key=True),
        *_counts("position"),
        sa.Column("begun", sa.Double, nullable=False),
        sa.UniqueConstraint("route", "position", name="epochs_in_order"),
    )
    op.create_table(
        "rollouts",
        *_names("route", key=True),
        *_counts("revision"),
        *_names("epoch"),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("written", sa.Double, nullable=False),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        *_names("route"),
        sa.Column("at", sa.Double, nullable=False),
        *_names("who", "slice", "what"),
        *(sa.Column(column, sa.Text, nullable=False) for column in ("before", "after", "why", "inputs")),
    )
    op.create_index("decisions_newest", "decisions", ["route", "id"])
