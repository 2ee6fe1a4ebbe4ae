"""The effective configuration: it reads back as what is in effect, and shows no secret."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from proxy.config.diff import diff
from proxy.config.effective import effective
from proxy.config.kinds import Kind
from proxy.config.parse import load, parse
from proxy.config.settings import Config
from proxy.config.shape import Either, Free, ListOf, MapOf, Nullable, PerSlice, Scalar, Shape, Table, whole
from proxy.errors import ConfigError

EXAMPLE = Path(__file__).parents[3] / "practicum.example.yaml"
MINIMAL = 'routes: {x: {models: ["*"], teacher: {base_url: "http://t"}, student: {base_url: "http://s", model: m}}}'

Written = st.SearchStrategy[Any]  # what YAML can hold, of any type

BY_NOUN: dict[str, Written] = {
    "a duration": st.integers(1, 10**9).map(lambda ms: f"{ms}ms"),
    "a size": st.integers(0, 10**12).map(lambda size: f"{size}B"),
    "a price": st.integers(0, 10**12)
    .map(lambda n: n / 10**6)
    .filter(lambda price: price < 10**9 and "e" not in str(price)),
    "a percentage": st.integers(0, 100_000).map(lambda n: n / 1000),
    "a whole number": st.integers(1, 10**12),
    "a port": st.integers(0, 65535),
    "true or false": st.booleans(),
    "text": st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=8),
    "a URL": st.sampled_from(["http://h:1/v1", "https://grüße.example"]),
    "a database URL": st.sampled_from(["sqlite:///x.db", "postgresql://user@host/db?sslmode=require"]),
    "a date": st.dates().map(str),
    "the name of an environment variable": st.sampled_from(["A", "TEACHER_API_KEY"]),
    "a name": st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,5}", fullmatch=True),
    "a behavior": st.sampled_from(["refusal", "answer"]),
    "a regular expression": st.sampled_from(["a", r"(?i)\bpolicy\s+\d+", "x: {y}", "- 'z'"]),
    "a condition on a header": st.sampled_from(["x-team", "x-team=ide-*", "x-a=: b"]),
    "a source of the sticky unit": st.sampled_from(["header:x", "body:user", "api_key"]),
}


# Values of keys that must agree with another key.
AGREEING: dict[str, Written] = {
    "successBelow": st.integers(0, 3000).map(lambda n: n / 1000),
    "failureAbove": st.integers(6, 100),
    "overNoise": st.fixed_dictionaries({"successBelow": st.integers(0, 1), "failureAbove": st.integers(1, 3)}),
    "confidence": st.integers(50, 99),
    "host": st.sampled_from(["127.0.0.1", "::1", "localhost"]),
    "model": BY_NOUN["text"],
}


def scalar(kind: Kind) -> Written:
    """What a person may write for a kind."""
    words = kind.schema.get("enum")
    return st.sampled_from(words) if isinstance(words, list) else BY_NOUN[kind.noun]


def written(shape: Shape) -> Written:
    """What a person may write for a shape."""
    match shape:
        case Scalar(kind):
            return scalar(kind)
        case Nullable(inner):
            return st.none() | written(inner)
        case PerSlice(value):
            return written(value) | st.fixed_dictionaries({"math": written(value)})
        case Either(word, table):
            return written(word) | written(table)
        case _:
            return collection(shape)


def collection(shape: ListOf | MapOf | Free | Table) -> Written:
    """The same for what holds other values."""
    match shape:
        case ListOf(item):
            return st.lists(written(item), min_size=1, max_size=3, unique_by=str)
        case MapOf(key, value):
            return st.lists(st.tuples(scalar(key), written(value)), min_size=1, max_size=2).map(dict)
        case Free():
            return st.just({"name": "own", "a": [1, None, {"b": "2027-03-01"}]})
        case Table(name="OwnBehavior", settings=(name, *ways)):
            return st.sampled_from(ways).flatmap(
                lambda way: st.fixed_dictionaries({name.key: st.sampled_from("abcdef"), way.key: not_null(way.shape)})
            )
        case Table(name="When", settings=known) | Table(settings=known, one_key=True):
            return st.sampled_from(known).flatmap(lambda s: st.fixed_dictionaries({s.key: not_null(s.shape)}))
        case Table(settings=known):
            keys = {s.key: AGREEING[s.key] if s.key in AGREEING else written(s.shape) for s in known}
            needed = {s.key for s in known if s.default is None or s.key == "model"}
            optional = {key: keys.pop(key) for key in keys.keys() - needed}
            return st.fixed_dictionaries(keys, optional=optional)


def not_null(shape: Shape) -> Written:
    """The same for a key that must be set."""
    return written(shape.inner if isinstance(shape, Nullable) else shape)


def same(config: Config) -> Config:
    """The configuration but for the hash of its bytes."""
    return replace(config, hash="")


def test_the_example_reads_back() -> None:
    """Durations, sizes, percentages, steps, waivers: all of them in one file."""
    config = load(EXAMPLE).config
    assert same(parse(effective(config), "effective").config) == same(config)


@settings(max_examples=50)
@given(written(whole()))
def test_whatever_is_valid_reads_back(document: object) -> None:
    """``practicum check`` prints what is in effect; a person may save that as the file."""
    try:
        config = parse(yaml.safe_dump(document), "test").config
    except ConfigError:
        reject()  # keys that do not go together
    assert same(parse(effective(config), "effective").config) == same(config)


PROMPT = "It cites:\n  - the policy\n  - by number\n"


def test_text_of_several_lines_is_printed_as_such() -> None:
    """A judge's prompt is read by people; in a line of the log it must stay one line."""
    judge = {"base_url": "http://j", "model": "j", "prompt": PROMPT}
    document = yaml.safe_load(MINIMAL)
    document["routes"]["x"]["behaviors"] = [{"name": "cites", "judge": judge}]
    config = parse(yaml.safe_dump(document), "test").config
    assert "prompt: |\n          It cites:\n" in effective(config)
    assert same(parse(effective(config), "effective").config) == same(config)
    (line,) = [str(change) for change in diff(parse(MINIMAL, "test").config, config)]
    assert "\n" not in line
    assert yaml.safe_load(line.partition("-> ")[2])[0]["judge"]["prompt"] == PROMPT


@pytest.mark.parametrize(
    "line",
    [
        "max_body: 32MiB",
        "header_timeout: 10s",
        "total_timeout: 10m",
        "retention: 30d",
        "riskBudget: 0.5",
        "time: 400ms",
    ],
)
def test_units_are_printed_back(line: str) -> None:
    """As a person would write them, defaults included."""
    assert line in [text.strip() for text in effective(parse(MINIMAL, "test").config).splitlines()]


def test_no_secret_is_printed() -> None:
    """Names of variables are shown, values never."""
    text = "database: postgresql://user:hunter2@host/db\nlisten: {client_keys_env: CLIENT_KEYS}\n" + MINIMAL
    printed = effective(parse(text, "test").config)
    assert "hunter2" not in printed
    assert "database: postgresql://user:***@host/db" in printed
    assert "client_keys_env: CLIENT_KEYS" in printed
