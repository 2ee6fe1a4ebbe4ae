"""The JSON Schema of the configuration file, generated from its types, so that editors complete and explain it.

It says what one key can hold. What takes two keys is beyond it; ``practicum check`` says that. Run as a module, it
prints the schema; docs/practicum.schema.json keeps it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

from proxy.config.effective import printed
from proxy.config.kinds import SLICE_OR_DEFAULT, Kind
from proxy.config.shape import Either, Free, ListOf, MapOf, Nullable, PerSlice, Scalar, Setting, Shape, Table, whole
from routing.traits import Json

Schema = dict[str, Json]


def schema() -> Schema:
    """The schema of the whole file, in the 2020-12 draft."""
    head: Schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The configuration of Practicum",
    }
    definitions: Schema = {table.name: _table(table) for table in _tables(whole()) if table is not whole()}
    return head | _table(whole()) | {"$defs": definitions}


def _tables(shape: Shape) -> Iterator[Table]:
    """The tables under a shape and itself, each once by name, in the order of the file."""
    match shape:
        case Table(settings=settings):
            yield shape
            for setting in settings:
                yield from _tables(setting.shape)
        case Nullable(inner) | ListOf(inner) | MapOf(value=inner) | Either(table=inner):
            yield from _tables(inner)


def _table(table: Table) -> Schema:
    body: Schema = {
        "type": "object",
        "description": table.doc,
        "additionalProperties": False,
        "properties": {s.key: _property(table, s) for s in table.settings},
    }
    required: list[Json] = [s.key for s in table.settings if s.default is None]
    one_key: Schema = {"minProperties": 1, "maxProperties": 1} if table.one_key else {}
    return body | ({"required": required} if required else {}) | one_key


def _property(table: Table, setting: Setting) -> Schema:
    base = _schema(setting.shape)
    text = " ".join(part for part in (setting.doc, str(base.pop("description", ""))) if part)
    rule: Schema = {"required": ["model"]} if (table.name, setting.key) == ("Route", "student") else {}
    described: Schema = base | rule | {"description": text}
    if setting.default is not None and not isinstance(setting.shape, Table):
        described["default"] = printed(setting.shape, setting.default())
    return described


def _schema(shape: Shape) -> Schema:
    match shape:
        case Scalar(kind):
            return _kind(kind)
        case Nullable(inner):
            base = _schema(inner)
            text: Schema = {"description": base.pop("description")} if "description" in base else {}
            return {"anyOf": [base, {"type": "null"}], **text}
        case ListOf(item):
            return {"type": "array", "items": _schema(item)}
        case Either(word, table):
            return {"anyOf": [_schema(word), _reference(table)]}
        case _:
            return _mapping(shape)


def _mapping(shape: Table | MapOf | PerSlice | Free) -> Schema:
    match shape:
        case Table():
            return _reference(shape)
        case MapOf(key, value):
            return {"type": "object", "propertyNames": _kind(key), "additionalProperties": _schema(value)}
        case PerSlice(value):
            by_slice = _mapping(MapOf(SLICE_OR_DEFAULT, value))
            return {"anyOf": [_schema(value), by_slice]}
        case Free():
            return {"type": "object"}


def _reference(table: Table) -> Schema:
    return {"$ref": f"#/$defs/{table.name}"}


def _kind(kind: Kind) -> Schema:
    return dict(kind.schema)


if __name__ == "__main__":
    json.dump(schema(), sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")
