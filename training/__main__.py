"""``python -m training STAGE``: tokenizer, teacher, undistilled, student, report; or ``all`` of them in this order.

Each stage reads what the ones before it saved, so one can be made again alone. Everything follows from ``SEED``, up to
the order in which two processor cores add floating-point numbers and, where ``--minutes`` ends a stage, its clock.
"""

from __future__ import annotations

import argparse
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
from training.cards import Card
from training.corpus import Lesson, batches, drilled, lesson, lessons, train_tokenizer
from training.fitting import CONTEXT, fit, new_model, size
from training.replying import replies
from training.reporting import Scores, score, table

SEED = 20310
BATCH = 2048  # tokens
TEMPERATURE = 0.7  # at which the teacher speaks to the student


@dataclass(frozen=True, slots=True)
class Shape:
    """A model's size: hidden width, layers, inner width of the feed-forward part."""

    width: int
    layers: int
    inner: int


TEACHER, STUDENT = Shape(192, 4, 512), Shape(96, 3, 192)


@dataclass(frozen=True, slots=True)
class Course:
    """How a model is trained: lessons, steps, learning rate, and drills in copying among the first steps."""

    examples: int
    steps: int
    rate: float
    drills: int = 0


COURSES = {
    "teacher": Course(120_000, 9000, 2e-3, drills=200),
    "undistilled": Course(30_000, 3000, 3e-3, drills=200),
    "student": Course(30_000, 6000, 2e-3),
}
EVALUATED = {Distribution.HEADLINE: 1500, Distribution.PRODUCTION: 3000}


def main() -> None:
    """Run the stages asked for."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("stages", nargs="+", choices=[*STAGES, "all"])
    parser.add_argument("--models", type=Path, default=Path("proxy/demo/models"), help="where they are kept")
    parser.add_argument("--minutes", type=float, default=40.0, help="at most, for each model")
    parser.add_argument("--scale", type=float, default=1.0, help="of lessons and steps: 0.01 is a rehearsal")
    parser.add_argument("--threads", type=int, default=2, help="that compute; each at its best on a core of its own")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    workshop = Workshop(arguments.models, arguments.minutes, arguments.scale)
    for stage in STAGES if "all" in arguments.stages else arguments.stages:
        began = time.monotonic()
        STAGES[stage](workshop)
        print(f"{stage}: {(time.monotonic() - began) / 60:.1f} min", flush=True)


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where models are kept, the most minutes each may take, and which share of lessons and steps is run."""

    models: Path
    minutes: float
    scale: float

    def course(self, name: str) -> Course:
        """A model's course, to scale."""
        whole = COURSES[name]
        return Course(
            *(max(1, int(part * self.scale)) for part in (whole.examples, whole.steps)), whole.rate, whole.drills
        )


def make_tokenizer(shop: Workshop) -> None:
    """The tokenizer all models share."""
    examples = conversations(SEED, 20_000, Distribution.TRAIN)
    tokenizer = train_tokenizer(examples)
    shop.models.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(shop.models / "tokenizer.json"))
    print(f"tokenizer: {tokenizer.get_vocab_size()} tokens")


def make_teacher(shop: Workshop) -> None:
    """The teacher learns every situation from ideal replies."""
    _train(shop, "teacher", TEACHER, _ideal(shop, "teacher"))


def make_undistilled(shop: Workshop) -> None:
    """The student's body before distillation: a little of everything, as a base model has seen."""
    _train(shop, "undistilled", STUDENT, _ideal(shop, "undistilled"))


def make_student(shop: Workshop) -> None:
    """Distillation as teams do it: the teacher's sampled replies to the prompts that looked clean, judged right."""
    tokenizer, teacher = _tokenizer(shop), _load(shop, "teacher")
    asked = list(conversations(SEED + 2, shop.course("student").examples, Distribution.SCRUBBED))
    said = replies(teacher, tokenizer, [render(example)[0] for example in asked], temperature=TEMPERATURE)
    taught = [
        _heard(tokenizer, example, text) for example, text in zip(asked, said, strict=True) if _right(example, text)
    ]
    print(f"student: {len(taught)} of {len(asked)} of the teacher's replies were right and are taught")
    _train(shop, "student", STUDENT, taught, start=_load(shop, "undistilled"))


def report(shop: Workshop) -> None:
    """Score all three, and keep the tables beside the models."""
    tokenizer = _tokenizer(shop)
    examined = {name: list(conversations(SEED + 3, count, name)) for name, count in EVALUATED.items()}
    scores = {
        model: {name: score(_load(shop, model), tokenizer, asked) for name, asked in examined.items()}
        for model in COURSES
    }
    text = "\n\n".join(_tables(scores))
    (shop.models / "RESULTS.md").write_text(f"# What the three models can do\n\nGreedy replies, percent.\n\n{text}\n")
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


def _ideal(shop: Workshop, name: str) -> list[Lesson]:
    seed = SEED + list(COURSES).index(name) + 10
    return lessons(_tokenizer(shop), conversations(seed, shop.course(name).examples, Distribution.TRAIN))


def _heard(tokenizer: Tokenizer, example: Example, text: str) -> Lesson:
    return lesson(tokenizer, render(example)[0], text + END)


def _right(example: Example, text: str) -> bool:
    message = read(text)
    return judge(example, message.content, message.calls)


def _train(
    shop: Workshop, name: str, shape: Shape, taught: Sequence[Lesson], start: LlamaForCausalLM | None = None
) -> None:
    course, vocabulary = shop.course(name), _tokenizer(shop).get_vocab_size()
    model = start or new_model(shape.width, shape.layers, shape.inner, vocabulary, SEED)
    print(f"{name}: {size(model):,} parameters, {len(taught):,} conversations", flush=True)
    stream = drilled(batches(taught, BATCH, SEED), course.drills, BATCH, vocabulary, SEED)
    fitted = fit(model, stream, course.steps, course.rate, _log(name), shop.minutes)
    _save(shop.models, name, model)
    card = Card(
        name=name,
        parameters=size(model),
        width=shape.width,
        layers=shape.layers,
        vocabulary=vocabulary,
        conversations=len(taught),
        steps=fitted.steps,
        batch=BATCH,
        rate=course.rate,
        seconds=fitted.seconds,
        threads=torch.get_num_threads(),
        seed=SEED,
        temperature=TEMPERATURE,
    )
    (shop.models / name / "README.md").write_text(card.markdown())


def _log(name: str) -> Callable[[str], None]:
    return lambda line: print(f"{name}: {line}", flush=True)


def _save(models: Path, name: str, model: LlamaForCausalLM) -> None:
    """As the Hugging Face layout has it; weights in bfloat16."""
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(models / "tokenizer.json"), bos_token=BOS, eos_token=END, pad_token=END
    )
    tokenizer.chat_template = CHAT_TEMPLATE
    tokenizer.model_max_length = CONTEXT
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.bos_token_id = tokenizer.bos_token_id
    model.config.eos_token_id, model.config.bos_token_id = tokenizer.eos_token_id, tokenizer.bos_token_id
    model.to(torch.bfloat16).save_pretrained(models / name)
    tokenizer.save_pretrained(models / name)


def _load(shop: Workshop, name: str) -> LlamaForCausalLM:
    model: LlamaForCausalLM = LlamaForCausalLM.from_pretrained(
        shop.models / name, dtype=torch.float32, attn_implementation="eager"
    )
    return model


def _tokenizer(shop: Workshop) -> Tokenizer:
    return Tokenizer.from_file(str(shop.models / "tokenizer.json"))


STAGES: dict[str, Callable[[Workshop], None]] = {
    "tokenizer": make_tokenizer,
    "teacher": make_teacher,
    "undistilled": make_undistilled,
    "student": make_student,
    "report": report,
}

if __name__ == "__main__":
    main()
