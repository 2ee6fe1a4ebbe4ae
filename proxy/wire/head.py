"""A glance at a request: the few fields a worker needs before it forwards the body untouched.

It validates that the body is one JSON object in UTF-8 with a model, and is otherwise as tolerant as it can be: what
is wrong with the rest is for the teacher to say. It refuses to parse messages; ``requests`` does, off the hot path.
"""

from __future__ import annotations

import msgspec

from proxy.wire.errors import WireError
from proxy.wire.fields import not_an_object


class Head(msgspec.Struct, frozen=True):
    """What routing needs. A ``stream`` or ``store`` that is not a boolean counts as its default."""

    model: str
    stream: bool = False
    store: bool = True
    user: str = ""


class _Glance(msgspec.Struct):
    model: msgspec.Raw = msgspec.Raw()
    stream: msgspec.Raw = msgspec.Raw()
    store: msgspec.Raw = msgspec.Raw()
    user: msgspec.Raw = msgspec.Raw()


_usual = msgspec.json.Decoder(Head)
_tolerant = msgspec.json.Decoder(_Glance)
_string = msgspec.json.Decoder(str)


def glance(body: bytes) -> Head:
    """The head of a request; of duplicate keys the last counts.

    Raises:
        WireError: the body is not UTF-8, not JSON, nested too deeply or not an object, or ``model`` is missing or no
            string.
    """
    try:
        if not body.isascii():
            body.decode()  # the decoder skips unread values without looking at their encoding
        head = _as_usual(body)
        if head is not None:
            return head
        seen = _tolerant.decode(body)
    except (ValueError, RecursionError) as exc:
        raise not_an_object(exc) from exc
    return Head(_model(seen.model), bytes(seen.stream) == b"true", bytes(seen.store) != b"false", _text(seen.user))


def _as_usual(body: bytes) -> Head | None:
    """The head, in a third of the time, where every field is of its type and the model is there."""
    try:
        head = _usual.decode(body)
    except msgspec.DecodeError:
        return None
    return head if head.model else None


def _model(raw: msgspec.Raw) -> str:
    if not bytes(raw):
        raise WireError("You must provide a model parameter.", param="model")
    model = _text(raw)
    if not model:
        raise WireError("The model parameter must be a string that is not empty.", param="model")
    return model


def _text(raw: msgspec.Raw) -> str:
    """The string that the value is, or "" if it is none."""
    if not bytes(raw):
        return ""
    try:
        return _string.decode(raw)
    except ValueError:
        return ""
