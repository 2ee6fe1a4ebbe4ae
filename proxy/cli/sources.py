"""Where the verbs that read pairs get them: from the admin port, or from a database while no server runs.

Both answer the same questions with the same values. A database is opened only if it is there and has the tables;
a reader that made them would only seem to have found nothing.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from proxy.cli.admin_api import AdminApi
from proxy.cli.refused import Refused
from proxy.cli.wanted import Wanted
from proxy.examiner.documents import PairDocument, PairPage, PairRow, pair_of, row
from proxy.store.pair import Pair

if TYPE_CHECKING:
    from proxy.store.query import PairFilter
    from proxy.store.store import Store

_PAGE = 1000
_SQLITE = "sqlite:///"


class _Named(msgspec.Struct):
    name: str


class _Routes(msgspec.Struct):
    routes: tuple[_Named, ...]


class ApiPairs:
    """The pairs behind an admin port."""

    def __init__(self, api: AdminApi) -> None:
        self._api = api

    def rows(self, wanted: Wanted, limit: int) -> Iterator[PairRow]:
        """At most ``limit`` rows, newest first."""
        params = wanted.params()
        while limit > 0:
            page = self._api.decode(self._api.get("/api/pairs", params | {"limit": str(min(limit, _PAGE))}), PairPage)
            yield from page.pairs
            limit -= len(page.pairs)
            if page.next is None:
                return
            params["cursor"] = page.next

    def pairs(self, wanted: Wanted, limit: int | None) -> Iterator[Pair]:
        """At most ``limit`` whole pairs (None: all), newest first, as they come."""
        params = wanted.params() | ({} if limit is None else {"limit": str(limit)})
        for line in self._api.lines("/api/pairs", params):
            yield self._pair(line)

    def routes(self) -> tuple[str, ...]:
        """The names of the routes that are served."""
        return tuple(route.name for route in self._api.decode(self._api.get("/api/routes"), _Routes).routes)

    def pair(self, pair_id: str) -> Pair:
        """One pair."""
        return self._pair(self._api.get(f"/api/pairs/{AdminApi.segment(pair_id)}"))

    def _pair(self, body: bytes) -> Pair:
        try:
            return pair_of(self._api.decode(body, PairDocument))
        except ValueError as exc:
            raise Refused(f"the admin port sent a pair that cannot be read: {exc}") from exc


class StorePairs:
    """The pairs in a database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def rows(self, wanted: Wanted, limit: int) -> Iterator[PairRow]:
        """At most ``limit`` rows, newest first."""
        return (row(pair) for pair in self.pairs(wanted, limit))

    def pairs(self, wanted: Wanted, limit: int | None) -> Iterator[Pair]:
        """At most ``limit`` whole pairs (None: all), newest first, a page at a time."""
        return self._store.iterate(_filter(wanted, limit))

    def routes(self) -> tuple[str, ...]:
        """The names of the routes that have pairs."""
        return self._store.routes()

    def pair(self, pair_id: str) -> Pair:
        """One pair."""
        found = self._store.pair(pair_id)
        if found is None:
            raise Refused(f"no pair {pair_id!r} is kept in this database")
        return found


Pairs = ApiPairs | StorePairs


@contextmanager
def open_pairs(arguments: argparse.Namespace) -> Iterator[Pairs]:
    """The source that the options name. Failures inside, of either source, are raised as ``Refused``."""
    database: str | None = arguments.database
    if database is None:
        with AdminApi(arguments.admin) as api:
            yield ApiPairs(api)
    else:
        yield from _from_database(database)


def _from_database(url: str) -> Iterator[Pairs]:
    from proxy.store.errors import StoreError  # noqa: PLC0415 -- the database's weight only where one is read
    from proxy.store.store import Store  # noqa: PLC0415 -- as above

    if url.startswith(_SQLITE) and not Path(url.removeprefix(_SQLITE)).is_file():
        raise Refused(
            f"--database {url!r}: there is no such file; write sqlite:////absolute/path, as in the configuration"
        )
    try:
        store = Store.read(url)
        try:
            yield StorePairs(store)
        finally:
            store.close()
    except StoreError as exc:
        raise Refused(str(exc)) from exc


def _filter(wanted: Wanted, limit: int | None) -> PairFilter:
    from proxy.store.query import PairFilter  # noqa: PLC0415 -- as in ``_from_database``

    return PairFilter(
        route=wanted.route,
        behavior=wanted.behavior,
        slice=wanted.slice,
        direction=wanted.direction,
        since=wanted.since,
        until=wanted.until,
        limit=limit,
    )
