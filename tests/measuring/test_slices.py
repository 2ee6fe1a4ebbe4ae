"""Fitting and measuring slices, on our own prompts alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from measuring.data import DEFAULT
from measuring.prompt_sets import Prompt, benchmarks, own
from measuring.slices import fitted, found_in, results, task_of
from routing.slices.fitted import COLUMNS
from routing.traits import Slice


def test_what_is_fitted_tells_what_it_was_fitted_on() -> None:
    """Other prompts of the same few templates are the least it must know; a quarter of them may be wrong."""
    prompts = own(draws=2)
    weights = fitted(prompts[::8])
    assert weights.table.shape[1] == len(COLUMNS)
    assert np.isfinite(weights.table).all()
    held = prompts[1::8]
    right = sum(task_of(prompt) in found_in(prompt, weights) for prompt in held if task_of(prompt) is not Slice.GENERAL)
    assert right > 3 / 4 * sum(task_of(prompt) is not Slice.GENERAL for prompt in held)


def test_a_prompt_comes_with_tools_or_without() -> None:
    """The report says both."""
    prompt = Prompt("What is the weather in Oslo?", frozenset({"tool_use"}), "x", tools=True)
    assert Slice.TOOL_USE in found_in(prompt)
    assert Slice.TOOL_USE not in found_in(prompt, tools=False)


def test_without_sets_there_is_nothing_to_report(tmp_path: Path) -> None:
    """And nothing is fitted for it."""
    assert results(tmp_path) == []


def test_the_weights_of_the_package_know_the_labeled_prompts() -> None:
    """They were fitted on these; far below .95 they are not the weights that this code makes."""
    prompts = benchmarks(DEFAULT)
    if not prompts:
        pytest.skip(f"no labeled prompts in {DEFAULT}")
    right = sum(bool(found_in(prompt) & prompt.slices) for prompt in prompts)
    assert right > 0.95 * len(prompts)
