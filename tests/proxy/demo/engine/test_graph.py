"""The graph computes what the reference computes, for every shape a Llama can have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

from proxy.demo.engine import graph
from proxy.demo.engine.checkpoint import Shape, read
from proxy.demo.engine.model import Model
from tests.proxy.demo.engine import reference, tiny

SHAPES = {
    "grouped heads": tiny.SHAPE,
    "a key for every head": replace(tiny.SHAPE, kv_heads=4),
    "one key for all": replace(tiny.SHAPE, kv_heads=1),
    "one layer, untied": replace(tiny.SHAPE, layers=1, tied=False),
    "large heads": replace(tiny.SHAPE, head_size=48),
    "another base": replace(tiny.SHAPE, theta=500_000.0, epsilon=1e-5),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_it_computes_what_the_reference_does(tmp_path: Path, shape: Shape) -> None:
    """In float32, so that what differs is the order of adding up, and no more."""
    checkpoint = read(tiny.write(tmp_path / "shaped", replace(shape, context=64)))
    tokens = np.random.default_rng(1).integers(0, tiny.VOCABULARY, 40).tolist()
    logits = Model(checkpoint, 1).prefill(0, tokens)
    assert logits == pytest.approx(reference.logits(checkpoint, tokens)[-1], abs=1e-3)


def test_its_inputs_are_the_documented_ones(folder: Path) -> None:
    """``model`` binds them by name."""
    written = onnx.load_from_string(graph.write(read(folder)))
    names = [value.name for value in written.graph.input]
    assert names == ["token_ids", "past", "longest", "key_in.0", "value_in.0", "key_in.1", "value_in.1"]
    assert written.graph.output[0].name == "logits"


def test_rotations_begin_with_none() -> None:
    """The first position is not turned."""
    cosines, sines = graph.rotations(tiny.SHAPE)
    assert cosines.shape == sines.shape == (tiny.CONTEXT, tiny.SHAPE.head_size // 2)
    assert (cosines[0] == 1).all()
    assert (sines[0] == 0).all()
