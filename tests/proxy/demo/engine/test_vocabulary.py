"""Texts become tokens and come back byte for byte."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import pre_tokenizers

from proxy.demo.engine.checkpoint import CheckpointError
from proxy.demo.engine.vocabulary import Vocabulary, alphabet
from tests.proxy.demo.engine import tiny


@pytest.fixture(scope="module")
def vocabulary(folder: Path) -> Vocabulary:
    """The tiny checkpoint's."""
    return Vocabulary(folder)


@given(text=st.text())
def test_every_text_comes_back(vocabulary: Vocabulary, text: str) -> None:
    """Replies and prompts are of every language, and clients send anything."""
    assert b"".join(vocabulary.spelled(token) for token in vocabulary.encode(text, bare=True)) == text.encode()


def test_the_alphabet_is_the_tokenizers(vocabulary: Vocabulary) -> None:
    """Each byte has a letter of its own."""
    assert {letter for _, letter in alphabet()} == set(pre_tokenizers.ByteLevel.alphabet())
    assert [byte for byte, _ in alphabet()] == list(range(256))
    assert {vocabulary.spelled(token) for token in range(len(vocabulary))} >= {bytes([byte]) for byte in range(256)}


def test_special_tokens_are_not_spoken_but_calls_are(vocabulary: Vocabulary) -> None:
    """The end of a reply is not a part of it; the markup of calls is read by someone else."""
    end, call = vocabulary.encode("<|end|><tool_call>", bare=True)
    assert (vocabulary.spelled(end), vocabulary.spoken(end)) == (b"<|end|>", b"")
    assert vocabulary.spoken(call) == b"<tool_call>"


def test_a_token_that_nobody_knows_is_silent(vocabulary: Vocabulary) -> None:
    """Models are padded to a round number of tokens."""
    assert vocabulary.spoken(len(vocabulary) + 3) == b""


def test_other_tokenizers_are_refused(tmp_path: Path) -> None:
    """Their tokens are not bytes, and would be spelled wrongly."""
    folder = tiny.write(tmp_path / "words")
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer | {"decoder": {"type": "Metaspace"}}))
    with pytest.raises(CheckpointError, match="Metaspace"):
        Vocabulary(folder)
    (folder / "tokenizer.json").unlink()
    with pytest.raises(CheckpointError, match=r"tokenizer\.json"):
        Vocabulary(folder)
