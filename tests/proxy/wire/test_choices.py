"""Events of Chat and Completions on the quick way."""

from __future__ import annotations

import json

import msgspec
import pytest

from proxy.wire.choices import chat, completion
from proxy.wire.heard import Heard
from routing.traits import Json

TOLD: Json = {"content": [{"token": "Hi", "logprob": -1.0, "top_logprobs": []}]}


def choice(delta: Json, logprobs: Json = TOLD, **more: Json) -> dict[str, Json]:
    """A streamed choice."""
    return {"index": 0, "delta": delta, "logprobs": logprobs, "finish_reason": None, **more}


def body(*choices: dict[str, Json], **more: Json) -> bytes:
    """A chunk."""
    return json.dumps({"choices": choices, **more}).encode()


@pytest.mark.parametrize(
    ("chunk", "extra"),
    [
        (body(choice({})), True),
        (body(choice({}, token_ids=None)), True),
        (body(choice({}), choice({}, index=1)), True),
        (body(choice({}, token_ids=[7])), False),
        (body(choice({}, finish_reason="stop")), False),
        (body(choice({}, logprobs=None)), False),
        (body(choice({"content": ""})), False),
        (body(choice({"role": "assistant"})), False),
        (body(choice({"content": None})), False),
        (body(choice({"reasoning": "Hm"})), False),
        (body(choice({}), choice({"content": "x"}, index=1)), False),
        (body(), False),
    ],
)
def test_only_a_token_without_a_word_is_extra(chunk: bytes, extra: bool) -> None:
    """What a server would have sent unasked is sent, and what vLLM would not is not."""
    heard = Heard()
    assert chat(heard, chunk, hears=True).extra is extra


def test_of_several_choices_the_first_is_heard_and_all_are_edited() -> None:
    """Pairs are compared by the first."""
    heard = Heard()
    values = chat(
        heard, body(choice({"content": "b"}, index=1), choice({"content": "a"}), choice({"content": "c"})), hears=True
    )
    assert (heard.texts, len(heard.tokens), len(values.logprobs)) == (["a"], 1, 3)


def test_a_call_without_log_probabilities_is_unheard() -> None:
    """Its arguments are what the student said, too."""
    heard = Heard()
    chat(heard, body(choice({"tool_calls": [{"index": 0}]}, logprobs=None)), hears=True)
    assert heard.unheard == 1


def test_the_reason_to_end_is_known_though_no_token_is_heard() -> None:
    """It is what tells a cut reply, after the commit point as well; the text is heard all the same."""
    heard = Heard()
    completion(heard, body({"text": "x", "finish_reason": "length"}, error={"code": 500}), hears=False)
    assert (heard.finish, heard.texts, heard.unheard, heard.failed) == ("length", ["x"], 0, True)


@pytest.mark.parametrize("chunk", [b"[DONE]", b"{}", b'{"choices":{}}', b'{"choices":[{"delta":[]}]}', b"\xff"])
def test_what_does_not_fit_is_for_the_long_way(chunk: bytes) -> None:
    """And leaves nothing behind."""
    heard = Heard()
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
        chat(heard, chunk, hears=True)
    assert heard == Heard()
