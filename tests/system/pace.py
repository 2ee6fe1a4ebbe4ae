"""The pace of a larger model for the tiny one: a rest before every step, as long as a GPU would compute.

Without it the checkpoint's replies are over before anything can happen to them, and vLLM's processes, spinning for work
that is always there, hand out a stream in one piece at its end. vLLM loads this class by ``--logits-processors``; it
refuses to touch the logits.
"""

from __future__ import annotations

import time

import torch  # type: ignore[import-not-found]  # only in the vLLM environment
from vllm.config import VllmConfig  # type: ignore[import-not-found]  # likewise
from vllm.v1.sample.logits_processor import BatchUpdate, LogitsProcessor  # type: ignore[import-not-found]  # likewise

STEP = 0.02  # seconds


class Pace(LogitsProcessor):  # type: ignore[misc]  # its types are in the vLLM environment
    """Rests once a step, however many requests are in it."""

    def __init__(self, vllm_config: VllmConfig, device: torch.device, is_pin_memory: bool) -> None:
        """What vLLM hands every processor; none of it matters here."""

    def update_state(self, batch_update: BatchUpdate | None) -> None:  # noqa: ARG002 -- vLLM passes it by name
        """Called before every forward pass."""
        time.sleep(STEP)

    def is_argmax_invariant(self) -> bool:
        """Whether greedy requests may skip ``apply``."""
        return True

    def apply(self, logits: torch.Tensor) -> torch.Tensor:
        """The logits as they are."""
        return logits
