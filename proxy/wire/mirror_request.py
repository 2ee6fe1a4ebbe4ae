"""The request as another upstream is to get it: the top level edited, every other value byte for byte.

A mirrored request keeps its shape (a stream stays a stream, so that time to first token compares) and asks the
student for what comparison needs: token log-probabilities and counts. This module refuses to look into messages,
and to guess at requests whose meaning lies in one upstream's memory.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from proxy.wire.errors import UnmirrorableError
from proxy.wire.fields import Fields, join, split
from proxy.wire.surplus import Surplus
from routing.traits import Endpoint

TOP_LOGPROBS = 5  # what vLLM and OpenAI both grant on completions; chat's limit of 20 costs time and tells no more
_LOGPROBS = "message.output_text.logprobs"
_TRUE, _FALSE, _NULL = b"true", b"false", b"null"
_UNASKED = frozenset({b"", _NULL, _FALSE})
_STATE = {  # fields that point to what only the teacher's upstream holds, or that leave no reply to compare
    Endpoint.RESPONSES: ("previous_response_id", "conversation", "prompt", "background"),
    Endpoint.MESSAGES: ("container",),
}


def with_model(body: bytes, model: str) -> bytes:
    """The body with its top-level ``model`` replaced: the order of keys and every other value's bytes are kept.

    Of duplicate keys the last value survives. Raises ``WireError`` if the body is no JSON object.
    """
    fields = split(body)
    fields["model"] = _raw(model)
    return join(fields)


def for_serving(endpoint: Endpoint, body: bytes, model: str | None) -> bytes:
    """The request that another upstream than the teacher's is to answer in its place: asked for nothing more.

    ``model`` None keeps the client's, and with it every byte.

    Raises:
        UnmirrorableError: as ``for_student`` does.
        WireError: the body is no JSON object.
    """
    if not model and endpoint not in _STATE:
        return body
    fields = split(body)
    _refuse_state(endpoint, fields)
    if not model:
        return body
    fields["model"] = _raw(model)
    return join(fields)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that asks for log-probabilities, and what of them its caller did not ask for."""

    body: bytes
    surplus: Surplus


def for_judging(endpoint: Endpoint, body: bytes, model: str | None) -> Asked:
    """As ``for_serving``, and asks for log-probabilities as ``for_student`` does, for the reply to be judged by.

    What is surplus has to be taken out of the reply (``student_reply``). Nothing is asked for where the caller did
    so itself, fewer alternatives or not, so that its reply needs no editing; nor on Messages, which knows none; nor
    where Completions echo the prompt, whose tokens' would come as well.

    Raises:
        UnmirrorableError: as ``for_student`` does.
        WireError: the body is no JSON object.
    """
    fields = split(body)
    _refuse_state(endpoint, fields)
    surplus = _surplus(endpoint, fields)
    if surplus is Surplus.NOTHING:
        return Asked(for_serving(endpoint, body, model), surplus)
    if model:
        fields["model"] = _raw(model)
    _ask_logprobs(endpoint, fields)
    return Asked(join(fields), surplus)


def for_student(
    endpoint: Endpoint, body: bytes, model: str | None, priority: int | None = None, *, logprobs: bool = True
) -> bytes:
    """The request that the student gets in the shadow of the teacher's.

    ``model`` None (or "") keeps the client's. ``priority`` is vLLM's (higher waits longer), which its Messages
    endpoint lacks; None leaves it out.

    Raises:
        UnmirrorableError: the request names a stored response, conversation, prompt or container, or runs in the
            background.
        WireError: the body is no JSON object.
    """
    fields = split(body)
    _refuse_state(endpoint, fields)
    if model:
        fields["model"] = _raw(model)
    fields.pop("store", None)
    if endpoint is Endpoint.RESPONSES:
        fields["store"] = msgspec.Raw(_FALSE)  # it defaults to true there
    if priority is not None and endpoint is not Endpoint.MESSAGES:
        fields["priority"] = _raw(priority)
    if logprobs:
        _ask_logprobs(endpoint, fields)
    if endpoint in {Endpoint.CHAT, Endpoint.COMPLETIONS} and _value(fields, "stream") == _TRUE:
        fields["stream_options"] = _with_usage(fields.get("stream_options"))
    return join(fields)


def _refuse_state(endpoint: Endpoint, fields: Fields) -> None:
    for name in _STATE.get(endpoint, ()):
        if _value(fields, name) not in {b"", _NULL, _FALSE}:
            raise UnmirrorableError(f"{name} ties this request to the teacher's upstream.", param=name)


def _surplus(endpoint: Endpoint, fields: Fields) -> Surplus:
    """What asking for log-probabilities adds to a reply."""
    if endpoint is Endpoint.RESPONSES:
        if _LOGPROBS in _included(fields.get("include")):
            return Surplus.NOTHING
        return Surplus.LOGPROBS if "top_logprobs" in fields else Surplus.LOGPROBS_AND_TOP
    echoes = endpoint is Endpoint.COMPLETIONS and _value(fields, "echo") == _TRUE
    if endpoint is Endpoint.MESSAGES or echoes or _value(fields, "logprobs") not in _UNASKED:
        return Surplus.NOTHING
    return Surplus.LOGPROBS


def _ask_logprobs(endpoint: Endpoint, fields: Fields) -> None:
    """Where the client asked for log-probabilities itself, what it asked for is left alone."""
    if _value(fields, "logprobs") not in _UNASKED:
        return
    if endpoint is Endpoint.CHAT:
        fields["logprobs"] = msgspec.Raw(_TRUE)
        fields["top_logprobs"] = _raw(TOP_LOGPROBS)
    elif endpoint is Endpoint.COMPLETIONS:
        fields["logprobs"] = _raw(TOP_LOGPROBS)
    elif endpoint is Endpoint.RESPONSES:
        fields.setdefault("top_logprobs", _raw(TOP_LOGPROBS))
        fields["include"] = _including(fields.get("include"))


def _including(asked: msgspec.Raw | None) -> msgspec.Raw:
    """What a response is to include, the log-probabilities among it."""
    wanted = _included(asked)
    return msgspec.Raw(msgspec.json.encode([*wanted, _LOGPROBS] if _LOGPROBS not in wanted else wanted))


def _included(asked: msgspec.Raw | None) -> list[str]:
    try:
        return msgspec.json.decode(bytes(asked or b"[]"), type=list[str])
    except ValueError:
        return []


def _with_usage(options: msgspec.Raw | None) -> msgspec.Raw:
    """Stream options that ask for a last chunk with the token counts, and keep what else was asked."""
    try:
        asked = split(bytes(options or b"{}"))
    except ValueError:
        asked = {}
    asked["include_usage"] = msgspec.Raw(_TRUE)
    return msgspec.Raw(join(asked))


def _value(fields: Fields, name: str) -> bytes:
    return bytes(fields.get(name, b""))


def _raw(value: str | int) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
