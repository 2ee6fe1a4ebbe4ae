"""What Grafana, Prometheus and Jaeger are given: each leads on to the next, and all to the console at one address."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from dashboards.boards import BOARDS
from dashboards.drawing import kept
from proxy.config.parse import parse
from proxy.telemetry.conventions import PAIR
from proxy.telemetry.exposition import PAIR_ID, TRACE_ID
from tests.operations.test_rules import CONSOLE_PAGES

ROOT = Path(__file__).parents[2]
COMPOSE, PROVISIONING = ROOT / "deploy" / "compose", ROOT / "grafana" / "provisioning"
Document = dict[str, Any]  # YAML of programs that are not ours


def read(path: Path) -> Document:
    """A file's document."""
    found: Document = yaml.safe_load(path.read_text())
    return found


def sources() -> dict[str, Document]:
    """Grafana's data sources, by type."""
    return {one["type"]: one for one in read(PROVISIONING / "datasources" / "practicum.yaml")["datasources"]}


def destinations() -> list[tuple[str, str]]:
    """Where an exemplar's labels lead."""
    listed = sources()["prometheus"]["jsonData"]["exemplarTraceIdDestinations"]
    return [(one["name"], one["url"]) for one in listed]


def external_labels() -> dict[str, str]:
    """What compose's Prometheus makes the alerts' links of."""
    found: dict[str, str] = read(COMPOSE / "prometheus.yaml")["global"]["external_labels"]
    return found


def service(name: str) -> Document:
    """A service of the compose file."""
    found: Document = read(COMPOSE / "compose.yaml")["services"][name]
    return found


def published(name: str) -> set[int]:
    """The ports of this machine under which a service is reached."""
    return {int(port.split(":")[-2]) for port in service(name)["ports"]}


def test_grafana_finds_the_dashboards() -> None:
    """One folder, where the compose file mounts it."""
    (provider,) = read(PROVISIONING / "dashboards" / "practicum.yaml")["providers"]
    assert provider["options"] == {"path": "/var/lib/grafana/dashboards"}
    assert "../../grafana/dashboards:/var/lib/grafana/dashboards:ro" in service("grafana")["volumes"]


def test_a_dot_leads_to_its_pair_and_to_its_trace() -> None:
    """By the labels that exemplars have."""
    pair = f"{external_labels()['practicum_console']}/pairs/$${{__value.raw}}"
    jaeger = "http://localhost:16686/trace/$${__value.raw}"
    assert destinations() == [(PAIR_ID, pair), (TRACE_ID, jaeger)]
    assert published("jaeger") == {16686}


def test_a_span_leads_to_its_pair() -> None:
    """By the attribute that every span has."""
    (pattern,) = json.loads((COMPOSE / "jaeger" / "ui.json").read_text())["linkPatterns"]
    assert (pattern["type"], pattern["key"]) == ("tags", PAIR)
    assert pattern["url"] == f"{external_labels()['practicum_console']}/pairs/#{{{PAIR}}}"
    assert "/pairs/{pair}" in CONSOLE_PAGES


def test_links_have_an_address_each() -> None:
    """Those under which a browser on this machine reaches what the compose file publishes."""
    labels = external_labels()
    assert set(labels) == {"practicum_runbook", "practicum_grafana", "practicum_console"}
    ports = {name: urlsplit(labels[f"practicum_{name}"]).port for name in ("grafana", "console")}
    assert {ports["grafana"]} == published("grafana")
    assert ports["console"] in published("practicum")
    for name, text in kept(BOARDS).items():
        variables = {one["name"]: one for one in json.loads(text)["templating"]["list"]}
        assert variables["console"]["query"] == labels["practicum_console"], name


def test_traces_go_where_they_are_read() -> None:
    """Practicum sends them to the port on which Jaeger listens, and Grafana asks the one that answers."""
    file = COMPOSE / "config" / "practicum.yaml"
    tracing = parse(file.read_text(), str(file)).config.tracing
    jaeger = read(COMPOSE / "jaeger" / "config.yaml")
    takes = jaeger["receivers"]["otlp"]["protocols"]["http"]["endpoint"]
    assert tracing.otlp_endpoint == f"http://jaeger:{takes.rpartition(':')[2]}"
    answers = jaeger["extensions"]["jaeger_query"]["http"]["endpoint"]
    assert sources()["jaeger"]["url"] == f"http://jaeger:{answers.rpartition(':')[2]}"
    for name in ("practicum", "jaeger", "grafana", "prometheus"):
        assert "watching" in service(name)["networks"]


def test_jaeger_has_what_its_configuration_names() -> None:
    """Each part that a pipeline uses is defined, and the file of its pages lies where it is mounted."""
    jaeger = read(COMPOSE / "jaeger" / "config.yaml")
    for kind, names in jaeger["service"]["pipelines"]["traces"].items():
        assert set(names) == set(jaeger[kind])
    assert set(jaeger["service"]["extensions"]) == set(jaeger["extensions"])
    (stored,) = jaeger["extensions"]["jaeger_storage"]["backends"]
    assert jaeger["extensions"]["jaeger_query"]["storage"]["traces"] == stored
    assert jaeger["exporters"]["jaeger_storage_exporter"]["trace_storage"] == stored
    assert service("jaeger")["volumes"] == ["./jaeger:/etc/jaeger:ro"]
    assert jaeger["extensions"]["jaeger_query"]["ui"]["config_file"] == "/etc/jaeger/ui.json"
    assert service("jaeger")["command"] == ["--config", "/etc/jaeger/config.yaml"]


def test_prometheus_keeps_exemplars() -> None:
    """Without the flag it drops them, and says nothing."""
    assert "--enable-feature=exemplar-storage" in service("prometheus")["command"]
