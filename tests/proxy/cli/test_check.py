"""``practicum check``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from proxy.__main__ import main
from proxy.config.parse import parse
from tests.proxy.desk import CONFIG


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A valid file, with a setting that its author should know more of."""
    path = tmp_path / "practicum.yaml"
    path.write_bytes(CONFIG + b"tracing: {otlp_endpoint: http://collector, content: true}\n")
    return path


def test_a_valid_file_is_printed_as_it_takes_effect(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output alone is a configuration again; what its author should know is beside it."""
    assert main(["check", str(file)]) == 0
    out, err = capsys.readouterr()
    assert parse(out, "printed").config.routes == parse(file.read_bytes(), "file").config.routes
    assert err.startswith("warning: ")
    assert "tracing.content: true shows prompts and replies" in err


def test_as_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For scripts."""
    assert main(["check", "--json", str(file)]) == 0
    assert json.loads(capsys.readouterr().out)["listen"]["port"] == 18080


def test_every_problem_is_printed_with_its_place(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both at once, as ``file:line: key: message``, and nothing that looks like a configuration."""
    file.write_bytes(b"listn: {}\n" + CONFIG + b"    mirror: {percentage: 140}\n")
    assert main(["check", str(file)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    first, second = err.splitlines()
    assert first.startswith(f"{file}:1: listn: ")
    assert second.startswith(f"{file}:8: routes.support.mirror.percentage: ")


def test_a_missing_file_is_a_problem_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not a trace."""
    assert main(["check", str(tmp_path / "none.yaml")]) == 1
    assert "none.yaml: cannot be read" in capsys.readouterr().err
