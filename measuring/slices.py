"""How the slices of prompts are fitted and measured.

A benchmark's prompts are judged by weights that saw none of that benchmark. That is kinder than a wholly foreign
source: whoever wrote our own prompts had seen what such benchmarks look like.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from measuring.judging import Verdict
from measuring.prompt_sets import OWN, Prompt, benchmarks, conversations, everyday, own
from measuring.scores import Result, Subject, macro, scored
from routing.slices import classify
from routing.slices.fitted import BESIDE, TASKS, Weights
from routing.slices.marks import Mark
from routing.slices.ngrams import BUCKETS, features
from routing.traits import Endpoint, Slice, Tool, Traits, Turn

WEIGHTS = Path(__file__).parents[1] / "routing" / "slices" / "weights.npz"
STRENGTH = 10.0  # the inverse of the regularization
FOLDS = 5
_ENGLISH = 4.0  # how much more an English prompt counts: without evidence for another language, it is English
_A_SOURCE = 300  # prompts that any source but our own counts as, at most
_NOT_FITTED_ON = frozenset({"tool_use", "long_context"})  # structure shows these


def fitting_set(data: Path) -> list[Prompt]:
    """What the weights are fitted on."""
    return [*own(), *everyday(data), *(p for p in benchmarks(data) if not p.slices & _NOT_FITTED_ON)]


def fitted(prompts: Sequence[Prompt]) -> Weights:
    """Weights for these prompts: one model of their task, and one for each slice that may be beside it."""
    matrix, counts = _matrix(prompts), Counter(prompt.source for prompt in prompts)
    weights = np.array([1.0 if p.source == OWN else min(1.0, _A_SOURCE / counts[p.source]) for p in prompts])
    tasks = np.array([TASKS.index(task_of(prompt)) for prompt in prompts])
    columns = [*_columns(matrix, tasks, weights * _evened(tasks, weights))]
    for one in BESIDE:
        truth = np.array([int(one in prompt.slices) for prompt in prompts])
        doubt = np.where(truth, 1.0, _ENGLISH) if one is Slice.MULTILINGUAL else _evened(truth, weights)
        columns.extend(_columns(matrix, truth, weights * doubt))
    table, bias = zip(*columns, strict=True)
    note = "; ".join(f"{source} {count}" for source, count in sorted(counts.items()))
    return Weights(np.stack(table, axis=1).astype(np.float32), np.array(bias, np.float32), note)


def task_of(prompt: Prompt) -> Slice:
    """The one task it sets."""
    return next((task for task in TASKS if task in prompt.slices), Slice.GENERAL)


def _columns(
    matrix: csr_matrix, truth: NDArray[np.intp], weights: NDArray[np.float64]
) -> Iterator[tuple[NDArray[np.float64], float]]:
    """A model's weights and bias for each class; of two classes only those of the second."""
    with threadpool_limits(1):  # the arrays are small: more threads only wait for each other
        model = LogisticRegression(C=STRENGTH, max_iter=600).fit(matrix, truth, sample_weight=weights)
    yield from zip(model.coef_, (float(offset) for offset in model.intercept_), strict=True)


def _evened(truth: NDArray[np.intp], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Factors under which all classes weigh the same."""
    shares = np.bincount(truth, weights)
    return np.asarray(weights.sum() / len(shares) / shares[truth])


def _matrix(prompts: Sequence[Prompt]) -> csr_matrix:
    found = [features(prompt.text).ids for prompt in prompts]
    values = np.concatenate([np.full(len(ids), len(ids) ** -0.5) for ids in found])
    starts = np.cumsum([0, *map(len, found)])
    return csr_matrix((values, np.concatenate(found).astype(np.int64), starts), shape=(len(prompts), BUCKETS))


# Measuring

Labels = frozenset[Slice]


def verdicts(data: Path) -> Iterator[Verdict]:
    """Of each benchmark's prompts, by weights that saw none of it: all slices together, in the order of names."""
    known = benchmarks(data)
    weights = _fold_weights(known, fitting_set(data), lambda prompt: prompt.source) if known else {}
    for prompt in known:
        marks = _marks(prompt, weights[prompt.source])
        found = {mark.slice for mark in marks}
        wrong = [mark.score for mark in marks if mark.slice not in prompt.slices]
        sureness = max(wrong or [mark.score for mark in marks])
        truth = _together(prompt.slices or {Slice.GENERAL})
        yield Verdict("slices", prompt.source, "", prompt.text, truth, _together(found), sureness)


def _together(slices: Iterable[str]) -> str:
    return " + ".join(sorted(slices))


def found_in(prompt: Prompt, weights: Weights | None = None, *, tools: bool = True) -> Labels:
    """Every slice that is found in a prompt, with the tools it came with or without."""
    return frozenset(mark.slice for mark in _marks(prompt, weights, tools=tools))


def _marks(prompt: Prompt, weights: Weights | None = None, *, tools: bool = True) -> Sequence[Mark]:
    offered = (Tool("offered"),) if tools and prompt.tools else ()
    traits = Traits(Endpoint.CHAT, (Turn("user", prompt.text),), tools=offered)
    return classify(traits, weights=weights).marks


def results(data: Path) -> list[Result]:
    """The lines of the report: by source, by chance, and first turns of MT-Bench."""
    known = benchmarks(data)
    if not known:
        return []
    pool = fitting_set(data)
    by_source = _held_out(known, pool, lambda prompt: prompt.source)
    by_chance = _held_out(known, pool, lambda prompt: str(hash_of(prompt.text) % FOLDS))
    return [
        *_lines(known, by_source(True), Subject("slices", "slices", "", "source", "tools field")),
        *_lines(known, by_source(False), Subject("slices", "slices", "", "source", "without the tools field")),
        *_lines(known, by_chance(True), Subject("slices", "slices", "", "a random fifth", "tools field")),
        *_conversations(data, pool),
    ]


def hash_of(text: str) -> int:
    """A number that is the same in every run."""
    return sum(position * ord(character) for position, character in enumerate(text, 1))


def _held_out(
    known: Sequence[Prompt], pool: Sequence[Prompt], fold: Callable[[Prompt], str]
) -> Callable[[bool], list[Labels]]:
    """What is found in each known prompt by weights fitted on the pool without that prompt's fold."""
    weights = _fold_weights(known, pool, fold)
    return lambda tools: [found_in(prompt, weights[fold(prompt)], tools=tools) for prompt in known]


def _fold_weights(known: Sequence[Prompt], pool: Sequence[Prompt], fold: Callable[[Prompt], str]) -> dict[str, Weights]:
    """For each fold of the known prompts, weights fitted on the pool without it."""
    sources = {prompt.source for prompt in known}
    return {
        name: fitted([p for p in pool if p.source not in sources or fold(p) != name])
        for name in sorted({fold(prompt) for prompt in known})
    }


def _conversations(data: Path, pool: Sequence[Prompt]) -> list[Result]:
    prompts = conversations(data)
    subject = Subject("slices", "mt-bench", "", "source", "its categories, as slices")
    weights = fitted(pool)
    return _lines(prompts, [found_in(prompt, weights) for prompt in prompts], subject) if prompts else []


def _lines(prompts: Sequence[Prompt], found: Sequence[Labels], subject: Subject) -> list[Result]:
    """A line for each slice that occurs, and their mean."""
    lines = []
    for one in Slice:
        truth = [one in prompt.slices for prompt in prompts]
        if any(truth):
            said = Subject(subject.behavior, subject.source, one.value, subject.split, subject.note)
            lines.append(scored(said, truth, [one in labels for labels in found]))
    mean = Subject(subject.behavior, subject.source, "macro", subject.split, subject.note)
    return [*lines, macro(mean, lines)]


def fit(data: Path) -> None:
    """Fit the weights anew and put them where the product reads them."""
    weights = fitted(fitting_set(data))
    with WEIGHTS.open("wb") as file:
        weights.save(file)
    sys.stdout.write(f"{WEIGHTS}: {WEIGHTS.stat().st_size} bytes\n{weights.note}\n")
