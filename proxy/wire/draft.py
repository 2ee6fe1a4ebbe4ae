"""An observation under construction: what a reply's pieces have said so far.

The readers of the endpoints (``chat_reply``, ``responses_reply``, ``messages_reply``) write into it, ``replies``
seals it. It refuses to know any format; it only joins pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from proxy.wire import tree
from proxy.wire.requests import Document
from routing.observation import Arm, Failure, Observation, Timing, TokenLogprob, ToolCall, Usage

FINISH_REASONS = frozenset({"stop", "length", "tool_calls", "content_filter"})


@dataclass(slots=True)
class CallDraft:
    """A tool call whose arguments may come in pieces."""

    name: str = ""
    id: str = ""
    arguments: list[str] = field(default_factory=list)

    def sealed(self) -> ToolCall:
        """The call as far as it came."""
        return ToolCall(tree.whole(self.name), tree.whole("".join(self.arguments)), tree.whole(self.id))


@dataclass(slots=True)
class Draft:
    """The pieces of one reply.

    ``recognized`` says that something of the endpoint's shape was read, ``ended`` that the terminal event came,
    ``error`` that the upstream reported one. ``calls`` are in the order they began.
    """

    text: list[str] = field(default_factory=list)
    refusal: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    calls: list[CallDraft] = field(default_factory=list)
    logprobs: list[TokenLogprob] = field(default_factory=list)
    finish_reason: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    model: str = ""
    recognized: bool = False
    ended: bool = False
    error: bool = False
    _places: dict[int, CallDraft] = field(default_factory=dict)

    def call_at(self, place: int) -> CallDraft | None:
        """The call that began last at the place the format gives it, if one did."""
        return self._places.get(place)

    def begin(self, place: int) -> CallDraft:
        """A new call, which takes the place."""
        call = self._places[place] = CallDraft()
        self.calls.append(call)
        return call

    def count(self, usage: Document, prompt: tuple[str, ...], completion: str) -> None:
        """Takes over the token counts there are; the prompt's may be spread over several fields."""
        parts = [number for key in prompt if (number := tree.integer(usage.get(key))) is not None]
        if parts:
            self.prompt_tokens = sum(parts)
        if (number := tree.integer(usage.get(completion))) is not None:
            self.completion_tokens = number

    def sealed(self, arm: Arm, status: int, failure: Failure | None, timing: Timing) -> Observation:
        """The observation of what came."""
        counted = self.prompt_tokens is not None or self.completion_tokens is not None
        return Observation(
            arm=arm,
            status=status,
            failure=failure,
            text=tree.whole("".join(self.text)),
            refusal=tree.whole("".join(self.refusal)),
            reasoning=tree.whole("".join(self.reasoning)),
            tool_calls=tuple(call.sealed() for call in self.calls if call.name or call.arguments),
            finish_reason=self.finish_reason if self.finish_reason in FINISH_REASONS else "",
            usage=Usage(self.prompt_tokens or 0, self.completion_tokens or 0) if counted else None,
            logprobs=tuple(self.logprobs),
            model=tree.whole(self.model),
            timing=timing,
        )


@dataclass(frozen=True, slots=True)
class Reader:
    """How an endpoint's replies are read: a unary document, and one event of a stream (its name, its document).

    ``quick`` is asked first, with the data of an event without a name: True where it has read it. So is ``quick_run``
    with those of several, of which it reads all or none, and ``quick_unary`` with a whole body.
    """

    unary: Callable[[Draft, Document], None]
    event: Callable[[Draft, str, Document], None]
    quick: Callable[[Draft, bytes], bool] | None = None
    quick_run: Callable[[Draft, Sequence[bytes]], bool] | None = None
    quick_unary: Callable[[Draft, bytes], bool] | None = None
