"""The tables, as SQLAlchemy Core sees them on both databases.

A pair is one row of ``pairs``, two or three of ``replies`` (teacher, student, perhaps noise) and one of ``trials`` per
trial. What a reply said (text, body, labels) is one compressed payload, because a body repeats its text. ``trials``
repeats its pair's route, slice and start, so that "newest lost refusals in math" is one walk along one index.

``cells`` count requests, for people to see: every compared pair, also the agreeing ones whose payload is not kept.
Gates judge by conversations: a row of ``conversations`` holds what the turns of one showed (``routing.conversations``),
and ``evidence`` and ``diverged_sets`` add these up for each epoch, history and stage (``routing.ledger``). ``epochs``
numbers a route's epochs as they came; ``rollouts`` holds each route's state, and ``decisions`` what changed it and why.
``styles`` are the running sums of ``routing.style``, a ``Contrast`` to a row; they add up as cells do.
``confidences`` hold a row for each pair that calibrations may rest on, without a word of it, and ``calibrations`` what
has been made of them.
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
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
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
    Column("epoch", String(NAME), nullable=False, server_default=""),
    Column("served", String(NAME), nullable=False, server_default=TEACHER),
    Column("fallback", String(NAME), nullable=False, server_default=""),  # why the teacher answered for the student
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

conversations = Table(
    "conversations",
    metadata,
    Column("route", String(NAME), primary_key=True),
    Column("epoch", String(NAME), primary_key=True),
    Column("slice", String(NAME), primary_key=True),
    Column("history", String(NAME), primary_key=True),
    Column("conversation", String(NAME), primary_key=True),
    Column("updated", Double, nullable=False),  # when its last turn was written
    Column("settled", Boolean, nullable=False, server_default=false()),
    Column("flags", Text, nullable=False, server_default=""),  # "": no turn has been counted yet
    Index("conversations_idle", "settled", "updated"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("route", String(NAME), primary_key=True),
    Column("epoch", String(NAME), primary_key=True),
    Column("slice", String(NAME), primary_key=True),
    Column("history", String(NAME), primary_key=True),
    Column("stage", String(NAME), primary_key=True),
    Column("behavior", String(NAME), primary_key=True),
    Column("direction", String(NAME), primary_key=True),
    Column("trials", BigInteger, nullable=False),
    Column("diverged", BigInteger, nullable=False),
    Column("student_only", BigInteger, nullable=False),
    Column("teacher_only", BigInteger, nullable=False),
    Column("alike", BigInteger, nullable=False),
)

diverged_sets = Table(
    "diverged_sets",
    metadata,
    Column("route", String(NAME), primary_key=True),
    Column("epoch", String(NAME), primary_key=True),
    Column("slice", String(NAME), primary_key=True),
    Column("history", String(NAME), primary_key=True),
    Column("stage", String(NAME), primary_key=True),
    Column("student", String(NAME), primary_key=True),  # the three are ASCII, or an index row could grow too long
    Column("again", String(NAME), primary_key=True),
    Column("teacher", String(NAME), primary_key=True),
    Column("conversations", BigInteger, nullable=False),
)

epochs = Table(
    "epochs",
    metadata,
    Column("route", String(NAME), primary_key=True),
    Column("epoch", String(NAME), primary_key=True),
    Column("position", BigInteger, nullable=False),  # 1 for the route's first
    Column("begun", Double, nullable=False),
    UniqueConstraint("route", "position", name="epochs_in_order"),
)

rollouts = Table(
    "rollouts",
    metadata,
    Column("route", String(NAME), primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("epoch", String(NAME), nullable=False),
    Column("state", Text, nullable=False),
    Column("written", Double, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),  # SQLite counts up only INTEGERs
    Column("route", String(NAME), nullable=False),
    Column("at", Double, nullable=False),
    Column("who", String(NAME), nullable=False),
    Column("slice", String(NAME), nullable=False),  # "": the whole route
    Column("what", String(NAME), nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("inputs", Text, nullable=False),
    Index("decisions_newest", "route", "id"),
)

confidences = Table(
    "confidences",
    metadata,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),  # as decisions' id
    Column("pair", String(NAME), nullable=False),  # its pair may not be kept
    Column("route", String(NAME), nullable=False),
    Column("epoch", String(NAME), nullable=False),
    Column("function", String(NAME), nullable=False),
    Column("prompt_function", String(NAME), nullable=False),
    Column("slice", String(NAME), nullable=False),
    Column("endpoint", String(NAME), nullable=False),
    Column("conversation", String(NAME), nullable=False),
    Column("started", Double, nullable=False),
    Column("stream", Boolean, nullable=False),
    Column("tools", Boolean, nullable=False),
    Column("json", Boolean, nullable=False),
    Column("diverged", Text, nullable=False),  # as in diverged_sets
    Column("served", String(NAME), nullable=False),
    Column("fallback", String(NAME), nullable=False),
    Column("confidence", Double),
    Column("heard", LargeBinary, nullable=False),  # MessagePack: vectors and objections by view, the prompt's features
    UniqueConstraint("pair", name="confidences_of_pairs"),
    Index("confidences_newest", "route", "epoch", "position"),
)

calibrations = Table(
    "calibrations",
    metadata,
    Column("route", String(NAME), primary_key=True),
    Column("version", BigInteger, primary_key=True),  # no two of a route are alike, whatever their epochs
    Column("epoch", String(NAME), nullable=False),
    Column("made", Double, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

batches = Table(
    "batches",
    metadata,
    Column("token", String(NAME), primary_key=True),
    Column("written", Double, nullable=False, index=True),
)
