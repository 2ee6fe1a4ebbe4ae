"""Counts conversations: each is one row, and one unit in the sums that gates judge by.

A batch's turns are added to their conversations' flags, and what that changes is added to the sums, in the transaction
that writes the batch. Two examiners may write turns of one conversation at the same moment. On PostgreSQL each of them
therefore creates the rows that are missing, locks those that it needs, and only then reads them; SQLite has one writer
at a time. Rows are taken in one order everywhere (conversations before sums, each sorted): nobody waits in a circle.

A conversation that retention has deleted, a week after it was last heard of, is forgotten: what it counted stays, and
another turn of it counts as a new conversation. This module refuses to judge. Its counterparts are
``routing.conversations``, which says what changes, and ``routing.ledger``, as which it is read.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple, Self

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, select, update
from sqlalchemy import Row as SqlRow

from proxy.store.pair import Pair
from proxy.store.rows import Row, name
from proxy.store.schema import NAME, conversations, diverged_sets, evidence
from proxy.store.sums import add, inserting
from routing.conversations import Changes, Flags, Increment, changes, flags_text, read_flags, read_set, set_text
from routing.divergence import Direction, Trial
from routing.evidence.excess import Differences
from routing.evidence.rates import Trials
from routing.ledger import Counted, Diverged, History, Ledger, Sheet, Stage

_SETTLED, _OPEN = (Stage.SEEN, Stage.SETTLED), (Stage.SEEN,)  # where a conversation counts
_MOST = 10_000  # keys in one statement: SQLite takes 32,766 parameters

Place = tuple[str, str, str, str]  # route, epoch, slice, history
_PLACE = ("route", "epoch", "slice", "history")
_SheetKey = tuple[str, History, Stage]


class Key(NamedTuple):
    """One conversation's row."""

    place: Place
    conversation: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A pair as a turn of its conversation; ``noise`` is None where the teacher was not asked twice, or failed."""

    key: Key
    trials: Sequence[Trial]
    noise: Sequence[Trial] | None

    @classmethod
    def of(cls, pair: Pair) -> Self:
        """The turn that a compared pair is, with storable names. Raises ``ValueError`` if no arm ``served`` it."""
        place = name(pair.route), name(pair.epoch), name(pair.slice), History(pair.served).value
        twice = pair.noise is not None and not pair.noise.failure
        noise = _named(pair.noise_trials) if twice else None
        return cls(Key(place, name(pair.conversation)), _named(pair.trials), noise)


class _Known(NamedTuple):
    """A conversation's row as it was when it was locked; ``flags`` None: it was not counted yet."""

    updated: float
    settled: bool
    flags: Flags | None


def count(connection: Connection, turns: Iterable[Turn], now: float) -> None:
    """Add turns to their conversations and to the sums. ``now`` (Unix seconds) is when they were heard of."""
    by_key: dict[Key, list[Turn]] = defaultdict(list)
    for turn in turns:
        by_key[turn.key].append(turn)
    keys, sums, written = sorted(by_key), _Sums(), list[Row]()
    known = _locked(connection, keys, now)
    for key in keys:
        before, after = known[key], known[key].flags or Flags()
        for turn in by_key[key]:
            after = after.add(turn.trials, turn.noise)
        change = changes(before.flags, after)
        for stage in _SETTLED if before.settled else _OPEN:
            sums.add(key.place, stage, change)
        written.append(_written(key, after, max(before.updated, now)))
    if written:
        connection.execute(_WRITE, written)
    sums.write(connection)


def settle(connection: Connection, idle_since: float, most: int) -> int:
    """Count the open conversations without a turn since then as settled, at most so many; returns how many."""
    idle = select(conversations).where(conversations.c.settled.is_(False), conversations.c.updated < idle_since)
    idle = idle.order_by(conversations.c.updated).limit(most).with_for_update(skip_locked=True)
    found, sums = list[Key](), _Sums()
    for row in connection.execute(idle):
        key = Key((row.route, row.epoch, row.slice, row.history), row.conversation)
        sums.add(key.place, Stage.SETTLED, changes(None, read_flags(row.flags)))
        found.append(key)
    for condition in _conditions(sorted(found)):
        connection.execute(update(conversations).where(*condition).values(settled=True))
    sums.write(connection)
    return len(found)


def ledger(connection: Connection, route: str, epoch: str) -> Ledger:
    """The sums of a route in one epoch. The connection is to show both tables as of one moment."""
    cells: dict[_SheetKey, dict[tuple[str, Direction], Counted]] = defaultdict(dict)
    for row in connection.execute(_of(evidence, route, epoch)):
        pairs = Differences(row.student_only, row.teacher_only, row.alike)
        cells[_sheet(row)][row.behavior, Direction(row.direction)] = Counted(Trials(row.trials, row.diverged), pairs)
    sets: dict[_SheetKey, dict[Diverged, int]] = defaultdict(dict)
    for row in connection.execute(_of(diverged_sets, route, epoch).where(diverged_sets.c.conversations > 0)):
        diverged = Diverged(read_set(row.student) or (), read_set(row.again), read_set(row.teacher))
        sets[_sheet(row)][diverged] = row.conversations
    return Ledger({key: Sheet(cells.get(key, {}), sets.get(key, {})) for key in cells.keys() | sets.keys()})


def _of(table: Table, route: str, epoch: str) -> Select[tuple[object, ...]]:
    return select(table).where(table.c.route == name(route), table.c.epoch == name(epoch))


def _sheet(row: SqlRow[tuple[object, ...]]) -> _SheetKey:
    return row.slice, History(row.history), Stage(row.stage)


@dataclass(frozen=True, slots=True)
class _Sums:
    """What a transaction adds to the sums, by their keys."""

    cells: dict[tuple[str, ...], Increment] = field(default_factory=dict)
    sets: dict[tuple[str, ...], int] = field(default_factory=dict)

    def add(self, place: Place, stage: Stage, change: Changes) -> None:
        """Add what changed at a stage."""
        for (behavior, direction), increment in change.cells.items():
            cell = *place, stage.value, behavior, direction.value
            self.cells[cell] = self.cells.get(cell, Increment()).plus(increment)
        for diverged, number in change.sets.items():
            set_ = *place, stage.value, *(set_text(entries, NAME) for entries in diverged)
            self.sets[set_] = self.sets.get(set_, 0) + number

    def write(self, connection: Connection) -> None:
        """Add them up, in one order everywhere."""
        add(connection, evidence, list(_rows(_CELL, self.cells)))
        add(connection, diverged_sets, list(_rows(_SET, {key: (number,) for key, number in self.sets.items()})))


_CELL = tuple(column.name for column in evidence.columns)
_SET = tuple(column.name for column in diverged_sets.columns)
_WRITE = (
    update(conversations)
    .where(*(conversations.c[part] == bindparam(f"its_{part}") for part in (*_PLACE, "conversation")))
    .values(updated=bindparam("now"), flags=bindparam("said"))
)


def _rows(columns: Sequence[str], sums: Mapping[tuple[str, ...], tuple[int, ...]]) -> Iterator[Row]:
    for key in sorted(sums):
        if any(sums[key]):
            yield dict(zip(columns, (*key, *sums[key]), strict=True))


def _written(key: Key, flags: Flags, updated: float) -> Row:
    row: Row = {f"its_{part}": value for part, value in zip(_PLACE, key.place, strict=True)}
    return row | {"its_conversation": key.conversation, "now": updated, "said": flags_text(flags)}


def _locked(connection: Connection, keys: Sequence[Key], now: float) -> dict[Key, _Known]:
    """The rows of these conversations, created where there are none, and locked until the transaction ends."""
    known: dict[Key, _Known] = {}
    while missing := [key for key in keys if key not in known]:  # again if retention deleted one between the two
        new = inserting(connection, conversations).on_conflict_do_nothing()
        connection.execute(new, [_row(key, now) for key in missing])
        for condition in _conditions(missing):
            wanted = select(conversations).where(*condition).order_by(conversations.c.conversation).with_for_update()
            for row in connection.execute(wanted):
                key = Key((row.route, row.epoch, row.slice, row.history), row.conversation)
                known[key] = _Known(row.updated, row.settled, read_flags(row.flags) if row.flags else None)
    return known


def _row(key: Key, now: float) -> Row:
    row: Row = dict(zip(_PLACE, key.place, strict=True))
    return row | {"conversation": key.conversation, "updated": now}


def _conditions(keys: Sequence[Key]) -> Iterator[list[ColumnElement[bool]]]:
    """Conditions that together choose these rows, sorted by key: one for each place, which an index answers."""
    for place, of_place in groupby(keys, lambda key: key.place):
        named = [conversations.c[part] == value for part, value in zip(_PLACE, place, strict=True)]
        some = [key.conversation for key in of_place]
        for start in range(0, len(some), _MOST):
            yield [*named, conversations.c.conversation.in_(some[start : start + _MOST])]


def _named(trials: Iterable[Trial]) -> list[Trial]:
    return [
        trial if (fitting := name(trial.behavior)) == trial.behavior else dataclasses.replace(trial, behavior=fitting)
        for trial in trials
    ]
