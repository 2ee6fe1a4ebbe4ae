"""The slice of a request, by cheap rules on its structure: what it asks for, known before any reply.

Rules in order, the first that holds decides: tools in play, a very long prompt, mostly foreign script, code, a
demanded form, arithmetic; else general. It looks at the last user turn, and at bounded parts of it. What it does not
do: know ``reasoning`` (no structure shows it), languages in Latin script, or anything a fitted classifier would; it
is no more accurate than keyword rules are known to be.
"""

from __future__ import annotations

import re
from itertools import islice

from routing.traits import FormatKind, Slice, Traits

LONG_CONTEXT = 24_000  # characters of all turns together: about 6 000 tokens
_EXAMINED = 8_000  # characters of the last user turn
_LETTERS = 1_000
_FOREIGN = 0.5  # share of letters outside Latin script and its accents
_LATIN_END = 0x250

_CODE = re.compile(
    r"```|^[ \t]*(?:def |class |import |from \w+ import |#include|public |func |SELECT\b|<\?php)|"
    r"\b(?:python|javascript|typescript|java|c\+\+|rust|golang|sql|bash|regex|stack trace|unit test|source code|"
    r"(?:write|implement|fix|refactor|debug) (?:a |an |the |this |my )?"
    r"(?:function|method|class|program|script|code))(?!\w)",
    re.IGNORECASE | re.MULTILINE,
)
_FORM = re.compile(
    r"\b(?:(?:at least|at most|exactly|no more than|fewer than|less than|more than|in) "
    r"(?:\d{1,6}|one|two|three|four|five|ten) "
    r"(?:words?|sentences?|paragraphs?|bullets?|lines?|items?|characters?|sections?)|bullet points?|"
    r"(?:all|entire)[\w ]{0,20} (?:lowercase|uppercase|capital letters)|in json\b|json format|as json|valid json|"
    r"do not use (?:any )?commas|without using the word|respond only with|answer only with|wrap your)",
    re.IGNORECASE,
)
_MATH = re.compile(
    r"\d ?[-+*/^\u00d7\u00f7] ?\d|\bhow (?:many|much|far|long|old)\b|"
    r"\b(?:calculate|compute|solve|simplify|evaluate|integral|derivative|equation|probability|percent(?:age)?|"
    r"remainder|sum of|product of|square root)\b|\\(?:frac|sqrt|int|sum)",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")


def slice_of(traits: Traits) -> Slice:
    """The slice of the request these traits tell of. Takes time linear in the prompt, and that bounded."""
    if traits.tools or any(turn.role == "tool" or turn.tool_calls for turn in traits.turns):
        return Slice.TOOL_USE
    if sum(len(turn.text) for turn in traits.turns) > LONG_CONTEXT:
        return Slice.LONG_CONTEXT
    return _of_prompt(_prompt(traits), formatted=traits.format is not FormatKind.TEXT)


def is_math(prompt: str) -> bool:
    """Whether a prompt asks for a number to be worked out: a question of quantity or an operation, and digits."""
    part = prompt[:_EXAMINED]
    return bool(_DIGIT.search(part) and _MATH.search(part))


def _prompt(traits: Traits) -> str:
    return next((turn.text[:_EXAMINED] for turn in reversed(traits.turns) if turn.role == "user"), "")


def _of_prompt(prompt: str, *, formatted: bool) -> Slice:
    if _is_foreign(prompt):
        return Slice.MULTILINGUAL
    if _CODE.search(prompt):
        return Slice.CODE
    if formatted or _FORM.search(prompt):
        return Slice.STEERABILITY
    return Slice.MATH if is_math(prompt) else Slice.GENERAL


def _is_foreign(prompt: str) -> bool:
    letters = list(islice((ord(c) for c in prompt if c.isalpha()), _LETTERS))
    return sum(letter >= _LATIN_END for letter in letters) > _FOREIGN * len(letters)
