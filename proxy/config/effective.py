"""The configuration that is in effect, as YAML: every key, defaults included, in the units a person writes.

Reading it back gives the same configuration, but for a database password, which is masked. Secrets cannot leak from
here: the rest of them are names of environment variables. Its counterpart is ``parse``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

import yaml

from proxy.config.settings import Config
from proxy.config.shape import Either, Free, ListOf, MapOf, Nullable, PerSlice, Scalar, Shape, Table, whole
from routing.traits import Json


class _Lines(yaml.SafeDumper):
    """Text of several lines stands as such."""


class _OneLine(yaml.SafeDumper):
    """Text of several lines has its breaks escaped."""


def _represented_with(style: str) -> Callable[[yaml.SafeDumper, str], yaml.ScalarNode]:
    def represent(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style if "\n" in text else None)

    return represent


_Lines.add_representer(str, _represented_with("|"))
_OneLine.add_representer(str, _represented_with('"'))


def effective(config: Config) -> str:
    """The whole configuration as YAML text."""
    return yaml.dump(printed(whole(), config), Dumper=_Lines, sort_keys=False, allow_unicode=True, width=120)


def printed(shape: Shape, value: object) -> Json:
    """A value of a shape as YAML and JSON hold it, with units and without passwords."""
    match shape:
        case Scalar(kind):
            return kind.write(value)
        case Nullable(inner):
            return None if value is None else printed(inner, value)
        case ListOf(item):
            return [printed(item, v) for v in cast("tuple[object, ...]", value)]
        case Either(word, table):
            return printed(word if isinstance(value, str) else table, value)
        case Free():
            return _plain(value)
        case _:
            return _mapping(shape, value)


def in_one_line(shape: Shape, value: object) -> str:
    """A value as it can be written in one line of YAML."""
    text = yaml.dump(
        printed(shape, value),
        Dumper=_OneLine,
        default_flow_style=True,
        sort_keys=False,
        allow_unicode=True,
        width=float("inf"),
    )
    return text.removesuffix("\n").removesuffix("\n...")


def _mapping(shape: Table | MapOf | PerSlice, value: object) -> Json:
    if isinstance(shape, Table):
        values = {s.key: printed(s.shape, getattr(value, s.name)) for s in shape.settings}
        return {k: v for k, v in values.items() if v is not None} if shape.terse else values
    items = cast("Mapping[str, object]", value)
    if isinstance(shape, PerSlice) and items.keys() == {"default"}:
        return printed(shape.value, items["default"])
    return {key: printed(shape.value, v) for key, v in items.items()}


def _plain(value: object) -> Json:
    if isinstance(value, Mapping):
        return {str(key): _plain(v) for key, v in value.items()}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return cast("Json", value)
