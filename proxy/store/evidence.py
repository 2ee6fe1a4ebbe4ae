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

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import groupby
from operator import add as plus
from typing import TYPE_CHECKING, NamedTuple, Self

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, case, func, select, tuple_, update

from proxy.store.insertion import ignored, insert_rows
from proxy.store.pair import Pair
from proxy.store.rows import Row, behavior_name, name
from proxy.store.schema import NAME, conversations, diverged_sets, evidence
from proxy.store.sums import add
from routing.conversations import Flags, Increment, changes, flags_text, read_flags, read_set, set_text
from routing.divergence import Direction, Trial
from routing.evidence.excess import Differences
from routing.evidence.rates import Trials
from routing.ledger import Counted, Diverged, History, Ledger, Sheet, Stage

if TYPE_CHECKING:
    from proxy.store.insertion import Insert

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


# What conversations' flags were (None: they were not counted yet) and are, by where they count.
_Steps = dict[tuple[Place, Stage], list[tuple[Flags | None, Flags]]]
_NEW = _Known(0.0, settled=False, flags=None)
_HISTORIES, _STAGES = {one.value: one for one in History}, {one.value: one for one in Stage}
_WAYS = {one.value: one for one in Direction}
_NEVER = set_text(None, NAME)
# Some conversations of one place, which an index answers.
_OF = tuple(f"of_{part}" for part in _PLACE)  # an UPDATE has its columns' own names for itself
_CHOSEN = [conversations.c[part] == bindparam(its) for part, its in zip(_PLACE, _OF, strict=True)]
_CHOSEN += [conversations.c.conversation.in_(bindparam("some", expanding=True))]
_KNOWN = conversations.c["conversation", "updated", "settled", "flags"]
_OF_PLACE = select(*_KNOWN).where(*_CHOSEN).order_by(conversations.c.conversation).with_for_update()
_SETTLES = update(conversations).where(*_CHOSEN).values(settled=True)
_COUNTS = select(*(column for column in evidence.columns if column.name not in {"route", "epoch"}))
_SETS = select(*(column for column in diverged_sets.columns if column.name not in {"route", "epoch"}))
_SETS = _SETS.where(diverged_sets.c.conversations > 0)
_TWICE = case(
    (diverged_sets.c.again == _NEVER, 0),
    else_=1 + func.length(diverged_sets.c.again) + func.length(diverged_sets.c.teacher),
)


def _sums(table: Table, number: ColumnElement[int]) -> Select[str, str, int]:
    """The sum of a number over each slice of the routes and epochs that are ``wanted``."""
    wanted = tuple_(table.c.route, table.c.epoch).in_(bindparam("wanted", expanding=True))
    place = table.c.route, table.c.slice
    return select(*place, func.sum(number)).where(wanted).group_by(*place)


_COUNTED = _sums(evidence, reduce(plus, (column for column in evidence.columns if not column.primary_key)))
_LETTERS = _sums(diverged_sets, diverged_sets.c.conversations * (1 + func.length(diverged_sets.c.student) + _TWICE))
_CELL = tuple(column.name for column in evidence.columns)
_SET = tuple(column.name for column in diverged_sets.columns)


def count(connection: Connection, turns: Iterable[Turn], now: float) -> None:
    """Add turns to their conversations and to the sums. ``now`` (Unix seconds) is when they were heard of."""
    by_key: dict[Key, list[Turn]] = defaultdict(list)
    for turn in turns:
        by_key[turn.key].append(turn)
    keys, written = sorted(by_key), list[Row]()
    steps: _Steps = defaultdict(list)
    known = _locked(connection, keys, now)
    for key in keys:
        before = known.get(key, _NEW)
        after = before.flags or Flags()
        for turn in by_key[key]:
            after = after.add(turn.trials, turn.noise)
        for stage in _SETTLED if before.settled else _OPEN:
            steps[key.place, stage].append((before.flags, after))
        written.append(_row(key, max(before.updated, now), flags_text(after)))
    insert_rows(connection, conversations, written, _newer)
    _add(connection, steps)


def settle(connection: Connection, route: str, idle_since: float, most: int) -> int:
    """Count a route's open conversations without a turn since then as settled, at most so many; returns how many."""
    idle = select(conversations).where(conversations.c.settled.is_(False), conversations.c.updated < idle_since)
    idle = idle.where(conversations.c.route == name(route))
    idle = idle.order_by(conversations.c.updated).limit(most).with_for_update(skip_locked=True)
    found: list[Key] = []
    steps: _Steps = defaultdict(list)
    for row in connection.execute(idle):
        key = Key((row.route, row.epoch, row.slice, row.history), row.conversation)
        steps[key.place, Stage.SETTLED].append((None, read_flags(row.flags)))
        found.append(key)
    for place, some in _places(sorted(found)):
        connection.execute(_SETTLES, _chosen(place, some))
    _add(connection, steps)
    return len(found)


def unsettled(connection: Connection, idle_since: float) -> frozenset[str]:
    """The routes that have open conversations without a turn since then, by their stored names."""
    table = conversations.c
    found = select(table.route).where(table.settled.is_(False), table.updated < idle_since).distinct()
    return frozenset(connection.scalars(found))


def ledger(connection: Connection, route: str, epoch: str, slices: Collection[str] | None = None) -> Ledger:
    """The sums of a route in one epoch, of these slices or of all.

    The connection is to show both tables as of one moment.
    """
    cells: dict[_SheetKey, dict[tuple[str, Direction], Counted]] = defaultdict(dict)
    for row in connection.execute(_COUNTS.where(*_in(evidence, route, epoch, slices))):
        slice_, history, stage, behavior, way, trials, diverged, student, teacher, alike = row
        counted = Counted(Trials(trials, diverged), Differences(student, teacher, alike))
        cells[slice_, _HISTORIES[history], _STAGES[stage]][behavior, _WAYS[way]] = counted
    sets: dict[_SheetKey, dict[Diverged, int]] = defaultdict(dict)
    for row in connection.execute(_SETS.where(*_in(diverged_sets, route, epoch, slices))):
        slice_, history, stage, student, again, teacher, number = row
        found = Diverged(read_set(student) or (), read_set(again), read_set(teacher))
        sets[slice_, _HISTORIES[history], _STAGES[stage]][found] = number
    return Ledger({key: Sheet(cells.get(key, {}), sets.get(key, {})) for key in cells.keys() | sets.keys()})


def marks(connection: Connection, epochs: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """A number for each slice of these routes in these epochs, which is larger after every change of its sums.

    It counts the conversations, their trials and divergences, and the letters of what diverged in them: what is known
    of a conversation only grows, so none of these ever falls.
    """
    found: dict[str, dict[str, int]] = defaultdict(Counter)
    wanted = [(name(route), name(epoch)) for route, epoch in epochs.items()]
    for start in range(0, len(wanted), _MOST):
        for sums in (_COUNTED, _LETTERS):
            for route, slice_, number in connection.execute(sums, {"wanted": wanted[start : start + _MOST]}):
                found[route][slice_] += int(number)
    return {route: dict(found.get(name(route), {})) for route in epochs}


def _in(table: Table, route: str, epoch: str, slices: Collection[str] | None) -> list[ColumnElement[bool]]:
    where = [table.c.route == name(route), table.c.epoch == name(epoch)]
    return where if slices is None else [*where, table.c.slice.in_(sorted(slices))]


def _add(connection: Connection, steps: _Steps) -> None:
    """Add what conversations' steps change, in one order everywhere."""
    cells, sets = dict[tuple[str, ...], Increment](), Counter[tuple[str, ...]]()
    for (place, stage), some in steps.items():
        change, where = changes(some), (*place, stage.value)
        cells.update({(*where, cell, way.value): increment for (cell, way), increment in change.cells.items()})
        for diverged, number in change.sets.items():  # two that were cut may have one text
            sets[(*where, *(set_text(entries, NAME) for entries in diverged))] += number
    add(connection, evidence, [dict(zip(_CELL, (*key, *cells[key]), strict=True)) for key in sorted(cells)])
    add(connection, diverged_sets, [dict(zip(_SET, (*key, sets[key]), strict=True)) for key in sorted(sets)])


def _locked(connection: Connection, keys: Sequence[Key], now: float) -> dict[Key, _Known]:
    """The rows of these conversations, locked until the transaction ends. SQLite's holds the only lock there is.

    What is not there cannot be locked, so PostgreSQL first gets the rows that are missing, and once more if retention
    deleted one of them between the two statements.
    """
    if connection.dialect.name == "sqlite":
        return _read(connection, keys)
    known: dict[Key, _Known] = {}
    while missing := [key for key in keys if key not in known]:
        insert_rows(connection, conversations, [_row(key, now, "") for key in missing], ignored)
        known |= _read(connection, missing)
    return known


def _read(connection: Connection, keys: Sequence[Key]) -> dict[Key, _Known]:
    known: dict[Key, _Known] = {}
    for place, some in _places(keys):
        for conversation, updated, settled, text in connection.execute(_OF_PLACE, _chosen(place, some)):
            flags = read_flags(text) if text else None
            known[Key(place, conversation)] = _Known(updated, settled, flags)
    return known


def _newer(new: Insert) -> Insert:
    said = {column: new.excluded[column] for column in ("updated", "flags")}
    return new.on_conflict_do_update(index_elements=list(conversations.primary_key), set_=said)


def _row(key: Key, updated: float, flags: str) -> Row:
    row: Row = dict(zip(_PLACE, key.place, strict=True))
    return row | {"conversation": key.conversation, "updated": updated, "flags": flags}


def _chosen(place: Place, some: list[str]) -> dict[str, str | list[str]]:
    """What ``_CHOSEN`` asks for."""
    return {**dict(zip(_OF, place, strict=True)), "some": some}


def _places(keys: Sequence[Key]) -> Iterator[tuple[Place, list[str]]]:
    """Each place with its conversations, of keys that are sorted, as ``_CHOSEN`` takes them."""
    for place, of_place in groupby(keys, lambda key: key.place):
        some = [key.conversation for key in of_place]
        for start in range(0, len(some), _MOST):
            yield place, some[start : start + _MOST]


def _named(trials: Iterable[Trial]) -> list[Trial]:
    named = [(trial, behavior_name(trial.behavior)) for trial in trials]
    return [one if behavior == one.behavior else replace(one, behavior=behavior) for one, behavior in named]
