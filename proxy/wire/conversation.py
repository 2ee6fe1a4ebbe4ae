"""Which conversation a request belongs to, told by its beginning: the system prompt and the first user turn.

Both are in every later request of the same chat, so the chat keeps its arm without the client's help. Strangers who
open with the same words share a key, and with it a bucket; clients who mind send ``x-practicum-conversation``. It
refuses to key a request without a user's words: those have no conversation, and go to the teacher.
"""

from __future__ import annotations

from hashlib import sha256
from itertools import takewhile

from routing.traits import Traits

_LENGTH = 32  # hex digits: 128 bits


def conversation_key(traits: Traits) -> str:
    """A digest of 32 hex digits, or "" where there is no first user turn with text."""
    first = next((turn.text for turn in traits.turns if turn.role == "user"), "")
    if not first:
        return ""
    system = [turn.text for turn in takewhile(lambda turn: turn.role != "user", traits.turns) if turn.role == "system"]
    key = "\x1f".join([*system, "\x1e", first])
    return sha256(key.encode()).hexdigest()[:_LENGTH]
