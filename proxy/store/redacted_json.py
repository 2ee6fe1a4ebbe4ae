"""Redacts JSON as JSON, so that it stays JSON and that escapes hide nothing.

Strings are redacted as text, keys too, and JSON inside strings (the arguments of a tool call) as JSON. Long integers
become a string, except under names that hold counts and times. Token log-probabilities and token ids go altogether:
token by token they spell the reply out again. The counterpart for plain text is ``proxy.store.redaction``.
"""

from __future__ import annotations

import json
from typing import Final

from proxy.store.redaction import LONG_NUMBER, NUMBER, WITHHELD, redact_text
from routing.traits import Json

_SPELLED: Final = frozenset({"logprobs", "prompt_logprobs", "token_ids", "prompt_token_ids"})
_COUNTED: Final = frozenset({"created", "created_at", "completed_at", "expires_at", "seed"})
_SECRETS: Final = frozenset(
    {"password", "passwd", "secret", "client_secret", "api_key", "apikey", "access_token", "refresh_token"}
    | {"private_key", "authorization"}
)
_SAFE_INTEGER: Final = 15  # digits up to which an integer is read as one; longer ones are only ever redacted


def redact(text: str) -> str:
    """A text redacted: as JSON if it is a JSON object or array, else as plain text."""
    if text.lstrip()[:1] not in {"{", "["}:
        return redact_text(text)
    try:
        value = json.loads(text, strict=False, parse_int=_integer, parse_float=_float, parse_constant=lambda _: None)
        return json.dumps(_walk(value, ""), ensure_ascii=False)
    except ValueError:
        return redact_text(text)
    except RecursionError:
        return json.dumps(WITHHELD)


def _walk(value: Json, key: str) -> Json:
    if isinstance(value, str):
        return "[SECRET]" if key.lower() in _SECRETS else redact(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return NUMBER if len(str(abs(value))) >= LONG_NUMBER and key not in _COUNTED else value
    if isinstance(value, (list, dict)) and key in _SPELLED:
        return None
    if isinstance(value, list):
        return [_walk(item, key) for item in value]
    if isinstance(value, dict):
        return {redact_text(name): _walk(item, name) for name, item in value.items()}
    return value


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= _SAFE_INTEGER else NUMBER


def _float(digits: str) -> float | str:
    whole = digits.lstrip("-").split(".")[0]
    value = float(digits)
    return NUMBER if len(whole) >= LONG_NUMBER or abs(value) >= 10**LONG_NUMBER else value
