"""What calibrations are made of: for each pair that may be one's evidence, what the student's log-probabilities said.

A row holds numbers and names, nothing of what was said, so it is kept in every privacy mode and whatever becomes of its
pair. It says what diverged, and leaves it to who calibrates whether that matters: operators mute and waive behaviors
after the fact. Pairs that would make low confidence look more frequent than it is do not count, and have no row.

This module refuses to choose one turn of a conversation, and to fit anything. Its counterparts are ``Store.write``,
which writes the rows with their pairs, and ``proxy.examiner.confidence``, which reads them as they come.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Connection, Engine, RowMapping, delete, func, select

from proxy.store.database import translated, writing
from proxy.store.insertion import insert_rows
from proxy.store.pair import Pair
from proxy.store.rows import Row, clean, name, number
from proxy.store.schema import confidences
from routing.confidence.objections import Objections
from routing.confidence.views import View
from routing.conversations import read_set, set_text

if TYPE_CHECKING:
    from proxy.store.insertion import Insert

OVERLAP = 1000
"""Positions before the newest that was read to read on from: of two rows written at a time, the later may be seen
first."""

_MOST = 65_536  # characters of what diverged: a few hundred behaviors, and never a row without end
_Vector = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ConfidenceUnit:
    """A pair as evidence about confidence.

    Attributes:
        slice: Of the request.
        endpoint: It came to.
        conversation: A digest, never text.
        started: Unix seconds.
        stream: Whether the reply was to be streamed.
        tools: Whether the request offers tools.
        json: Whether it asks for JSON.
        diverged: The behaviors in which the student diverged, with their directions (``refusal.lost``), acting or not.
        vectors: By view, the student's signal; empty where there were no log-probabilities.
        function: The ``routing.confidence.signal.FUNCTION`` that made the vectors.
        objections: By view, what hard rules turn the reply down for; where it has vectors.
        rules: The ``routing.confidence.hard_rules.RULES`` that found these.
        prompt: The request's features (``routing.confidence.prompt``), None where they were not worked out.
        prompt_function: The function that made these.
        served: The arm whose reply the caller got.
        fallback: Why the teacher answered in the student's place, "" where it did not.
        confidence: As it was judged before it was served or fell back, None where it was not.
        counts: Whether a calibration may rest on it; if not, it is not kept.
    """

    slice: str
    endpoint: str
    conversation: str
    started: float
    stream: bool
    tools: bool
    json: bool
    diverged: tuple[str, ...] = ()
    vectors: Mapping[View, _Vector] = field(default_factory=dict)
    function: str = ""
    objections: Objections = field(default_factory=dict)
    rules: str = ""
    prompt: _Vector | None = None
    prompt_function: str = ""
    served: str = "teacher"
    fallback: str = ""
    confidence: float | None = None
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Kept:
    """A unit as it is kept; ``position`` grows with every row of the table."""

    position: int
    pair: str
    unit: ConfidenceUnit


class _Heard(msgspec.Struct, frozen=True, array_like=True):
    """What is known of a unit by view, and of its prompt, as it is packed into one column."""

    vectors: dict[View, _Vector]
    prompt: _Vector | None
    rules: str = ""
    objections: dict[View, tuple[str, ...]] = {}


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Heard).decode


class Confidences:
    """The units in a store. All methods block, and raise ``UnavailableError`` as the store's own do."""

    def __init__(self, engine: Engine) -> None:
        """``engine`` is the store's."""
        self._engine = engine
        self._writing = writing(engine)

    def newest(self, epochs: Mapping[str, str]) -> dict[str, int]:
        """The position of the newest unit of each of these routes in its epoch, 0 where there is none."""
        with translated(self._engine), self._engine.connect() as connection:
            return {route: _newest(connection, route, epoch) for route, epoch in epochs.items()}

    def after(
        self, route: str, epoch: str, position: int, most: int = 2000, known: Set[int] = frozenset()
    ) -> list[Kept]:
        """At most so many units after that position, the oldest first, without those at the positions ``known``.

        Who reads on looks for few that are new behind many that it knows, so first only positions are read.
        """
        table = confidences.c
        of_epoch = table.route == name(route), table.epoch == name(epoch)
        there = select(table.position).where(*of_epoch, table.position > position).order_by(table.position)
        with translated(self._engine), self._engine.connect() as connection:
            found = connection.scalars(there.limit(most + len(known)))
            new = [one for one in found if one not in known][:most]
            if not new:
                return []
            wanted = select(confidences).where(*of_epoch, table.position.between(new[0], new[-1]))
            rows = connection.execute(wanted.order_by(table.position)).mappings()
            return [_read(row) for row in rows if row["position"] not in known]

    def trim(self, route: str, epoch: str, most: int) -> int:
        """Where there are more than ``most`` units, delete the older half of them; returns how many went."""
        table = confidences.c
        of_epoch = table.route == name(route), table.epoch == name(epoch)
        with translated(self._engine), self._writing.begin() as connection:
            count = connection.scalar(select(func.count()).select_from(confidences).where(*of_epoch)) or 0
            if count <= most:
                return 0
            middle = select(table.position).where(*of_epoch).order_by(table.position).offset(count // 2).limit(1)
            first = connection.scalar(middle)
            return connection.execute(delete(confidences).where(*of_epoch, table.position < first)).rowcount


def insert_units(connection: Connection, units: Iterable[Row]) -> None:
    """Write rows of ``unit_row``; one whose pair has a row is left as it is."""
    insert_rows(connection, confidences, list(units), _first_stands)


def _first_stands(new: Insert) -> Insert:
    return new.on_conflict_do_nothing(index_elements=[confidences.c.pair])


def unit_row(pair: Pair, unit: ConfidenceUnit) -> Row:
    """The row of a pair's unit."""
    return {
        "pair": name(pair.id),
        "route": name(pair.route),
        "epoch": name(pair.epoch),
        "function": name(unit.function),
        "prompt_function": name(unit.prompt_function),
        "slice": name(unit.slice),
        "endpoint": name(unit.endpoint),
        "conversation": name(unit.conversation),
        "started": number(unit.started),
        "stream": unit.stream,
        "tools": unit.tools,
        "json": unit.json,
        "diverged": clean(set_text(tuple(sorted(unit.diverged)), _MOST)),
        "served": name(unit.served),
        "fallback": name(unit.fallback),
        "confidence": None if unit.confidence is None else number(unit.confidence),
        "heard": _encode(_Heard(dict(unit.vectors), unit.prompt, unit.rules, dict(unit.objections))),
    }


def _newest(connection: Connection, route: str, epoch: str) -> int:
    table = confidences.c
    found = select(func.max(table.position)).where(table.route == name(route), table.epoch == name(epoch))
    return connection.scalar(found) or 0


def _read(row: RowMapping) -> Kept:
    heard = _decode(row["heard"])
    unit = ConfidenceUnit(
        slice=row["slice"],
        endpoint=row["endpoint"],
        conversation=row["conversation"],
        started=row["started"],
        stream=row["stream"],
        tools=row["tools"],
        json=row["json"],
        diverged=read_set(row["diverged"]) or (),
        vectors=heard.vectors,
        function=row["function"],
        objections=heard.objections,
        rules=heard.rules,
        prompt=heard.prompt,
        prompt_function=row["prompt_function"],
        served=row["served"],
        fallback=row["fallback"],
        confidence=row["confidence"],
    )
    return Kept(row["position"], row["pair"], unit)
