"""The shape of the configuration: complete, documented, and spelled as operators write it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from proxy.config.settings import Config
from proxy.config.shape import CAMEL, Either, ListOf, MapOf, Nullable, Setting, Shape, Table, placeholder, whole


def settings(shape: Shape) -> Iterator[Setting]:
    """Every setting under a shape."""
    match shape:
        case Table(settings=mine):
            for setting in mine:
                yield setting
                yield from settings(setting.shape)
        case Nullable(inner) | ListOf(inner) | MapOf(value=inner) | Either(table=inner):
            yield from settings(inner)


def test_every_setting_says_what_it_is() -> None:
    """The sentence is what an editor shows, and the remedy where a required key is missing."""
    assert not [s.key for s in settings(whole()) if not s.doc.endswith(".")]


@pytest.mark.parametrize("name", sorted(CAMEL))
def test_camel_case_is_where_the_rollout_vocabulary_has_it(name: str) -> None:
    """A name in the table that no setting has would be a stale exception."""
    found = {s.key for s in settings(whole()) if s.name == name}
    assert len(found) == 1
    assert "_" not in found.pop()


def test_every_other_key_is_its_name() -> None:
    """One rule with a short list of exceptions can be remembered."""
    assert not [s.key for s in settings(whole()) if s.name not in CAMEL and s.key != s.name]


def test_derived_fields_are_no_keys() -> None:
    """A hash in the file would be a lie about it, and a route has its name already."""
    (route,) = [s.shape.value for s in whole().settings if isinstance(s.shape, MapOf)]
    assert isinstance(route, Table)
    assert "hash" not in {s.key for s in whole().settings}
    assert "name" not in {s.key for s in route.settings}


def test_a_placeholder_stands_for_the_whole() -> None:
    """Reading goes on after any problem, so there must always be something to go on with."""
    assert isinstance(placeholder(whole()), Config)
