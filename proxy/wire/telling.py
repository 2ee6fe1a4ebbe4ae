"""What a request and a reply say of themselves, for whoever watches: a model's name, an id, why it ended, settings.

A search and a glance, not a reading: spans are built of failed replies too, and of streams. Inside a JSON string the
quotes of such keys are escaped, so what a model *writes* is not taken for what its server says. It refuses to look at
messages and text; ``requests`` and ``replies`` do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import msgspec

_MOST = 200  # characters of a name: a server may say what it likes
_MODEL = re.compile(rb'"model"\s*:\s*"([^"\\]{1,200})"')
_ID = re.compile(rb'"id"\s*:\s*"([^"\\]{1,200})"')
_FINISH = re.compile(rb'"(?:finish_reason|stop_reason)"\s*:\s*"([a-z_]{1,40})"')
_HEAD = 4096  # bytes within which a reply names itself


class Settings(msgspec.Struct, frozen=True):
    """What a request asks of the model; of an endpoint that calls it otherwise, None."""

    model: str = ""
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    max_output_tokens: int | None = None
    stream: bool | None = None

    @property
    def most_tokens(self) -> int | None:
        """The limit on a reply's tokens, by whichever of its names."""
        return self.max_tokens or self.max_completion_tokens or self.max_output_tokens


@dataclass(frozen=True, slots=True)
class Reply:
    """What a reply says of itself; "" and () where it says nothing."""

    model: str
    id: str
    finish_reasons: tuple[str, ...]


_settings = msgspec.json.Decoder(Settings)


def settings_of(request: bytes) -> Settings:
    """A request's settings; none where it has one of another type, or is no JSON object."""
    try:
        found = _settings.decode(request)
    except (ValueError, RecursionError):
        return Settings()
    return msgspec.structs.replace(found, model=found.model[:_MOST])


def reply_of(body: bytes) -> Reply:
    """What a decompressed reply of any endpoint says, unary or streamed."""
    head = body[:_HEAD]
    reasons = dict.fromkeys(reason.decode() for reason in _FINISH.findall(body))
    return Reply(_first(_MODEL, head), _first(_ID, head), tuple(reasons)[:8])


def _first(pattern: re.Pattern[bytes], text: bytes) -> str:
    found = pattern.search(text)
    return found[1].decode("utf-8", "replace") if found else ""
