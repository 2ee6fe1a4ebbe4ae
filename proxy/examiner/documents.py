"""Pairs as JSON: what ``/api/pairs`` sends and the command line reads back, both directions in one place.

A body is bytes, and JSON has none: it is ``{"text": ...}`` where it is UTF-8 and ``{"base64": ...}`` where it is not,
so that it always comes back byte for byte. Nothing here decides which pairs are shown; ``admin`` does.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterable

import msgspec

from proxy.store.pair import Pair, Reply
from proxy.wire.replies import observe
from routing.behaviors.label import Label
from routing.divergence import Direction, Trial
from routing.observation import Arm, Failure, Observation, Timing
from routing.traits import Endpoint

_PREVIEW = 200


class Octets(msgspec.Struct, frozen=True, omit_defaults=True):
    """Bytes in JSON: exactly one of the two is set; neither, for no bytes."""

    text: str | None = None
    base64: str | None = None


class ReplyDocument(msgspec.Struct, frozen=True):
    """A ``Reply`` in JSON."""

    status: int
    failure: str
    content_type: str
    body: Octets
    text: str
    finish_reason: str
    first_token: float | None
    total: float
    prompt_tokens: int | None
    completion_tokens: int | None
    labels: tuple[Label, ...]


class PairDocument(msgspec.Struct, frozen=True):
    """A ``Pair`` in JSON."""

    id: str
    route: str
    endpoint: str
    slice: str
    started: float
    conversation: str
    privacy: str
    traceparent: str
    request: Octets
    teacher: ReplyDocument
    student: ReplyDocument
    trials: tuple[Trial, ...]
    noise: ReplyDocument | None
    noise_trials: tuple[Trial, ...]
    epoch: str
    served: str
    fallback: str = ""


class ArmRow(msgspec.Struct, frozen=True):
    """One arm of a pair in a list: how it ended and how its text begins."""

    status: int
    failure: str
    finish_reason: str
    total: float
    preview: str


class PairRow(msgspec.Struct, frozen=True):
    """A pair in a list. ``lost`` and ``gained`` name the behaviors that diverged.

    ``noise`` names those in which the teacher diverged from itself; None where it did not answer twice. ``served`` is
    the arm whose reply the caller got, and ``fallback`` why that is the teacher's in the student's place, "" where not.
    """

    id: str
    route: str
    endpoint: str
    slice: str
    started: float
    lost: tuple[str, ...]
    gained: tuple[str, ...]
    noise: tuple[str, ...] | None
    teacher: ArmRow
    student: ArmRow
    served: str
    fallback: str = ""


class PairPage(msgspec.Struct, frozen=True):
    """A page of a list, the newest pair first. ``next`` is the cursor of the page after it, None on the last."""

    pairs: tuple[PairRow, ...]
    next: str | None


def document(pair: Pair) -> PairDocument:
    """A pair as JSON knows it."""
    return PairDocument(
        id=pair.id,
        route=pair.route,
        endpoint=pair.endpoint,
        slice=pair.slice,
        started=pair.started,
        conversation=pair.conversation,
        privacy=pair.privacy,
        traceparent=pair.traceparent,
        request=_octets(pair.request),
        teacher=_reply_document(pair.teacher),
        student=_reply_document(pair.student),
        trials=pair.trials,
        noise=_reply_document(pair.noise) if pair.noise else None,
        noise_trials=pair.noise_trials,
        epoch=pair.epoch,
        served=pair.served,
        fallback=pair.fallback,
    )


def pair_of(found: PairDocument) -> Pair:
    """The pair that a document stands for. Raises ``ValueError`` on base64 that is none."""
    return Pair(
        id=found.id,
        route=found.route,
        endpoint=found.endpoint,
        slice=found.slice,
        started=found.started,
        conversation=found.conversation,
        request=_bytes(found.request),
        teacher=_reply(found.teacher),
        student=_reply(found.student),
        trials=found.trials,
        noise=_reply(found.noise) if found.noise else None,
        noise_trials=found.noise_trials,
        privacy=found.privacy,
        traceparent=found.traceparent,
        epoch=found.epoch,
        served=found.served,
        fallback=found.fallback,
    )


def row(pair: Pair) -> PairRow:
    """A pair as a list shows it."""
    return PairRow(
        id=pair.id,
        route=pair.route,
        endpoint=pair.endpoint,
        slice=pair.slice,
        started=pair.started,
        lost=_diverged(pair.trials, Direction.LOST),
        gained=_diverged(pair.trials, Direction.GAINED),
        noise=_diverged(pair.noise_trials, *Direction) if pair.noise and not pair.noise.failure else None,
        teacher=_arm_row(pair.endpoint, Arm.TEACHER, pair.teacher),
        student=_arm_row(pair.endpoint, Arm.STUDENT, pair.student),
        served=pair.served,
        fallback=pair.fallback,
    )


def observed(endpoint: str, arm: Arm, reply: Reply) -> Observation | None:
    """What can be read from the body that was kept: above all the tool calls, which ``Reply.text`` does not hold."""
    if not reply.body or endpoint not in set(Endpoint):
        return None
    failure = Failure(reply.failure) if reply.failure in set(Failure) else None
    timing = Timing(reply.first_token, reply.total)
    stream = "event-stream" in reply.content_type
    return observe(Endpoint(endpoint), arm, reply.status, reply.content_type, reply.body, stream, failure, timing)


def _diverged(trials: Iterable[Trial], *directions: Direction) -> tuple[str, ...]:
    return tuple(trial.behavior for trial in trials if trial.diverged and trial.direction in directions)


def _arm_row(endpoint: str, arm: Arm, reply: Reply) -> ArmRow:
    preview = reply.text or _calls(endpoint, arm, reply) or reply.body[: 4 * _PREVIEW].decode("utf-8", "replace")
    return ArmRow(reply.status, reply.failure, reply.finish_reason, reply.total, preview[:_PREVIEW])


def _calls(endpoint: str, arm: Arm, reply: Reply) -> str:
    found = observed(endpoint, arm, reply)
    return " ".join(f"{call.name}({call.arguments})" for call in found.tool_calls) if found else ""


def _reply_document(reply: Reply) -> ReplyDocument:
    return ReplyDocument(
        status=reply.status,
        failure=reply.failure,
        content_type=reply.content_type,
        body=_octets(reply.body),
        text=reply.text,
        finish_reason=reply.finish_reason,
        first_token=reply.first_token,
        total=reply.total,
        prompt_tokens=reply.prompt_tokens,
        completion_tokens=reply.completion_tokens,
        labels=reply.labels,
    )


def _reply(found: ReplyDocument) -> Reply:
    return Reply(
        status=found.status,
        failure=found.failure,
        content_type=found.content_type,
        body=_bytes(found.body),
        text=found.text,
        finish_reason=found.finish_reason,
        first_token=found.first_token,
        total=found.total,
        prompt_tokens=found.prompt_tokens,
        completion_tokens=found.completion_tokens,
        labels=found.labels,
    )


def _octets(body: bytes) -> Octets:
    try:
        return Octets(text=body.decode())
    except UnicodeDecodeError:
        return Octets(base64=binascii.b2a_base64(body, newline=False).decode())


def _bytes(octets: Octets) -> bytes:
    if octets.base64 is not None:
        return binascii.a2b_base64(octets.base64, strict_mode=True)
    return (octets.text or "").encode()
