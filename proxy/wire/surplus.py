"""What a student's reply says of its log-probabilities that its caller did not ask for, found byte for byte.

Without it a reply is what the same server would have sent unasked: ``"logprobs":null`` in the choices of Chat and
Completions; in Responses ``[]`` in events and, with vLLM, null in parts of a message and in the echo of
``top_logprobs``. vLLM's chat streams have an event for a token that makes no text, which it does not send unasked.

Nothing is encoded anew: the values are found in the bytes, and all others are kept. Its counterparts are
``mirror_request``, which asks, and ``student_reply``, which reads what was asked for before it is taken out.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

import msgspec

from proxy.wire.places import ANY, Path, Span, located, search
from routing.traits import Endpoint

NULL, NONE, ZERO = b"null", b"[]", b"0"
_KEY, _ECHO = b'"logprobs"', b'"top_logprobs"'
_CHOICES: frozenset[Path] = frozenset({("choices", ANY, "logprobs")})
_EVENTS: frozenset[Path] = frozenset({("logprobs",)})
_PARTS: frozenset[Path] = frozenset(
    {
        ("part", "logprobs"),
        ("item", "content", ANY, "logprobs"),
        ("output", ANY, "content", ANY, "logprobs"),
        ("response", "output", ANY, "content", ANY, "logprobs"),
    }
)
_ECHOES: frozenset[Path] = frozenset({("top_logprobs",), ("response", "top_logprobs")})

Edit = tuple[int, int, bytes]
"""A span of a document, and what is to stand there."""


class Surplus(Enum):
    """What a reply was asked for on top of its caller's request."""

    NOTHING = "nothing"
    LOGPROBS = "logprobs"
    LOGPROBS_AND_TOP = "logprobs_and_top"  # Responses repeats how many alternatives, of which its caller said nothing


class Unasked(NamedTuple):
    """What a server writes where nobody asked, by where it is; None as the echo: the same as when asked."""

    choice: bytes
    event: bytes
    part: bytes
    echo: bytes | None


VLLM = Unasked(NULL, NONE, NULL, NULL)
OPENAI = {Surplus.LOGPROBS: Unasked(NULL, NONE, NONE, None), Surplus.LOGPROBS_AND_TOP: Unasked(NULL, NONE, NONE, ZERO)}


class Where(Enum):
    """Whose the log-probabilities in a document are."""

    CHOICE = "choice"
    EVENT = "event"
    PART = "part"


class Values(NamedTuple):
    """The log-probabilities in a document, in the order and the bytes in which they are written there.

    ``echo`` is the number of alternatives that Responses repeats. ``extra`` says that the whole event would not have
    been sent unasked.
    """

    logprobs: list[msgspec.Raw]
    where: Where
    echo: msgspec.Raw | None = None
    extra: bool = False


def edits(endpoint: Endpoint, data: bytes, values: Values, unasked: Unasked) -> list[Edit]:
    """The edits, in their order, that make of a document with these values what it would be unasked."""
    logprobs = values.logprobs
    if values.echo is None and (_is_blank(logprobs[0]) if len(logprobs) == 1 else all(map(_is_blank, logprobs))):
        return []
    spans = located(data, _KEY, logprobs)
    if spans is None:
        return search_edits(endpoint, data, unasked)
    new = _unasked(unasked, values.where)
    if len(spans) == 1 and values.echo is None:
        return [(*spans[0], new)]
    found = [(*span, new) for span, raw in zip(spans, logprobs, strict=True) if not _is_blank(raw)]
    if values.echo is None or unasked.echo is None:
        return found
    echo = _echo(data, spans, values.echo)
    return search_edits(endpoint, data, unasked) if echo is None else sorted([*found, (*echo, unasked.echo)])


def search_edits(endpoint: Endpoint, data: bytes, unasked: Unasked) -> list[Edit]:
    """The same of any JSON document, in a hundred times the time."""
    if endpoint is not Endpoint.RESPONSES:
        return _searched(data, _CHOICES, unasked.choice)
    echoes = [] if unasked.echo is None else _searched(data, _ECHOES, unasked.echo)
    return sorted(_searched(data, _EVENTS, unasked.event) + _searched(data, _PARTS, unasked.part) + echoes)


def _unasked(unasked: Unasked, where: Where) -> bytes:
    if where is Where.CHOICE:
        return unasked.choice
    return unasked.event if where is Where.EVENT else unasked.part


def _searched(data: bytes, paths: frozenset[Path], new: bytes) -> list[Edit]:
    return [(start, end, new) for start, end in search(data, paths) if not _is_blank(data[start:end])]


def _echo(data: bytes, spans: list[Span], echo: msgspec.Raw) -> Span | None:
    """The span of the one echo beside the log-probabilities, which have keys of the same name; None if not sure."""
    rest = bytearray(data)
    for start, end in spans:
        rest[start:end] = b" " * (end - start)
    found = located(bytes(rest), _ECHO, [echo])
    return found[0] if found else None


def _is_blank(value: bytes | msgspec.Raw) -> bool:
    """Whether there is nothing to take out: null, or an empty array."""
    if len(value) > len(NULL):
        return False
    written = bytes(value)
    return written == NULL or (written[:1] == b"[" and not written[1:-1].strip())
