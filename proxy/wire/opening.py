"""Does a reply open with an error? A check of its first bytes, for whoever may still answer in another way.

Servers that fail after they have sent a success's head say so in the body: an error object, or an error as the first
event of a stream. This module looks at the beginning and parses nothing, so it misses an error that is spelled in
another way or compressed; ``replies`` reads the whole reply, later.
"""

from __future__ import annotations

import re

_EVENT = rb"event: ?error\s"
_OBJECT = rb'(?:data: ?)?\{\s{0,64}(?:"type": ?"error"|"error"\s{0,8}:\s{0,8}[{"])'
_ERROR = re.compile(rb"\s{0,64}(?:" + _EVENT + rb"|" + _OBJECT + rb")")


def opens_with_error(piece: bytes) -> bool:
    """Whether these first bytes of a success's body are those of an error."""
    return _ERROR.match(piece) is not None
