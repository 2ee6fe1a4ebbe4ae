"""What the store can fail with.

    StoreError               cannot be opened, or refuses what it was asked; the message names the value and the remedy
    ├── UnavailableError     for now: locked, full, unreachable; the same call may succeed later
    ├── UnstorableError      for this data always: the same call never succeeds
    └── CursorError          a page's cursor that this store did not give out

Foreign exceptions are translated in one place, ``proxy.store.database.translated``.
"""

from __future__ import annotations


class StoreError(Exception):
    """The store cannot do what it was asked."""


class UnavailableError(StoreError):
    """The database cannot take or give anything for now; trying again is right."""


class UnstorableError(StoreError):
    """The database refuses this data, and would again; trying again is wrong."""


class CursorError(StoreError):
    """A cursor that does not come from ``proxy.store.query.cursor``."""
