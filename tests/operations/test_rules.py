"""Rules and runbook: Prometheus takes them, they fire and stay silent as they should, every link leads somewhere."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from dashboards.boards import BOARDS
from proxy.cli.arguments import verb_parser
from proxy.telemetry.catalog import CATALOG, Kind

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy" / "prometheus"
RUNBOOK = ROOT / "docs" / "runbook"
CONSOLE_PAGES = re.findall(r"^\| `(/[^`]*)` \|", (ROOT / "docs" / "console.md").read_text(), re.MULTILINE)
SECTIONS = ["Meaning", "First look", "Likely causes", "Action", "How to verify"]
OTHERS = {"up"}  # series that are Prometheus' own
promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool (Debian: prometheus) is not here")


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert, as its file has it."""

    name: str
    expr: str
    severity: str
    annotations: dict[str, str]

    @property
    def page(self) -> str:
        """The name of its page: what it is called, in small letters."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", self.name.removeprefix("Practicum")).lower()


def alerts() -> list[Alert]:
    """All of them."""
    groups = yaml.safe_load((RULES / "alerts.rules.yaml").read_text())["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    return [Alert(r["alert"], r["expr"], r["labels"]["severity"], r["annotations"]) for r in rules]


def recorded() -> dict[str, str]:
    """The recording rules: what each is made of."""
    groups = yaml.safe_load((RULES / "recording.rules.yaml").read_text())["groups"]
    return {rule["record"]: rule["expr"] for group in groups for rule in group["rules"]}


ALERTS = [pytest.param(alert, id=alert.name) for alert in alerts()]


@promtool
def test_prometheus_takes_the_rules() -> None:
    """A rule file with an error would keep a Prometheus from starting."""
    told = subprocess.run(
        ["promtool", "check", "rules", *RULES.glob("*.rules.yaml")], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.count("SUCCESS") == 2


@promtool
def test_alerts_fire_where_they_should_and_are_silent_elsewhere() -> None:
    """On series that somebody wrote down, judged by Prometheus' own engine: deploy/prometheus/tests/."""
    files = sorted((RULES / "tests").glob("*.test.yaml"))
    told = subprocess.run(["promtool", "test", "rules", *files], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.count("SUCCESS") == len(files) > 0


def test_every_alert_is_held_to_fire_and_to_stay_silent() -> None:
    """An alert without a case that fires may never do so; there is at least one silent case for each that does."""
    cases = [case for file in (RULES / "tests").glob("*.yaml") for case in yaml.safe_load(file.read_text())["tests"]]
    samples = [sample for case in cases for look in case["promql_expr_test"] for sample in look["exp_samples"]]
    assert set(re.findall(r'alertname="(\w+)"', str(samples))) == {alert.name for alert in alerts()}
    assert sum(not look["exp_samples"] for case in cases for look in case["promql_expr_test"]) > len(alerts())


def selected(expr: str) -> set[str]:
    """The series that an expression selects; labels and functions are none."""
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|(?:by|on|group_left|group_right) \([^)]*\)", " ", expr)
    return set(re.findall(r"\b(practicum[\w:]+|up)\b", bare))


def known() -> Iterator[str]:
    """Every series there is."""
    suffixes = {Kind.COUNTER: ("_total",), Kind.GAUGE: ("",), Kind.HISTOGRAM: ("_bucket", "_sum", "_count")}
    for metric in CATALOG:
        yield from (f"practicum_{metric.name}{suffix}" for suffix in suffixes[metric.kind])
    yield from recorded()
    yield from OTHERS


def test_rules_select_series_that_exist() -> None:
    """A metric that was renamed would leave an alert that never fires."""
    exprs = [*recorded().values(), *(alert.expr for alert in alerts())]
    assert all(selected(expr) for expr in exprs)
    assert set().union(*map(selected, exprs)) <= set(known())


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_names_what_it_is_about(alert: Alert) -> None:
    """Route, slice and behavior where it knows them, in the line that is read on a phone."""
    assert alert.severity in {"critical", "warning"}
    said = alert.annotations["summary"] + alert.annotations["description"]
    cells = {"route", "slice", "behavior"} & set(re.findall(r"var-(\w+)=", alert.annotations["dashboard_url"]))
    assert all(f"$labels.{label}" in said for label in cells or {"instance"}), said


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_leads_to_its_panel(alert: Alert) -> None:
    """One click from the page to the picture, narrowed to what it is about."""
    prefix = "{{ $externalLabels.practicum_grafana }}"
    url = urlsplit(alert.annotations["dashboard_url"].removeprefix(prefix))
    board = next(board for board in BOARDS if url.path == f"/d/{board.uid}")
    (number,) = parse_qs(url.query)["viewPanel"]
    assert int(number) in {panel.number for panel in board.panels}
    chosen = {"route", *(label for label, _ in board.chosen)}
    assert set(re.findall(r"var-(\w+)=", url.query)) <= chosen


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_leads_to_the_console(alert: Alert) -> None:
    """To the page of what it is about: of the gate, of the route, or of everything."""
    path = alert.annotations["console_url"].removeprefix("{{ $externalLabels.practicum_console }}")
    bare = re.sub(r"\{\{ \$labels\.(\w+) \}\}", r"{\1}", path)
    assert bare in CONSOLE_PAGES
    assert all(f"$labels.{label}" in alert.annotations["summary"] for label in re.findall(r"\{(\w+)\}", bare))
    assert ("{route}" in bare) == ("var-route=" in alert.annotations["dashboard_url"])


def test_there_is_an_alert_for_each_thing_that_wakes() -> None:
    """Its severity is whether callers feel it; somebody who deletes one has to say so here."""
    critical = (
        "BehaviorLost RollbackHappened PromiseBroken StudentDown TeacherSaturated TeacherFails DatabaseLost DiskFull"
    )
    warning = "GateStuck NoiseFloorRose ShedTooMuch OverheadHigh ConfigRejected RecordsLost TracesLost WeightTakenBack"
    wanted = {f"Practicum{name}": "critical" for name in critical.split()}
    wanted |= {f"Practicum{name}": "warning" for name in warning.split()}
    assert wanted.items() <= {alert.name: alert.severity for alert in alerts()}.items()


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_has_its_page(alert: Alert) -> None:
    """What whoever is woken reads: five sections, in the order in which one needs them."""
    base = '{{ or $externalLabels.practicum_runbook "docs/runbook" }}'
    assert alert.annotations["runbook_url"] == f"{base}/{alert.page}.md"
    text = (RUNBOOK / f"{alert.page}.md").read_text()
    assert text.startswith(f"# {alert.name}\n\n`{alert.severity}`")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == SECTIONS
    assert f"| [{alert.name}]({alert.page}.md) | `{alert.severity}` |" in (RUNBOOK / "README.md").read_text()


def test_every_page_is_an_alerts() -> None:
    """A page without an alert is found by nobody."""
    assert {path.stem for path in RUNBOOK.glob("*.md")} - {"README"} == {alert.page for alert in alerts()}


PAGES = sorted(RUNBOOK.glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_names_is_there(page: Path) -> None:
    """Panels by their titles, verbs of the command line, pages: at night there is no time to guess what was meant."""
    text = " ".join(page.read_text().split())
    titles = [panel.title for board in BOARDS for panel in board.panels]
    for quoted in re.findall(r"(?<!\*)\*([^*]+\?)\*", text):
        pattern = ".*".join(re.escape(part) for part in quoted.split("…"))
        assert any(re.fullmatch(pattern, title) for title in titles), quoted
    verbs = set(re.findall(r"`practicum ([a-z-]+)", text)) - {"worker", "examiner"}  # processes' names
    assert verbs <= set(re.findall(r"[a-z-]+", verb_parser({}).format_help()))
    for link in re.findall(r"\]\(([^)#]+)", text):
        assert (page.parent / link).exists(), link
