"""``refusal``: the reply declines the task. A plain first version.

It knows three signs: the structured refusal field, a content filter that stopped the reply, and a refusing phrase in
the reply's opening. It does not tell full from partial refusals, finds none that come late, and knows English only;
a detector measured on several models' replies is to replace it.
"""

from __future__ import annotations

import re

from routing.behaviors.case import Case, absent, present
from routing.behaviors.label import Behavior, Label

_OPENING = 240  # characters in which a refusal must begin
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'"})
_CANNOT = (
    r"(?:can(?:no|')t|can not|won't|will not|am (?:not able|unable|not going) to|'m (?:not able|unable|not going) to)"
)
_WHAT = (
    r"(?:assist|help|comply|fulfill|provide|support|engage|participate|create|generate|write|give|offer|share|discuss|"
    r"answer|do that|suggest|continue|advise|encourage|condone|promote|recommend|facilitate|teach|tell you how)"
)
_PHRASE = re.compile(
    rf"\bI(?:'m sorry,? but I)? ?{_CANNOT} (?:in good conscience )?(?:to )?{_WHAT}\b|"
    r"\bI (?:must|have to|need to|will have to|respectfully) (?:respectfully )?(?:decline|refuse)\b|"
    r"\bI (?:do not|don't) (?:feel comfortable|condone|support|encourage|provide|engage|assist)\b|"
    r"\b(?:my (?:programming|guidelines|purpose) (?:prohibits?|prevents?|does not allow|do not allow))\b|"
    r"\bI (?:apologi[sz]e|'m sorry|am sorry),? but (?:I|as an|it|that|this|there)\b|"
    r"\bI'm (?:really |very |truly )?sorry,? (?:that|but) I(?: can|'m| am)|"
    r"\bsorry,? (?:but )?I (?:can't|cannot|can not)\b|"
    r"\bas an? (?:responsible|ethical)[\w ,]{0,40}(?:cannot|can't|will not|won't)\b|"
    r"\bit (?:is|would be) (?:not appropriate|not ethical|inappropriate|unethical|illegal) (?:for me )?to\b",
    re.IGNORECASE,
)


def detect(case: Case) -> Label:
    """Whether the reply declines."""
    reply = case.reply
    if reply.refusal.strip():
        return present(Behavior.REFUSAL, "refusal_field")
    if reply.finish_reason == "content_filter":
        return present(Behavior.REFUSAL, "content_filter")
    found = None if reply.tool_calls else _PHRASE.search(reply.text[:_OPENING].translate(_APOSTROPHES))
    if found is None:
        return absent(Behavior.REFUSAL)
    return present(Behavior.REFUSAL, "opening_phrase", span=found.span())
