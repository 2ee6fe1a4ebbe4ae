"""What of a pair is kept: all of it, a redacted copy, or digests.

These are pure functions of a pair that has been compared already. Redaction therefore never changes a verdict: trials
and labels say what was found in the replies as they were, and only what a person can read afterwards is less. The
counterpart that chooses between them is ``proxy.store.entry``.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import re

from proxy.store.pair import Pair, Reply
from proxy.store.redacted_json import redact
from proxy.store.redaction import redact_text
from routing.behaviors.label import Label

_WORD = re.compile(r"[a-z_]{0,32}")


def redacted(pair: Pair) -> Pair:
    """The pair with personal data and secrets replaced by placeholders.

    The body of an event stream is withheld, because what must be replaced may straddle its events; its text is kept.
    A label's span moves with its text, or goes where the text it covers was replaced.
    """
    return dataclasses.replace(
        pair,
        request=_redact_bytes(pair.request),
        teacher=_redact_reply(pair.teacher),
        student=_redact_reply(pair.student),
        noise=None if pair.noise is None else _redact_reply(pair.noise),
        privacy="redacted",
    )


def digested(pair: Pair, key: bytes) -> Pair:
    """The pair without anything readable: texts become their length and keyed digest, request and bodies nothing.

    Equal texts have equal digests under one key, so it still shows whether both arms said the same. Labels keep their
    behavior, presence and score.
    """
    return dataclasses.replace(
        pair,
        request=b"",
        teacher=_digest_reply(pair.teacher, key),
        student=_digest_reply(pair.student, key),
        noise=None if pair.noise is None else _digest_reply(pair.noise, key),
        privacy="digest",
    )


def _redact_reply(reply: Reply) -> Reply:
    text = redact(reply.text)
    streamed = reply.content_type.startswith("text/event-stream")
    return dataclasses.replace(
        reply,
        body=b"" if streamed else _redact_bytes(reply.body),
        text=text,
        labels=tuple(_redact_label(label, reply.text, text) for label in reply.labels),
    )


def _redact_bytes(data: bytes) -> bytes:
    return redact(data.decode("utf-8", "replace")).encode("utf-8", "replace")


def _redact_label(label: Label, before: str, after: str) -> Label:
    span = label.span if before == after else _moved(label.span, before, after)
    rule = redact_text(label.rule)
    return label if (rule, span) == (label.rule, label.span) else dataclasses.replace(label, rule=rule, span=span)


def _moved(span: tuple[int, int] | None, before: str, after: str) -> tuple[int, int] | None:
    """Where the span lies after redaction; None unless its text, what precedes and what follows redact separately."""
    if span is None:
        return None
    head, inside, tail = (redact_text(part) for part in (before[: span[0]], before[slice(*span)], before[span[1] :]))
    return (len(head), len(head) + len(inside)) if head + inside + tail == after else None


def _digest_reply(reply: Reply, key: bytes) -> Reply:
    return dataclasses.replace(
        reply,
        content_type=reply.content_type.partition(";")[0],
        body=b"",
        text=_digest(reply.text, key),
        finish_reason=reply.finish_reason if _WORD.fullmatch(reply.finish_reason) else "other",
        labels=tuple(dataclasses.replace(label, rule="", span=None) for label in reply.labels),
    )


def _digest(text: str, key: bytes) -> str:
    if not text:
        return ""
    mac = hmac.new(key, text.encode("utf-8", "replace"), hashlib.sha256)
    return f"hmac-sha256:{mac.hexdigest()} {len(text)} characters"
