"""Prompts and their slices, as weights are fitted on them."""

from __future__ import annotations

import json
from pathlib import Path

from measuring.prompt_sets import OWN, benchmarks, conversations, everyday, own
from routing.traits import Slice


def test_our_own_prompts_are_the_same_every_time_and_cover_what_is_fitted() -> None:
    """Weights that cannot be fitted again are weights nobody can mend."""
    prompts = own(draws=1)
    assert prompts == own(draws=1)
    assert {prompt.source for prompt in prompts} == {OWN}
    fitted = set(Slice) - {Slice.TOOL_USE, Slice.LONG_CONTEXT}
    assert {label for prompt in prompts for label in prompt.slices} == {one.value for one in fitted}
    assert any(len(prompt.slices) > 1 for prompt in prompts)


def test_rows_of_sets_become_prompts(tmp_path: Path) -> None:
    """The subjects of a benchmark are one source, and names that are not ours are translated."""
    rows = [
        {"prompt": "p", "label": ["general_knowledge"], "benchmark": "mmlu-law"},
        {"prompt": "q", "label": ["tool_use"], "benchmark": "bfcl_v1", "functions": [{}]},
    ]
    (tmp_path / "slices").mkdir()
    (tmp_path / "slices" / "dev.jsonl").write_text("\n".join(map(json.dumps, rows)))
    law, tool = benchmarks(tmp_path)
    assert (law.slices, law.source, law.tools) == (frozenset({"general"}), "mmlu", False)
    assert (tool.slices, tool.source, tool.tools) == (frozenset({"tool_use"}), "bfcl_v1", True)


def test_sets_that_are_not_there_have_no_prompts(tmp_path: Path) -> None:
    """A report without a set is shorter, not wrong."""
    assert not benchmarks(tmp_path)
    assert not conversations(tmp_path)
    assert not [*everyday(tmp_path)]
