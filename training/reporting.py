"""How good a model is: right replies by situation, and behaviors shown where the ideal reply shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer
from transformers import LlamaForCausalLM

from proxy.demo.railway.example import Example
from proxy.demo.railway.judge import judge, shows
from proxy.demo.railway.template import read, render
from training.replying import replies


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares in [0, 1]: of right replies overall and by situation, and of each behavior kept."""

    overall: float
    situations: dict[str, float]
    behaviors: dict[str, float]


def score(model: LlamaForCausalLM, tokenizer: Tokenizer, examples: Sequence[Example]) -> Scores:
    """Greedy replies to conversations, judged."""
    right: dict[str, list[bool]] = defaultdict(list)
    shown: dict[str, list[bool]] = defaultdict(list)
    said = replies(model, tokenizer, [render(example)[0] for example in examples])
    for example, text in zip(examples, said, strict=True):
        message = read(text)
        right[example.kind].append(judge(example, message.content, message.calls))
        for behavior in example.behaviors:
            shown[behavior].append(shows(behavior, example, message.content, message.calls))
    everything = [ok for oks in right.values() for ok in oks]
    return Scores(_share(everything), _shares(right), _shares(shown))


def _shares(found: dict[str, list[bool]]) -> dict[str, float]:
    return {name: _share(oks) for name, oks in sorted(found.items())}


def _share(oks: list[bool]) -> float:
    return sum(oks) / len(oks)


def table(title: str, scores: dict[str, dict[str, float]], rows: Sequence[str]) -> str:
    """A Markdown table: a row for each name, a column for each model, in percent."""
    lines = [f"| {title} | " + " | ".join(scores) + " |", "|---" * (len(scores) + 1) + "|"]
    for row in rows:
        cells = (f"{100 * of[row]:.1f}" if row in of else "-" for of in scores.values())
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
