"""A Llama as an ONNX graph: one node per matrix product, and onnxruntime's fused operators between them.

The graph is written when the engine starts, so a checkpoint needs no second copy in another format. It holds the
weights; ``model`` holds the keys and values, which go in and come out by name: ``key_in.0``, ``key_out.0`` and so on.

    token_ids  [rows, new] int64
    past       [rows] int32: how many tokens a row will have, less one
    longest    int32: how many tokens the longest row will have
    logits     [rows, vocabulary] float32, of each row's last token
"""

from __future__ import annotations

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from proxy.demo.engine.checkpoint import Checkpoint, Floats, Shape

FUSED = "com.microsoft"  # the operators that onnxruntime brings beside the standard's
OPSETS = (("", 21), (FUSED, 1))
FORMAT = 10  # the version of the file format that goes with them


def write(checkpoint: Checkpoint) -> bytes:
    """The checkpoint's graph, serialized."""
    return bytes(_Writer(checkpoint).model().SerializeToString())


def rotations(shape: Shape) -> tuple[Floats, Floats]:
    """Cosines and sines of the rotary embedding: [context, head_size / 2] each."""
    frequencies = shape.theta ** (-np.arange(0, shape.head_size, 2, dtype=np.float64) / shape.head_size)
    angles = np.arange(shape.context)[:, None] * frequencies
    return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


class _Writer:
    """Collects nodes and constants; each method adds some and returns the name of what they compute."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._shape = checkpoint.shape
        self._weights = checkpoint.weights
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def model(self) -> onnx.ModelProto:
        """The whole graph."""
        self._constant("cosines", rotations(self._shape)[0])
        self._constant("sines", rotations(self._shape)[1])
        embedding = self._constant("embedding", self._weights["model.embed_tokens.weight"])
        stream = self._node("embedded", "Gather", embedding, "token_ids")
        states = self._normalized(stream)
        for layer in range(self._shape.layers):
            states, stream = self._layer(layer, states, stream)
        self._head(states)
        opsets = [helper.make_opsetid(domain, version) for domain, version in OPSETS]
        return helper.make_model(self._graph(), opset_imports=opsets, ir_version=FORMAT)

    def _layer(self, layer: int, states: str, stream: str) -> tuple[str, str]:
        """One layer, up to and with the norm that follows it: the normalized states, and the residual stream."""
        prefix = f"model.layers.{layer}"
        last = layer + 1 == self._shape.layers
        following = "model.norm" if last else f"model.layers.{layer + 1}.input_layernorm"
        attended = self._attention(layer, states)
        states, stream = self._added(f"{prefix}.attended", attended, stream, f"{prefix}.post_attention_layernorm")
        fed = self._feed_forward(f"{prefix}.mlp", states)
        return self._added(f"{prefix}.fed", fed, stream, following)

    def _attention(self, layer: int, states: str) -> str:
        prefix = f"model.layers.{layer}.self_attn"
        parts = [self._weights[f"{prefix}.{part}_proj.weight"] for part in "qkv"]
        packed = self._product(f"{prefix}.packed", states, np.concatenate(parts))
        cache = (f"key_in.{layer}", f"value_in.{layer}", "past", "longest", "cosines", "sines")
        node = helper.make_node(
            "GroupQueryAttention",
            [packed, "", "", *cache],
            [f"{prefix}.heads", f"key_out.{layer}", f"value_out.{layer}"],
            domain=FUSED,
            num_heads=self._shape.heads,
            kv_num_heads=self._shape.kv_heads,
            do_rotary=1,
        )
        self._nodes.append(node)
        return self._product(f"{prefix}.out", f"{prefix}.heads", self._weights[f"{prefix}.o_proj.weight"])

    def _feed_forward(self, prefix: str, states: str) -> str:
        gate, up = (
            self._product(f"{prefix}.{part}", states, self._weights[f"{prefix}.{part}_proj.weight"])
            for part in ("gate", "up")
        )
        opened = helper.make_node("QuickGelu", [gate], [f"{prefix}.opened"], domain=FUSED, alpha=1.0)  # that is SiLU
        self._nodes.append(opened)
        gated = self._node(f"{prefix}.gated", "Mul", f"{prefix}.opened", up)
        return self._product(f"{prefix}.out", gated, self._weights[f"{prefix}.down_proj.weight"])

    def _head(self, states: str) -> None:
        final = self._node("final", "Gather", states, self._constant("last", np.array(-1, np.int64)), axis=1)
        tied = self._shape.tied
        weight = self._weights["model.embed_tokens.weight" if tied else "lm_head.weight"]
        self._product("logits", final, weight)

    def _product(self, name: str, states: str, weight: Floats) -> str:
        """States times a matrix that is stored, as everywhere, [out, in]."""
        return self._node(name, "MatMul", states, self._constant(f"{name}.weight", np.ascontiguousarray(weight.T)))

    def _normalized(self, states: str) -> str:
        scale = self._constant("first_norm", self._weights["model.layers.0.input_layernorm.weight"])
        kind, epsilon = "SimplifiedLayerNormalization", self._shape.epsilon
        self._nodes.append(helper.make_node(kind, [states, scale], ["normalized"], axis=-1, epsilon=epsilon))
        return "normalized"

    def _added(self, name: str, states: str, stream: str, norm: str) -> tuple[str, str]:
        """States added to the residual stream: the sum normalized, and the sum."""
        scale = self._constant(f"{name}.norm", self._weights[f"{norm}.weight"])
        outputs = [f"{name}.normalized", "", "", f"{name}.stream"]
        kind, epsilon = "SkipSimplifiedLayerNormalization", self._shape.epsilon
        self._nodes.append(helper.make_node(kind, [states, stream, scale], outputs, domain=FUSED, epsilon=epsilon))
        return outputs[0], outputs[3]

    def _node(self, name: str, kind: str, *inputs: str, axis: int | None = None) -> str:
        node = helper.make_node(kind, list(inputs), [name])
        if axis is not None:
            node.attribute.append(helper.make_attribute("axis", axis))
        self._nodes.append(node)
        return name

    def _constant(self, name: str, value: Floats | NDArray[np.int64]) -> str:
        self._constants.append(numpy_helper.from_array(value, name))
        return name

    def _graph(self) -> onnx.GraphProto:
        cache: list[str | int | None] = ["rows", self._shape.kv_heads, "room", self._shape.head_size]

        def caches(way: str) -> list[onnx.ValueInfoProto]:
            names = [f"{part}_{way}.{layer}" for layer in range(self._shape.layers) for part in ("key", "value")]
            return [helper.make_tensor_value_info(name, TensorProto.FLOAT, cache) for name in names]

        inputs = [
            helper.make_tensor_value_info("token_ids", TensorProto.INT64, ["rows", "new"]),
            helper.make_tensor_value_info("past", TensorProto.INT32, ["rows"]),
            helper.make_tensor_value_info("longest", TensorProto.INT32, []),
        ]
        logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["rows", self._shape.vocabulary])
        outputs = [logits, *caches("out")]
        return helper.make_graph(self._nodes, "llama", inputs + caches("in"), outputs, self._constants)
