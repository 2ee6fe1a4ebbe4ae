"""The rows of an operator's own behaviors, which stand in one table with the built-in ones.

A pattern and a schema become detectors as pure as any other. What a judge decides is known only once it has answered:
``judging`` asks, and makes the rows that hold its answers. This module asks nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import cast

from proxy.config.own import OwnBehavior
from proxy.patterns import Pattern
from routing.behaviors.case import Case, Detector, absent, not_applicable, present
from routing.behaviors.format.json_text import read_json
from routing.behaviors.label import Label
from routing.behaviors.table import TABLE, Row
from routing.traits import Json

_NEAR = 0.5  # JSON that does not fit is nearer to it than prose, as in ``format``
_NONE: Mapping[str, Row] = MappingProxyType({})


def table_of(own: Iterable[OwnBehavior], judged: Mapping[str, Row] = _NONE) -> tuple[Row, ...]:
    """The built-in rows, then the operator's in their order; a judged behavior's only where ``judged`` has it."""
    rows = (judged.get(behavior.name) or _row(behavior) for behavior in own)
    return (*TABLE, *(row for row in rows if row is not None))


def _row(own: OwnBehavior) -> Row | None:
    if own.pattern is not None:
        return Row(own.name, _by_pattern(own.name, _compiled(own.pattern)))
    if own.schema is not None:
        return Row(own.name, _by_schema(own.name, cast("Json", own.schema)))
    return None


def _by_pattern(name: str, pattern: Pattern) -> Detector:
    def detect(case: Case) -> Label:
        span = pattern.search(case.reply.text)
        return absent(name) if span is None else present(name, "pattern", span=span)

    return detect


def _by_schema(name: str, schema: Json) -> Detector:
    def detect(case: Case) -> Label:
        if case.reply.tool_calls and not case.reply.text.strip():
            return not_applicable(name, "calls_tools")
        found = read_json(case.reply.text)
        if found.fault:
            return absent(name, found.fault, span=found.span)
        complaint = case.check(schema, found.value)
        if complaint is None:  # a pattern of the schema's met its bound on this value
            return not_applicable(name, "schema_gave_up")
        return absent(name, f"schema {complaint}", _NEAR) if complaint else present(name, "schema")

    return detect


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Pattern:
    return Pattern(pattern)
