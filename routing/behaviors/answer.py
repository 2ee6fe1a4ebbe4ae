"""``answer``: for a checkable task, the reply gives the same final answer as the teacher's.

The teacher's reply is the standard, right or wrong. Where it has no final answer that can be checked there is nothing
to hold the student's to. Numbers compare as ``values.quantities`` do: separators, trailing zeros and rounding to two
places or more do not matter, units of one kind convert, and 50 % is 0.5 where a share was asked for. Dates compare as
days, letters and labels as text. JSON compares leaf by leaf, by the leaves that can be checked: numbers, booleans and
short strings; sentences are passed over, for two good ones always differ. A reply to a question of yes or no that says
neither is not judged: there are too many ways to say it.

How much was lost is 1, but for a number within a hundredth of the wanted one, and for JSON of which a part is right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from routing.behaviors.case import Case, absent, not_applicable, parse_json, present
from routing.behaviors.final_answer import (
    Answer,
    Kind,
    Question,
    closing_numbers,
    final_answer,
    is_marked,
    question_of,
)
from routing.behaviors.label import Behavior, Label
from routing.behaviors.values.quantities import Number
from routing.traits import FormatKind, Json

_LEAVES = 64
_DEPTH = 8
_LEAF_LENGTH = 32  # characters; longer strings are prose
_BRIEF = 200  # characters of a reply that may name its label in a sentence

_NEAR = 0.5
_SHOWN = 60  # characters of a path that a rule names
_OPENINGS, _CLOSINGS = frozenset("{["), frozenset("}]")
_FENCED = re.compile(r"```(?:json)?[ \t]*\n(.*?)\n?[ \t]*```", re.DOTALL | re.IGNORECASE)

Leaves = dict[tuple[str | int, ...], str | float | None]


def detect(case: Case) -> Label:
    """Whether the reply gives the reference's final answer."""
    if case.reference.finish_reason == "length":
        return not_applicable(Behavior.ANSWER, "reference_cut")
    if case.traits.format is not FormatKind.TEXT or _looks_like_json(case.reference.text):
        return _json_answer(case)
    question = question_of(case.traits)
    wanted = final_answer(case.reference.text, question)
    if wanted is None:
        return not_applicable(Behavior.ANSWER, "open_question")
    given = final_answer(case.reply.text, question)
    if given is None and wanted.kind is Kind.LABEL and wanted.text not in question.labels and question.polar:
        return not_applicable(Behavior.ANSWER, "neither yes nor no")
    if _gives(wanted, given, case.reply.text, question):
        return present(Behavior.ANSWER, f"same {wanted.kind}")
    return absent(Behavior.ANSWER, f"other {wanted.kind}", _nearness(wanted, given))


def _gives(wanted: Answer, given: Answer | None, text: str, question: Question) -> bool:
    if wanted.number is not None:
        return _gives_number(wanted.number, given, text, question)
    if given is not None:
        return given == wanted
    return wanted.kind is Kind.LABEL and len(text) <= _BRIEF and f" {wanted.text} " in _spaced(text)


def _gives_number(wanted: Number, given: Answer | None, text: str, question: Question) -> bool:
    """Where the reply does not say which of its closing numbers is the answer, any may be."""
    share = question.as_share
    if given is not None and given.number is not None and wanted.equals(given.number, as_share=share):
        return True
    if is_marked(text):
        return False
    closing = closing_numbers(text, commas=question.commas)
    return any(wanted.equals(number, as_share=share) for number in closing)


def _nearness(wanted: Answer, given: Answer | None) -> float:
    """What an answer that is not the wanted one is still worth."""
    if given is None or given.number is None or wanted.number is None or wanted.number.kind != given.number.kind:
        return 0.0
    apart = abs(wanted.number.value - given.number.value)
    return _NEAR if apart <= abs(wanted.number.value) / 100 else 0.0


def _spaced(text: str) -> str:
    return f" {' '.join(''.join(c if c.isalnum() else ' ' for c in text.casefold()).split())} "


def _json_answer(case: Case) -> Label:
    wanted = _leaves(case.reference.text)
    checkable = {path: leaf for path, leaf in (wanted or {}).items() if not _is_prose(leaf)}
    if not checkable:
        return not_applicable(Behavior.ANSWER, "open_json")
    given = _leaves(case.reply.text)
    if given is None:
        return absent(Behavior.ANSWER, "other json")
    extra = sum(path not in (wanted or {}) and not _is_prose(leaf) for path, leaf in given.items())
    apart = [path for path, leaf in checkable.items() if path not in given or given[path] != leaf]
    if not (apart or extra):
        return present(Behavior.ANSWER, "same json")
    shared = (len(checkable) - len(apart)) / (len(checkable) + extra)
    return absent(Behavior.ANSWER, f"other json {_pointer(apart)}".rstrip(), shared)


def _pointer(apart: list[tuple[str | int, ...]]) -> str:
    """Where the first difference is."""
    return "".join(f"/{step}" for step in apart[0])[:_SHOWN] if apart else ""


def _is_prose(leaf: str | float | None) -> bool:
    return isinstance(leaf, str) and len(leaf) > _LEAF_LENGTH


def _looks_like_json(text: str) -> bool:
    """Whether a reply to a request for no form in particular is an object or a list all the same."""
    inner = _unfenced(text)
    return inner[:1] in _OPENINGS and inner[-1:] in _CLOSINGS and _leaves(text) is not None


def _unfenced(text: str) -> str:
    fenced = _FENCED.fullmatch(text.strip())
    return (fenced[1] if fenced else text).strip()


def _leaves(text: str) -> Leaves | None:
    """The value's leaves by their path; None for no JSON, or such as cannot be compared leaf by leaf."""
    try:
        value = parse_json(_unfenced(text))
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
        else:
            leaves[path] = _leaf(value)
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
