"""Token log-probabilities in the two forms they come in: lists of entries, and the parallel arrays of old.

An entry whose log-probability is no finite number is left out: a single infinity would poison every mean. A student's
reply has some hundred entries of six numbers each, so those of Chat that are in good shape are decoded straight into
types; whatever is not goes the long way, which reads the same.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from proxy.wire import tree
from proxy.wire.requests import Document
from routing.observation import TokenLogprob
from routing.traits import Json


class Alternative(msgspec.Struct, frozen=True, gc=False):
    """Another token that the student might have said."""

    logprob: float


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A token as Chat has it."""

    logprob: float
    token: str = ""
    top_logprobs: list[Alternative] | None = None


class Listed(msgspec.Struct, frozen=True, gc=False):
    """The log-probabilities of a choice of Chat's that are in good shape throughout, so that they are decoded so."""

    content: list[Entry] | None = None


def decoded(found: Listed | None) -> list[TokenLogprob]:
    """What ``listed`` makes of them."""
    entries = found.content if found is not None else None
    return [
        TokenLogprob(entry.token, entry.logprob, tuple([other.logprob for other in entry.top_logprobs or ()]))
        for entry in entries or ()
    ]


def listed(entries: Json) -> Iterator[TokenLogprob]:
    """``[{token, logprob, top_logprobs: [{logprob}]}]``, as Chat and Responses have them."""
    for entry in map(tree.mapping, tree.items(entries)):
        top = (tree.finite(tree.mapping(other).get("logprob")) for other in tree.items(entry.get("top_logprobs")))
        yield from _token(entry.get("token"), entry.get("logprob"), top)


def parallel(logprobs: Document) -> Iterator[TokenLogprob]:
    """Legacy Completions: parallel arrays, in which ``top_logprobs`` maps a token to its log-probability."""
    tokens, tops = tree.items(logprobs.get("tokens")), tree.items(logprobs.get("top_logprobs"))
    for place, logprob in enumerate(tree.items(logprobs.get("token_logprobs"))):
        top = tree.mapping(tops[place]) if place < len(tops) else {}
        yield from _token(tokens[place] if place < len(tokens) else "", logprob, map(tree.finite, top.values()))


def _token(token: Json, logprob: Json, top: Iterator[float | None]) -> Iterator[TokenLogprob]:
    value = tree.finite(logprob)
    if value is not None:
        yield TokenLogprob(tree.whole(tree.text(token)), value, tuple(number for number in top if number is not None))
