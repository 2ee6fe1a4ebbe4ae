"""A tiny Llama with random weights, made with numpy and the tokenizers wheel alone: the tests' checkpoint.

Its vocabulary is so small, and its weights so large, that replies differ with every prompt and greedy choices do not
hang on rounding. The counterpart of ``tests/system/checkpoint.py``, which needs torch.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from proxy.demo.engine.checkpoint import Shape, expected

SPECIAL = ("<|begin|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>", "<|tool|>", "<tool_call>", "</tool_call>")
END = SPECIAL.index("<|end|>")
VOCABULARY = 320
CONTEXT = 16384  # so that a reply can last for seconds
SENTENCES = (
    "The night train to the coast leaves at nine and arrives before noon.",
    "I do not know which of the two tickets you mean: the first or the second?",
    '{"name": "find_train", "arguments": {"to": "Zürich", "seats": 2}}',
)
TEMPLATE = (
    "{{ bos_token }}{% for tool in tools or [] %}{{ tool | tojson }}\n{% endfor %}"
    "{% for message in messages %}"
    "{% if message.content == 'refuse' %}{{ raise_exception('no such talk') }}{% endif %}"
    "<|{{ 'system' if message.role == 'developer' else message.role }}|>{{ message.content }}"
    "{% for call in message.tool_calls or [] %}<tool_call>{{ call.function | tojson }}</tool_call>{% endfor %}"
    "<|end|>{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SHAPE = Shape(
    vocabulary=VOCABULARY,
    hidden=32,
    feed_forward=48,
    layers=2,
    heads=4,
    kv_heads=2,
    head_size=16,
    context=CONTEXT,
    epsilon=1e-6,
    theta=10_000.0,
    tied=True,
)


def write(folder: Path, shape: Shape = SHAPE, kind: str = "float32") -> Path:
    """A whole checkpoint in ``folder``, which is made; its weights are ``kind``'s."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(config(shape)))
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": [END], "temperature": 0.8}))
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"bos_token": "<|begin|>", "eos_token": "<|end|>", "chat_template": TEMPLATE})
    )
    tokenizer().save(str(folder / "tokenizer.json"))
    safetensors.numpy.save_file(weights(shape, kind), folder / "model.safetensors")
    return folder


def write_parrot(folder: Path, script: Sequence[str]) -> Path:
    """A checkpoint whose greedy reply in a chat is ``script``, each part of it a token of its own, and no part twice.

    Its layers add nothing, its embedding is the identity, and its head leads from each token to the next.
    """
    write(folder)
    words = tokenizer()
    words.add_tokens([AddedToken(part, normalized=False) for part in script])
    words.save(str(folder / "tokenizer.json"))
    path = [words.get_vocab()[part] for part in ("<|assistant|>", *script, "<|end|>")]
    size = words.get_vocab_size()
    shape = replace(SHAPE, vocabulary=size, hidden=size, layers=1, tied=False)
    (folder / "config.json").write_text(json.dumps(config(shape)))
    tensors = {name: np.zeros(dimensions, np.float32) for name, dimensions in expected(shape).items()}
    tensors |= {"model.embed_tokens.weight": np.eye(size, dtype=np.float32)}
    tensors |= {name: np.ones_like(tensor) for name, tensor in tensors.items() if tensor.ndim == 1}
    tensors["lm_head.weight"][path[1:], path[:-1]] = 1
    safetensors.numpy.save_file(tensors, folder / "model.safetensors")
    return folder


def config(shape: Shape) -> dict[str, object]:
    """``config.json`` as transformers writes it today."""
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "vocab_size": shape.vocabulary,
        "hidden_size": shape.hidden,
        "intermediate_size": shape.feed_forward,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.kv_heads,
        "head_dim": shape.head_size,
        "max_position_embeddings": shape.context,
        "rms_norm_eps": shape.epsilon,
        "rope_parameters": {"rope_theta": shape.theta, "rope_type": "default"},
        "tie_word_embeddings": shape.tied,
        "eos_token_id": END,
    }


def weights(shape: Shape, kind: str = "float32") -> dict[str, NDArray[np.generic]]:
    """Random tensors; norms are near one, matrices keep the size of what they are multiplied with."""
    rng = np.random.default_rng(7)

    def tensor(size: tuple[int, ...]) -> NDArray[np.generic]:
        drawn = rng.normal(size=size)
        scaled = 1 + drawn / 10 if len(size) == 1 else drawn / np.sqrt(size[1]) * 2
        return scaled.astype(kind)

    return {name: tensor(size) for name, size in expected(shape).items()}


def tokenizer() -> Tokenizer:
    """A byte-level BPE in which every text can be written."""
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trained.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    trained.train_from_iterator(SENTENCES, trainer)
    return trained
