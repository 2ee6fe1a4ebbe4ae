"""Training one model: AdamW, a warm-up and a cosine, bounded by steps, and a line of log now and then."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch.nn import functional
from transformers import LlamaConfig, LlamaForCausalLM

CONTEXT = 1024
_WARM_UP = 100
_FLOOR = 0.05  # of the learning rate, at the end
_LOG_EVERY = 250


def new_model(width: int, layers: int, inner: int, vocabulary: int, seed: int) -> LlamaForCausalLM:
    """A Llama with random weights; heads of 32, embeddings tied.

    Attention is written out ("eager"): on a processor, and for rows this short, the fused kernel's backward pass took a
    third of a step, and training was half as fast with it.
    """
    torch.manual_seed(seed)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=vocabulary,
            hidden_size=width,
            num_hidden_layers=layers,
            num_attention_heads=width // 32,
            num_key_value_heads=width // 32,
            intermediate_size=inner,
            max_position_embeddings=CONTEXT,
            tie_word_embeddings=True,
            attn_implementation="eager",
        )
    )


def size(model: LlamaForCausalLM) -> int:
    """How many parameters it has."""
    return sum(parameter.numel() for parameter in model.parameters())


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a training took."""

    steps: int
    seconds: float


def fit(
    model: LlamaForCausalLM,
    taught: Iterator[tuple[torch.Tensor, torch.Tensor]],
    steps: int,
    rate: float,
    log: Callable[[str], None],
    minutes: float = 40.0,
) -> Fitted:
    """Train for so many steps or minutes; the schedule follows whichever ends first."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.95), weight_decay=0.01)
    began, total, seen = time.monotonic(), 0.0, 0
    model.train()
    for step in range(1, steps + 1):
        done = max(step / steps, (time.monotonic() - began) / (minutes * 60))
        if done >= 1.0 and step < steps:
            log(f"stopped after {step} of {steps} steps: {minutes:g} minutes are over")
            break
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1.0, step / _WARM_UP) * _cosine(done)
        ids, weights = next(taught)
        loss = _loss(model, ids, weights)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        total, seen = total + float(loss.detach()), seen + ids.numel()
        if step % _LOG_EVERY == 0 or step == steps:
            took = time.monotonic() - began
            log(f"step {step:5d}  loss {total / _LOG_EVERY:.4f}  {seen / took:6.0f} tokens/s  {took / 60:5.1f} min")
            total = 0.0
    return Fitted(step, time.monotonic() - began)


def _cosine(done: float) -> float:
    return _FLOOR + (1 - _FLOOR) * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def _loss(model: LlamaForCausalLM, ids: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(input_ids=ids).logits[:, :-1]
    losses = functional.cross_entropy(logits.float().flatten(0, 1), ids[:, 1:].flatten(), reduction="none")
    wanted = weights[:, 1:].flatten()
    return (losses * wanted).sum() / wanted.sum()
