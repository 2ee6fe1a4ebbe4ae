"""Token counts out of replies, without reading the replies."""

from __future__ import annotations

import json

import pytest

from proxy.wire.usage import usage_of
from routing.observation import Usage


@pytest.mark.parametrize(
    ("body", "usage"),
    [
        (b'{"usage": {"prompt_tokens": 7, "completion_tokens": 11, "total_tokens": 18}}', Usage(7, 11)),
        (b'{"usage":{"input_tokens":7,"output_tokens":11}}', Usage(7, 11)),
        (
            (
                b'data: {"type":"message_start","message":{"usage":{"input_tokens":7,"output_tokens":1}}}\n\n'
                b'data: {"type":"message_delta","usage":{"output_tokens":11}}\n\n'
            ),
            Usage(7, 11),
        ),
        (b'data: {"choices":[],"usage":null}\n\ndata: [DONE]\n\n', None),
        (
            b'{"prompt_tokens":7,"completion_tokens":11,"completion_tokens_details":{"reasoning_tokens":5}}',
            Usage(7, 11),
        ),
        (b'{"prompt_tokens" : 7, "input_tokens":\n8, "output_tokens": "9", "x_tokens": 1}', Usage(8, 0)),
        (b'{"completion_tokens":11,"prompt_tokens":1234567890123,"completion_tokens":null}', Usage(0, 11)),
        (b"", None),
        (b"\xff\x00 no JSON", None),
    ],
)
def test_the_last_counts_stand(body: bytes, usage: Usage | None) -> None:
    """Anthropic's streams say one output token at first, and the real number at the end."""
    assert usage_of(body) == usage


def test_what_a_model_writes_is_no_usage() -> None:
    """Or a chat about billing would change the bill."""
    text = 'The field "completion_tokens": 99999 says how many.'
    body = json.dumps({"choices": [{"message": {"content": text}}], "usage": {"prompt_tokens": 3}}).encode()
    assert usage_of(body) == Usage(3, 0)


def test_a_reply_full_of_counts_is_searched_once() -> None:
    """The search for the last of each goes backward, and never over the same bytes again."""
    assert usage_of(b'"prompt_tokens": 7,' + b'"x_tokens": 1, "completion_tokens":,' * 1_000_000) == Usage(7, 0)
