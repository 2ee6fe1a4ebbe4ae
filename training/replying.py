"""What a model says: replies to many prompts at once, greedy or sampled."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from tokenizers import Tokenizer
from transformers import LlamaForCausalLM

from training.corpus import PAD, end_id

LONGEST_REPLY = 96
_AT_ONCE = 128


@torch.inference_mode()
def replies(
    model: LlamaForCausalLM, tokenizer: Tokenizer, prompts: Sequence[str], temperature: float = 0.0
) -> list[str]:
    """One reply to each prompt, without its end; temperature 0 is greedy."""
    model.eval()
    encoded = [tokenizer.encode(prompt, add_special_tokens=False).ids for prompt in prompts]
    said: dict[int, str] = {}
    order = sorted(range(len(encoded)), key=lambda place: len(encoded[place]))
    for start in range(0, len(order), _AT_ONCE):
        places = order[start : start + _AT_ONCE]
        for place, ids in zip(
            places, _generate(model, [encoded[p] for p in places], temperature, end_id(tokenizer)), strict=True
        ):
            said[place] = tokenizer.decode(ids, skip_special_tokens=False)
    return [said[place] for place in range(len(prompts))]


def _generate(model: LlamaForCausalLM, asked: list[list[int]], temperature: float, end: int) -> list[list[int]]:
    longest = max(map(len, asked))
    ids = torch.tensor([[PAD] * (longest - len(one)) + one for one in asked])
    mask = torch.tensor([[0] * (longest - len(one)) + [1] * len(one) for one in asked])
    made = model.generate(
        input_ids=ids,
        attention_mask=mask,
        max_new_tokens=LONGEST_REPLY,
        do_sample=temperature > 0,
        temperature=temperature or None,
        top_k=None,
        eos_token_id=end,
        pad_token_id=end,
    )
    return [_up_to(row.tolist(), end) for row in made[:, longest:]]


def _up_to(ids: list[int], end: int) -> list[int]:
    return ids[: ids.index(end)] if end in ids else ids
