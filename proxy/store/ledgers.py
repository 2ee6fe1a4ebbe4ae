"""Ledgers of many routes, read again and again: only slices of which the evidence has changed are read anew.

What a conversation is known to have done only grows, and so does every number that ``proxy.store.evidence.marks`` adds
up: where the sum is the same, nothing has changed. What has not changed is the same object as before, which spares
those who judge it. Its counterpart is the controller of the examiner; ``Store.ledger`` reads a single one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from proxy.store import evidence
from proxy.store.database import snapshot, translated
from proxy.store.store import Store
from routing.ledger import Ledger


@dataclass(frozen=True, slots=True)
class _Kept:
    epoch: str
    marks: Mapping[str, int] = field(default_factory=dict)  # by slice
    ledger: Ledger = field(default_factory=Ledger)


class Ledgers:
    """The ledgers that were read last, one for each route. Its methods block, and belong to one thread at a time."""

    def __init__(self, store: Store) -> None:
        """``store`` is closed by who opened it."""
        self._engine = store.engine
        self._marks: dict[str, tuple[str, Mapping[str, int]]] = {}  # by route: of which epoch
        self._kept: dict[str, _Kept] = {}

    def refresh(self, epochs: Mapping[str, str]) -> None:
        """Ask what has changed about these routes in these epochs. Raises ``UnavailableError``."""
        with translated(self._engine), self._engine.connect() as connection:
            marks = evidence.marks(connection, epochs)
        for route, epoch in epochs.items():
            self._marks[route] = epoch, marks[route]

    def read(self, route: str, epoch: str) -> Ledger:
        """A route's ledger, no older than its last ``refresh``. Raises ``UnavailableError``."""
        if self._marks.get(route, ("",))[0] != epoch:
            self.refresh({route: epoch})
        marks, kept = self._marks[route][1], self._kept.get(route)
        if kept is None or kept.epoch != epoch:
            kept = _Kept(epoch)
        self._kept[route] = kept if kept.marks == marks else self._fresh(route, kept, marks)
        return self._kept[route].ledger

    def _fresh(self, route: str, kept: _Kept, marks: Mapping[str, int]) -> _Kept:
        """What was counted since the marks were taken may be in it; then it is read once more the next time."""
        same = {slice_ for slice_, mark in marks.items() if kept.marks.get(slice_) == mark}
        sheets = {key: sheet for key, sheet in kept.ledger.sheets.items() if key[0] in same}
        with translated(self._engine), snapshot(self._engine).connect() as connection:
            changed = evidence.ledger(connection, route, kept.epoch, marks.keys() - same)
        return _Kept(kept.epoch, marks, Ledger(sheets | dict(changed.sheets)))
