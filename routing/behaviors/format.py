"""``format``: the reply is well-formed in the form the request demands: JSON, or JSON that fits a schema.

A client in JSON mode parses the reply as it stands, so a code fence around good JSON is a failure, though a near one.
A reply that calls tools or refuses in the structured field owes no JSON. Forms demanded in prose (lists, lengths,
languages) are not judged here.
"""

from __future__ import annotations

from collections.abc import Mapping

from routing.behaviors.case import Case, absent, not_applicable, parse_json, present
from routing.behaviors.label import Behavior, Label
from routing.traits import FormatKind, Json

_NEAR = 0.5
_FENCE = "```"


def detect(case: Case) -> Label:
    """Whether the reply has the demanded form."""
    if case.traits.format is FormatKind.TEXT:
        return not_applicable(Behavior.FORMAT)
    if case.reply.tool_calls or case.reply.refusal:
        return not_applicable(Behavior.FORMAT, "other_reply")
    try:
        value = parse_json(case.reply.text)
    except ValueError:
        return _unparsed(case.reply.text)
    return _of_schema(case, value) if case.traits.format is FormatKind.JSON_SCHEMA else _object(value)


def _unparsed(text: str) -> Label:
    inner = text.strip().removeprefix(_FENCE).removeprefix("json").removesuffix(_FENCE)
    try:
        parse_json(inner)
    except ValueError:
        return absent(Behavior.FORMAT, "not_json")
    return absent(Behavior.FORMAT, "fenced", _NEAR)


def _object(value: Json) -> Label:
    if isinstance(value, Mapping):
        return present(Behavior.FORMAT, "json_object")
    return absent(Behavior.FORMAT, "not_an_object", _NEAR)


def _of_schema(case: Case, value: Json) -> Label:
    complaint = case.check(case.traits.schema, value)
    if complaint is None:
        return not_applicable(Behavior.FORMAT, "unusable_schema")
    if complaint:
        return absent(Behavior.FORMAT, f"schema {complaint}", _NEAR)
    return present(Behavior.FORMAT, "json_schema")
