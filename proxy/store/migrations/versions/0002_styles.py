"""Running sums of how the student's manner differs from the teacher's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table of the sums."""
    op.create_table(
        "styles",
        *(sa.Column(name, sa.String(255), primary_key=True, nullable=False) for name in ("route", "slice", "measure")),
        sa.Column("pairs", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Double, nullable=False) for name in ("teacher", "student", "surprise")),
    )
