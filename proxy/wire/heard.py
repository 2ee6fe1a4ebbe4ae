"""The tokens that a student was heard to say, decoded straight into what matters of them.

What does not fit is read by ``logprobs``, and what is no finite number there is counted as unheard. Nothing raises.
Its counterpart is ``listening``, which knows the events these come in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from proxy.wire import tree
from proxy.wire.draft import FINISH_REASONS
from proxy.wire.logprobs import listed, parallel
from routing.observation import TokenLogprob
from routing.traits import Json

ABSENT = msgspec.Raw()
_NOTHING = frozenset({b"", b"null", b"[]", b"{}", b'""', b"false", b"0", b"0.0", b"-0"})
_LONGEST = max(map(len, _NOTHING))


@dataclass(slots=True)
class Heard:
    """A reply as far as it came. Of several choices the first is heard.

    Attributes:
        tokens: With their log-probabilities; whoever reads them may take them away.
        texts: The pieces of what the user reads.
        finish: In the vocabulary of ``Observation.finish_reason``, "" while it is not known.
        unheard: Pieces of the reply that came without a usable log-probability.
        ended: The terminal event came.
        failed: The upstream reported an error.
        calls: A tool call has begun; known of Responses and Messages.
        stores: The upstream says whether it keeps the reply, as OpenAI's does.
    """

    tokens: list[TokenLogprob] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    finish: str = ""
    unheard: int = 0
    ended: bool = False
    failed: bool = False
    calls: bool = False
    stores: bool = False

    def finished(self, reason: str) -> None:
        """The reply gave its reason to end."""
        reason = "tool_calls" if reason == "function_call" else reason
        self.finish = reason if reason in FINISH_REASONS else ""

    def count(self, hear: Callable[[Heard, msgspec.Raw], int], logprobs: msgspec.Raw, *, said: bool) -> None:
        """Hear a piece's log-probabilities, and count what of it was not heard; ``said``: it has a text or a call."""
        before = len(self.tokens)
        entries = hear(self, logprobs) if says(logprobs) else 0
        self.unheard += max(entries, said) - (len(self.tokens) - before)


class _Top(msgspec.Struct, gc=False):
    logprob: float


class _Entry(msgspec.Struct, gc=False):
    logprob: float
    token: str = ""
    top_logprobs: list[_Top] = []


class _Content(msgspec.Struct, gc=False):
    content: list[_Entry]


class _Arrays(msgspec.Struct, gc=False):
    tokens: list[str]
    token_logprobs: list[float]
    top_logprobs: list[dict[str, float]]


_content = msgspec.json.Decoder(_Content)
_entries = msgspec.json.Decoder(list[_Entry])
_arrays = msgspec.json.Decoder(_Arrays)


def says(raw: msgspec.Raw) -> bool:
    """Whether a value is there and says something: no null, nothing false, empty or zero."""
    return len(raw) > _LONGEST or bytes(raw) not in _NOTHING


def hear_content(heard: Heard, raw: msgspec.Raw) -> int:
    """Hear the log-probabilities of a choice in Chat, ``{"content": [...]}``; how many tokens it has."""
    try:
        return _take(heard, _content.decode(raw).content)
    except (ValueError, RecursionError):
        return hear_list(heard, tree.mapping(_lenient(raw)).get("content"))


def hear_entries(heard: Heard, raw: msgspec.Raw) -> int:
    """Hear those of an event or of a message's part in Responses, a list; how many tokens it has."""
    try:
        return _take(heard, _entries.decode(raw))
    except (ValueError, RecursionError):
        return hear_list(heard, _lenient(raw))


def hear_arrays(heard: Heard, raw: msgspec.Raw) -> int:
    """Hear those of a choice in Completions, parallel arrays; how many tokens they have."""
    try:
        found = _arrays.decode(raw)
        heard.tokens += [
            TokenLogprob(token, logprob, tuple(top.values()))
            for token, logprob, top in zip(found.tokens, found.token_logprobs, found.top_logprobs, strict=True)
        ]
        return len(found.tokens)
    except (ValueError, RecursionError):
        document = tree.mapping(_lenient(raw))
        heard.tokens += parallel(document)
        return len(tree.items(document.get("token_logprobs")))


def hear_list(heard: Heard, entries: Json) -> int:
    """Hear a list of tokens of whatever shape; how many entries it has."""
    heard.tokens += listed(entries)
    return len(tree.items(entries))


def _take(heard: Heard, entries: list[_Entry]) -> int:
    heard.tokens += [
        TokenLogprob(entry.token, entry.logprob, tuple([top.logprob for top in entry.top_logprobs]))
        for entry in entries
    ]
    return len(entries)


def _lenient(raw: msgspec.Raw) -> Json:
    try:
        return tree.parse(bytes(raw))
    except (ValueError, RecursionError):
        return None
