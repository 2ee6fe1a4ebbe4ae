"""Spans in OTLP's protobuf encoding, written here: to make the SDK's objects first takes several times as long.

Most attributes of a span are what they were on the last one, so that each is encoded once and kept. The messages are
those of opentelemetry-proto's ``trace.proto`` and ``common.proto``, whose field numbers are for good; a test decodes
what is written here and holds it against what the SDK writes. This module refuses to know how bytes travel: ``otlp``
does.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from proxy.examiner.tracing.span import Kind, Span, Value
from proxy.telemetry import conventions as name
from proxy.telemetry.trace_ids import Place

_KINDS = {Kind.INTERNAL: b"\x30\x01", Kind.SERVER: b"\x30\x02", Kind.CLIENT: b"\x30\x03"}
_WELL, _FAILED = b"\x7a\x00", b"\x7a\x02\x18\x02"  # a status: unset, or an error
_LOCAL, _REMOTE = b"\x00\x01\x00\x00", b"\x00\x03\x00\x00"  # flags: it is known whether the parent is remote; and it is
_MOMENT, _DOUBLE = struct.Struct("<Q"), struct.Struct("<d")
_ALL_BITS = (1 << 64) - 1
_KEPT = 64  # characters of a value that may come again
_ONE_BYTE = 0x80


class Encoding:
    """Encodes batches of one sender."""

    def __init__(self, resource: Mapping[str, Value], resource_schema: str, version: str) -> None:
        """``resource`` says who sends; ``version`` is that of the instrumentation, which is this product."""
        attributes = b"".join(_sized(b"\x0a", _pair(key, value)) for key, value in resource.items())
        self._resource = _sized(b"\x0a", attributes)
        self._resource_schema = _text(b"\x1a", resource_schema)
        self._scope = _sized(b"\x0a", _text(b"\x0a", "practicum") + _text(b"\x12", version))
        self._schema = _text(b"\x1a", name.SCHEMA)

    def request(self, spans: Iterable[Span]) -> bytes:
        """An ``ExportTraceServiceRequest``."""
        written = b"".join([_sized(b"\x12", encoded(span)) for span in spans])
        of_scope = _sized(b"\x12", self._scope + written + self._schema)
        return _sized(b"\x0a", self._resource + of_scope + self._resource_schema)


def encoded(span: Span) -> bytes:
    """A ``Span`` message."""
    parts = [b"\x0a\x10", bytes.fromhex(span.place.trace), b"\x12\x08", bytes.fromhex(span.place.span)]
    if span.parent is not None:
        parts += (b"\x22\x08", bytes.fromhex(span.parent.span))
    parts += (_text(b"\x2a", span.name), _KINDS[span.kind])
    parts += (b"\x39", _MOMENT.pack(span.start), b"\x41", _MOMENT.pack(span.end))
    parts += [_attribute(key, value) for key, value in span.attributes.items() if value is not None]
    if span.error:
        parts.append(_attribute(name.ERROR_TYPE, span.error))
    parts += [_sized(b"\x6a", _link(place)) for place in span.links]
    parts += (_FAILED if span.error else _WELL, b"\x85\x01", _REMOTE if span.parent and span.remote else _LOCAL)
    return b"".join(parts)


def _link(place: Place) -> bytes:
    return b"\x0a\x10" + bytes.fromhex(place.trace) + b"\x12\x08" + bytes.fromhex(place.span) + b"\x35" + _LOCAL


def _attribute(key: str, value: Value) -> bytes:
    if isinstance(value, float) or (isinstance(value, str) and len(value) > _KEPT):
        return _sized(b"\x4a", _pair(key, value))
    return _again(key, value)


@lru_cache(4096, typed=True)  # typed, because True is 1 else
def _again(key: str, value: Value) -> bytes:
    return _sized(b"\x4a", _pair(key, value))


def _pair(key: str, value: Value) -> bytes:
    return _text(b"\x0a", key) + _sized(b"\x12", _value(value))


def _value(value: Value) -> bytes:
    if isinstance(value, str):
        return _sized(b"\x0a", _utf8(value))
    if isinstance(value, bool):
        return b"\x10\x01" if value else b"\x10\x00"
    if isinstance(value, int):
        return b"\x18" + _varint(value & _ALL_BITS)
    if isinstance(value, float):
        return b"\x21" + _DOUBLE.pack(value)
    return _sized(b"\x2a", _array(value))


def _array(values: Sequence[str]) -> bytes:
    return b"".join(_sized(b"\x0a", _value(value)) for value in values)


def _text(tag: bytes, text: str) -> bytes:
    return _sized(tag, _utf8(text)) if text else b""


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")  # half a surrogate pair, which a model may write, has no encoding


def _sized(tag: bytes, data: bytes) -> bytes:
    return tag + _varint(len(data)) + data


def _varint(number: int) -> bytes:
    if number < _ONE_BYTE:
        return number.to_bytes(1, "big")
    written = bytearray()
    while number >= _ONE_BYTE:
        written.append(number & 0x7F | _ONE_BYTE)
        number >>= 7
    written.append(number)
    return bytes(written)
