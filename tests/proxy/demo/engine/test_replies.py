"""Replies have the shapes that vLLM sends, to the name of each field."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from proxy.demo.engine import replies
from proxy.demo.engine.calls import Call
from proxy.demo.engine.narration import Ending, Piece
from proxy.demo.engine.replies import ChatForm, TextForm, Usage
from proxy.demo.engine.sampling import Drawn, Logprob
from proxy.demo.engine.vocabulary import Vocabulary

USAGE = Usage(3, 5, 2)
COUNTS = {"prompt_tokens": 3, "total_tokens": 5, "completion_tokens": 2}
FIRST, SECOND = "é".encode()


@pytest.fixture(scope="module")
def vocabulary(folder: Path) -> Vocabulary:
    """The tiny checkpoint's."""
    return Vocabulary(folder)


@pytest.fixture(scope="module")
def pieces(vocabulary: Vocabulary) -> list[Piece]:
    """One letter in two tokens."""
    tokens = {vocabulary.spelled(token): token for token in range(len(vocabulary))}
    first, second = tokens[bytes([FIRST])], tokens[bytes([SECOND])]
    return [
        Piece(Drawn(first, -1.0, (Logprob(first, -1.0), Logprob(second, -2.0))), "", (), None),
        Piece(Drawn(second, -3.0, (Logprob(first, -0.5), Logprob(second, -3.0))), "é", (), Ending("length", None)),
    ]


def test_a_chat_completion(vocabulary: Vocabulary, pieces: list[Piece]) -> None:
    """Without log-probabilities these are null."""
    told = json.loads(ChatForm("m", "7", vocabulary, logprobs=False).whole(pieces, USAGE))
    assert isinstance(told.pop("created"), int)
    message = {"role": "assistant", "content": "é", "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "length", "stop_reason": None}
    kind = {"id": "chatcmpl-7", "object": "chat.completion", "model": "m"}
    assert told == {**kind, "choices": [choice], "usage": COUNTS}


def test_its_logprobs_have_the_tokens_true_bytes(vocabulary: Vocabulary, pieces: list[Piece]) -> None:
    """Half a letter has no text, but it has a byte."""
    told = json.loads(ChatForm("m", "7", vocabulary, logprobs=True).whole(pieces, USAGE))
    first, second = told["choices"][0]["logprobs"]["content"]
    half = {"token": "\N{REPLACEMENT CHARACTER}", "logprob": -1.0, "bytes": [FIRST]}
    assert first == {**half, "top_logprobs": [half, {**half, "logprob": -2.0, "bytes": [SECOND]}]}
    assert second["bytes"] == [SECOND]


def test_calls_stand_beside_the_content(vocabulary: Vocabulary) -> None:
    """Which is null where there is none."""
    piece = Piece(Drawn(9, 0.0), "", (Call("find", "{}"), Call("buy", "{}")), Ending("tool_calls", None))
    form = ChatForm("m", "7", vocabulary, logprobs=False)
    message = json.loads(form.whole([piece], USAGE))["choices"][0]["message"]
    assert message["content"] is None
    assert [call["function"] for call in message["tool_calls"]] == [
        {"name": "find", "arguments": "{}"},
        {"name": "buy", "arguments": "{}"},
    ]
    assert len({call["id"] for call in message["tool_calls"]}) == 2
    chunk = json.loads(form.chunk(piece))["choices"][0]
    assert [call["index"] for call in chunk["delta"]["tool_calls"]] == [0, 1]
    assert "content" not in chunk["delta"]
    assert json.loads(form.chunk(piece))["choices"][0]["delta"]["tool_calls"][0]["index"] == 2


def test_chunks_of_a_chat(vocabulary: Vocabulary, pieces: list[Piece]) -> None:
    """The role first; a token without text is a chunk all the same; usage stands alone."""
    form = ChatForm("m", "7", vocabulary, logprobs=True)
    (opening,) = form.opening()
    chunks = [json.loads(body) for body in (opening, *(form.chunk(piece) for piece in pieces), form.usage(USAGE))]
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"]]
    assert deltas == [{"role": "assistant", "content": ""}, {"content": ""}, {"content": "é"}]
    assert [len(chunk["choices"][0]["logprobs"]["content"]) for chunk in chunks[1:3]] == [1, 1]
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks[:3]] == [None, None, "length"]
    assert (chunks[3]["choices"], chunks[3]["usage"]) == ([], COUNTS)
    assert not any("usage" in chunk for chunk in chunks[:3])


def test_a_text_completion(vocabulary: Vocabulary, pieces: list[Piece]) -> None:
    """Tokens of the same text share an entry of ``top_logprobs``: the drawn one's, or else the likeliest's."""
    told = json.loads(TextForm("m", "7", vocabulary, logprobs=True).whole(pieces, USAGE))
    assert (told["id"], told["object"], told["usage"]) == ("cmpl-7", "text_completion", COUNTS)
    half = "\N{REPLACEMENT CHARACTER}"
    logprobs = {"text_offset": [0, 1], "token_logprobs": [-1.0, -3.0], "tokens": [half, half]}
    assert told["choices"] == [
        {
            "index": 0,
            "text": "é",
            "logprobs": {**logprobs, "top_logprobs": [{half: -1.0}, {half: -3.0}]},
            "finish_reason": "length",
            "stop_reason": None,
        }
    ]


def test_chunks_of_a_text_completion_go_on_counting(vocabulary: Vocabulary, pieces: list[Piece]) -> None:
    """Offsets are of the whole text."""
    form = TextForm("m", "7", vocabulary, logprobs=True)
    assert list(form.opening()) == []
    choices = [json.loads(form.chunk(piece))["choices"][0] for piece in pieces]
    assert [choice["text"] for choice in choices] == ["", "é"]
    assert [choice["logprobs"]["text_offset"] for choice in choices] == [[0], [1]]
    assert json.loads(form.usage(USAGE))["choices"] == []


def test_errors_and_events() -> None:
    """An error's code is its status, as with vLLM."""
    body = replies.failed("no", "BadRequestError", "n", 400)
    assert json.loads(body) == {"error": {"message": "no", "type": "BadRequestError", "param": "n", "code": 400}}
    assert replies.event(b"{}") == b"data: {}\n\n"
