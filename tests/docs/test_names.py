"""What the pages name exists: files, headings within pages, metrics."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from proxy.telemetry.catalog import CATALOG, Kind
from tests.docs.snippets import PAGES, ROOT, anchors, prose, spans

SUFFIXES = {Kind.COUNTER: ("_total",), Kind.GAUGE: ("",), Kind.HISTOGRAM: ("", "_bucket", "_sum", "_count")}
# Names with the prefix that are no metrics: a channel of PostgreSQL's, and labels that Prometheus adds for links.
OTHERS = {"practicum_rollouts", "practicum_runbook", "practicum_grafana", "practicum_console"}
PATH = re.compile(
    r"(?:benchmarks|dashboards|deploy|docs|fuzz|grafana|measuring|proxy|routing|simulation|tests|training)/[\w*./-]*"
)
ELSEWHERE = {"grafana/grafana", "tests/console/artifacts"}  # an image; a folder that a test makes
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    """To a file of the repository, and to a heading that is in it."""
    for target in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        assert there.is_relative_to(ROOT), target
        assert not anchor or anchor in anchors(there), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_paths_that_sentences_name_exist(page: Path) -> None:
    """A file or folder of the repository that code in a sentence names, alone; ``*`` stands for names."""
    named = [span.text.rstrip("/") for span in spans(page) if PATH.fullmatch(span.text)]
    for path in named:
        assert path in ELSEWHERE or any(True for _ in ROOT.glob(path)), path


def known() -> set[str]:
    """Every series there is, and every recording rule."""
    groups = yaml.safe_load((ROOT / "deploy/prometheus/recording.rules.yaml").read_text())["groups"]
    names = {f"practicum_{metric.name}{suffix}" for metric in CATALOG for suffix in SUFFIXES[metric.kind]}
    return names | {rule["record"] for group in groups for rule in group["rules"]}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_metrics_exist(page: Path) -> None:
    """A name to copy into a query; ``practicum_style_*`` and the like stand for several, of which there is one."""
    series = known()
    for name, more in re.findall(r"\b(practicum_[a-z_]+)(\*|…)?", page.read_text()):
        matching = {each for each in series if each.startswith(name)} if more else {name} & (series | OTHERS)
        assert matching, name
