"""What the student's log-probabilities said, pair by pair, and the calibrations that are made of it.

Pairs that are there already were served by one arm or mirrored: none of them had fallen back, as far as was kept.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables, and say of every pair whether the teacher answered in the student's place."""
    op.add_column("pairs", sa.Column("fallback", sa.String(255), nullable=False, server_default=""))
    _confidences()
    op.create_table(
        "calibrations",
        *_names("route", key=True),
        sa.Column("version", sa.BigInteger, primary_key=True, nullable=False),
        *_names("epoch"),
        sa.Column("made", sa.Double, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )


def _names(*columns: str, key: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(column, sa.String(255), primary_key=key, nullable=False) for column in columns]


def _confidences() -> None:
    op.create_table(
        "confidences",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        *_names("pair", "route", "epoch", "function", "prompt_function", "slice", "endpoint", "conversation"),
        sa.Column("started", sa.Double, nullable=False),
        *(sa.Column(column, sa.Boolean, nullable=False) for column in ("stream", "tools", "json")),
        sa.Column("diverged", sa.Text, nullable=False),
        *_names("served", "fallback"),
        sa.Column("confidence", sa.Double),
        sa.Column("heard", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("pair", name="confidences_of_pairs"),
    )
    op.create_index("confidences_newest", "confidences", ["route", "epoch", "position"])
