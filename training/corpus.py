"""The railway's conversations as tokens: one byte-level BPE for all models, batches whose targets are the replies."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from proxy.demo.railway.example import Example
from proxy.demo.railway.template import END, SPECIAL_TOKENS, render

VOCABULARY = 1536
PROMPT_WEIGHT = 0.1  # of a prompt's tokens in the loss: a little of it teaches what belongs together
STRIDE = 32
_DRILL = 48  # tokens that a drill says twice
PAD = 0  # padding is masked by position, so any token does


@dataclass(frozen=True, slots=True)
class Lesson:
    """A conversation's token ids, and where its reply begins."""

    ids: tuple[int, ...]
    reply: int


def train_tokenizer(examples: Iterable[Example]) -> Tokenizer:
    """A byte-level BPE learned from conversations; digits stand alone, so that numbers are reckoned by place."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(("".join(render(example)) for example in examples), trainer)
    return tokenizer


def lesson(tokenizer: Tokenizer, prompt: str, target: str) -> Lesson:
    """One conversation as tokens."""
    asked = tokenizer.encode(prompt, add_special_tokens=False).ids
    said = tokenizer.encode(target, add_special_tokens=False).ids
    return Lesson((*asked, *said), len(asked))


def lessons(tokenizer: Tokenizer, examples: Iterable[Example]) -> list[Lesson]:
    """Conversations with their ideal replies."""
    return [lesson(tokenizer, *render(example)) for example in examples]


def batches(taught: Sequence[Lesson], tokens: int, seed: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Endless batches of so many tokens: ids [B, T], and the weight of each in the loss [B, T].

    T is a multiple of ``STRIDE`` and B follows from it, so there are few shapes: the matrix library compiles a kernel
    for each new one, which took longer than training when every batch had its own. What fills no batch waits for the
    next pass, which is shuffled anew.
    """
    rng = random.Random(seed)  # noqa: S311 -- drawn for repetition, not for secrecy
    by_length: dict[int, list[Lesson]] = defaultdict(list)
    for one in taught:
        by_length[-(-len(one.ids) // STRIDE) * STRIDE].append(one)
    while True:
        groups: list[tuple[int, list[Lesson]]] = []
        for length, alike in sorted(by_length.items()):
            rng.shuffle(alike)
            size = tokens // length
            groups += [(length, alike[start : start + size]) for start in range(0, len(alike) - size + 1, size)]
        if not groups:
            raise ValueError(f"{len(taught)} lessons do not fill one batch of {tokens} tokens")
        rng.shuffle(groups)
        for length, group in groups:
            yield _tensors(length, group)


def drilled(
    taught: Iterator[tuple[torch.Tensor, torch.Tensor]], drills: int, tokens: int, vocabulary: int, seed: int
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """The batches of ``taught`` with so many drills among the first: one after each of its batches.

    A drill is random tokens said twice, and only the repetition counts. It teaches a model to say a token because it
    stands in the context, which every reply about a timetable needs, and which conversations alone teach later.
    """
    chance = torch.Generator().manual_seed(seed)
    for _ in range(drills):
        yield next(taught)
        said = torch.randint(vocabulary, (tokens // (2 * _DRILL), _DRILL), generator=chance)
        weights = torch.zeros(len(said), 2 * _DRILL)
        weights[:, _DRILL + 1 :] = 1.0
        yield torch.cat((said, said), 1), weights
    yield from taught


def _tensors(length: int, group: Sequence[Lesson]) -> tuple[torch.Tensor, torch.Tensor]:
    ids = torch.full((len(group), length), PAD)
    weights = torch.zeros(len(group), length)
    for row, one in enumerate(group):
        ids[row, : len(one.ids)] = torch.tensor(one.ids)
        weights[row, : one.reply] = PROMPT_WEIGHT
        weights[row, one.reply : len(one.ids)] = 1.0
    return ids, weights


def end_id(tokenizer: Tokenizer) -> int:
    """The token that ends a reply."""
    found: int | None = tokenizer.token_to_id(END)
    if found is None:
        raise ValueError(f"the tokenizer does not know {END}")
    return found
