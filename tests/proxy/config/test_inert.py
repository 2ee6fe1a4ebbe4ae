"""Settings without effect: whoever sets one is told, and nobody else."""

from __future__ import annotations

from pathlib import Path

from proxy.config.inert import INERT, notices
from proxy.config.parse import parse
from proxy.config.problems import dotted

PAGE = Path(__file__).parents[3] / "docs" / "configuration.md"
ROUTE = 'routes:\n  x: {models: ["*"], teacher: {base_url: http://t}, student: {base_url: http://s, model: m}EXTRA}\n'


def test_nobody_is_warned_of_what_they_did_not_write() -> None:
    """A warning for a default teaches people to ignore warnings."""
    assert not parse(
        ROUTE.replace("EXTRA", ", mirror: {slices: {math: 5}}, noise_floor: {percentage: 1}"), "t"
    ).warnings


def test_a_section_is_warned_of_once_at_its_line() -> None:
    """One line for a section, however many keys it has."""
    loaded = parse(ROUTE.replace("EXTRA", "") + "tracing: {sample: 1, otlp_endpoint: http://collector:4318}", "t")
    assert [str(w) for w in loaded.warnings] == [
        "t:3: tracing: has no effect in this version; no spans are exported yet",
    ]


def test_every_section_of_the_table_is_matched() -> None:
    """A row that matches nothing would be a promise of a warning that never comes."""
    given = [tuple("any" if key == "*" else key for key in path) for path, _ in INERT]
    assert [finding.path for finding in notices(given)] == given


def test_the_documentation_marks_the_same_settings() -> None:
    """A setting that got its effect must lose its mark, and the reverse."""
    lines = [line for line in PAGE.read_text().splitlines() if line[:1] in {"#", "|"} and "no effect yet" in line]
    marked = {line.split("`")[1].replace("NAME", "*") for line in lines}
    assert marked == {dotted(path) for path, _ in INERT}
