"""The shape of the configuration, read once from the types in ``settings``.

Reading, printing, comparing, the JSON Schema and the test of the documentation all walk this one description, so a
setting is declared in one place. Nothing here knows YAML, and nothing here knows a particular setting but for the
spelling of those that the rollout vocabulary writes in camel case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import cache, partial
from inspect import getdoc
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin, get_type_hints

from proxy.config.kinds import KINDS, Kind, choice
from proxy.config.moving import Pause, Step
from proxy.config.own import OwnBehavior
from proxy.config.settings import Config
from proxy.config.slice_rules import When

CAMEL = frozenset(
    {
        "risk_budget",
        "success_below",
        "failure_above",
        "over_noise",
        "on_failure",
        "on_insufficient",
        "dry_run",
        "set_weight",
        "set_mirror",
        "settle_after",
    }
)
"""The settings whose keys are in camel case, as operators of Argo Rollouts and Flagger know them."""

_PLAIN = {bool: "boolean", int: "integer", str: "text"}


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class Nullable:
    """A value or null."""

    inner: Shape


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list, in the order of the file."""

    item: Shape


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping whose keys the operator chooses."""

    key: Kind
    value: Shape


@dataclass(frozen=True, slots=True)
class PerSlice:
    """One value for all slices, or a mapping by slice with a ``default``."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class Either:
    """A word, or a table."""

    word: Scalar
    table: Table


@dataclass(frozen=True, slots=True)
class Free:
    """A mapping that this version keeps as it is."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of a table. ``default`` makes the value of a key that is left out; None where the key is required."""

    key: str
    name: str
    shape: Shape
    default: Callable[[], object] | None
    doc: str


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping with known keys.

    A ``named`` table takes its name from the key it stands under; of a ``one_key`` table exactly one key is set; a
    ``terse`` one is printed without its nulls.
    """

    name: str
    doc: str
    settings: tuple[Setting, ...]
    build: Callable[..., object]
    named: bool = False
    one_key: bool = False
    terse: bool = False

    def keys(self) -> tuple[str, ...]:
        """Its keys, in the order of declaration."""
        return tuple(s.key for s in self.settings)


Shape = Union[Scalar, Nullable, ListOf, MapOf, PerSlice, Either, Free, Table]


@cache
def whole() -> Table:
    """The shape of the whole file."""
    return _table(Config)


def placeholder(shape: Shape) -> object:
    """A value of the shape that stands in for one that could not be read, so that reading goes on."""
    match shape:
        case Scalar(kind):
            return kind.placeholder
        case Nullable():
            return None
        case ListOf():
            return ()
        case MapOf() | PerSlice() | Free():
            return {}
        case Either(word):
            return word.kind.placeholder
        case Table(settings=settings, build=build, named=named):
            values = {s.name: s.default() if s.default else placeholder(s.shape) for s in settings}
            return build(**values, **({"name": ""} if named else {}))


def _table(cls: type) -> Table:
    hints = get_type_hints(cls, include_extras=True)
    summary, docs = _documented(cls)
    shapes = {f.name: _shape(hints[f.name]) for f in fields(cls)}
    settings = tuple(
        Setting(_key(f.name), f.name, shape, _default(f), docs.get(f.name, ""))
        for f in fields(cls)
        if (shape := shapes[f.name]) is not None
    )
    named = shapes.get("name", True) is None
    return Table(
        cls.__name__, summary, settings, cls, named, one_key=cls is Step, terse=cls in {Step, Pause, OwnBehavior, When}
    )


def _default(field: Field[object]) -> Callable[[], object] | None:
    if field.default is not MISSING:
        return partial(_given, field.default)
    return None if field.default_factory is MISSING else field.default_factory


def _given(value: object) -> object:
    return value


def _shape(hint: object) -> Shape | None:
    """The shape a type hint describes; None for a field that is no key of the file."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _annotated(args[0], args[1])
    if origin is Literal:
        return Scalar(choice(args))
    if origin in {Union, UnionType}:
        return _union(args)
    if origin is tuple:
        return ListOf(_inner(args[0]))
    if origin is Mapping:
        return MapOf(_scalar(args[0]).kind, _inner(args[1]))
    if isinstance(hint, type):
        return _table(hint) if is_dataclass(hint) else Scalar(KINDS[_PLAIN[hint]])
    raise TypeError(f"{hint} has no shape; teach it to this module")


def _annotated(hint: object, word: str) -> Shape | None:
    match word:
        case "derived":
            return None
        case "free":
            return Free()
        case "per slice":
            return PerSlice(_scalar(get_args(hint)[1]))
        case _:
            return Scalar(KINDS[word])


def _union(args: tuple[object, ...]) -> Shape:
    inner = [_inner(a) for a in args if a is not NoneType]
    shape = inner[0]
    if len(inner) > 1 and isinstance(inner[0], Scalar) and isinstance(inner[1], Table):
        shape = Either(inner[0], inner[1])
    return Nullable(shape) if NoneType in args else shape


def _inner(hint: object) -> Shape:
    shape = _shape(hint)
    if shape is None:
        raise TypeError(f"{hint} is derived; it cannot stand inside another type")
    return shape


def _scalar(hint: object) -> Scalar:
    shape = _inner(hint)
    if not isinstance(shape, Scalar):
        raise TypeError(f"{hint} is not a scalar")
    return shape


def _key(name: str) -> str:
    if name not in CAMEL:
        return name
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _documented(cls: type) -> tuple[str, dict[str, str]]:
    """A docstring's first paragraph, and the entries of its ``Attributes`` section by name."""
    prose, _, attributes = (getdoc(cls) or "").partition("Attributes:")
    entries = re.findall(r"^ {4}(\w+): ((?:.|\n {5,})+)", attributes, flags=re.MULTILINE)
    return " ".join(prose.split("\n\n")[0].split()), {name: " ".join(text.split()) for name, text in entries}
