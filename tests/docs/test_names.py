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
NO_SETTINGS = {"fallback.reason"}  # a span's attribute, less its prefix
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


def settings() -> set[str]:
    """Every key of the configuration, as pages say it: of a route without the route's place."""
    rows = re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs/configuration.md").read_text(), re.MULTILINE)
    keys = {re.sub(r"^routes\.NAME\.", "", re.sub(r"\[\]", "", row)) for row in rows}
    return keys | {key.rpartition(".")[0] for key in keys}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_settings_that_sentences_name_exist(page: Path) -> None:
    """``mirror.percentage`` and the like: whoever looks one up, or writes it into a file, must find it."""
    known = settings()
    sections = {key.partition(".")[0] for key in known if "." in key}
    for span in spans(page):
        if re.fullmatch(r"[a-z_]+(\.[a-zA-Z_]+)+", span.text) and span.text.partition(".")[0] in sections:
            assert span.text in known | NO_SETTINGS or span.text.endswith(".py"), span.text
