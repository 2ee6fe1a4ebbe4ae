"""A Llama checkpoint in Hugging Face layout: its shape, its weights as float32, and what ends its replies.

It refuses what the engine would get wrong in silence: other architectures, scaled rotations, biases. Tokens are
``vocabulary``'s, the computation is ``graph``'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
import safetensors
from numpy.typing import NDArray

from proxy.errors import PracticumError

Floats = NDArray[np.float32]
MAX_WEIGHTS = 1 << 30  # bytes; the weights are held twice while they load, and larger models want a GPU
HEAD_SIZES = 16  # onnxruntime's attention works in steps of this
T = TypeVar("T")


class CheckpointError(PracticumError):
    """A folder that this engine cannot serve, and why."""


class _Rope(msgspec.Struct):
    rope_theta: float = 10_000.0
    rope_type: str = "default"


class _Config(msgspec.Struct):
    """``config.json``, of both the old and the new writers of it."""

    model_type: str
    vocab_size: int
    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int | None = None
    head_dim: int | None = None
    max_position_embeddings: int = 2048
    rms_norm_eps: float = 1e-6
    hidden_act: str = "silu"
    attention_bias: bool = False
    mlp_bias: bool = False
    tie_word_embeddings: bool = False
    rope_theta: float = 10_000.0
    rope_scaling: _Rope | None = None
    rope_parameters: _Rope | None = None
    eos_token_id: int | list[int] | None = None


class _Generation(msgspec.Struct):
    """``generation_config.json``: what the checkpoint's makers recommend."""

    eos_token_id: int | list[int] | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a Llama. ``context`` is in tokens, prompt and reply together."""

    vocabulary: int
    hidden: int
    feed_forward: int
    layers: int
    heads: int
    kv_heads: int
    head_size: int
    context: int
    epsilon: float
    theta: float
    tied: bool


@dataclass(frozen=True, slots=True)
class Defaults:
    """How to sample where a request does not say (``top_k`` 0 is all), and the tokens that end a reply."""

    temperature: float
    top_p: float
    top_k: int
    ends: frozenset[int]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint, read. ``weights`` have the names they have in the file."""

    folder: Path
    shape: Shape
    defaults: Defaults
    weights: dict[str, Floats]


def read(folder: Path) -> Checkpoint:
    """The checkpoint in ``folder``; raises ``CheckpointError``."""
    config = _parse(folder / "config.json", _Config)
    _refuse_others(folder, config)
    shape = _shape(config)
    if shape.head_size % HEAD_SIZES:
        raise CheckpointError(f"{folder}: heads of {shape.head_size}; the engine computes multiples of {HEAD_SIZES}")
    weights = _weights(folder / "model.safetensors")
    _check(folder, shape, weights)
    return Checkpoint(folder, shape, _defaults(folder, config), weights)


def _parse(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError) as exc:
        raise CheckpointError(f"{path}: {exc}; the engine serves checkpoints in Hugging Face layout") from exc


def _refuse_others(folder: Path, config: _Config) -> None:
    rope = config.rope_parameters or config.rope_scaling or _Rope()
    facts = {
        "model_type": (config.model_type, "llama"),
        "hidden_act": (config.hidden_act, "silu"),
        "attention_bias": (config.attention_bias, False),
        "mlp_bias": (config.mlp_bias, False),
        "rope_type": (rope.rope_type, "default"),
    }
    for name, (found, wanted) in facts.items():
        if found != wanted:
            raise CheckpointError(
                f"{folder}: {name} is {found!r}, and the engine computes {wanted!r}; serve it with vLLM"
            )


def _shape(config: _Config) -> Shape:
    heads = config.num_attention_heads
    return Shape(
        vocabulary=config.vocab_size,
        hidden=config.hidden_size,
        feed_forward=config.intermediate_size,
        layers=config.num_hidden_layers,
        heads=heads,
        kv_heads=config.num_key_value_heads or heads,
        head_size=config.head_dim or config.hidden_size // heads,
        context=config.max_position_embeddings,
        epsilon=config.rms_norm_eps,
        theta=config.rope_parameters.rope_theta if config.rope_parameters else config.rope_theta,
        tied=config.tie_word_embeddings,
    )


def _defaults(folder: Path, config: _Config) -> Defaults:
    path = folder / "generation_config.json"
    advice = _parse(path, _Generation) if path.exists() else _Generation()
    ends = advice.eos_token_id if advice.eos_token_id is not None else config.eos_token_id
    several = ends if isinstance(ends, list) else [] if ends is None else [ends]
    temperature = 1.0 if advice.temperature is None else advice.temperature
    return Defaults(temperature, advice.top_p or 1.0, advice.top_k or 0, frozenset(several))


def _weights(path: Path) -> dict[str, Floats]:
    try:
        size = path.stat().st_size
        if size > MAX_WEIGHTS:
            raise CheckpointError(f"{path} has {size} bytes, and the engine takes {MAX_WEIGHTS}; serve it with vLLM")
        tensors = safetensors.deserialize(path.read_bytes())  # type: ignore[no-untyped-call]
    except (OSError, safetensors.SafetensorError) as exc:
        raise CheckpointError(f"{path}: {exc}") from exc
    return {name: _floats(path, tensor["dtype"], tensor["data"], tensor["shape"]) for name, tensor in tensors}


def _floats(path: Path, kind: str, data: bytes, shape: list[int]) -> Floats:
    """A tensor as float32. Bfloat16 is the upper half of one, so widening it is exact."""
    if kind == "BF16":
        return (np.frombuffer(data, np.uint16).astype(np.uint32) << 16).view(np.float32).reshape(shape)
    if kind not in ("F16", "F32"):
        raise CheckpointError(f"{path}: weights of type {kind}; the engine reads F32, F16 and BF16")
    return np.frombuffer(data, np.float16 if kind == "F16" else np.float32).astype(np.float32).reshape(shape)


def expected(shape: Shape) -> dict[str, tuple[int, ...]]:
    """The shape of every tensor that a Llama of this shape has, by its name."""
    queries, keys = shape.heads * shape.head_size, shape.kv_heads * shape.head_size
    tensors: dict[str, tuple[int, ...]] = {
        "model.embed_tokens.weight": (shape.vocabulary, shape.hidden),
        "model.norm.weight": (shape.hidden,),
    }
    if not shape.tied:
        tensors["lm_head.weight"] = (shape.vocabulary, shape.hidden)
    for layer in range(shape.layers):
        tensors |= {
            f"model.layers.{layer}.{name}.weight": size
            for name, size in {
                "input_layernorm": (shape.hidden,),
                "self_attn.q_proj": (queries, shape.hidden),
                "self_attn.k_proj": (keys, shape.hidden),
                "self_attn.v_proj": (keys, shape.hidden),
                "self_attn.o_proj": (shape.hidden, queries),
                "post_attention_layernorm": (shape.hidden,),
                "mlp.gate_proj": (shape.feed_forward, shape.hidden),
                "mlp.up_proj": (shape.feed_forward, shape.hidden),
                "mlp.down_proj": (shape.hidden, shape.feed_forward),
            }.items()
        }
    return tensors


def _check(folder: Path, shape: Shape, weights: dict[str, Floats]) -> None:
    found = {name: tensor.shape for name, tensor in weights.items()}
    for name, size in expected(shape).items():
        if found.get(name) != size:
            raise CheckpointError(f"{folder}: {name} is {found.get(name, 'missing')}, and config.json asks for {size}")
