"""Pairs to files that other tools read: Parquet and JSON Lines, one flat row for each pair.

Both have the same columns, those of ``SCHEMA``; ``docs/store.md`` explains them. Rows are written as they come, a
bounded group at a time, into a temporary file beside the target that replaces it at the end: whoever finds the target
finds all of it. Bodies are text here; bytes that are no UTF-8 become U+FFFD.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Union

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from proxy.store.errors import StoreError
from proxy.store.pair import Pair, Reply
from proxy.store.rows import clean
from proxy.store.schema import NOISE, STUDENT, TEACHER
from routing.behaviors.label import Label
from routing.divergence import Trial

Value = Union[str, int, float, bool, None, "list[Record]"]
Record = dict[str, Value]

_GROUP_PAIRS = 1000
_GROUP_BYTES = 32 * 1024 * 1024

_LABEL = pa.struct(
    [
        pa.field("behavior", pa.string(), nullable=False),
        pa.field("presence", pa.string(), nullable=False),
        pa.field("score", pa.float64(), nullable=False),
        pa.field("rule", pa.string(), nullable=False),
        pa.field("span_start", pa.int64()),
        pa.field("span_end", pa.int64()),
        pa.field("variant", pa.string(), nullable=False),
    ]
)
_TRIAL = pa.struct(
    [
        pa.field("role", pa.string(), nullable=False),
        pa.field("behavior", pa.string(), nullable=False),
        pa.field("direction", pa.string(), nullable=False),
        pa.field("diverged", pa.bool_(), nullable=False),
        pa.field("severity", pa.float64(), nullable=False),
    ]
)
_REPLY = {
    "status": pa.int64(),
    "failure": pa.string(),
    "content_type": pa.string(),
    "text": pa.string(),
    "body": pa.string(),
    "finish_reason": pa.string(),
    "first_token": pa.float64(),
    "total": pa.float64(),
    "prompt_tokens": pa.int64(),
    "completion_tokens": pa.int64(),
    "labels": pa.list_(_LABEL),
}
SCHEMA = pa.schema(
    [
        *(pa.field(name, pa.string(), nullable=False) for name in ("id", "route", "endpoint", "slice")),
        pa.field("started", pa.float64(), nullable=False),
        *(
            pa.field(name, pa.string(), nullable=False)
            for name in ("conversation", "privacy", "traceparent", "epoch", "served", "fallback", "request")
        ),
        pa.field("diverged", pa.bool_(), nullable=False),
        pa.field("trials", pa.list_(_TRIAL), nullable=False),
        *(pa.field(f"{role}_{name}", kind) for role in (TEACHER, STUDENT, NOISE) for name, kind in _REPLY.items()),
    ]
)


def export(pairs: Iterable[Pair], path: Path) -> int:
    """Write the pairs to a ``.parquet`` or ``.jsonl`` file; returns how many. Raises ``StoreError``, ``OSError``."""
    writers = {".parquet": write_parquet, ".jsonl": write_jsonl}
    if path.suffix not in writers:
        raise StoreError(f"cannot export to {str(path)!r}: end the file's name in .parquet or .jsonl")
    return writers[path.suffix](pairs, path)


def write_parquet(pairs: Iterable[Pair], path: Path) -> int:
    """Write a Parquet file (zstd, a row group per thousand pairs or 32 MiB); returns the number of pairs."""
    count = 0
    with _replacing(path) as file, pq.ParquetWriter(file, SCHEMA, compression="zstd") as writer:
        for group in _groups(pairs):
            writer.write_batch(pa.RecordBatch.from_pylist([flat(pair) for pair in group], schema=SCHEMA))
            count += len(group)
    return count


def write_jsonl(pairs: Iterable[Pair], path: Path) -> int:
    """Write one JSON object per line; returns the number of pairs."""
    count, encoder = 0, msgspec.json.Encoder()
    with _replacing(path) as file:
        for pair in pairs:
            file.write(encoder.encode(flat(pair)) + b"\n")
            count += 1
    return count


def flat(pair: Pair) -> Record:
    """The row of a pair, its columns in the schema's order; those of a missing noise reply are None."""
    row: Record = {
        "id": clean(pair.id),
        "route": clean(pair.route),
        "endpoint": clean(pair.endpoint),
        "slice": clean(pair.slice),
        "started": pair.started,
        "conversation": clean(pair.conversation),
        "privacy": pair.privacy,
        "traceparent": clean(pair.traceparent),
        "epoch": clean(pair.epoch),
        "served": clean(pair.served),
        "fallback": clean(pair.fallback),
        "request": _text(pair.request),
        "diverged": pair.diverged,
        "trials": [
            *(_trial(STUDENT, trial) for trial in pair.trials),
            *(_trial(NOISE, trial) for trial in pair.noise_trials),
        ],
    }
    for role, reply in ((TEACHER, pair.teacher), (STUDENT, pair.student), (NOISE, pair.noise)):
        columns = dict.fromkeys(_REPLY) if reply is None else _reply(reply)
        row.update({f"{role}_{name}": value for name, value in columns.items()})
    return row


def _reply(reply: Reply) -> Record:
    return {
        "status": reply.status,
        "failure": clean(reply.failure),
        "content_type": clean(reply.content_type),
        "text": clean(reply.text),
        "body": _text(reply.body),
        "finish_reason": clean(reply.finish_reason),
        "first_token": reply.first_token,
        "total": reply.total,
        "prompt_tokens": reply.prompt_tokens,
        "completion_tokens": reply.completion_tokens,
        "labels": [_label(label) for label in reply.labels],
    }


def _label(label: Label) -> Record:
    start, end = label.span or (None, None)
    return {
        "behavior": clean(label.behavior),
        "presence": label.presence.value,
        "score": label.score,
        "rule": clean(label.rule),
        "span_start": start,
        "span_end": end,
        "variant": clean(label.variant),
    }


def _trial(role: str, trial: Trial) -> Record:
    return {
        "role": role,
        "behavior": clean(trial.behavior),
        "direction": trial.direction.value,
        "diverged": trial.diverged,
        "severity": trial.severity,
    }


def _text(data: bytes) -> str:
    return clean(data.decode("utf-8", "replace"))


def _groups(pairs: Iterable[Pair]) -> Iterator[list[Pair]]:
    group: list[Pair] = []
    size = 0
    for pair in pairs:
        group.append(pair)
        size += len(pair.request) + 2 * sum(len(r.body) for r in (pair.teacher, pair.student, pair.noise) if r)
        if len(group) >= _GROUP_PAIRS or size >= _GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """A file that becomes ``path`` when all went well, and vanishes when not. Only its owner may read it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
