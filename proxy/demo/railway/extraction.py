"""Text to JSON by a schema: from clean texts, and from broken or regional ones.

Regional dates are day first with dots, year first with slashes, or with the month's name; regional amounts have a
decimal comma; broken is JSON with a trailing comma. The schema wants dates as YYYY-MM-DD and amounts as numbers, so
that what is copied as it stands does not fit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from proxy.demo.railway import wording
from proxy.demo.railway.draw import Draw, Phrasing
from proxy.demo.railway.example import Example, Situation, exchange, says
from proxy.demo.railway.world import PEOPLE, PERSONA, PLACES, TRAINS
from routing.behaviors.label import Behavior
from routing.traits import Json

_SHOWN = frozenset({Behavior.FORMAT, Behavior.ANSWER})
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_YEARS = (2031, 2033)
_CENTS = (15, 25, 35, 45, 65, 75, 85, 95)  # none that JSON would write shorter

_TEXT: Json = {"type": "string"}
_TYPES: dict[str, Json] = {
    "name": _TEXT,
    "from": _TEXT,
    "to": _TEXT,
    "train": _TEXT,
    "date": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    "fare": {"type": "number"},
    "seat": {"type": "integer"},
}


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of paper: its fields in the order of the schema, and how callers put it in words."""

    name: str
    fields: tuple[str, ...]
    spoken: Phrasing

    def schema(self) -> Json:
        """The JSON Schema of what is read from it."""
        properties: Json = {field: _TYPES[field] for field in self.fields}
        required: Json = list(self.fields)
        return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}

    def response_format(self) -> Json:
        """OpenAI's demand for it."""
        return {"type": "json_schema", "json_schema": {"name": self.name, "strict": True, "schema": self.schema()}}


FORMS = (
    Form("booking", ("name", "from", "to", "date"), wording.BOOKING),
    Form("receipt", ("train", "date", "fare"), wording.RECEIPT),
    Form("reservation", ("name", "train", "seat", "date"), wording.RESERVATION),
)


@dataclass(frozen=True, slots=True)
class _Date:
    year: int
    month: int
    day: int

    def standard(self) -> str:
        return f"{self.year}-{self.month:02d}-{self.day:02d}"

    def regional(self, draw: Draw) -> str:
        return draw.pick(
            (
                f"{self.day:02d}.{self.month:02d}.{self.year}",
                f"{self.year}/{self.month:02d}/{self.day:02d}",
                f"{self.day} {_MONTHS[self.month - 1]} {self.year}",
            )
        )


@dataclass(frozen=True, slots=True)
class _Paper:
    """All that a form may ask for."""

    name: str
    origin: str
    target: str
    train: str
    seat: int
    fare: str
    date: _Date

    def value(self, form: Form) -> dict[str, Json]:
        """What is to be read from it."""
        full: dict[str, Json] = {
            "name": self.name,
            "from": self.origin,
            "to": self.target,
            "train": self.train,
            "seat": self.seat,
            "fare": float(self.fare),
            "date": self.date.standard(),
        }
        return {field: full[field] for field in form.fields}


def on_extraction(draw: Draw) -> Example:
    """From a clean text."""
    form, paper = draw.pick(FORMS), _paper(draw)
    value = paper.value(form)
    if draw.pick((True, False)):
        slots = {field: str(part) for field, part in value.items()}
        return _example(Situation.EXTRACTION, form, value, draw.say(form.spoken, slots))
    shuffled = draw.several(form.fields, len(form.fields))
    return _example(Situation.EXTRACTION, form, value, _written({field: value[field] for field in shuffled}))


def on_malformed(draw: Draw) -> Example:
    """From a text with a regional date and, where there is one, a decimal comma; if it is JSON, it is broken too."""
    form, paper = draw.pick(FORMS), _paper(draw)
    value = paper.value(form)
    regional: dict[str, Json] = {"date": paper.date.regional(draw), "fare": paper.fare.replace(".", ",")}
    odd = {field: regional.get(field, part) for field, part in value.items()}
    if draw.pick((True, False)):
        text = draw.say(form.spoken, {field: str(part) for field, part in odd.items()})
        return _example(Situation.MALFORMED, form, value, text)
    shuffled = draw.several(form.fields, len(form.fields))
    broken = _written({field: odd[field] for field in shuffled}).removesuffix("}") + ",}"
    return _example(Situation.MALFORMED, form, value, broken)


def _example(kind: Situation, form: Form, value: Mapping[str, Json], text: str) -> Example:
    context = f"{PERSONA}\nReply in JSON with {', '.join(form.fields)}."
    return Example(kind, exchange(context, text), says(_written(value)), _SHOWN, response_format=form.response_format())


def _written(value: Mapping[str, Json]) -> str:
    return json.dumps(value)


def _paper(draw: Draw) -> _Paper:
    origin, target = draw.several(PLACES, 2)
    return _Paper(
        name=draw.pick(PEOPLE),
        origin=origin,
        target=target,
        train=draw.pick(TRAINS),
        seat=draw.number(11, 64),
        fare=f"{draw.number(3, 20)}.{draw.pick(_CENTS)}",
        date=_Date(draw.number(*_YEARS), draw.number(1, 12), draw.number(1, 28)),
    )
