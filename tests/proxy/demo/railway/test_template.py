"""The chat template: Python and Jinja write the same, and what is written is read again."""

from __future__ import annotations

import json

import pytest

from proxy.demo.railway.conversations import Distribution, conversations, of_kind
from proxy.demo.railway.example import Example, Message, Situation
from proxy.demo.railway.template import CHAT_TEMPLATE, END, SPECIAL_TOKENS, prompt, read, render, written
from routing.observation import ToolCall

EXAMPLES = [example for distribution in Distribution for example in conversations(4, 300, distribution)]
LONGEST = 640  # characters: some 160 tokens of a small vocabulary


def parsed(example: Example) -> list[object]:
    """The messages as servers hand them to a template: arguments as an object, not as text."""
    messages = json.loads(json.dumps([message.as_json() for message in example.messages]))
    for message in messages:
        for call in message.get("tool_calls", []):
            call["function"]["arguments"] = json.loads(call["function"]["arguments"])
    return list(messages)


def test_jinja_writes_the_same() -> None:
    """Servers render with the tokenizer's template, training renders here: one comma apart is another prompt.

    The environment is set up as transformers sets it up.
    """
    jinja2 = pytest.importorskip("jinja2")
    sandbox = pytest.importorskip("jinja2.sandbox")
    environment = sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    environment.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)
    template = environment.from_string(CHAT_TEMPLATE)
    assert isinstance(template, jinja2.Template)
    for example in EXAMPLES:
        start, target = render(example)
        messages = [message.as_json() for message in example.messages]
        for given in (messages, parsed(example)):
            assert template.render(messages=given, tools=example.tools or None, add_generation_prompt=True) == start
        whole = template.render(messages=[*messages, example.reply.as_json()], tools=example.tools or None)
        assert whole == start + target


def test_a_conversation_as_a_model_reads_it() -> None:
    """By eye, once."""
    tool = next(of_kind(1, 1, Situation.TOOL_CALL, held_out=False)).tools[0]
    call = ToolCall("find_bus", '{"from":"Nesby","to":"Orlan"}')
    text = prompt([Message("user", "A bus?"), Message("assistant", calls=(call,)), Message("tool", "Bus 7.")], [tool])
    function = json.loads(json.dumps(tool))["function"]
    assert text == (
        f"<|bos|><|system|>You can call:\n{function['name']}(from, to): {function['description']}<|end|>"
        "<|user|>A bus?<|end|><|assistant|>"
        '<tool_call>{"name": "find_bus", "arguments": {"from": "Nesby", "to": "Orlan"}}</tool_call><|end|>'
        "<|tool|>Bus 7.<|end|><|assistant|>"
    )


def test_what_is_written_is_read_again() -> None:
    """A model that writes the target has given the ideal reply."""
    for example in EXAMPLES:
        assert read(render(example)[1]) == example.reply


@pytest.mark.parametrize(
    "text",
    ["<tool_call>", '<tool_call>{"name": 1, "arguments": {}}</tool_call>', '<tool_call>{"name": "a"}</tool_call>'],
)
def test_a_malformed_call_is_text(text: str) -> None:
    """As servers have it: the caller sees what the model wrote."""
    assert read(text + END) == Message("assistant", text)


def test_several_calls_are_read_and_the_text_before_them() -> None:
    """The last one may lack its closing tag, if its JSON is whole."""
    one = ToolCall("find_bus", '{"to": "Orlan"}', "call_1")
    assert read("Wait." + written(Message("assistant", calls=(one, one)))).calls[1].id == "call_2"
    assert read('Wait.<tool_call>{"name": "find_bus", "arguments": {"to": "Orlan"}}') == Message(
        "assistant", "Wait.", (one,)
    )


def test_arguments_that_are_no_json_stay_as_they_are() -> None:
    """A caller may send back what a model made up."""
    assert '"arguments": {oops}' in written(Message("assistant", calls=(ToolCall("find_bus", "{oops"),)))


def test_an_unknown_role_is_refused() -> None:
    """A role without a token would be written as words."""
    with pytest.raises(KeyError):
        prompt([Message("narrator", "Once.")])


def test_no_conversation_contains_a_special_token() -> None:
    """Special tokens are structure."""
    for example in EXAMPLES:
        texts = [message.content for message in (*example.messages, example.reply)]
        assert not any(token in text for token in SPECIAL_TOKENS for text in texts)


def test_conversations_stay_short() -> None:
    """They are trained on with two processor cores."""
    assert max(len("".join(render(example))) for example in EXAMPLES) <= LONGEST
