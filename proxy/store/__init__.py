"""The store: pairs, trials, and accumulated cells and styles, in SQLite or PostgreSQL on one schema.

    Writer (asyncio) -> entry.prepare (privacy, sampling) -> Store.write -> rows -> schema
    API, CLI, export <- Store.pairs, Store.pair, Store.cells, Store.styles, Store.iterate <- rows <- schema

``database`` opens an engine, ``migrate`` brings it to the current schema, ``retention`` keeps it small. Only the
examiner writes; workers never come here.
"""
