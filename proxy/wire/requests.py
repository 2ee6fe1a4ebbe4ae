"""What a request asks, read from the JSON of four endpoints into ``Traits``.

It is tolerant: an unknown or wrongly typed field is left out, never an error, because the teacher has the last word
on what is valid. It refuses to judge (``routing`` does) and to change anything (``mirror_request`` does).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from proxy.wire import tree
from proxy.wire.errors import WireError
from proxy.wire.fields import not_an_object
from routing.observation import ToolCall
from routing.traits import Endpoint, FormatKind, Json, Tool, Traits, Turn

Document = Mapping[str, Json]

_ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
_ROLES |= {"tool": "tool", "function": "tool"}
_TEXT = frozenset({"text", "input_text", "output_text"})
ANY_TOOL = "*"


def read_traits(endpoint: Endpoint, body: bytes) -> Traits:
    """What the request asks. Other endpoints than the four ask nothing we read.

    Raises ``WireError`` if the body is no JSON object.
    """
    return traits_of(endpoint, read_document(body))


def read_document(body: bytes) -> Document:
    """The body as one JSON object. Raises ``WireError`` if it is none."""
    try:
        document = tree.parse(body)
    except (ValueError, RecursionError) as exc:
        raise not_an_object(exc) from exc
    if not isinstance(document, Mapping):
        raise WireError(f"The request body must be a JSON object, not {type(document).__name__}.")
    return document


def traits_of(endpoint: Endpoint, document: Document) -> Traits:
    """What a parsed request asks."""
    reader = _READERS.get(endpoint)
    return reader(document) if reader else Traits(endpoint)


def _chat(body: Document) -> Traits:
    kind, schema = _chat_format(body)
    return Traits(
        Endpoint.CHAT,
        turns=tuple(turn for message in tree.items(body.get("messages")) for turn in _chat_turn(tree.mapping(message))),
        tools=_offered(body, _chat_tools(body)),
        required_tool=_chat_required(body),
        format=kind,
        schema=schema,
        stream=body.get("stream") is True,
        max_tokens=_first_integer(body, "max_completion_tokens", "max_tokens"),
        user=_string(body, "user"),
    )


def _completions(body: Document) -> Traits:
    """Of several prompts the first is read, for the first choice answers it; token arrays hold no text to read."""
    prompt = body.get("prompt")
    first = prompt if isinstance(prompt, str) else next(iter(tree.items(prompt)), None)
    kind, schema = _chat_format(body)
    return Traits(
        Endpoint.COMPLETIONS,
        turns=(Turn("user", tree.whole(first)),) if isinstance(first, str) else (),
        format=kind,
        schema=schema,
        stream=body.get("stream") is True,
        max_tokens=_first_integer(body, "max_tokens"),
        user=_string(body, "user"),
    )


def _responses(body: Document) -> Traits:
    given = body.get("input")
    listed = [{"role": "user", "content": given}] if isinstance(given, str) else tree.items(given)
    turns = [turn for item in listed for turn in _responses_turn(tree.mapping(item))]
    instructions = _string(body, "instructions")
    kind, schema = _format(tree.mapping(tree.mapping(body.get("text")).get("format")))
    tools = (tool for entry in tree.items(body.get("tools")) for tool in _flat_tool(tree.mapping(entry)))
    return Traits(
        Endpoint.RESPONSES,
        turns=(*((Turn("system", instructions),) if instructions else ()), *turns),
        tools=_offered(body, tools),
        required_tool=_chat_required(body),
        format=kind,
        schema=schema,
        stream=body.get("stream") is True,
        max_tokens=_first_integer(body, "max_output_tokens"),
        user=_string(body, "user") or _string(body, "safety_identifier"),
    )


def _messages(body: Document) -> Traits:
    system = _joined(body.get("system"))
    messages = (tree.mapping(message) for message in tree.items(body.get("messages")))
    turns = [turn for message in messages for turn in _messages_turns(message)]
    wanted = tree.mapping(tree.mapping(body.get("output_config")).get("format") or body.get("output_format"))
    kind, schema = _format(wanted)
    tools = (tool for entry in tree.items(body.get("tools")) for tool in _messages_tool(tree.mapping(entry)))
    return Traits(
        Endpoint.MESSAGES,
        turns=(*((Turn("system", system),) if system else ()), *turns),
        tools=_offered(body, tools),
        required_tool=_messages_required(tree.mapping(body.get("tool_choice"))),
        format=kind,
        schema=schema,
        stream=body.get("stream") is True,
        max_tokens=_first_integer(body, "max_tokens"),
        user=_string(tree.mapping(body.get("metadata")), "user_id"),
    )


# Turns


def _chat_turn(message: Document) -> Iterator[Turn]:
    role = _ROLES.get(tree.text(message.get("role")))
    if role is None:
        return
    listed = [tree.mapping(call) for call in tree.items(message.get("tool_calls"))]
    if legacy := tree.mapping(message.get("function_call")):
        listed.append({"function": legacy})
    calls = tuple(call for entry in listed for call in chat_call(entry))
    yield Turn(role, _joined(message.get("content")), calls, _string(message, "tool_call_id"))


def chat_call(entry: Document) -> Iterator[ToolCall]:
    """The call in an entry of ``tool_calls``: of a function, or of a custom tool with free-form input."""
    function, custom = tree.mapping(entry.get("function")), tree.mapping(entry.get("custom"))
    if name := _string(function, "name"):
        yield ToolCall(name, tree.whole(tree.written(function.get("arguments"))), _string(entry, "id"))
    elif name := _string(custom, "name"):
        yield ToolCall(name, _string(custom, "input"), _string(entry, "id"))


def _responses_turn(item: Document) -> Iterator[Turn]:
    kind, call_id = tree.text(item.get("type")), _string(item, "call_id")
    if kind in {"function_call", "custom_tool_call"}:
        arguments = item.get("arguments") if kind == "function_call" else item.get("input")
        call = ToolCall(_string(item, "name"), tree.whole(tree.written(arguments)), call_id)
        yield Turn("assistant", "", (call,))
    elif kind in {"function_call_output", "custom_tool_call_output"}:
        yield Turn("tool", _joined(item.get("output")), tool_call_id=call_id)
    elif (role := _ROLES.get(tree.text(item.get("role")))) and kind in {"", "message"}:
        yield Turn(role, _joined(item.get("content")))


def _messages_turns(message: Document) -> Iterator[Turn]:
    """A message's turns: the tool results it carries, each a turn of its own, then what is left of it."""
    role = _ROLES.get(tree.text(message.get("role")))
    if role is None:
        return
    content = message.get("content")
    blocks = [tree.mapping(block) for block in tree.items(content)]
    for block in blocks:
        if block.get("type") == "tool_result":
            failed = block.get("is_error") is True
            yield Turn("tool", _joined(block.get("content")), (), _string(block, "tool_use_id"), failed=failed)
    used = [block for block in blocks if block.get("type") == "tool_use"]
    calls = tuple(
        ToolCall(_string(b, "name"), tree.whole(tree.written(b.get("input"))), _string(b, "id")) for b in used
    )
    text = _joined(content)
    if text or calls or isinstance(content, str):
        yield Turn(role, text, calls)


# Tools


def _chat_tools(body: Document) -> Iterator[Tool]:
    for entry in map(tree.mapping, tree.items(body.get("tools"))):
        function = tree.mapping(entry.get("function"))
        if name := _string(function, "name"):
            yield Tool(name, function.get("parameters"))
        elif name := _string(tree.mapping(entry.get("custom")), "name"):
            yield Tool(name, free_form=True)
    for function in map(tree.mapping, tree.items(body.get("functions"))):
        if name := _string(function, "name"):
            yield Tool(name, function.get("parameters"))


def _flat_tool(entry: Document) -> Iterator[Tool]:
    """A tool of the Responses endpoint. Those its upstream runs itself (search and the like) are not the caller's."""
    kind, name = entry.get("type"), _string(entry, "name")
    if name and kind == "custom":
        yield Tool(name, free_form=True)
    elif name and kind in ("function", None):
        yield Tool(name, entry.get("parameters"))


def _messages_tool(entry: Document) -> Iterator[Tool]:
    if (name := _string(entry, "name")) and entry.get("type") in ("custom", None):
        yield Tool(name, entry.get("input_schema"))


def _offered(body: Document, tools: Iterator[Tool]) -> tuple[Tool, ...]:
    """The tools that may be called: none where the choice is "none"."""
    choice = body.get("tool_choice") or body.get("function_call")
    forbidden = choice == "none" or tree.mapping(choice).get("type") == "none"
    return () if forbidden else tuple(tools)


def _chat_required(body: Document) -> str:
    """The forced tool of Chat and Responses: "*" for any, "" for none forced."""
    choice = body.get("tool_choice") or body.get("function_call")
    if choice == "required":
        return ANY_TOOL
    forced = tree.mapping(choice)
    if forced.get("type") == "allowed_tools":
        mode = tree.mapping(forced.get("allowed_tools")).get("mode") or forced.get("mode")
        return ANY_TOOL if mode == "required" else ""
    nested = tree.mapping(forced.get("function")) or tree.mapping(forced.get("custom"))
    return _string(nested, "name") or _string(forced, "name")


def _messages_required(choice: Document) -> str:
    return ANY_TOOL if choice.get("type") == "any" else _string(choice, "name")


# Formats


def _chat_format(body: Document) -> tuple[FormatKind, Json]:
    """``response_format``, or else vLLM's own fields for a schema."""
    kind, schema = _format(tree.mapping(body.get("response_format")))
    own = tree.mapping(body.get("structured_outputs")).get("json") or body.get("guided_json")
    if kind is FormatKind.TEXT and isinstance(own, Mapping):
        return FormatKind.JSON_SCHEMA, own
    return kind, schema


def _format(wanted: Document) -> tuple[FormatKind, Json]:
    """A format object: the schema stands in it, or in its ``json_schema``. Without one, any JSON will do."""
    if wanted.get("type") == "json_object":
        return FormatKind.JSON_OBJECT, None
    if wanted.get("type") != "json_schema":
        return FormatKind.TEXT, None
    schema = wanted.get("schema", tree.mapping(wanted.get("json_schema")).get("schema"))
    return FormatKind.JSON_SCHEMA, True if schema is None else schema


# Leaves


def _joined(content: Json) -> str:
    return tree.whole("\n".join(tree.part_texts(content, _TEXT)))


def _string(body: Document, key: str) -> str:
    return tree.whole(tree.text(body.get(key)))


def _first_integer(body: Document, *keys: str) -> int | None:
    return next((number for key in keys if (number := tree.integer(body.get(key))) is not None), None)


_READERS = {
    Endpoint.CHAT: _chat,
    Endpoint.COMPLETIONS: _completions,
    Endpoint.RESPONSES: _responses,
    Endpoint.MESSAGES: _messages,
}
