"""Whether the demonstration can be played here is said in a sentence before anything is started."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from proxy.cli.refused import Refused
from proxy.demo.checkpoints import EXTRA, parameters, require_extra
from routing.observation import Arm
from tests.proxy.cli.command import environment
from tests.proxy.demo.engine import tiny

ROOT = Path(__file__).parents[3]
_WITHOUT = "import sys; sys.modules['onnxruntime'] = None; from proxy.__main__ import main; sys.exit(main(['demo']))"


def test_the_packages_asked_for_are_those_of_the_extra() -> None:
    """Or the advice to install it would not help, or would come when it is installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extra = {requirement.split(">=")[0] for requirement in project["optional-dependencies"]["demo"]}
    assert extra == set(EXTRA)


def test_with_the_extra_nothing_is_refused() -> None:
    """It is installed where tests run."""
    require_extra()


def test_a_missing_extra_is_named_with_its_remedy(tmp_path: Path) -> None:
    """As a person meets it: the command, in an interpreter that cannot import one of the packages."""
    ran = subprocess.run(
        [sys.executable, "-c", _WITHOUT],
        capture_output=True,
        text=True,
        check=False,
        env=environment({"TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}),
        timeout=60,
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "onnxruntime must be installed: pip install 'practicum[demo]'" in ran.stderr
    assert list(tmp_path.iterdir()) == []


def test_parameters_are_counted_in_the_weights(tmp_path: Path) -> None:
    """What the introduction says of the models is read off what runs."""
    for arm in Arm:
        tiny.write(tmp_path / arm)
    count = sum(tensor.size for tensor in tiny.weights(tiny.SHAPE).values())
    assert parameters(tmp_path) == {Arm.TEACHER: count, Arm.STUDENT: count}


def test_missing_models_are_named_with_their_remedy(tmp_path: Path) -> None:
    """A wheel that was built without them, or a checkout before they are trained."""
    with pytest.raises(Refused, match=r"teacher/model\.safetensors: No such file.*make train"):
        parameters(tmp_path)


@pytest.mark.parametrize("content", [b"", b"version https://git-lfs.github.com/spec/v1\n", b"\x02" + 7 * b"\0" + b"[]"])
def test_weights_that_are_none_are_named(tmp_path: Path, content: bytes) -> None:
    """An empty file, a pointer to one elsewhere, another format."""
    for arm in Arm:
        tiny.write(tmp_path / arm)
    (tmp_path / "student" / "model.safetensors").write_bytes(content)
    with pytest.raises(Refused, match=r"student/model\.safetensors holds no weights"):
        parameters(tmp_path)
