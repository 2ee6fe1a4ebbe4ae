"""What is refused of an operator's own behaviors before a pair is ever judged by them."""

from __future__ import annotations

import pytest

from proxy.config.own_rules import MOST
from proxy.config.parse import parse
from proxy.errors import ConfigError

FILE = """
routes:
  x:
    models: {models}
    teacher: {{base_url: "http://Teacher:80/v1"{teacher}}}
    student: {{base_url: "https://student/v1", model: small}}
    behaviors:
      - {behavior}
"""
FIRST = "routes.x.behaviors[0]"


def problems(behavior: str, teacher: str = ", model: large", models: str = '["*"]') -> dict[str, str]:
    """What is found wrong, by key."""
    try:
        parse(FILE.format(behavior=behavior, teacher=teacher, models=models), "test")
    except ConfigError as refused:
        return {p.key: f"{p.value} {p.why}; {p.remedy}" for p in refused.problems}
    return {}


@pytest.mark.parametrize(
    ("behavior", "key", "words"),
    [
        ("{pattern: x}", f"{FIRST}.name", "is missing"),
        ("{name: Cites, pattern: x}", f"{FIRST}.name", "lower-case letters"),
        ("{name: hedging, pattern: x}", f"{FIRST}.name", "names another behavior"),
        ("{name: a}", FIRST, "give it exactly one of pattern, schema, judge"),
        ("{name: a, pattern: x, schema: {}}", FIRST, "has pattern and schema"),
        ("{name: a, pattern: '(x'}", f"{FIRST}.pattern", "missing )"),
        ("{name: a, schema: {type: objct}}", f"{FIRST}.schema", "is no JSON Schema"),
        (
            "{name: a, schema: {$ref: 'https://elsewhere.example/s.json'}}",
            f"{FIRST}.schema",
            "refer to nothing outside",
        ),
        ("{name: a, judge: {base_url: 'http://j/v1', model: m}}", f"{FIRST}.judge.prompt", "is missing"),
        ("{name: a, judge: {base_url: 'http://j', model: m, prompt: p, seed: 1}}", f"{FIRST}.judge.seed", "no known"),
        ("{name: a, judge: {base_url: 'http://k@j', model: m, prompt: p}}", f"{FIRST}.judge.base_url", "credentials"),
    ],
)
def test_each_slip_is_named(behavior: str, key: str, words: str) -> None:
    """A behavior that silently judges nothing would read as a student that lost nothing."""
    found = problems(behavior)
    assert key in found
    assert words.replace("no known", "is not a known key") in found[key]


def test_a_broken_pattern_is_one_problem() -> None:
    """Not a second one for a behavior without a way to be found."""
    assert list(problems("{name: a, pattern: '(x'}")) == [f"{FIRST}.pattern"]


def test_a_name_is_used_once() -> None:
    """Its trials would be added up with another's."""
    twice = "{name: a, pattern: x}\n      - {name: a, pattern: y}"
    with pytest.raises(ConfigError) as refused:
        parse(FILE.format(behavior=twice, teacher="", models='["*"]'), "test")
    assert [(p.line, p.key) for p in refused.value.problems] == [
        (8, f"{FIRST}.name"),
        (9, "routes.x.behaviors[1].name"),
    ]


def test_they_are_few() -> None:
    """Each is a label of metrics by route, slice and direction."""
    many = [f"{{name: a{number}, pattern: x}}" for number in range(MOST + 1)]
    assert problems("\n      - ".join(many[:MOST])) == {}
    assert f"more than the limit of {MOST}" in problems("\n      - ".join(many))["routes.x.behaviors"]


def judge(url: str, model: str, allowed: str = "false") -> str:
    """A judged behavior."""
    return f"{{name: a, judge: {{base_url: '{url}', model: {model}, prompt: p, allow_contestant: {allowed}}}}}"


CONTESTANTS = [
    ("http://teacher/v1/", "large", ", model: large", '["*"]'),
    ("https://STUDENT:443/v1", "small", "", '["*"]'),
    ("http://teacher/v1", "anything", "", '["*"]'),  # a teacher without a model is sent what the client names
    ("http://teacher/v1", "bot", "", "[bot, other]"),
    ("http://teacher/v1", "x", "", "[bot]"),  # the route's own name is a model too
]


@pytest.mark.parametrize(("url", "model", "teacher", "models"), CONTESTANTS)
def test_a_contestant_is_no_judge(url: str, model: str, teacher: str, models: str) -> None:
    """A model prefers its own words; an operator who wants that all the same says so."""
    found = problems(judge(url, model), teacher, models)
    assert "would judge itself" in found[f"{FIRST}.judge.model"]
    assert problems(judge(url, model, "true"), teacher, models) == {}


@pytest.mark.parametrize(
    ("url", "model", "teacher", "models"),
    [
        ("http://teacher/v1", "larger", ", model: large", '["*"]'),
        ("http://teacher:81/v1", "large", ", model: large", '["*"]'),
        ("http://teacher/other/v1", "large", ", model: large", '["*"]'),
        ("https://student/v1", "large", ", model: large", '["*"]'),
        ("http://teacher/v1", "judge", "", "[bot]"),
    ],
)
def test_a_third_model_is_one(url: str, model: str, teacher: str, models: str) -> None:
    """Another model of the same server, or the same name on another server."""
    assert problems(judge(url, model), teacher, models) == {}
