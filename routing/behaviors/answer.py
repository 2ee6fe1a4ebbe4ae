"""``answer``: for a checkable task, the reply gives the same final answer as the teacher's.

The teacher's reply is the standard, right or wrong. Where it has no final answer that can be checked there is
nothing to hold the student's to. Numbers are compared as values (separators, trailing zeros and rounding to two
places or more do not matter; units are ignored, so 5 km is 5 but not 5000 m), letters and labels as text, JSON leaf
by leaf, and only JSON whose leaves are numbers, booleans and short strings: two good sentences always differ.
"""

from __future__ import annotations

from collections.abc import Mapping

from routing.behaviors.case import Case, absent, not_applicable, parse_json, present
from routing.behaviors.final_answer import (
    Answer,
    Kind,
    Number,
    Question,
    closing_numbers,
    final_answer,
    is_marked,
    question_of,
)
from routing.behaviors.label import Behavior, Label
from routing.traits import FormatKind, Json

_LEAVES = 64
_DEPTH = 8
_LEAF_LENGTH = 32  # characters; longer strings are prose
_BRIEF = 200  # characters of a reply that may name its label in a sentence

Leaves = dict[tuple[str | int, ...], str | float | None]


def detect(case: Case) -> Label:
    """Whether the reply gives the reference's final answer."""
    if case.reference.finish_reason == "length":
        return not_applicable(Behavior.ANSWER, "reference_cut")
    if case.traits.format is not FormatKind.TEXT:
        return _json_answer(case)
    question = question_of(case.traits)
    wanted = final_answer(case.reference.text, question)
    if wanted is None:
        return not_applicable(Behavior.ANSWER, "open_question")
    if _gives(wanted, case.reply.text, question):
        return present(Behavior.ANSWER, f"same {wanted.kind}")
    return absent(Behavior.ANSWER, f"other {wanted.kind}")


def _gives(wanted: Answer, text: str, question: Question) -> bool:
    given = final_answer(text, question)
    if wanted.number is not None:
        return _gives_number(wanted.number, given, text)
    if given is not None:
        return given == wanted
    return wanted.kind is Kind.LABEL and len(text) <= _BRIEF and f" {wanted.text} " in _spaced(text)


def _gives_number(wanted: Number, given: Answer | None, text: str) -> bool:
    """Where the reply does not say which of its closing numbers is the answer, any may be."""
    if given is not None and given.number is not None and wanted.equals(given.number):
        return True
    return not is_marked(text) and any(wanted.equals(number) for number in closing_numbers(text))


def _spaced(text: str) -> str:
    return f" {' '.join(''.join(c if c.isalnum() else ' ' for c in text.casefold()).split())} "


def _json_answer(case: Case) -> Label:
    wanted = _leaves(case.reference.text)
    if wanted is None:
        return not_applicable(Behavior.ANSWER, "open_json")
    given = _leaves(case.reply.text)
    if given is None:
        return absent(Behavior.ANSWER, "other json")
    if given == wanted:
        return present(Behavior.ANSWER, "same json")
    shared = sum(path in given and given[path] == leaf for path, leaf in wanted.items())
    return absent(Behavior.ANSWER, "other json", shared / max(len(wanted), len(given)))


def _leaves(text: str) -> Leaves | None:
    """The value's leaves by their path; None for no JSON, or such as cannot be compared leaf by leaf."""
    try:
        value = parse_json(text)
    except ValueError:
        return None
    leaves: Leaves = {}
    rest: list[tuple[tuple[str | int, ...], Json]] = [((), value)]
    while rest:
        path, value = rest.pop()
        inner = _children(value)
        if len(path) > _DEPTH or len(leaves) + len(inner) > _LEAVES:
            return None
        if inner:
            rest += [((*path, key), child) for key, child in inner]
            continue
        leaf = _leaf(value)
        if isinstance(leaf, str) and len(leaf) > _LEAF_LENGTH:
            return None
        leaves[path] = leaf
    return leaves


def _children(value: Json) -> list[tuple[str | int, Json]]:
    if isinstance(value, Mapping):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def _leaf(value: Json) -> str | float | None:
    """A scalar as it compares: strings without case, truth apart from 1, an empty container as its brackets."""
    if isinstance(value, bool):
        return f"{value}".lower() + "\x1f"
    if value is None or isinstance(value, int | float):
        return value
    return " ".join(value.casefold().split()) if isinstance(value, str) else f"{value}\x1f"
