"""The JSON Schema: the kept file is the generated one, and it judges as the parser does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from proxy.config.schema import schema

ROOT = Path(__file__).parents[3]
KEPT = ROOT / "docs" / "practicum.schema.json"
EXAMPLE = (ROOT / "practicum.example.yaml").read_text()
MINIMAL = 'routes: {x: {models: ["*"], teacher: {base_url: "http://t"}, student: {base_url: "http://s", model: m}}}'
VALIDATOR = jsonschema_rs.validator_for(schema())


def valid(text: str) -> bool:
    """Whether the schema takes a file, read as an editor reads it: a date is text."""
    return VALIDATOR.is_valid(json.loads(json.dumps(yaml.safe_load(text), default=str)))


def test_the_kept_schema_is_the_generated_one() -> None:
    """Editors read the kept one. ``make schema`` writes it."""
    done = subprocess.run([sys.executable, "-m", "proxy.config.schema"], capture_output=True, cwd=ROOT, check=True)
    assert KEPT.read_bytes() == done.stdout


def test_it_is_a_valid_schema() -> None:
    """A wrong keyword would be ignored in silence."""
    jsonschema_rs.meta.validate(schema())


@pytest.mark.parametrize("text", [MINIMAL, EXAMPLE, EXAMPLE.replace("ceiling: 100", "ceiling: {default: 5, math: 0}")])
def test_good_files_are_valid(text: str) -> None:
    """An editor that underlines a good file is switched off."""
    assert valid(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("listen:", "listn:"),
        ("port: 8080", "port: 80800"),
        ("32MiB", "32"),
        ("connect_timeout: 2s", "connect_timeout: 2"),
        ("connect_timeout: 2s", "connect_timeout: 1m1h"),
        ("sample: 5", "sample: 101"),
        ("model: support-small-v7", ""),
        ("TEACHER_API_KEY ", "sk-abcdef "),
        ("https://teacher.example/v1", "https://user:pw@teacher.example/v1"),
        ("pause: {}", "pause: {}\n          setWeight: 3"),
        ("setWeight: 25", "set_weight: 25"),
        ("onFailure: rollback", "onFailure: rolback"),
        ("{math: 25}", "{mth: 25}"),
        ("ceiling: 100", "ceiling: {mth: 5}"),
        ("expires: 2027-03-01", "expires: soon"),
        ("support-bot:\n", "support/bot:\n"),
    ],
)
def test_wrong_files_are_invalid(old: str, new: str) -> None:
    """A slip is underlined while it is typed."""
    assert old in EXAMPLE
    assert not valid(EXAMPLE.replace(old, new, 1))


def test_keys_are_explained() -> None:
    """The sentence an editor shows is the one beside the setting in the code, with how its value is written."""
    upstream = json.loads(KEPT.read_text())["$defs"]["Upstream"]["properties"]["connect_timeout"]
    assert upstream["description"].startswith("How long a connection may take to open. A duration")
    assert upstream["default"] == "2s"
