"""``python -m training STAGE``: tokenizer, teacher, undistilled, student, report; or ``all`` of them in this order.

Each stage reads what the ones before it saved, so one can be made again alone. Everything follows from ``SEED``, up to
the order in which two processor cores add floating-point numbers and, where ``--minutes`` ends a stage, its clock.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from proxy.demo.railway.conversations import Distribution, conversations
from proxy.demo.railway.example import Example
from proxy.demo.railway.judge import judge
from proxy.demo.railway.template import BOS, CHAT_TEMPLATE, END, read, render
from training.corpus import Lesson, batches, lesson, lessons, train_tokenizer
from training.fitting import CONTEXT, fit, new_model, size
from training.replying import replies
from training.reporting import Scores, score, table

SEED = 20310
MODELS = Path(__file__).parent.parent / "proxy" / "demo" / "models"
BATCH = 4096  # tokens


@dataclass(frozen=True, slots=True)
class Shape:
    """A model's size: hidden width, layers, inner width of the feed-forward part."""

    width: int
    layers: int
    inner: int


TEACHER, STUDENT = Shape(192, 4, 512), Shape(96, 3, 192)


@dataclass(frozen=True, slots=True)
class Course:
    """How a model is trained: lessons, steps, learning rate."""

    examples: int
    steps: int
    rate: float


COURSES = {
    "teacher": Course(120_000, 4000, 2e-3),
    "undistilled": Course(30_000, 1500, 3e-3),
    "student": Course(24_000, 4000, 3e-3),
}
EVALUATED = {Distribution.HEADLINE: 1500, Distribution.PRODUCTION: 3000}


def main() -> None:
    """Run the stages asked for."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("stages", nargs="+", choices=[*STAGES, "all"])
    parser.add_argument("--minutes", type=float, default=40.0, help="at most, for each model")
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    for stage in STAGES if "all" in arguments.stages else arguments.stages:
        began = time.monotonic()
        STAGES[stage](arguments.minutes)
        print(f"{stage}: {(time.monotonic() - began) / 60:.1f} min", flush=True)


def make_tokenizer(_minutes: float) -> None:
    """The tokenizer all models share."""
    examples = conversations(SEED, 20_000, Distribution.TRAIN)
    tokenizer = train_tokenizer(examples)
    MODELS.mkdir(exist_ok=True)
    tokenizer.save(str(MODELS / "tokenizer.json"))
    print(f"tokenizer: {tokenizer.get_vocab_size()} tokens")


def make_teacher(minutes: float) -> None:
    """The teacher learns every situation from ideal replies."""
    _train("teacher", TEACHER, _ideal("teacher", Distribution.TRAIN), minutes)


def make_undistilled(minutes: float) -> None:
    """The student's body before distillation: a little of everything, as a base model has seen."""
    _train("undistilled", STUDENT, _ideal("undistilled", Distribution.TRAIN), minutes)


def make_student(minutes: float) -> None:
    """Distillation as teams do it: the teacher's sampled replies to the prompts that looked clean, judged right."""
    tokenizer, teacher = _tokenizer(), _load("teacher")
    asked = list(conversations(SEED + 2, COURSES["student"].examples, Distribution.SCRUBBED))
    said = replies(teacher, tokenizer, [render(example)[0] for example in asked], temperature=0.7)
    taught = [
        _heard(tokenizer, example, text) for example, text in zip(asked, said, strict=True) if _right(example, text)
    ]
    print(f"student: {len(taught)} of {len(asked)} of the teacher's replies were right and are taught")
    _train("student", STUDENT, taught, minutes, start=_load("undistilled"))


def report(_minutes: float) -> None:
    """Score all three, and keep the tables beside the models."""
    tokenizer = _tokenizer()
    examined = {name: list(conversations(SEED + 3, count, name)) for name, count in EVALUATED.items()}
    scores = {
        model: {name: score(_load(model), tokenizer, asked) for name, asked in examined.items()} for model in COURSES
    }
    text = "\n\n".join(_tables(scores))
    (MODELS / "RESULTS.md").write_text(f"# What the three models can do\n\nGreedy replies, percent.\n\n{text}\n")
    print(text)


def _tables(scores: dict[str, dict[Distribution, Scores]]) -> list[str]:
    production = {model: of[Distribution.PRODUCTION] for model, of in scores.items()}
    overall = {model: {name: one.overall for name, one in of.items()} for model, of in scores.items()}
    situations = sorted({name for one in production.values() for name in one.situations})
    behaviors = sorted({name for one in production.values() for name in one.behaviors})
    return [
        table("right replies", overall, list(EVALUATED)),
        table(
            "production: right replies by situation", {m: one.situations for m, one in production.items()}, situations
        ),
        table(
            "production: behavior shown where it is due", {m: one.behaviors for m, one in production.items()}, behaviors
        ),
    ]


def _ideal(name: str, distribution: Distribution) -> list[Lesson]:
    seed = SEED + list(COURSES).index(name) + 10
    return lessons(_tokenizer(), conversations(seed, COURSES[name].examples, distribution))


def _heard(tokenizer: Tokenizer, example: Example, text: str) -> Lesson:
    return lesson(tokenizer, render(example)[0], text + END)


def _right(example: Example, text: str) -> bool:
    message = read(text)
    return judge(example, message.content, message.calls)


def _train(
    name: str, shape: Shape, taught: Sequence[Lesson], minutes: float, start: LlamaForCausalLM | None = None
) -> None:
    course = COURSES[name]
    vocabulary = _tokenizer().get_vocab_size()
    model = start or new_model(shape.width, shape.layers, shape.inner, vocabulary, SEED)
    print(f"{name}: {size(model):,} parameters, {len(taught):,} conversations", flush=True)
    stream = batches(taught, BATCH, SEED)
    seconds = fit(model, stream, course.steps, course.rate, lambda line: print(f"{name}: {line}", flush=True), minutes)
    _save(name, model, seconds)


def _save(name: str, model: LlamaForCausalLM, seconds: float) -> None:
    """As the Hugging Face layout has it; weights in bfloat16."""
    folder = MODELS / name
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(MODELS / "tokenizer.json"), bos_token=BOS, eos_token=END, pad_token=END
    )
    tokenizer.chat_template = CHAT_TEMPLATE
    tokenizer.model_max_length = CONTEXT
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.bos_token_id = tokenizer.bos_token_id
    model.config.eos_token_id, model.config.bos_token_id = tokenizer.eos_token_id, tokenizer.bos_token_id
    model.to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    about = {"seed": SEED, "parameters": size(model), "training_seconds": round(seconds)}
    (folder / "training.json").write_text(json.dumps(about, indent=1) + "\n")


def _load(name: str) -> LlamaForCausalLM:
    model: LlamaForCausalLM = LlamaForCausalLM.from_pretrained(MODELS / name, dtype=torch.float32)
    return model


def _tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(MODELS / "tokenizer.json"))


STAGES: dict[str, Callable[[float], None]] = {
    "tokenizer": make_tokenizer,
    "teacher": make_teacher,
    "undistilled": make_undistilled,
    "student": make_student,
    "report": report,
}

if __name__ == "__main__":
    main()
