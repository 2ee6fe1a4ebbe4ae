"""Pairs to rows and back, with everything a database could refuse made storable on the way in.

What upstreams send may hold NUL characters and lone surrogates (PostgreSQL and UTF-8 refuse them), token counts beyond
64 bits, times that are no numbers and names without end. None of these may cost a pair, let alone a batch: characters
become U+FFFD, numbers the nearest storable one, names are cut. Bytes are kept exactly.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Union

import msgspec
import zstandard
from sqlalchemy import RowMapping

from proxy.store.pair import Pair, Reply
from proxy.store.schema import NAME, NOISE, STUDENT, TEACHER
from routing.behaviors.label import Label
from routing.divergence import Direction, Trial
from routing.style import Contrast, Measure, StyleDrift

Value = Union[str, int, float, bool, bytes, None]
Row = dict[str, Value]

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_INTEGER = 2**63 - 1
_ROW_BYTES = 600  # what a pair costs beside its payloads: columns, trials and index entries, roughly


class Payload(msgspec.Struct, frozen=True, array_like=True):
    """What a reply said, as it is compressed into one column."""

    text: str
    body: bytes
    labels: tuple[Label, ...]


class Codec:
    """Compresses and packs. Not thread-safe, as zstandard's contexts are not: one for each batch or query."""

    def __init__(self) -> None:
        self._compressor = zstandard.ZstdCompressor(level=3)
        self._decompressor = zstandard.ZstdDecompressor()
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(Payload)

    def compress(self, data: bytes) -> bytes:
        """The data as one zstd frame that knows its size."""
        return self._compressor.compress(data)

    def decompress(self, data: bytes) -> bytes:
        """The inverse of ``compress``."""
        return self._decompressor.decompress(data)

    def pack(self, reply: Reply) -> bytes:
        """A reply's payload."""
        labels = tuple([_storable_label(label) for label in reply.labels])
        return self.compress(self._encoder.encode(Payload(clean(reply.text), reply.body, labels)))

    def unpack(self, payload: bytes) -> Payload:
        """The inverse of ``pack``."""
        return self._decoder.decode(self.decompress(payload))


def clean(text: str) -> str:
    """The text with NUL characters and lone surrogates replaced by U+FFFD."""
    if text.isascii() and "\0" not in text:  # as nearly every name and rule, of which a pair has dozens
        return text
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def name(text: str) -> str:
    """A short string as it fits a column: clean, and cut at ``NAME`` characters."""
    if len(text) <= NAME and text.isascii() and "\0" not in text:  # as `clean` does, without a call and a copy
        return text
    return clean(text[:NAME])


behavior_name = lru_cache(maxsize=1024)(name)  # there are few, and each pair has a dozen


def number(value: float) -> float:
    """The value if it is a finite number, else 0."""
    return float(value) if math.isfinite(value) else 0.0


def pair_rows(pair: Pair, codec: Codec) -> tuple[Row, list[Row]]:
    """A pair's row and those of its replies."""
    replies = [(TEACHER, pair.teacher), (STUDENT, pair.student)]
    if pair.noise is not None:
        replies.append((NOISE, pair.noise))
    packed = [(role, reply, codec.pack(reply)) for role, reply in replies]
    request = codec.compress(pair.request)
    size = len(request) + sum(len(payload) for _, _, payload in packed) + _ROW_BYTES
    rows = [_reply_row(name(pair.id), role, reply, payload) for role, reply, payload in packed]
    return _pair_row(pair, request, size), rows


def trial_rows(pair: Pair) -> list[Row]:
    """One row for each trial of the student and of the noise floor; of repeated ones the last."""
    shared: Row = {
        "pair_id": name(pair.id),
        "route": name(pair.route),
        "slice": name(pair.slice),
        "started": number(pair.started),
    }
    rows: dict[tuple[str, str, str], Row] = {}
    for role, trials in ((STUDENT, pair.trials), (NOISE, pair.noise_trials)):
        for trial in trials:
            behavior, direction = behavior_name(trial.behavior), trial.direction.value
            its: Row = {"role": role, "behavior": behavior, "direction": direction}
            found: Row = {"diverged": trial.diverged, "severity": number(trial.severity)}
            rows[role, behavior, direction] = {**shared, **its, **found}
    return list(rows.values())


def style_rows(route: str, slice_: str, drift: StyleDrift) -> list[Row]:
    """One row for each measure that has pairs."""
    found = zip(Measure, (drift.length, drift.hedges, drift.corrections, drift.unsure), strict=True)
    return [_style_row(route, slice_, measure, contrast) for measure, contrast in found if contrast.count]


def read_style(rows: Iterable[RowMapping]) -> StyleDrift:
    """The drift of one slice's rows of ``styles``; of a measure that has no row, nothing is known."""
    by_measure = {row["measure"]: row for row in rows}
    return StyleDrift(*(_read_contrast(by_measure.get(measure.value)) for measure in Measure))


def read_pair(row: RowMapping, replies: Sequence[RowMapping], trials: Iterable[RowMapping], codec: Codec) -> Pair:
    """The pair of a row of ``pairs`` and its rows of ``replies`` and ``trials``."""
    by_role = {reply["role"]: _read_reply(reply, codec) for reply in replies}
    found = [(trial["role"], _read_trial(trial)) for trial in trials]
    return Pair(
        id=row["id"],
        route=row["route"],
        endpoint=row["endpoint"],
        slice=row["slice"],
        started=row["started"],
        conversation=row["conversation"],
        request=codec.decompress(row["request"]),
        teacher=by_role[TEACHER],
        student=by_role[STUDENT],
        trials=tuple(trial for role, trial in found if role == STUDENT),
        noise=by_role.get(NOISE),
        noise_trials=tuple(trial for role, trial in found if role == NOISE),
        privacy=row["privacy"],
        traceparent=row["traceparent"],
        epoch=row["epoch"],
        served=row["served"],
        fallback=row["fallback"],
    )


def _pair_row(pair: Pair, request: bytes, size: int) -> Row:
    return {
        "id": name(pair.id),
        "route": name(pair.route),
        "endpoint": name(pair.endpoint),
        "slice": name(pair.slice),
        "started": number(pair.started),
        "conversation": name(pair.conversation),
        "privacy": name(pair.privacy),
        "traceparent": name(pair.traceparent),
        "epoch": name(pair.epoch),
        "served": name(pair.served),
        "fallback": name(pair.fallback),
        "diverged": pair.diverged,
        "size": size,
        "request": request,
    }


def _reply_row(pair_id: str, role: str, reply: Reply, payload: bytes) -> Row:
    return {
        "pair_id": pair_id,
        "role": role,
        "status": _integer(reply.status),
        "failure": name(reply.failure),
        "content_type": name(reply.content_type),
        "finish_reason": name(reply.finish_reason),
        "first_token": None if reply.first_token is None else number(reply.first_token),
        "total": number(reply.total),
        "prompt_tokens": _integer(reply.prompt_tokens),
        "completion_tokens": _integer(reply.completion_tokens),
        "payload": payload,
    }


def _style_row(route: str, slice_: str, measure: Measure, contrast: Contrast) -> Row:
    return {
        "route": name(route),
        "slice": name(slice_),
        "measure": measure.value,
        "pairs": contrast.count,
        "teacher": number(contrast.teacher),
        "student": number(contrast.student),
        "surprise": number(contrast.surprise),
    }


def _read_contrast(row: RowMapping | None) -> Contrast:
    if row is None:
        return Contrast()
    return Contrast(row["pairs"], row["teacher"], row["student"], row["surprise"])


def _read_reply(row: RowMapping, codec: Codec) -> Reply:
    payload = codec.unpack(row["payload"])
    return Reply(
        status=row["status"],
        failure=row["failure"],
        content_type=row["content_type"],
        body=payload.body,
        text=payload.text,
        finish_reason=row["finish_reason"],
        first_token=row["first_token"],
        total=row["total"],
        prompt_tokens=row["prompt_tokens"],
        completion_tokens=row["completion_tokens"],
        labels=payload.labels,
    )


def _read_trial(row: RowMapping) -> Trial:
    return Trial(row["behavior"], Direction(row["direction"]), row["diverged"], row["severity"])


def _storable_label(label: Label) -> Label:
    """The label, which nearly always is storable as it is."""
    said, span = label.behavior + label.rule + label.variant, label.span
    plain = said.isascii() and "\0" not in said and 0 <= label.score <= 1
    if plain and (span is None or 0 <= span[0] <= span[1] <= _INTEGER):
        return label
    span = None if span is None else (_integer(span[0]) or 0, _integer(span[1]) or 0)
    score, variant = number(label.score), clean(label.variant)
    return Label(clean(label.behavior), label.presence, score, clean(label.rule), span, variant)


def _integer(value: int | None) -> int | None:
    return None if value is None else max(-_INTEGER, min(_INTEGER, value))
