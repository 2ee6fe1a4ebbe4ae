"""What differs between two configurations, key by key, in the units a person writes. Pure.

Order, comments and spelling of the files do not count; a changed password is seen but not shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from proxy.config.effective import in_one_line
from proxy.config.problems import Path, dotted
from proxy.config.settings import Config
from proxy.config.shape import MapOf, Nullable, PerSlice, Shape, Table, whole

ABSENT = "absent"
RESTART: tuple[Path, ...] = (
    *(("listen", key) for key in ("host", "port", "drain")),
    ("admin",),
    ("database",),
)
"""The settings that are bound at start: a change waits for the next one."""


@dataclass(frozen=True, slots=True)
class Change:
    """One changed key. ``old`` and ``new`` are as a person would write them, ``absent`` where there is none."""

    key: str
    old: str
    new: str
    restart: bool = False

    def __str__(self) -> str:
        """``routes.x.mirror.percentage 25 -> 5``."""
        return f"{self.key} {self.old} -> {self.new}" + (" (takes effect after a restart)" if self.restart else "")


def diff(old: Config, new: Config) -> tuple[Change, ...]:
    """Every key whose value differs, in the order of the settings. A route that came or went is one change."""
    return tuple(_changes(whole(), old, new, ()))


def _changes(shape: Shape, old: object, new: object, path: Path) -> Iterator[Change]:
    if old == new:
        return
    match shape:
        case Nullable(inner) if old is not None and new is not None:
            yield from _changes(inner, old, new, path)
        case Table(settings=settings, one_key=False) if isinstance(new, type(old)):
            for s in settings:
                yield from _changes(s.shape, getattr(old, s.name), getattr(new, s.name), (*path, s.key))
        case MapOf(value=value) | PerSlice(value=value):
            yield from _map_changes(value, cast("_Map", old), cast("_Map", new), path)
        case _:
            yield _change(path, in_one_line(shape, old), in_one_line(shape, new))


_Map = Mapping[str, object]


def _map_changes(value: Shape, old: _Map, new: _Map, path: Path) -> Iterator[Change]:
    for key in (*old, *(k for k in new if k not in old)):
        where = (*path, key)
        if key in old and key in new:
            yield from _changes(value, old[key], new[key], where)
        elif key in old:
            yield _change(where, _brief(value, old[key]), ABSENT)
        else:
            yield _change(where, ABSENT, _brief(value, new[key]))


def _brief(shape: Shape, value: object) -> str:
    return "present" if isinstance(shape, Table) else in_one_line(shape, value)


def _change(path: Path, old: str, new: str) -> Change:
    return Change(dotted(path), old, new, any(path[: len(bound)] == bound for bound in RESTART))
