"""The edits that make a reply what it would be unasked."""

from __future__ import annotations

import msgspec
import pytest

from proxy.wire.blocks import replaced
from proxy.wire.surplus import OPENAI, VLLM, Surplus, Unasked, Values, Where, edits, search_edits
from routing.traits import Endpoint

LISTED = b'[{"token":"logprobs","top_logprobs":[{"logprob":-1}]}]'


def raws(*values: bytes) -> list[msgspec.Raw]:
    """Values as a decoder gives them."""
    return [msgspec.json.decode(value, type=msgspec.Raw) for value in values]


RESPONSE = b'{"response":{"output":[{"content":[{"logprobs":%b}]}],"top_logprobs": 5}}'
CASES = [
    (Endpoint.CHAT, b'{"choices":[{"logprobs":%b},{"logprobs":null}]}' % LISTED, raws(LISTED, b"null"), Where.CHOICE),
    (Endpoint.RESPONSES, b'{"logprobs": %b}' % LISTED, raws(LISTED), Where.EVENT),
    (Endpoint.RESPONSES, b'{"part":{"logprobs":%b}}' % LISTED, raws(LISTED), Where.PART),
]


@pytest.mark.parametrize(("endpoint", "data", "values", "where"), CASES)
@pytest.mark.parametrize("unasked", [VLLM, OPENAI[Surplus.LOGPROBS]])
def test_known_values_and_a_search_give_the_same_edits(
    endpoint: Endpoint, data: bytes, values: list[msgspec.Raw], where: Where, unasked: Unasked
) -> None:
    """The short way may not know better than the long one."""
    found = edits(endpoint, data, Values(values, where), unasked)
    assert found == search_edits(endpoint, data, unasked)
    assert len(found) == 1


@pytest.mark.parametrize(
    ("unasked", "part", "echo"),
    [
        (VLLM, b"null", b" null"),
        (OPENAI[Surplus.LOGPROBS], b"[]", b" 5"),
        (OPENAI[Surplus.LOGPROBS_AND_TOP], b"[]", b" 0"),
    ],
)
def test_an_echo_is_edited_as_each_server_writes_it(unasked: Unasked, part: bytes, echo: bytes) -> None:
    """OpenAI's repeats what its caller said of alternatives, and 0 where it said nothing; vLLM's says null."""
    data = RESPONSE % LISTED
    values = Values(raws(LISTED), Where.PART, raws(b"5")[0])
    for found in (edits(Endpoint.RESPONSES, data, values, unasked), search_edits(Endpoint.RESPONSES, data, unasked)):
        assert replaced(data, found) == (RESPONSE % part).replace(b" 5", echo)


def test_what_is_empty_stays_as_it_is() -> None:
    """It is what stands there unasked."""
    for value in (b"null", b"[]", b"[ ]"):
        data = b'{"part":{"logprobs":%b}}' % value
        assert edits(Endpoint.RESPONSES, data, Values(raws(value), Where.PART), VLLM) == []
        assert search_edits(Endpoint.RESPONSES, data, VLLM) == []


def test_values_that_cannot_be_told_apart_are_searched() -> None:
    """Another member of the same name is somebody else's."""
    data = b'{"logprobs":1,"choices":[{"logprobs":1}],"x":[{"logprobs":1}]}'
    found = edits(Endpoint.CHAT, data, Values(raws(b"1"), Where.CHOICE), VLLM)
    assert replaced(data, found) == b'{"logprobs":1,"choices":[{"logprobs":null}],"x":[{"logprobs":1}]}'
    twice = b'{"top_logprobs":5,"x":{"top_logprobs":5}}'
    found = edits(Endpoint.RESPONSES, twice, Values([], Where.PART, raws(b"5")[0]), VLLM)
    assert replaced(twice, found) == b'{"top_logprobs":null,"x":{"top_logprobs":5}}'
