"""Llama as its paper has it, in numpy, without a cache and without haste: what the engine's model is compared with."""

from __future__ import annotations

import numpy as np

from proxy.demo.engine.checkpoint import Checkpoint, Floats


def logits(checkpoint: Checkpoint, tokens: list[int]) -> Floats:
    """The logits after each of ``tokens``: [tokens, vocabulary]."""
    weights, shape = checkpoint.weights, checkpoint.shape
    states = weights["model.embed_tokens.weight"][tokens]
    for layer in range(shape.layers):
        prefix = f"model.layers.{layer}"
        normed = _norm(states, weights[f"{prefix}.input_layernorm.weight"], shape.epsilon)
        states = states + _attention(checkpoint, f"{prefix}.self_attn", normed)
        normed = _norm(states, weights[f"{prefix}.post_attention_layernorm.weight"], shape.epsilon)
        gate, up, down = (weights[f"{prefix}.mlp.{part}_proj.weight"] for part in ("gate", "up", "down"))
        opened = normed @ gate.T
        states = states + (opened / (1 + np.exp(-opened)) * (normed @ up.T)) @ down.T
    head = weights["model.embed_tokens.weight" if shape.tied else "lm_head.weight"]
    result: Floats = _norm(states, weights["model.norm.weight"], shape.epsilon) @ head.T
    return result


def greedy(checkpoint: Checkpoint, prompt: list[int], count: int) -> list[int]:
    """The ``count`` likeliest tokens after a prompt, one after the other."""
    tokens = list(prompt)
    for _ in range(count):
        tokens.append(int(logits(checkpoint, tokens)[-1].argmax()))
    return tokens[len(prompt) :]


def _norm(states: Floats, scale: Floats, epsilon: float) -> Floats:
    normed: Floats = states / np.sqrt((states**2).mean(-1, keepdims=True) + epsilon) * scale
    return normed


def _attention(checkpoint: Checkpoint, prefix: str, states: Floats) -> Floats:
    shape, count = checkpoint.shape, len(states)
    query, key, value = (
        (states @ checkpoint.weights[f"{prefix}.{part}_proj.weight"].T).reshape(count, -1, shape.head_size)
        for part in "qkv"
    )
    query, key = _rotated(query, shape.theta), _rotated(key, shape.theta)
    unseen = np.triu(np.full((count, count), -np.inf, np.float32), 1)
    heads = []
    for head in range(shape.heads):
        group = head // (shape.heads // shape.kv_heads)
        scores = query[:, head] @ key[:, group].T / np.sqrt(np.float32(shape.head_size)) + unseen
        odds = np.exp(scores - scores.max(-1, keepdims=True))
        heads.append(odds / odds.sum(-1, keepdims=True) @ value[:, group])
    result: Floats = np.concatenate(heads, -1) @ checkpoint.weights[f"{prefix}.o_proj.weight"].T
    return result


def _rotated(states: Floats, theta: float) -> Floats:
    """Each pair of a head's first and second half turned by its position times its frequency."""
    half = states.shape[-1] // 2
    angles = np.arange(len(states))[:, None, None] * theta ** (-np.arange(half) / half)
    cos, sin = np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)
    first, second = states[..., :half], states[..., half:]
    turned: Floats = np.concatenate([first * cos - second * sin, second * cos + first * sin], -1)
    return turned
