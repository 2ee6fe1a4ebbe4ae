"""What an arm did, read from the bytes of its reply: one ``Observation`` whatever the endpoint and the transport.

Nothing here raises, whatever the bytes: a reply that is cut, empty or none at all is an observation with a failure
and with as much as came. Reading an endpoint's format is its reader's; this module decides which failure it was.
"""

from __future__ import annotations

from collections.abc import Mapping

from proxy.wire import tree
from proxy.wire.chat_reply import CHAT, COMPLETIONS
from proxy.wire.draft import Draft, Reader
from proxy.wire.messages_reply import MESSAGES
from proxy.wire.responses_reply import RESPONSES
from proxy.wire.sse import Event, events, plain_data
from routing.observation import Arm, Failure, Observation, Timing
from routing.traits import Endpoint

_READERS = {
    Endpoint.CHAT: CHAT,
    Endpoint.COMPLETIONS: COMPLETIONS,
    Endpoint.RESPONSES: RESPONSES,
    Endpoint.MESSAGES: MESSAGES,
}
_DONE = b"[DONE]"
_LAST = 3  # events that end a stream: why it ended, its usage, and that it is done
_STREAM_FIELDS = (b":", b"data", b"event", b"id", b"retry")
_ERROR_STATUS = 400


def observe(
    endpoint: Endpoint,
    arm: Arm,
    status: int,
    content_type: str,
    body: bytes,
    stream: bool,
    failure: Failure | None,
    timing: Timing,
) -> Observation:
    """What the arm did.

    ``body`` is decompressed; ``stream`` is what the request asked for, which the content type overrules where it is
    clear. ``failure`` is what the transport reported, and stands; where it reported none, the bytes decide.
    """
    draft = Draft()
    reader = _READERS.get(endpoint)
    found = _status_failure(status, body)
    if reader is not None and status < _ERROR_STATUS and body:
        read = _read_stream if _is_stream(content_type, stream=stream) else _read_unary
        found = read(draft, reader, body) or found
    return draft.sealed(arm, status, failure or found, timing)


def _is_stream(content_type: str, *, stream: bool) -> bool:
    kind = content_type.lower()
    return "event-stream" in kind or (stream and "json" not in kind)


def _status_failure(status: int, body: bytes) -> Failure | None:
    if status >= _ERROR_STATUS:
        return Failure.HTTP_ERROR
    return None if body.strip() else Failure.EMPTY


def _read_unary(draft: Draft, reader: Reader, body: bytes) -> Failure | None:
    if not body.strip():
        return Failure.EMPTY
    if reader.quick_unary is None or not reader.quick_unary(draft, body):
        try:
            document = tree.mapping(tree.parse(body))
        except (ValueError, RecursionError):
            return Failure.INVALID
        reader.unary(draft, document)
        draft.error = draft.error or bool(document.get("error"))
    if draft.error:
        return Failure.ERROR_EVENT
    return None if draft.recognized else Failure.INVALID


def _read_stream(draft: Draft, reader: Reader, body: bytes) -> Failure | None:
    if not body.strip():
        return Failure.EMPTY
    plain = plain_data(body)
    valid, whole = _read_any(draft, reader, body) if plain is None else (_read_plain(draft, reader, plain), True)
    if draft.error:
        return Failure.ERROR_EVENT
    if not valid or (whole and not draft.recognized):
        return Failure.INVALID
    return None if draft.ended else Failure.TRUNCATED


def _read_any(draft: Draft, reader: Reader, body: bytes) -> tuple[bool, bool]:
    """Reads every event; whether all are valid, and whether any came whole."""
    found = events(body)
    valid = [_read_event(draft, reader, event) for event in found]
    return all(valid) and not _is_no_stream(body, found), any(event.terminated for event in found)


def _read_plain(draft: Draft, reader: Reader, plain: list[bytes]) -> bool:
    """Reads events of which there are only data; whether all are valid. Those in the middle mostly are alike."""
    cut = max(1, len(plain) - _LAST)
    middle = plain[1:cut]
    valid = [_read_event(draft, reader, Event(plain[0]))]
    if reader.quick_run is None or not reader.quick_run(draft, middle):
        valid += [_read_event(draft, reader, Event(data)) for data in middle]
    valid += [_read_event(draft, reader, Event(data)) for data in plain[cut:]]
    return all(valid)


def _read_event(draft: Draft, reader: Reader, event: Event) -> bool:
    """Reads one event; False if its data are no JSON object. The stump of a cut event is no fault of its own."""
    if reader.quick is not None and not event.name and reader.quick(draft, event.data):
        return True
    if _DONE in event.data and event.data.strip() == _DONE:
        draft.ended = draft.ended or reader in {CHAT, COMPLETIONS}
        return True
    try:
        document = tree.parse(event.data)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, (dict, Mapping)):
        draft.error = draft.error or event.name == "error"
        return not event.terminated
    if event.name == "error" or document.get("error"):
        draft.error = True
    reader.event(draft, event.name, document)
    return True


def _is_no_stream(body: bytes, found: list[Event]) -> bool:
    """Whether a body without events is something else than a stream that was cut before its first."""
    start = body.lstrip(b"\r\n\xef\xbb\xbf")
    return not found and not any(start.startswith(field) or field.startswith(start) for field in _STREAM_FIELDS)
