"""Prompts and the slices they are in: by the benchmark they come from, and of our own.

A prompt of a benchmark has the slices its set names; prompts of sets about other things (refusal, abstention) count as
general. Our own are drawn from templates, alone and together: a demand on form beside any task is steerability too.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from measuring.templates import PROMPTS, Template, read_slots, read_templates

Row = TypeVar("Row")

OWN = "own"
DRAWS = 8  # prompts of each template
_SEED = 11
_AT_MOST = 400  # prompts of one source, so that none drowns the others
_TASKS = ("math", "reasoning", "code", "general")
_NAMES = {"general_knowledge": "general"}
_MT_BENCH = {
    "math": "math", "reasoning": "reasoning", "coding": "code", "writing": "general", "roleplay": "general",
    "stem": "general", "humanities": "general",
}  # fmt: skip
_GENERAL = (
    ("xstest_responses", "dev.jsonl"),
    ("truthfulqa_informative", "dev.jsonl"),
    ("expertqa_citations", "dev.jsonl"),
    ("coconot_prompts", "prompts.jsonl"),
    ("selfaware_prompts", "prompts.jsonl"),
)
_FRAMES = (
    "{}", "{}", "{}", "{}", "Question: {}\nAnswer:", "Q: {}\nA:", "{} Let's think step by step.", "{}\n\nThanks!",
    "Please help: {}", "{}\nAnswer:", "I have a question. {}", "### Instruction:\n{}\n\n### Response:\n",
    "Answer the following question.\n\n{}", "{}\nExplain your answer.",
)  # fmt: skip
_OPTIONS = (
    "{}\nA. {}\nB. {}\nC. {}\nD. {}\nAnswer:", "{}\n(A) {}\n(B) {}\n(C) {}\n(D) {}",
    "{}\nOptions:\n(A) {}\n(B) {}\n(C) {}",
    "{} A) {} B) {} C) {}",
)  # fmt: skip
_OFFERED = {"general": 0.3, "math": 0.12, "reasoning": 0.15, "code": 0.05}  # shares of tasks with choices
_JOINTS = (" ", "\n", "\n\n", " ", " - ")


class _Labeled(msgspec.Struct):
    prompt: str
    label: list[str]
    benchmark: str
    functions: object = None


class _Dialog(msgspec.Struct):
    prompt: list[str]
    category: str


class _Question(msgspec.Struct):
    prompt: str | list[str] | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt, the slices it is in (none: general) and where it comes from. ``tools``: it came with tools."""

    text: str
    slices: frozenset[str]
    source: str
    tools: bool = False


def benchmarks(data: Path) -> list[Prompt]:
    """The labeled set of prompts; the subjects of one benchmark are one source."""
    return [
        Prompt(
            row.prompt,
            frozenset(_NAMES.get(label, label) for label in row.label),
            row.benchmark.split("-")[0] if row.benchmark.startswith("mmlu") else row.benchmark,
            bool(row.functions),
        )
        for row in _rows(data / "slices" / "dev.jsonl", _Labeled)
    ]


def conversations(data: Path) -> list[Prompt]:
    """First turns of MT-Bench, whose categories are not ours but near them: measured on, never fitted on."""
    rows = _rows(data / "routing_replay" / "routellm_mtbench.jsonl", _Dialog)
    return [
        Prompt(row.prompt[0], frozenset({_MT_BENCH[row.category]}), "mt-bench")
        for row in rows
        if row.category in _MT_BENCH
    ]


def everyday(data: Path) -> Iterator[Prompt]:
    """Prompts of sets about other things: questions of every sort, which are general."""
    for name, file in _GENERAL:
        texts = sorted({row.prompt for row in _rows(data / name / file, _Question) if isinstance(row.prompt, str)})
        rng = random.Random(_SEED)  # noqa: S311 -- a seed, no secret
        for text in rng.sample(texts, min(_AT_MOST, len(texts))):
            yield Prompt(text, frozenset({"general"}), name)


def own(draws: int = DRAWS) -> list[Prompt]:
    """Our own prompts, the same for the same templates."""
    rng, slots = random.Random(_SEED), read_slots()  # noqa: S311 -- a seed, no secret
    files = {name: read_templates(name) for name in (*_TASKS, "steerability", "multilingual", "base")}
    return [*_plain(files, rng, slots, draws), *_with_demands(files, rng, slots, draws), *_small_words(rng, draws)]


Slots = Mapping[str, Sequence[str]]
Files = Mapping[str, Sequence[Template]]


def _plain(files: Files, rng: random.Random, slots: Slots, draws: int) -> Iterator[Prompt]:
    for name in (*_TASKS, "multilingual"):
        for template in files[name]:
            for _ in range(draws):
                text = template.drawn(rng, slots)
                framed = text if name == "multilingual" else _framed(text, rng, slots, _OFFERED[name])
                yield Prompt(framed, template.labels | {name}, OWN)
    for template in files["base"]:
        for _ in range(4 * draws):
            yield Prompt(template.drawn(rng, slots), frozenset({"general"}), OWN)


def _small_words(rng: random.Random, draws: int) -> Iterator[Prompt]:
    """The words that every sentence of a language needs, by themselves: a line of the file for each language."""
    for line in (PROMPTS / "small_words.txt").read_text(encoding="utf-8").splitlines():
        for _ in range(4 * draws):
            words = rng.sample(line.split(), rng.randint(2, 8))
            yield Prompt(" ".join(words) + rng.choice(("?", ".", "")), frozenset({"multilingual"}), OWN)


def _framed(text: str, rng: random.Random, slots: Slots, share: float) -> str:
    """As people send it: bare, in one of the frames of test suites, or with choices to take one from."""
    if "\n" not in text and rng.random() < share:
        frame = rng.choice(_OPTIONS)
        kind = rng.choice(("n", "n", "name", "color", "item", "day", "place"))
        return frame.format(text, *(rng.choice(slots[kind]) for _ in range(frame.count("{}") - 1)))
    return rng.choice(_FRAMES).format(text) if "{" not in text else text


def _with_demands(files: Files, rng: random.Random, slots: Slots, draws: int) -> Iterator[Prompt]:
    """A task and one to three demands on the form of its answer, before or after it."""
    for template in files["steerability"]:
        for draw in range(2 * draws):
            task = rng.choice(_TASKS[:3]) if draw % 8 == 0 else rng.choice(("base", "base", "general"))
            asked = rng.choice(files[task]).drawn(rng, slots)
            others = rng.choices(files["steerability"], k=rng.choice((0, 0, 1, 2)))
            demands = [one.drawn(rng, slots) for one in (template, *others)]
            parts = [*demands[1:], asked, demands[0]] if rng.random() < 0.2 else [asked, *demands]  # noqa: PLR2004
            labels = {"steerability"} | ({task} if task in _TASKS[:3] else set())
            yield Prompt(rng.choice(_JOINTS).join(parts), frozenset(labels), OWN)


def _rows(path: Path, kind: type[Row]) -> Iterator[Row]:
    if path.exists():
        yield from (msgspec.json.decode(line, type=kind) for line in path.read_bytes().splitlines())
