"""The fault table of the README names tests that exist: a row without its test is a wish."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent


def test_every_test_in_the_fault_table_exists() -> None:
    """By file and by name; every row of a table has one."""
    rows = [line for line in (HERE / "README.md").read_text().splitlines() if re.match(r"\| (?!fault)", line)]
    assert len(rows) > 50
    for row in rows:
        named = re.findall(r"`((?:\.\./proxy/worker/)?test_\w+\.py)::(test_\w+)`", row)
        assert named, row
        for file, name in named:
            assert f"def {name}(" in (HERE / file).read_text(), f"{file}::{name}"


def test_every_fault_test_is_in_the_table() -> None:
    """The other way round, for the files whose tests are all of faults."""
    table = (HERE / "README.md").read_text()
    for file in ("test_upstream_faults.py", "test_clients_gone.py"):
        for name in re.findall(r"^def (test_\w+)\(", (HERE / file).read_text(), re.MULTILINE):
            assert f"`{file}::{name}`" in table
