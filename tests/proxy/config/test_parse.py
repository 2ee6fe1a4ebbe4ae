"""A file becomes a configuration, or an error with every problem; nothing else comes out."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.config.moving import Inherit, Pause, Step
from proxy.config.parse import Loaded, load, parse
from proxy.config.settings import Config, Route, Sticky, Upstream
from proxy.config.shape import ListOf, MapOf, Nullable, Shape, Table, whole
from proxy.errors import ConfigError

EXAMPLE = Path(__file__).parents[3] / "practicum.example.yaml"
MINIMAL = 'routes: {x: {models: ["*"], teacher: {base_url: "http://t"}, student: {base_url: "http://s", model: m}}}'


def test_the_minimal_file_is_shadow_mode() -> None:
    """Three lines to start with, and nobody is served by the student."""
    loaded = parse(MINIMAL, "test")
    route = Route("x", ("*",), Upstream("http://t"), Upstream("http://s", "m"), sticky=Sticky(salt="x"))
    assert loaded == Loaded(Config({"x": route}, hash=hashlib.sha256(MINIMAL.encode()).hexdigest()[:12]))


def test_the_example_loads_without_problems() -> None:
    """It is what people copy."""
    config = load(EXAMPLE).config
    route = config.routes["support-bot"]
    assert config.listen.max_body == 32 * 1024 * 1024
    assert route.teacher.total_timeout == 600
    assert route.mirror.slices == {"math": 25}
    assert route.rollout.steps[:2] == (Step(set_weight=1), Step(pause=Pause(3600)))
    assert route.gates.behaviors["refusal"].failure_above == 1
    assert route.gates.behaviors["refusal"].success_below is None
    assert route.gates.waivers[0].expires == "2027-03-01"
    assert route.fallback.hold.time == 0.4


def test_half_a_section_keeps_the_defaults_of_the_other_half() -> None:
    """Changing one threshold must not reset its neighbors."""
    text = MINIMAL.replace("model: m}", "model: m}, gates: {defaults: {overNoise: {successBelow: 0.5}}}")
    rule = parse(text, "test").config.routes["x"].gates.defaults
    assert (rule.success_below, rule.on_failure) == (3, "rollback")
    assert rule.over_noise is not None
    assert (rule.over_noise.success_below, rule.over_noise.failure_above) == (0.5, 3)


@pytest.mark.parametrize(
    ("ceiling", "expected"),
    [
        ("5", {"default": 5}),
        ("{math: 0}", {"default": 100, "math": 0}),
        ("{default: 9, code: 1}", {"default": 9, "code": 1}),
    ],
)
def test_a_ceiling_is_a_number_or_a_map(ceiling: str, expected: dict[str, float]) -> None:
    """One number for most people, a map for those who must hold one slice back."""
    text = MINIMAL.replace("model: m}", f"model: m}}, rollout: {{ceiling: {ceiling}}}")
    assert parse(text, "test").config.routes["x"].rollout.ceiling == expected


def test_a_gate_may_inherit_from_another_behavior() -> None:
    """A word or a mapping: the one key with two forms beside the ceiling."""
    text = MINIMAL.replace("model: m}", "model: m}, gates: {defaults: {onInsufficient: {inherit: answer}}}")
    assert parse(text, "test").config.routes["x"].gates.defaults.on_insufficient == Inherit("answer")


def test_problems_come_in_the_order_of_the_file() -> None:
    """So that a person goes through the file once."""
    with pytest.raises(ConfigError) as caught:
        parse("listn: 1\nadmin:\n  host: 0.0.0.0\nroutes:\n  x: {models: []}\nlisten: {port: a}\n", "test")
    lines = [p.line for p in caught.value.problems]
    assert lines == sorted(lines)
    assert {1, 3, 5, 6} <= set(lines)


def test_the_hash_is_of_the_bytes() -> None:
    """Two hosts with the same hash run the same file."""
    assert parse(MINIMAL, "a").config.hash != parse(MINIMAL + " ", "a").config.hash
    assert parse(MINIMAL, "a") == parse(MINIMAL.encode(), "b")


def test_a_missing_file_is_a_config_error(tmp_path: Path) -> None:
    """The command line shows it like any other problem."""
    with pytest.raises(ConfigError, match="No such file"):
        load(tmp_path / "none.yaml")


def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    """Reading it would block the serving loop for as long as nobody writes."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigError, match="no regular file"):
        load(tmp_path / "pipe")


def test_a_file_that_is_something_else_is_refused_quickly() -> None:
    """Nobody reads ten thousand problems, and looking for the nearest key takes time for each."""
    with pytest.raises(ConfigError) as caught:
        parse("".join(f"unknown_key_{n}: 1\n" for n in range(10_000)), "test")
    assert len(caught.value.problems) == 101
    assert str(caught.value.problems[-1]) == "test: may have more problems; mend these first"


def survives(text: str | bytes) -> None:
    """``parse`` gives a configuration or a ``ConfigError`` that can be printed."""
    try:
        assert parse(text, "test").config.routes
    except ConfigError as exc:
        printable = str(exc).encode()
        assert printable


@given(st.text() | st.binary())
def test_any_text_is_survived(text: str | bytes) -> None:
    """A reload must never end the reloader."""
    survives(text)


def keys(shape: Shape) -> set[str]:
    """Every key there is."""
    match shape:
        case Table(settings=known):
            return {s.key for s in known}.union(*(keys(s.shape) for s in known))
        case Nullable(inner) | ListOf(inner) | MapOf(value=inner):
            return keys(inner)
        case _:
            return set()


WORDS = st.sampled_from([*sorted(keys(whole())), "x", "*", "math", "5s", "8MiB", "http://h", "hold", "A_B", "<<", "~"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | WORDS | st.text(max_size=5)
TREES = st.recursive(SCALARS, lambda t: st.lists(t, max_size=4) | st.dictionaries(WORDS | SCALARS, t, max_size=6))


@given(TREES)
def test_any_tree_is_survived(tree: object) -> None:
    """Known keys in unknown places, with values of every type."""
    survives(yaml.safe_dump(tree))


@settings(max_examples=50)
@given(st.data())
def test_any_value_at_any_known_key_is_survived(data: st.DataObject) -> None:
    """The file is right but for one value."""
    document = yaml.safe_load(EXAMPLE.read_text())
    spot = document
    while True:
        key = data.draw(st.sampled_from(sorted(spot)) if isinstance(spot, dict) else st.integers(0, len(spot) - 1))
        if not isinstance(spot[key], dict | list) or not spot[key] or data.draw(st.booleans()):
            break
        spot = spot[key]
    spot[key] = data.draw(TREES)
    survives(yaml.safe_dump(document))
