"""The settings as values: which route takes a model, and what a printed configuration shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.config.effective import in_one_line
from proxy.config.parse import parse
from proxy.config.settings import Config, Route, Upstream
from proxy.config.shape import Either, ListOf, MapOf, Nullable, Shape, Table, whole

PAGE = Path(__file__).parents[3] / "docs" / "configuration.md"
ARM = Upstream("http://h/v1", "m")


@pytest.mark.parametrize(("model", "route"), [("a", "first"), ("b", "first"), ("c", "second"), ("else", "second")])
def test_a_named_model_goes_before_the_wildcard(model: str, route: str) -> None:
    """Whatever the order of the routes in the file."""
    config = Config({"second": Route("second", ("*", "c"), ARM, ARM), "first": Route("first", ("a", "b"), ARM, ARM)})
    found = config.route_for(model)
    assert found is not None
    assert found.name == route


def test_a_routes_own_name_is_a_model_too() -> None:
    """``/v1/models`` lists the names of routes, and what is listed must be callable."""
    config = Config({"first": Route("first", ("a", "second"), ARM, ARM), "second": Route("second", ("*",), ARM, ARM)})
    found = [config.route_for(model) for model in ("first", "second", "else")]
    assert [route.name for route in found if route] == ["first", "first", "second"]  # a claimed model goes first


def test_without_a_wildcard_an_unknown_model_has_no_route() -> None:
    """The caller then gets the error an OpenAI client expects."""
    config = Config({"first": Route("first", ("a",), ARM, ARM)})
    assert config.route_for("else") is None
    assert config.wildcard is None


def test_no_secret_is_in_a_repr() -> None:
    """Values are printed by tracebacks and debuggers that nobody reviews."""
    text = """
    database: postgresql://user:hunter2@host/db
    routes: {x: {models: ["*"], teacher: {base_url: "http://t"}, student: {base_url: "http://s", model: m}}}
    """
    assert "hunter2" not in repr(parse(text, "test"))


def documented() -> dict[str, str]:
    """The keys of the documentation's tables and their defaults."""
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]*?) ?\| [^|]+ \|$", PAGE.read_text(), flags=re.MULTILINE)
    assert len(rows) == len({key for key, _ in rows})
    return dict(rows)


def declared(shape: Shape, path: str, base: object) -> Iterator[tuple[str, str | None]]:
    """The keys of the code and their defaults, None for a section that only holds other keys."""
    match shape:
        case Table(settings=settings):
            for s in settings:
                here = f"{path}.{s.key}".lstrip(".")
                value = getattr(base, s.name) if isinstance(base, shape.build) else s.default and s.default()  # type: ignore[arg-type]
                yield here, "required" if s.default is None else _default(s.shape, value)
                yield from declared(s.shape, here, value)
        case Nullable(inner):
            yield from declared(inner, path, base)
        case ListOf(item) if isinstance(item, Table):
            yield from declared(item, f"{path}[]", None)
        case MapOf(value=value) if path == "routes":
            yield from declared(value, "routes.NAME", None)
        case Either(table=table):
            yield from declared(table, path, None)


def _default(shape: Shape, value: object) -> str | None:
    inner = shape.inner if isinstance(shape, Nullable) and value is not None else shape
    return None if isinstance(inner, Table) else f"`{in_one_line(inner, value)}`"


def test_every_setting_is_documented_with_its_default_and_nothing_else_is() -> None:
    """A setting nobody can find does not exist; a documented one that is gone costs an afternoon."""
    code = dict(declared(whole(), "", None))
    sections = {key for key in code if any(other.startswith(f"{key}.") for other in code)}
    page = documented()
    assert page.keys() - code.keys() == set()
    assert code.keys() - page.keys() <= sections
    different = {key: (text, code[key]) for key, text in page.items() if code[key] is not None and text != code[key]}
    assert different == EXCEPTIONS


EXCEPTIONS = {
    "routes.NAME.student.model": ("required", "`null`"),  # optional for a teacher, required by a rule for a student
    "routes.NAME.sticky.salt": ("the route's name", "`null`"),
}


def test_first_token_timeout_is_explained_for_unary_calls() -> None:
    """It looks as if it bounded every call."""
    (row,) = (line for line in PAGE.read_text().splitlines() if line.startswith("| `routes.NAME.teacher.first_token"))
    assert "unary calls are bounded by `total_timeout`" in row
