"""A tiny Llama with random weights, in the layout vLLM loads: a model to talk to where no model can be downloaded.

It answers nonsense, but its wire format, log-probabilities, load and deaths are those of a real vLLM. The seed decides
the weights and nothing else, so two seeds are a teacher and a student that share a tokenizer. This file is a program
for the Python of the vLLM environment, which alone has transformers and tokenizers:

    .tools/vllm/bin/python tests/system/checkpoint.py DIRECTORY SEED

It refuses to be imported by the tests; ``server.py`` runs it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import tokenizers
import torch  # type: ignore[import-not-found]  # only in the vLLM environment
import transformers  # type: ignore[import-not-found]  # likewise

VOCABULARY = 400
POSITIONS = 2048
SENTENCES = (
    "The ferry to the island leaves at nine and comes back before dark.",
    "I do not know who wrote this letter, and nothing in it says so.",
    "Which of the two invoices do you mean: the one of March or the one of April?",
    "Add the flour, then the water; stir until the dough no longer sticks to the bowl.",
    '{"city": "Lisbon", "days": 3, "budget": 420.5}',
    "def area(width, height):\n    return width * height\n",
    "The sum of 17 and 25 is 42.",
)
TEMPLATE = (
    "{% if tools %}<|tools|>{% for tool in tools %}{{ tool | tojson }}\n{% endfor %}{% endif %}"
    "{% for message in messages %}<|{{ message['role'] }}|>"
    "{{ message['content'] or '' }}"
    "{% for call in message.get('tool_calls') or [] %}{{ call | tojson }}{% endfor %}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def tokenizer() -> transformers.PreTrainedTokenizerFast:
    """A byte-level BPE trained on the sentences above: every text encodes, ``<|end|>`` ends a turn."""
    model = tokenizers.Tokenizer(tokenizers.models.BPE())
    model.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    model.decoder = tokenizers.decoders.ByteLevel()
    roles = ["<|system|>", "<|user|>", "<|assistant|>", "<|tool|>", "<|tools|>"]
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=["<|begin|>", "<|end|>", *roles],
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    model.train_from_iterator(SENTENCES, trainer)
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=model, bos_token="<|begin|>", eos_token="<|end|>")
    fast.chat_template = TEMPLATE
    return fast


def llama(size: int, begin: int, end: int) -> transformers.LlamaForCausalLM:
    """A Llama of two layers, 64 wide, with weights from torch's generator as it stands."""
    return transformers.LlamaForCausalLM(
        transformers.LlamaConfig(
            vocab_size=size,
            hidden_size=64,
            intermediate_size=128,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=2,
            max_position_embeddings=POSITIONS,
            initializer_range=0.2,  # the usual 0.02 gives a model so flat that its argmax hangs on rounding
            bos_token_id=begin,
            eos_token_id=end,
        )
    )


def write(directory: Path, seed: int) -> None:
    """Write the checkpoint of ``seed`` into ``directory``."""
    torch.manual_seed(seed)
    words = tokenizer()
    words.save_pretrained(directory)
    llama(len(words), words.bos_token_id, words.eos_token_id).save_pretrained(directory)


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
