"""Full JSON Schema, for the detectors that ask whether a value fits one: the implementation behind ``SchemaCheck``.

Schemas come from clients, so they are compiled without network (a ``$ref`` must not make the examiner fetch), matched
with a bounded backtracking, and kept in a bounded cache. A schema that does not compile is nobody's fault but its
author's: it judges nothing. Without ``$schema`` the latest draft is tried first, then the older ones whose keywords
mean something else (an array of ``items``, a boolean ``exclusiveMinimum``).
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import cast

import jsonschema_rs
from jsonschema_rs import Draft4Validator, Draft7Validator, Draft202012Validator

from routing.traits import Json

CACHED_SCHEMAS = 256
MAX_SCHEMA = 256 * 1024  # characters; larger ones are not judged
MAX_MESSAGE = 200
_BACKTRACKING = 100_000
_GAVE_UP = "Error executing regex"  # how the library reports that a pattern met that bound

Validator = Draft202012Validator | Draft7Validator | Draft4Validator | jsonschema_rs.Validator


def check_schema(schema: Json, value: Json) -> str | None:
    """Where and why the value does not fit, in at most 200 characters; "" if it fits; None if nobody can say."""
    try:
        validator = _compiled(json.dumps(schema))
        if validator is None:
            return None
        error = next(iter(validator.iter_errors(value)), None)
    except (ValueError, TypeError, RecursionError):
        return None
    if error is None:
        return ""
    return None if error.message.startswith(_GAVE_UP) else _message(error)


def usable(schema: Json) -> bool:
    """Whether values can be checked against the schema at all."""
    try:
        return _compiled(json.dumps(schema)) is not None
    except (ValueError, TypeError, RecursionError):
        return False


def _message(error: jsonschema_rs.ValidationError) -> str:
    where = "/".join(str(step) for step in error.instance_path)
    return f"/{where}: {error.message}"[:MAX_MESSAGE]


@lru_cache(maxsize=CACHED_SCHEMAS)
def _compiled(text: str) -> Validator | None:
    if len(text) > MAX_SCHEMA:
        return None
    schema = json.loads(text)
    if isinstance(schema, dict) and "$schema" in schema:
        return _draft(None, schema)
    drafts = (Draft202012Validator, Draft7Validator, Draft4Validator)
    return next((found for draft in drafts if (found := _draft(draft, schema)) is not None), None)


def _draft(
    draft: type[Draft202012Validator | Draft7Validator | Draft4Validator] | None, schema: Json
) -> Validator | None:
    options = jsonschema_rs.FancyRegexOptions(backtrack_limit=_BACKTRACKING)
    try:
        taken = cast("dict[str, object] | bool", schema)
        if draft is None:
            return jsonschema_rs.validator_for(taken, offline=True, pattern_options=options)
        return draft(taken, offline=True, pattern_options=options)
    except (ValueError, TypeError, jsonschema_rs.ReferencingError):
        return None
