"""The tables, as SQLAlchemy Core sees them on both databases.

A pair is one row of ``pairs``, two or three of ``replies`` (teacher, student, perhaps noise) and one of ``trials`` per
trial. What a reply said (text, body, labels) is one compressed payload, because a body repeats its text. ``trials``
repeats its pair's route, slice and start, so that "newest lost refusals in math" is one walk along one index.

``cells`` are the durable evidence: every compared pair counts there, also the agreeing ones whose payload is not kept.
``styles`` are the running sums of ``routing.style``, a ``Contrast`` to a row; they add up as cells do.
``batches`` remembers which batches have been committed, so that a batch repeated after a lost acknowledgment counts
once. ``migrations/`` creates these tables; a test holds the two equal.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
)

TEACHER, STUDENT, NOISE = "teacher", "student", "noise"
NAME = 255  # characters: longer names are cut, or an index of PostgreSQL could refuse them

metadata = MetaData()

pairs = Table(
    "pairs",
    metadata,
    Column("id", String(NAME), primary_key=True),
    Column("route", String(NAME), nullable=False),
    Column("endpoint", String(NAME), nullable=False),
    Column("slice", String(NAME), nullable=False),
    Column("started", Double, nullable=False),
    Column("conversation", String(NAME), nullable=False),
    Column("privacy", String(NAME), nullable=False),
    Column("traceparent", String(NAME), nullable=False),
    Column("diverged", Boolean, nullable=False),
    Column("size", BigInteger, nullable=False),  # stored bytes, replies included; retention by size adds these up
    Column("request", LargeBinary, nullable=False),  # zstd
    Index("pairs_newest", "started", "id"),
    Index("pairs_newest_of_route", "route", "started", "id"),
    Index("pairs_retention", "route", "diverged", "started", "size"),
)

replies = Table(
    "replies",
    metadata,
    Column("pair_id", ForeignKey("pairs.id", ondelete="CASCADE"), primary_key=True),
    Column("role", String(NAME), primary_key=True),
    Column("status", BigInteger, nullable=False),
    Column("failure", String(NAME), nullable=False),
    Column("content_type", String(NAME), nullable=False),
    Column("finish_reason", String(NAME), nullable=False),
    Column("first_token", Double),
    Column("total", Double, nullable=False),
    Column("prompt_tokens", BigInteger),
    Column("completion_tokens", BigInteger),
    Column("payload", LargeBinary, nullable=False),  # zstd of a MessagePack array: text, body, labels
)

trials = Table(
    "trials",
    metadata,
    Column("pair_id", ForeignKey("pairs.id", ondelete="CASCADE"), primary_key=True),
    Column("role", String(NAME), primary_key=True),  # student, or noise: the teacher against itself
    Column("behavior", String(NAME), primary_key=True),
    Column("direction", String(NAME), primary_key=True),
    Column("diverged", Boolean, nullable=False),
    Column("severity", Double, nullable=False),
    Column("route", String(NAME), nullable=False),
    Column("slice", String(NAME), nullable=False),
    Column("started", Double, nullable=False),
    Index("trials_diverged", "role", "diverged", "behavior", "direction", "slice", "started"),
)

cells = Table(
    "cells",
    metadata,
    Column("route", String(NAME), primary_key=True),
    Column("slice", String(NAME), primary_key=True),
    Column("behavior", String(NAME), primary_key=True),
    Column("direction", String(NAME), primary_key=True),
    Column("role", String(NAME), primary_key=True),
    Column("trials", BigInteger, nullable=False),
    Column("diverged", BigInteger, nullable=False),
)

styles = Table(
    "styles",
    metadata,
    Column("route", String(NAME), primary_key=True),
    Column("slice", String(NAME), primary_key=True),
    Column("measure", String(NAME), primary_key=True),
    Column("pairs", BigInteger, nullable=False),
    Column("teacher", Double, nullable=False),
    Column("student", Double, nullable=False),
    Column("surprise", Double, nullable=False),
)

batches = Table(
    "batches",
    metadata,
    Column("token", String(NAME), primary_key=True),
    Column("written", Double, nullable=False, index=True),
)
