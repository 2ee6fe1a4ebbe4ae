"""How many tokens a reply says it used, found without parsing it.

Every handed-over record is counted, so this is a search for two numbers and not a reading of the reply. Inside a JSON
string the quotes of such keys are escaped, so what a model *writes* about tokens is never taken for usage. Streams may
repeat the counts; the last ones stand.
"""

from __future__ import annotations

import re

from routing.observation import Usage

_PROMPT = re.compile(rb'"(?:prompt|input)_tokens"\s*:\s*(\d{1,12})\b')
_COMPLETION = re.compile(rb'"(?:completion|output)_tokens"\s*:\s*(\d{1,12})\b')


def usage_of(body: bytes) -> Usage | None:
    """The usage in a decompressed reply of any endpoint, unary or streamed; None if it names none."""
    prompt, completion = _PROMPT.findall(body), _COMPLETION.findall(body)
    if not prompt and not completion:
        return None
    return Usage(int(prompt[-1]) if prompt else 0, int(completion[-1]) if completion else 0)
