"""A checkpoint's tokenizer: texts to tokens, and tokens to the bytes they stand for.

Only byte-level vocabularies: there every token *is* some bytes, so a reply is read byte by byte and a token's bytes
are exact, also where they are part of a letter. ``speech`` makes text of the bytes again.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
from tokenizers import Tokenizer

from proxy.demo.engine.checkpoint import CheckpointError

CALL, CALL_END = "<tool_call>", "</tool_call>"
MARKUP = (CALL, CALL_END)  # shown though they may be special, because ``calls`` reads them


class _Decoder(msgspec.Struct):
    type: str


class _Added(msgspec.Struct):
    id: int
    content: str
    special: bool


class _File(msgspec.Struct):
    """What matters here of ``tokenizer.json``."""

    decoder: _Decoder
    added_tokens: list[_Added] = []


class Vocabulary:
    """The tokens of the checkpoint in ``folder``; raises ``CheckpointError``."""

    def __init__(self, folder: Path) -> None:
        path = folder / "tokenizer.json"
        try:
            text = path.read_text()
            file = msgspec.json.decode(text, type=_File)
        except (OSError, msgspec.DecodeError) as exc:
            raise CheckpointError(f"{path}: {exc}") from exc
        if file.decoder.type != "ByteLevel":
            raise CheckpointError(f"{path}: decoder {file.decoder.type!r}; the engine reads byte-level tokenizers only")
        self._tokenizer = Tokenizer.from_str(text)
        self._bytes = self._spell(file.added_tokens)
        self._silent = {added.id for added in file.added_tokens if added.special and added.content not in MARKUP}

    def _spell(self, added: list[_Added]) -> dict[int, bytes]:
        letters = {letter: byte for byte, letter in alphabet()}
        literal = {token.id: token.content.encode() for token in added}
        spelled = {
            token: bytes(letters[letter] for letter in text)
            for text, token in self._tokenizer.get_vocab().items()
            if token not in literal
        }
        return spelled | literal

    def __len__(self) -> int:
        """One more than the largest token."""
        return max(self._bytes) + 1

    def encode(self, text: str, *, bare: bool) -> list[int]:
        """The tokens of a text; ``bare`` where the template has written the special ones itself."""
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=not bare).ids
        return ids

    def spelled(self, token: int) -> bytes:
        """The bytes of a token; none for numbers the tokenizer does not know, which a model may have room for."""
        return self._bytes.get(token, b"")

    def spoken(self, token: int) -> bytes:
        """The bytes that a token adds to a reply: a special one is not said."""
        return b"" if token in self._silent else self.spelled(token)


def alphabet() -> Iterator[tuple[int, str]]:
    """The letter that byte-level tokenizers write for each byte: itself where that can be seen, else one past 255."""
    unseen = 256
    for byte in range(256):
        if 33 <= byte <= 126 or 161 <= byte <= 172 or byte >= 174:  # noqa: PLR2004 -- the ranges that can be seen
            yield byte, chr(byte)
        else:
            yield byte, chr(unseen)
            unseen += 1
