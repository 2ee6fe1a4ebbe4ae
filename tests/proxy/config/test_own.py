"""Behaviors of the operator's own as a file declares them."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from proxy.config.own import Judge, OwnBehavior
from proxy.config.parse import parse

PAGE = Path(__file__).parents[3] / "docs" / "own-behaviors.md"

FILE = r"""
routes:
  x:
    models: ["*"]
    teacher: {base_url: "http://t/v1"}
    student: {base_url: "http://s/v1", model: m}
    behaviors:
      - {name: cites_policy, pattern: '(?i)\bpolicy\s+\d+'}
      - {name: order, schema: {type: object, required: [id]}}
      - name: empathy
        judge: {base_url: "http://j/v1/", model: big, prompt: It names the feeling., timeout: 5s}
    gates: {behaviors: {cites_policy: {critical: true}}}
"""


def test_each_way_is_read() -> None:
    """And nobody is told that it has no effect."""
    loaded = parse(FILE, "test")
    assert loaded.config.routes["x"].behaviors == (
        OwnBehavior("cites_policy", pattern=r"(?i)\bpolicy\s+\d+"),
        OwnBehavior("order", schema={"type": "object", "required": ("id",)}),
        OwnBehavior("empathy", judge=Judge("http://j/v1", "big", "It names the feeling.", timeout=5.0)),
    )
    assert not [w for w in loaded.warnings if "behaviors" in w.key and "gates" not in w.key]


def test_a_judge_is_bounded_unless_told_otherwise() -> None:
    """An endpoint that costs money is never asked without end, nor is a contestant."""
    judge = Judge("http://j/v1", "big", "It names the feeling.")
    assert (judge.budget_per_hour, judge.timeout, judge.concurrency) == (100, 30.0, 4)
    assert not judge.allow_contestant


def test_the_documented_example_is_valid() -> None:
    """It is what people copy."""
    (example,) = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(), flags=re.MULTILINE | re.DOTALL)
    document = yaml.safe_load(example)
    document["routes"]["support-bot"] |= yaml.safe_load(FILE)["routes"]["x"] | document["routes"]["support-bot"]
    behaviors = parse(yaml.safe_dump(document), "test").config.routes["support-bot"].behaviors
    assert [own.name for own in behaviors] == ["cites_policy", "order_json", "names_the_feeling"]
