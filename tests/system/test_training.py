"""Training as ``make train`` runs it, in a rehearsal of seconds: checkpoints come out that the engine serves.

It runs in the environment of vLLM, which has the same packages. How good the models get is for ``training report``.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.proxy.demo.engine.serving import Served as Engine
from tests.system.conftest import ROOT

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]


def rehearse(home: Path, models: Path, *stages: str) -> str:
    """What these stages print."""
    command = [str(home / "bin/python"), "-m", "training", *stages, "--scale", "0.02", "--models", str(models)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def losses(log: str, model: str) -> list[float]:
    """The losses that a model's log tells of."""
    return [float(line.split("loss")[1].split()[0]) for line in log.splitlines() if line.startswith(f"{model}: step")]


def test_a_rehearsal_gives_a_checkpoint_that_the_engine_serves(home: Path, tmp_path: Path) -> None:
    """Tokenizer, template, weights and card, from one command; the same again from the same seed."""
    log = rehearse(home, tmp_path / "models", "tokenizer", "undistilled")
    assert len(losses(log, "undistilled")) == 1
    folder = tmp_path / "models" / "undistilled"
    assert "60 of 2,048 tokens" in (folder / "README.md").read_text()
    with Engine(folder, "undistilled") as engine:
        body = {"messages": [{"role": "user", "content": "When does the Heron leave?"}], "max_tokens": 8}
        response = engine.post("/v1/chat/completions", {**body, "model": "undistilled"})
    assert response.json()["usage"]["completion_tokens"] > 0
    again = rehearse(home, tmp_path / "models", "undistilled")
    assert losses(again, "undistilled") == pytest.approx(losses(log, "undistilled"), rel=1e-3)
