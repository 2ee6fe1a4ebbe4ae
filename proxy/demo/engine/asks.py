"""Requests on the wire, as values: chat completions and completions, with vLLM's names and limits.

Fields that no engine of this kind could honor are refused when they are set, rather than ignored: a client must not
believe it has them. Unknown fields are ignored, as vLLM ignores them. The counterpart is ``replies``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Literal, TypeVar

import msgspec

from proxy.demo.engine.checkpoint import Defaults
from proxy.demo.engine.sampling import Sampling
from proxy.demo.engine.template import Fields

COMPLETION_TOKENS = 16  # what the completions API has always meant by no limit
STOPS = 16
SEEDS = 1 << 64
B = TypeVar("B", bound="_Body")

Positive = Annotated[int, msgspec.Meta(ge=1)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Temperature = Annotated[float, msgspec.Meta(ge=0, le=100)]
Share = Annotated[float, msgspec.Meta(gt=0, le=1)]
Stop = Annotated[str, msgspec.Meta(min_length=1)]


class RequestError(Exception):
    """A request that gets an error: ``kind`` is vLLM's word for it, ``param`` the field at fault."""

    def __init__(
        self, message: str, param: str | None = None, status: int = HTTPStatus.BAD_REQUEST, kind: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.status = status
        self.kind = kind or "BadRequestError"


class _StreamOptions(msgspec.Struct):
    include_usage: bool | None = None


class _Body(msgspec.Struct, kw_only=True):
    """What both endpoints take."""

    model: str | None = None
    max_tokens: Positive | None = None
    temperature: Temperature | None = None
    top_p: Share | None = None
    top_k: int | None = None
    seed: int | None = None
    stop: str | list[Stop] | None = None
    stream: bool | None = None
    stream_options: _StreamOptions | None = None
    n: int | None = None
    priority: int | None = None
    ignore_eos: bool | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    logit_bias: dict[str, float] | None = None


class _Part(msgspec.Struct):
    type: Literal["text"]
    text: str


class _Function(msgspec.Struct):
    name: str
    arguments: str | None = None


class _Call(msgspec.Struct):
    function: _Function
    id: str | None = None
    type: Literal["function"] = "function"


class _Message(msgspec.Struct):
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[_Part] | None = None
    name: str | None = None
    tool_calls: list[_Call] | None = None
    tool_call_id: str | None = None


class _Declared(msgspec.Struct):
    name: str
    description: str | None = None
    parameters: dict[str, object] | None = None


class _Tool(msgspec.Struct):
    function: _Declared
    type: Literal["function"] = "function"


class _ResponseFormat(msgspec.Struct):
    type: Literal["text", "json_object", "json_schema"]


class _Chat(_Body, kw_only=True):
    messages: Annotated[list[_Message], msgspec.Meta(min_length=1)]
    max_completion_tokens: Positive | None = None
    logprobs: bool | None = None
    top_logprobs: Count | None = None
    tools: list[_Tool] | None = None
    tool_choice: str | dict[str, object] | None = None
    response_format: _ResponseFormat | None = None  # checked, and left to the model: docs/engine.md


class _Completion(_Body, kw_only=True):
    prompt: str | list[str | int]
    logprobs: Count | bool | None = None
    echo: bool | None = None
    best_of: int | None = None
    suffix: str | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for beside the prompt. ``limit`` is in tokens; ``top`` None means no log-probabilities."""

    model: str | None
    sampling: Sampling
    stops: tuple[str, ...]
    limit: int | None
    top: int | None
    stream: bool
    include_usage: bool
    priority: int
    ignore_end: bool
    read_calls: bool


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation to continue: messages and tools as chat templates read them."""

    ask: Ask
    messages: Sequence[Fields]
    tools: Sequence[Fields] | None


@dataclass(frozen=True, slots=True)
class Completion:
    """A text, or tokens, to continue."""

    ask: Ask
    prompt: str | tuple[int, ...]


def chat(body: bytes, defaults: Defaults) -> Chat:
    """The chat completion that a body asks for; raises ``RequestError``."""
    asked = _decoded(body, _Chat)
    _refuse_choice(asked)
    if asked.top_logprobs and not asked.logprobs:
        raise RequestError("top_logprobs needs logprobs to be true", "top_logprobs")
    top = (asked.top_logprobs or 0) if asked.logprobs else None
    calls = bool(asked.tools) and asked.tool_choice != "none"
    ask = _ask(asked, defaults, asked.max_completion_tokens or asked.max_tokens, top, read_calls=calls)
    return Chat(ask, [_message(message) for message in asked.messages], _tools(asked.tools))


def completion(body: bytes, defaults: Defaults) -> Completion:
    """The completion that a body asks for; raises ``RequestError``."""
    asked = _decoded(body, _Completion)
    unable = {"echo": asked.echo, "suffix": asked.suffix, "best_of": asked.best_of if asked.best_of != 1 else None}
    _refuse_unable(unable)
    top = None if asked.logprobs is None or asked.logprobs is False else int(asked.logprobs)
    ask = _ask(asked, defaults, asked.max_tokens or COMPLETION_TOKENS, top, read_calls=False)
    return Completion(ask, _prompt(asked.prompt))


def _decoded(body: bytes, kind: type[B]) -> B:
    try:
        asked = msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, RecursionError) as exc:  # a body nested a thousand deep is one, too
        found = re.search(r"`\$\.(\w+)", str(exc))
        raise RequestError(str(exc) or "the body is nested too deeply", found and found.group(1)) from exc
    if asked.n not in (None, 1):
        raise RequestError(f"n is {asked.n}; this engine gives one choice a request: leave n out, or ask again", "n")
    unable = {name: getattr(asked, name) for name in ("presence_penalty", "frequency_penalty", "logit_bias")}
    _refuse_unable(unable)
    return asked


def _refuse_unable(fields: Mapping[str, object]) -> None:
    for name, value in fields.items():
        if value:
            raise RequestError(f"{name} is {value!r}, and this engine has no such thing; leave it out", name)


def _refuse_choice(asked: _Chat) -> None:
    if asked.tool_choice not in (None, "auto", "none"):
        raise RequestError(
            f"tool_choice is {asked.tool_choice!r}; this engine does not constrain what the model writes: "
            "'auto' and 'none' are possible",
            "tool_choice",
        )


def _ask(asked: _Body, defaults: Defaults, limit: int | None, top: int | None, *, read_calls: bool) -> Ask:
    return Ask(
        model=asked.model,
        sampling=_sampling(asked, defaults),
        stops=_stops(asked.stop),
        limit=limit,
        top=top,
        stream=bool(asked.stream),
        include_usage=bool(asked.stream_options and asked.stream_options.include_usage),
        priority=asked.priority or 0,
        ignore_end=bool(asked.ignore_eos),
        read_calls=read_calls,
    )


def _sampling(asked: _Body, defaults: Defaults) -> Sampling:
    return Sampling(
        temperature=defaults.temperature if asked.temperature is None else asked.temperature,
        top_p=asked.top_p or defaults.top_p,
        top_k=max(defaults.top_k if asked.top_k is None else asked.top_k, 0),  # vLLM's -1 is all, too
        seed=None if asked.seed is None else asked.seed % SEEDS,
    )


def _stops(stop: str | list[str] | None) -> tuple[str, ...]:
    stops = (stop,) if isinstance(stop, str) else tuple(stop or ())
    if len(stops) > STOPS:
        raise RequestError(f"stop has {len(stops)} strings, and may have {STOPS}", "stop")
    return tuple(string for string in stops if string)


def _prompt(prompt: str | list[str | int]) -> str | tuple[int, ...]:
    if isinstance(prompt, str):
        return prompt
    tokens = tuple(part for part in prompt if isinstance(part, int))
    if len(tokens) == len(prompt):
        return tokens
    if len(prompt) == 1 and isinstance(prompt[0], str):
        return prompt[0]
    raise RequestError(f"prompt has {len(prompt)} parts; this engine takes one text, or one list of tokens", "prompt")


def _message(message: _Message) -> Fields:
    text = message.content if isinstance(message.content, str) else _joined(message.content or [])
    fields: Fields = {"role": message.role, "content": text}
    if message.tool_calls:
        fields["tool_calls"] = [_called(call) for call in message.tool_calls]
    named = {"tool_call_id": message.tool_call_id, "name": message.name}
    return fields | {name: value for name, value in named.items() if value is not None}


def _joined(parts: list[_Part]) -> str:
    return "\n".join(part.text for part in parts)


def _called(call: _Call) -> Fields:
    """In vLLM's order, as ``_tools``. Arguments that are no object become an empty one, or the talk could not go on."""
    try:
        arguments = msgspec.json.decode(call.function.arguments or "{}", type=dict[str, object])
    except msgspec.DecodeError:
        arguments = {}
    return {"id": call.id, "function": {"arguments": arguments, "name": call.function.name}, "type": call.type}


def _tools(tools: list[_Tool] | None) -> list[Fields] | None:
    """In vLLM's order, which the model sees where its template writes a tool as JSON."""
    if not tools:
        return None
    return [{"type": tool.type, "function": msgspec.to_builtins(tool.function)} for tool in tools]
