"""A folder is read exactly, or refused with what is wrong with it."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest

from proxy.demo.engine.checkpoint import Checkpoint, CheckpointError, expected, read
from tests.proxy.demo.engine import tiny


def test_shape_and_defaults_are_read(checkpoint: Checkpoint) -> None:
    """Everything that the graph and the sampler go by."""
    assert checkpoint.shape == tiny.SHAPE
    assert checkpoint.defaults.temperature == 0.8
    assert checkpoint.defaults.ends == {tiny.END}


def test_the_older_layout_of_the_configuration_is_read(tmp_path: Path) -> None:
    """``rope_theta`` stood at the top until recently, and heads had no size of their own."""
    folder = tiny.write(tmp_path / "old", replace(tiny.SHAPE, heads=2, theta=5000.0))
    config = json.loads((folder / "config.json").read_text())
    del config["rope_parameters"], config["head_dim"]
    (folder / "config.json").write_text(json.dumps(config | {"rope_theta": 5000.0, "rope_scaling": None}))
    (folder / "generation_config.json").unlink()
    shape = read(folder).shape
    assert (shape.theta, shape.head_size) == (5000.0, 16)
    assert read(folder).defaults.ends == {tiny.END}


def test_half_precision_is_widened_exactly(tmp_path: Path, checkpoint: Checkpoint) -> None:
    """Checkpoints are stored in half the bytes; the engine computes with the very same numbers."""
    halves = read(tiny.write(tmp_path / "half", kind="float16")).weights
    name = "model.layers.0.mlp.up_proj.weight"
    assert (halves[name] == checkpoint.weights[name].astype(np.float16)).all()


def test_bfloat16_is_widened_exactly(tmp_path: Path, checkpoint: Checkpoint) -> None:
    """The upper halves of the floats: numpy itself does not know the type."""
    folder = tiny.write(tmp_path / "bfloat16")
    tops = {name: (tensor.view(np.uint32) >> 16).astype(np.uint16) for name, tensor in checkpoint.weights.items()}
    starts = accumulate((top.nbytes for top in list(tops.values())[:-1]), initial=0)
    tensors = {
        name: {"dtype": "BF16", "shape": top.shape, "data_offsets": [start, start + top.nbytes]}
        for (name, top), start in zip(tops.items(), starts, strict=True)
    }
    header = json.dumps(tensors).encode()
    data = b"".join(top.tobytes() for top in tops.values())
    (folder / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + data)
    for name, tensor in read(folder).weights.items():
        assert (tensor.view(np.uint32) >> 16 == tops[name]).all()
        assert not (tensor.view(np.uint32) & 0xFFFF).any()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"model_type": "qwen3"}, "qwen3"),
        ({"rope_parameters": {"rope_type": "llama3", "rope_theta": 1.0}}, "rope_type"),
        ({"attention_bias": True}, "attention_bias"),
        ({"hidden_act": "gelu"}, "hidden_act"),
        ({"head_dim": 8}, "multiples of 16"),
        ({"intermediate_size": 47}, "mlp.gate_proj"),
        ({"num_hidden_layers": 3}, "missing"),
        ({"vocab_size": "many"}, "vocab_size"),
    ],
)
def test_what_would_be_computed_wrongly_is_refused(tmp_path: Path, change: dict[str, object], named: str) -> None:
    """A model that talks nonsense because of an unread setting would be blamed on its training."""
    folder = tiny.write(tmp_path / "changed")
    (folder / "config.json").write_text(json.dumps(tiny.config(tiny.SHAPE) | change))
    with pytest.raises(CheckpointError, match=named):
        read(folder)


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors"])
def test_a_missing_file_is_named(tmp_path: Path, missing: str) -> None:
    """So that one sees at once that the folder is the wrong one."""
    folder = tiny.write(tmp_path / "incomplete")
    (folder / missing).unlink()
    with pytest.raises(CheckpointError, match=missing):
        read(folder)


def test_an_untied_head_is_expected() -> None:
    """Its own matrix, where the configuration says so."""
    assert "lm_head.weight" not in expected(tiny.SHAPE)
    assert "lm_head.weight" in expected(replace(tiny.SHAPE, tied=False))
