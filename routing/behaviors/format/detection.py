"""``format``: the reply is well-formed in the form asked for.

A form is asked for in the structured field (``response_format``: JSON, or JSON that fits a schema) or in prose, as far
as it is stated checkably: JSON, lists, lengths, case, keywords, language. A client in JSON mode parses the reply as it
stands, so a code fence around good JSON is a failure, though a near one; prose beside the structured field is not
judged, for the lengths it states are those of some value inside. A reply that calls tools or refuses in the structured
field owes no form. The score is the share of the demands that were kept. ``asked`` says what is asked for, ``kept``
whether that was done.
"""

from __future__ import annotations

from collections.abc import Mapping

from routing.behaviors.case import Case, absent, not_applicable, present
from routing.behaviors.format.asked import asked
from routing.behaviors.format.demand import Demand
from routing.behaviors.format.json_text import NEAR, read_json
from routing.behaviors.format.kept import kept
from routing.behaviors.label import Behavior, Label
from routing.traits import FormatKind, Json


def detect(case: Case) -> Label:
    """Whether the reply has the demanded form."""
    is_text = case.traits.format is FormatKind.TEXT
    demands = asked(case.traits) if is_text else ()
    if is_text and not demands:
        return not_applicable(Behavior.FORMAT)
    if case.reply.tool_calls or case.reply.refusal:
        return not_applicable(Behavior.FORMAT, "other_reply")
    return held(case.reply.text, demands) if is_text else _structured(case)


def held(text: str, demands: tuple[Demand, ...]) -> Label:
    """The label of a reply held against at least one demand: the first broken one gives the span."""
    findings = [kept(text, demand) for demand in demands]
    broken = [finding for finding in findings if not finding.kept]
    if not broken:
        return present(Behavior.FORMAT, ", ".join(dict.fromkeys(demand.form for demand in demands)))
    score = 1 - len(broken) / len(findings)
    span = next((finding.span for finding in broken if finding.span), None)
    return absent(Behavior.FORMAT, "; ".join(finding.fault for finding in broken), score, span)


def _structured(case: Case) -> Label:
    found = read_json(case.reply.text)
    if found.fault:
        return absent(Behavior.FORMAT, found.fault, found.nearness, found.span)
    return _of_schema(case, found.value) if case.traits.format is FormatKind.JSON_SCHEMA else _object(found.value)


def _object(value: Json) -> Label:
    if isinstance(value, Mapping):
        return present(Behavior.FORMAT, "json_object")
    return absent(Behavior.FORMAT, "not_an_object", NEAR)


def _of_schema(case: Case, value: Json) -> Label:
    complaint = case.check(case.traits.schema, value)
    if complaint is None:
        return not_applicable(Behavior.FORMAT, "unusable_schema")
    if complaint:
        return absent(Behavior.FORMAT, f"schema {complaint}", NEAR)
    return present(Behavior.FORMAT, "json_schema")
