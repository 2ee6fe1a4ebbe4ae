r"""From a unit (a user, a conversation) to a bucket: assignment is a hash, not a die.

    h      = the first 8 bytes, big-endian, of SHA-256("v1" \x1f purpose \x1f route \x1f salt \x1f unit), UTF-8
    bucket = (h * 100000) >> 64                       0 to 99 999, uniform to 2^-47
    chosen = bucket < round(percentage * 1000)

The chosen own the low end, so raising a percentage only ever adds units and lowering it removes the latest first.
The purpose is part of the key, so that who is served, mirrored and asked twice are independent decisions. Neither
route nor salt may hold the separator; the unit, which comes last, may hold anything. A request without a unit is
not this module's matter: its caller sends it to the teacher.
"""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256

BUCKETS = 100_000
HASH_VERSION = "v1"
_SEPARATOR = "\x1f"


class Purpose(StrEnum):
    """What is decided about a unit. Each purpose draws its own bucket."""

    SERVE = "serve"
    MIRROR = "mirror"
    NOISE = "noise"
    AUDIT = "audit"


def bucket(purpose: Purpose, route: str, salt: str, unit: str) -> int:
    """The unit's bucket, 0 to 99 999. Raises ``ValueError`` for an empty unit, which would put strangers together."""
    if not unit:
        raise ValueError("an empty unit cannot be assigned: serve the teacher instead")
    key = _SEPARATOR.join((HASH_VERSION, purpose, route, salt, unit))
    digest = sha256(key.encode("utf-8", "surrogatepass")).digest()
    return (int.from_bytes(digest[:8], "big") * BUCKETS) >> 64


def limit(percentage: float) -> int:
    """How many of the buckets a percentage (0 to 100, three decimals) covers: 0 and 100 are exact."""
    return round(percentage * (BUCKETS // 100))


def chosen(percentage: float, bucket: int) -> bool:
    """Whether a percentage of units includes the one in this bucket."""
    return bucket < limit(percentage)
