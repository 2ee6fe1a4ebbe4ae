"""The cache gives what computing everything anew would give, whoever shares the batch and wherever a row stands."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from proxy.demo.engine.checkpoint import Checkpoint, read
from proxy.demo.engine.model import Model
from tests.proxy.demo.engine import reference, tiny

CLOSE = 1e-3


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    """A checkpoint whose context is soon full."""
    return read(tiny.write(tmp_path_factory.mktemp("small") / "small", replace(tiny.SHAPE, context=24)))


def prompts(count: int) -> list[list[int]]:
    """Prompts of different lengths."""
    rng = np.random.default_rng(3)
    return [rng.integers(8, tiny.VOCABULARY, 3 + 2 * n).tolist() for n in range(count)]


def test_rows_of_different_lengths_step_together(small: Checkpoint) -> None:
    """Each row sees its own tokens, and no other's."""
    model, texts = Model(small, 4), prompts(4)
    for row, text in enumerate(texts):
        assert model.prefill(row, text) == pytest.approx(reference.logits(small, text)[-1], abs=CLOSE)
    for token in (20, 30, 40):
        logits = model.step([token] * 4, [len(text) for text in texts])
        for text, own in zip(texts, logits, strict=True):
            text.append(token)
            assert own == pytest.approx(reference.logits(small, text)[-1], abs=CLOSE)


def test_a_moved_row_goes_on(small: Checkpoint) -> None:
    """When somebody leaves, the last row takes that place."""
    model, texts = Model(small, 3), prompts(3)
    for row, text in enumerate(texts):
        model.prefill(row, text)
    model.move(2, 0, len(texts[2]))
    logits = model.step([50, 60], [len(texts[2]), len(texts[1])])
    assert logits[0] == pytest.approx(reference.logits(small, [*texts[2], 50])[-1], abs=CLOSE)
    assert logits[1] == pytest.approx(reference.logits(small, [*texts[1], 60])[-1], abs=CLOSE)


def test_a_row_begins_anew(small: Checkpoint) -> None:
    """What an earlier, longer sequence left in a row is not seen."""
    model, (short, *_, long) = Model(small, 1), prompts(6)
    model.prefill(0, long)
    assert model.prefill(0, short) == pytest.approx(reference.logits(small, short)[-1], abs=CLOSE)
    assert model.step([9], [len(short)])[0] == pytest.approx(reference.logits(small, [*short, 9])[-1], abs=CLOSE)


def test_the_context_can_be_filled(small: Checkpoint) -> None:
    """To its last token."""
    model, tokens = Model(small, 1), list(range(10, 34))
    model.prefill(0, tokens[:20])
    for length in range(20, 24):
        logits = model.step([tokens[length]], [length])[0]
        assert logits == pytest.approx(reference.logits(small, tokens[: length + 1])[-1], abs=CLOSE)


def test_nothing_is_kept_of_whoever_runs_it(tmp_path: Path) -> None:
    """Left alone, onnxruntime keeps an id of the machine, and what it is to report to its makers."""
    silencing = {"CI", "ORT_DISABLE_TELEMETRY"}  # either would hide that the engine itself does not see to it
    environ = {name: value for name, value in os.environ.items() if name not in silencing}
    environ |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-B", "-c", "import proxy.demo.engine.model"]
    subprocess.run(command, check=True, env=environ, timeout=60)
    assert list(tmp_path.iterdir()) == []
