"""How a conversation is written as text for a model, and how a model's text is read again.

``CHAT_TEMPLATE`` is the same in Jinja, as tokenizers of the Hugging Face kind carry it; ``prompt`` writes what it
writes, without Jinja. Calls are written as the Hermes models write them, which servers know how to parse. The
template writes the first token itself: encode what it gives without adding special tokens.

Two things are not written: the ids of calls, and the response format, which the system prompt states in words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from proxy.demo.railway.example import Example, Message
from routing.observation import ToolCall
from routing.traits import Json

BOS, SYSTEM, USER, ASSISTANT, TOOL, END = SPECIAL_TOKENS = (
    "<|bos|>",
    "<|system|>",
    "<|user|>",
    "<|assistant|>",
    "<|tool|>",
    "<|end|>",
)
"""Each is one token of its own. ``END`` closes every message, and so ends a reply."""

CHAT_TEMPLATE = """\
{{- '<|bos|>' }}
{%- if tools %}
  {{- '<|system|>You can call:' }}
  {%- for tool in tools %}
    {{- '\\n' + tool.function.name + '(' + tool.function.parameters.properties | join(', ') + '): ' }}
    {{- tool.function.description }}
  {%- endfor %}
  {{- '<|end|>' }}
{%- endif %}
{%- for message in messages %}
  {{- '<|' + message.role + '|>' + (message.content or '') }}
  {%- for call in message.tool_calls or [] %}
    {{- '<tool_call>{"name": ' + call.function.name | tojson + ', "arguments": ' }}
    {%- if call.function.arguments is string %}
      {{- call.function.arguments }}
    {%- else %}
      {{- call.function.arguments | tojson }}
    {%- endif %}
    {{- '}</tool_call>' }}
  {%- endfor %}
  {{- '<|end|>' }}
{%- endfor %}
{%- if add_generation_prompt %}
  {{- '<|assistant|>' }}
{%- endif %}"""

_ROLES = {"system": SYSTEM, "user": USER, "assistant": ASSISTANT, "tool": TOOL}
_CALL = re.compile(r"<tool_call>(.*?)(?:</tool_call>|$)", re.DOTALL)


def render(example: Example) -> tuple[str, str]:
    """The prompt and the target: what a model is given, and what it is to go on with, its end included."""
    return prompt(example.messages, example.tools), written(example.reply) + END


def prompt(messages: Iterable[Message], tools: Sequence[Json] = ()) -> str:
    """A conversation up to where the assistant speaks. Raises ``KeyError`` on a role the template does not know."""
    spoken = "".join(_ROLES[message.role] + written(message) + END for message in messages)
    return BOS + _offer(tools) + spoken + ASSISTANT


def written(message: Message) -> str:
    """A message's text and calls, without its role."""
    return message.content + "".join(map(_call, message.calls))


def read(text: str) -> Message:
    """The assistant's message that a model's text is, read as servers read it: with any malformed call, all is text."""
    body = text.partition(END)[0]
    try:
        calls = tuple(_read_call(number, found) for number, found in enumerate(_CALL.findall(body), 1))
    except ValueError:
        return Message("assistant", body)
    return Message("assistant", body.partition("<tool_call>")[0], calls)


def _offer(tools: Sequence[Json]) -> str:
    if not tools:
        return ""
    return SYSTEM + "You can call:" + "".join(f"\n{_signature(tool)}" for tool in tools) + END


def _signature(tool: Json) -> str:
    function = _member(tool, "function")
    names = ", ".join(map(str, _object(_member(_member(function, "parameters"), "properties"))))
    return f"{_member(function, 'name')}({names}): {_member(function, 'description')}"


def _member(value: Json, key: str) -> Json:
    return _object(value).get(key)


def _object(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _call(call: ToolCall) -> str:
    return f'<tool_call>{{"name": {_json(call.name)}, "arguments": {_canonical(call.arguments)}}}</tool_call>'


def _canonical(arguments: str) -> str:
    """Arguments as servers write them again after parsing; what cannot be parsed, as it stands."""
    try:
        return _json(json.loads(arguments))
    except ValueError:
        return arguments


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


def _read_call(number: int, text: str) -> ToolCall:
    """One call. Raises ``ValueError`` for what is none."""
    call: Json = json.loads(text)
    name, arguments = _member(call, "name"), _member(call, "arguments")
    if not isinstance(name, str) or not isinstance(arguments, Mapping):
        raise ValueError(f"{text!r} is no call: it needs a name and an object")  # noqa: TRY004 -- of text, not of types
    return ToolCall(name, _json(arguments), f"call_{number}")
