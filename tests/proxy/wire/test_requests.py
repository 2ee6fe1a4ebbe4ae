"""Requests of the four endpoints as traits."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.wire.errors import WireError
from proxy.wire.requests import read_traits
from routing.observation import ToolCall
from routing.traits import Endpoint, FormatKind, Json, Tool, Traits, Turn

SCHEMA: Json = {"type": "object", "properties": {"city": {"type": "string"}}}
FOUR = [Endpoint.CHAT, Endpoint.COMPLETIONS, Endpoint.RESPONSES, Endpoint.MESSAGES]


def read(endpoint: Endpoint, /, **fields: Json) -> Traits:
    """The traits of a request with these fields."""
    return read_traits(endpoint, json.dumps({"model": "m"} | fields).encode())


def test_a_chat_with_tools_and_a_failed_call() -> None:
    """The shape agents send all day."""
    traits = read(
        Endpoint.CHAT,
        messages=[
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "Weather"}, {"type": "image_url", "image_url": {}}]},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {"id": "c1", "type": "function", "function": {"name": "w", "arguments": '{"city":"x"}'}}
                ],
            },
            {"role": "tool", "tool_call_id": "c1", "content": "Error: unknown city"},
        ],
        tools=[{"type": "function", "function": {"name": "w", "parameters": SCHEMA}}],
        tool_choice={"type": "function", "function": {"name": "w"}},
        stream=True,
        max_tokens=3,
        max_completion_tokens=7,
        user="u",
    )
    assert traits == Traits(
        Endpoint.CHAT,
        (
            Turn("system", "Be brief."),
            Turn("user", "Weather"),
            Turn("assistant", "", (ToolCall("w", '{"city":"x"}', "c1"),)),
            Turn("tool", "Error: unknown city", tool_call_id="c1"),
        ),
        (Tool("w", SCHEMA),),
        required_tool="w",
        stream=True,
        max_tokens=7,
        user="u",
    )


def test_legacy_functions_are_tools() -> None:
    """Old clients live long."""
    traits = read(
        Endpoint.CHAT,
        messages=[
            {"role": "assistant", "function_call": {"name": "w", "arguments": "{}"}},
            {"role": "function", "name": "w", "content": "ok"},
        ],
        functions=[{"name": "w", "parameters": SCHEMA}],
        function_call={"name": "w"},
    )
    assert traits.turns == (Turn("assistant", "", (ToolCall("w", "{}"),)), Turn("tool", "ok"))
    assert (traits.tools, traits.required_tool) == ((Tool("w", SCHEMA),), "w")


@pytest.mark.parametrize(
    ("choice", "required", "offered"),
    [
        (None, "", 1),
        ("auto", "", 1),
        ("required", "*", 1),
        ("none", "", 0),
        ({"type": "custom", "custom": {"name": "c"}}, "c", 1),
        ({"type": "allowed_tools", "allowed_tools": {"mode": "required"}}, "*", 1),
        ({"type": "allowed_tools", "allowed_tools": {"mode": "auto"}}, "", 1),
    ],
)
def test_tool_choices_of_chat(choice: Json, required: str, offered: int) -> None:
    """A forced tool makes not calling it a loss; "none" makes calling impossible."""
    tools: Json = [{"type": "custom", "custom": {"name": "c"}}]
    traits = read(Endpoint.CHAT, tools=tools, tool_choice=choice)
    assert (traits.required_tool, len(traits.tools)) == (required, offered)
    assert all(tool.free_form for tool in traits.tools)


@pytest.mark.parametrize(
    ("fields", "kind", "schema"),
    [
        ({"response_format": {"type": "json_object"}}, FormatKind.JSON_OBJECT, None),
        ({"response_format": {"type": "text"}}, FormatKind.TEXT, None),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA}}},
            FormatKind.JSON_SCHEMA,
            SCHEMA,
        ),
        ({"response_format": {"type": "json_schema"}}, FormatKind.JSON_SCHEMA, True),
        ({"guided_json": SCHEMA}, FormatKind.JSON_SCHEMA, SCHEMA),
        ({"structured_outputs": {"json": SCHEMA}}, FormatKind.JSON_SCHEMA, SCHEMA),
    ],
)
def test_formats_of_chat(fields: dict[str, Json], kind: FormatKind, schema: Json) -> None:
    """What a client demands is what ``format`` judges."""
    traits = read(Endpoint.CHAT, **fields)
    assert (traits.format, traits.schema) == (kind, schema)


@pytest.mark.parametrize(
    ("prompt", "turns"),
    [
        ("Once", (Turn("user", "Once"),)),
        (["Once", "Twice"], (Turn("user", "Once"),)),
        ([1, 2, 3], ()),
        ([[1, 2], [3]], ()),
        (None, ()),
    ],
)
def test_prompts_of_completions(prompt: Json, turns: tuple[Turn, ...]) -> None:
    """The first choice answers the first prompt; tokens are not text."""
    assert read(Endpoint.COMPLETIONS, prompt=prompt).turns == turns


def test_a_response_with_items() -> None:
    """The Responses endpoint's input is a list of items of many types."""
    traits = read(
        Endpoint.RESPONSES,
        instructions="Be brief.",
        input=[
            {"role": "user", "content": [{"type": "input_text", "text": "Weather"}, {"type": "input_image"}]},
            {"type": "reasoning", "summary": []},
            {"type": "function_call", "call_id": "c1", "name": "w", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c1", "output": "sunny"},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Sunny."}]},
            {"type": "item_reference", "id": "x"},
        ],
        tools=[{"type": "function", "name": "w", "parameters": SCHEMA}, {"type": "web_search"}],
        tool_choice="required",
        text={"format": {"type": "json_schema", "name": "n", "schema": SCHEMA}},
        max_output_tokens=9,
    )
    assert traits == Traits(
        Endpoint.RESPONSES,
        (
            Turn("system", "Be brief."),
            Turn("user", "Weather"),
            Turn("assistant", "", (ToolCall("w", "{}", "c1"),)),
            Turn("tool", "sunny", tool_call_id="c1"),
            Turn("assistant", "Sunny."),
        ),
        (Tool("w", SCHEMA),),
        required_tool="*",
        format=FormatKind.JSON_SCHEMA,
        schema=SCHEMA,
        max_tokens=9,
    )


def test_a_response_with_a_bare_string() -> None:
    """The shortest request there is."""
    assert read(Endpoint.RESPONSES, input="hi", tool_choice={"type": "function", "name": "w"}) == Traits(
        Endpoint.RESPONSES, (Turn("user", "hi"),), required_tool="w"
    )


CONVERSATION: Json = [
    {"role": "user", "content": "Weather"},
    {
        "role": "assistant",
        "content": [
            {"type": "text", "text": "Looking."},
            {"type": "tool_use", "id": "t1", "name": "w", "input": {"city": "x"}},
        ],
    },
    {
        "role": "user",
        "content": [
            {"type": "tool_result", "tool_use_id": "t1", "is_error": True, "content": [{"type": "text", "text": "no"}]},
            {"type": "text", "text": "Try again"},
        ],
    },
]


def test_messages_with_tool_results() -> None:
    """Anthropic carries tool results in the user's message, with a flag for failures."""
    assert read(Endpoint.MESSAGES, messages=CONVERSATION).turns == (
        Turn("user", "Weather"),
        Turn("assistant", "Looking.", (ToolCall("w", '{"city":"x"}', "t1"),)),
        Turn("tool", "no", tool_call_id="t1", failed=True),
        Turn("user", "Try again"),
    )


def test_what_messages_ask_beside_their_turns() -> None:
    """Tools that the upstream runs itself are left out."""
    traits = read(
        Endpoint.MESSAGES,
        system=[{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
        tools=[{"name": "w", "input_schema": SCHEMA}, {"type": "web_search_20250305", "name": "web_search"}],
        tool_choice={"type": "any"},
        output_config={"format": {"type": "json_schema", "schema": SCHEMA}},
        max_tokens=5,
        metadata={"user_id": "u"},
    )
    assert traits == Traits(
        Endpoint.MESSAGES,
        (Turn("system", "Be brief."),),
        (Tool("w", SCHEMA),),
        required_tool="*",
        format=FormatKind.JSON_SCHEMA,
        schema=SCHEMA,
        max_tokens=5,
        user="u",
    )


def test_a_forced_and_a_forbidden_tool_of_messages() -> None:
    """Another vocabulary for the same wish."""
    tools: Json = [{"name": "w", "input_schema": SCHEMA}]
    assert read(Endpoint.MESSAGES, tools=tools, tool_choice={"type": "tool", "name": "w"}).required_tool == "w"
    assert read(Endpoint.MESSAGES, tools=tools, tool_choice={"type": "none"}).tools == ()


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"null", b"{", b"[" * 100_000, b"\xff"])
@pytest.mark.parametrize("endpoint", FOUR)
def test_what_is_no_object_raises_the_typed_error(endpoint: Endpoint, body: bytes) -> None:
    """The shadow lane counts it as unjudgeable."""
    with pytest.raises(WireError):
        read_traits(endpoint, body)


def test_other_endpoints_ask_nothing_we_read() -> None:
    """They are never mirrored."""
    assert read(Endpoint.OTHER, messages=[]) == Traits(Endpoint.OTHER)


def test_lone_surrogates_are_replaced() -> None:
    """A client cut an emoji in two; the text must still go to a store."""
    body = b'{"messages": [{"role": "user", "content": "a\\ud83d"}]}'
    assert read_traits(Endpoint.CHAT, body).turns == (Turn("user", "a\ufffd"),)


WHOLE: dict[Endpoint, Json] = {
    Endpoint.CHAT: {
        "messages": [
            {"role": "assistant", "content": [{"type": "text", "text": "a"}], "tool_calls": [{"function": {}}]}
        ],
        "tools": [{"type": "function", "function": {"name": "w", "parameters": {}}}],
        "tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "auto"}},
        "response_format": {"type": "json_schema", "json_schema": {"schema": {}}},
    },
    Endpoint.COMPLETIONS: {"prompt": ["a", "b"], "structured_outputs": {"json": {}}, "max_tokens": 3},
    Endpoint.RESPONSES: {
        "input": [
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "a"}]},
            {"type": "function_call", "call_id": "c", "name": "w", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": "a"},
        ],
        "tools": [{"type": "function", "name": "w", "parameters": {}}],
        "text": {"format": {"type": "json_schema", "schema": {}}},
    },
    Endpoint.MESSAGES: {
        "system": [{"type": "text", "text": "a"}],
        "messages": [
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": "t", "is_error": True, "content": "a"}],
            },
            {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "w", "input": {}}]},
        ],
        "tools": [{"name": "w", "type": "custom", "input_schema": {}}],
        "tool_choice": {"type": "tool", "name": "w"},
        "output_config": {"format": {"type": "json_schema", "schema": {}}},
        "metadata": {"user_id": "u"},
    },
}
JUNK: st.SearchStrategy[Json] = st.sampled_from(
    [None, True, -1, 1.5, float("nan"), "", "x", "\ud800", [], [[]], [None], {}, {"type": {}}]
)


@st.composite
def broken(draw: st.DrawFn, document: Json) -> Json:
    """The document with one value, anywhere in it, replaced by one of another type."""
    if isinstance(document, dict) and document and draw(st.integers(0, 4)):
        key = draw(st.sampled_from(sorted(document)))
        return document | {key: draw(broken(document[key]))}
    if isinstance(document, list) and document and draw(st.integers(0, 4)):
        place = draw(st.integers(0, len(document) - 1))
        return [*document[:place], draw(broken(document[place])), *document[place + 1 :]]
    return draw(JUNK)


@given(st.sampled_from(FOUR).flatmap(lambda e: st.tuples(st.just(e), broken(WHOLE[e]))))
def test_wrong_types_anywhere_never_raise(asked: tuple[Endpoint, Json]) -> None:
    """What a client gets wrong is between it and the teacher."""
    endpoint, document = asked
    body = json.dumps(document if isinstance(document, dict) else {}).encode()
    assert read_traits(endpoint, body).endpoint is endpoint
