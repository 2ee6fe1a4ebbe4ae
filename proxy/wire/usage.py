"""How many tokens a reply says it used, found without parsing it.

Every handed-over record is counted, so this is a search for two numbers and not a reading of the reply. Inside a JSON
string the quotes of such keys are escaped, so what a model *writes* about tokens is never taken for usage. Streams may
repeat the counts; the last ones stand.
"""

from __future__ import annotations

import re

from routing.observation import Usage

_NAME = b'_tokens"'
_PROMPT, _COMPLETION = (b'"prompt', b'"input'), (b'"completion', b'"output')
_NUMBER = re.compile(rb"\s*:\s*(\d{1,12})\b")


def usage_of(body: bytes) -> Usage | None:
    """The usage in a decompressed reply of any endpoint, unary or streamed; None if it names none."""
    prompt = completion = None
    at = body.rfind(_NAME)
    while at >= 0 and (prompt is None or completion is None):
        if (number := _NUMBER.match(body, at + len(_NAME))) is not None:
            if prompt is None and body.endswith(_PROMPT, 0, at):
                prompt = int(number[1])
            elif completion is None and body.endswith(_COMPLETION, 0, at):
                completion = int(number[1])
        at = body.rfind(_NAME, 0, at)
    return None if prompt is None and completion is None else Usage(prompt or 0, completion or 0)
