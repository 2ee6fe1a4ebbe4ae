"""benchmarks.instructions: the guard that tells when a request or a chunk has become dearer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.instructions import Counted, NotCountableError, count, interpreter, record, recorded


def test_a_request_and_a_chunk_cost_no_more_instructions_than_recorded() -> None:
    """Time drifts wherever this runs; instructions do not, so growth of 5 % shows in the commit that made it."""
    before = recorded().get(interpreter())
    if before is None:
        pytest.skip(
            f"no instructions are recorded for {interpreter()}, but for {'; '.join(recorded())}. On a commit that is "
            "known to be good: .venv/bin/python -m benchmarks.instructions --record (make record-instructions: for all)"
        )
    try:
        counted = count()
        if counted.grown(before):  # a loaded machine adds some hundredths to a chunk; a regression shows twice
            counted = count()
    except NotCountableError as why:
        pytest.skip(f"instructions cannot be counted here: {why}")
    assert not counted.grown(before), f"{counted}, recorded {before}; see benchmarks/README.md"


def test_growth_is_over_what_was_recorded() -> None:
    """The guard's own arithmetic: 6 % of one of the two must show."""
    before = Counted(1000, 100, "x 1")
    assert [Counted(*now, "x 2").grown(before) for now in ((1060, 100), (1000, 106), (1050, 90))] == [True, True, False]


def test_records_of_several_pythons_are_kept_side_by_side(tmp_path: Path) -> None:
    """Each is compared with its own; and a diff of the file shows what changed, whoever recorded first."""
    first, second = Counted(1, 2, "x 1"), Counted(3, 4, "x 2")
    path = tmp_path / "instructions.json"
    record({"b": first}, path)
    record(recorded(path) | {"a": second}, path)
    assert list(recorded(path).items()) == [("a", second), ("b", first)]
    assert len(path.read_text().splitlines()) == 12


def test_an_interpreter_is_named_by_its_build() -> None:
    """Two builds of one version differ by a tenth; a library's version must not switch the guard off."""
    assert re.fullmatch(r"\w+ 3\.\d+\.\S+, .+, \w+, build [0-9a-f]{8}", interpreter())
    assert "uvloop" not in interpreter()
