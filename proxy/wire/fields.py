"""A JSON object taken apart at its top level only: each value stays the bytes its sender wrote.

It is what lets a request be edited without being rewritten: numbers keep their digits, strings their escapes, unknown
fields their meaning. It refuses to look inside a value. Its counterpart is ``tree``, which reads a whole document.
"""

from __future__ import annotations

import msgspec

from proxy.wire.errors import WireError

Fields = dict[str, msgspec.Raw]

_decoder = msgspec.json.Decoder(Fields)


def split(body: bytes) -> Fields:
    """The top-level members in their order; of duplicates the last. Raises ``WireError`` if there is no object."""
    try:
        return _decoder.decode(body)
    except (ValueError, RecursionError) as exc:
        raise not_an_object(exc) from exc


def join(fields: Fields) -> bytes:
    """One JSON object of these members, each value's bytes as they are."""
    return msgspec.json.encode(fields)


def not_an_object(cause: Exception) -> WireError:
    """The error to show for a body that is no JSON object, by what its decoder raised."""
    if isinstance(cause, RecursionError):
        return WireError("The request body is nested too deeply. Flatten it to fewer than 500 levels.")
    if isinstance(cause, UnicodeDecodeError):
        return WireError(f"The request body is not valid UTF-8 (byte {cause.start}). Send JSON encoded as UTF-8.")
    if isinstance(cause, msgspec.ValidationError):
        return WireError(f"The request body must be a JSON object: {cause}.")
    return WireError(f"The request body is not valid JSON: {cause}.")
