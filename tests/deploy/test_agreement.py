"""What the files of deploy/ say in several places agrees: limits of time, secrets, versions, the student's flags.

Nothing here needs a program that is not Practicum's own; ``test_manifests`` asks those that will read the files.
"""

from __future__ import annotations

import ast
import re
import shlex
from configparser import ConfigParser
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from proxy import __version__
from proxy.config.parse import load
from proxy.config.settings import Config
from proxy.supervisor import _EXAMINER_STOPS, _MARGIN
from proxy.telemetry.catalog import IN_FLIGHT
from tests.deploy.manifests import DEPLOY, ROOT, Document, container, one, read, strings

CONFIGURATIONS = (
    "compose/config/practicum.yaml",
    "kubernetes/base/practicum.yaml",
    "kubernetes/overlays/example/practicum.yaml",
)
ENDING = _MARGIN + _EXAMINER_STOPS  # what a stop may take beyond listen.drain
STUDENT = "kubernetes/components/student/student.yaml"


def compose() -> Document:
    """The compose file, without what it takes from the environment."""
    (only,) = read("compose/compose.yaml")
    return only


def service(name: str) -> Document:
    """One service of the compose file."""
    found: Document = compose()["services"][name]
    return found


def proxy() -> Document:
    """The proxy's Deployment."""
    return one("Deployment", "practicum", read("kubernetes/base/deployment.yaml"))


def unit() -> ConfigParser:
    """The systemd unit; of a directive that is given twice, the last."""
    parser = ConfigParser(strict=False, interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment,method-assign] # systemd minds the case
    parser.read(DEPLOY / "systemd/practicum.service")
    return parser


def wanted(config: Config) -> set[str]:
    """The variables that a configuration names."""
    arms = [arm for route in config.routes.values() for arm in (route.teacher, route.student)]
    named = {config.listen.client_keys_env, config.admin.token_env, *(arm.api_key_env for arm in arms)}
    return {name for name in named if name} | ({"PGPASSWORD"} if config.database.startswith("postgresql") else set())


@pytest.mark.parametrize("file", CONFIGURATIONS)
def test_configurations_are_valid_and_serve_a_container(file: str) -> None:
    """Ports, addresses and a token that probes, Prometheus and the port mappings rely on."""
    loaded = load(DEPLOY / file)
    assert not loaded.warnings
    listen, admin = loaded.config.listen, loaded.config.admin
    assert (listen.host, listen.port, admin.host, admin.port) == ("0.0.0.0", 8080, "0.0.0.0", 9090)
    assert loaded.config.database.startswith("postgresql://")
    assert listen.client_keys_env


@pytest.mark.parametrize("file", CONFIGURATIONS)
def test_what_a_configuration_names_is_given(file: str) -> None:
    """A secret that nobody passes on is an unauthenticated teacher, or no start at all."""
    names = wanted(load(DEPLOY / file).config)
    if file.startswith("compose"):
        given = set(service("practicum")["environment"])
    else:
        given = {variable["name"] for variable in container(proxy())["env"]}
    assert names <= given


def test_the_unit_and_the_chart_pass_the_same_secrets_on() -> None:
    """One name for each, wherever Practicum runs."""
    of_pods = {variable["name"] for variable in container(proxy())["env"]}
    example = (DEPLOY / "systemd/environment.example").read_text()
    assert set(re.findall(r"^(?:# )?([A-Z_]+)=", example, re.MULTILINE)) == of_pods
    (values,) = read("helm/practicum/values.yaml")
    assert set(values["secret"]["env"]) == of_pods
    assert set(service("practicum")["environment"]) == of_pods


def test_every_stop_outlasts_the_drain() -> None:
    """Who kills earlier breaks streams that were to be finished, and loses the last records."""
    pod = proxy()["spec"]["template"]["spec"]
    pause, seconds = container(proxy())["lifecycle"]["preStop"]["exec"]["command"]
    assert pause == "sleep"
    for file in CONFIGURATIONS[1:]:
        needed = int(seconds) + load(DEPLOY / file).config.listen.drain + ENDING
        assert pod["terminationGracePeriodSeconds"] >= needed
    grace = float(service("practicum")["stop_grace_period"].removesuffix("s"))
    assert grace >= load(DEPLOY / CONFIGURATIONS[0]).config.listen.drain + ENDING
    usual = load(ROOT / "practicum.example.yaml").config.listen.drain
    assert float(unit()["Service"]["TimeoutStopSec"]) >= usual + ENDING


def test_a_student_that_goes_has_the_time_it_waits_for() -> None:
    """Its preStop ends before SIGKILL does."""
    student = one("Deployment", "practicum-student", read(STUDENT))
    (*_, seconds) = container(student)["lifecycle"]["preStop"]["exec"]["command"]
    assert student["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > int(seconds)


def test_students_are_started_as_the_documentation_says() -> None:
    """The same flags everywhere, and all of those that docs/vllm.md starts with."""
    in_cluster = container(one("Deployment", "practicum-student", read(STUDENT)))
    by_compose = service("student")
    assert in_cluster["command"] == by_compose["entrypoint"] == ["vllm", "serve"]
    assert in_cluster["args"] == by_compose["command"]
    assert in_cluster["image"] == by_compose["image"]
    block = re.search(r"```sh\nvllm serve (.*?)```", (ROOT / "docs/vllm.md").read_text(), re.DOTALL)
    assert block is not None
    documented = [word for word in shlex.split(block[1]) if word.startswith("--")]
    assert documented == [flag.partition("=")[0] for flag in in_cluster["args"] if flag.startswith("--")]
    served = next(flag.partition("=")[2] for flag in in_cluster["args"] if "served-model-name" in flag)
    for file in CONFIGURATIONS:
        assert {route.student.model for route in load(DEPLOY / file).config.routes.values()} == {served}


def test_containers_are_confined() -> None:
    """No root, no writable root file system, no privilege to gain, everywhere the proxy runs."""
    pod = proxy()["spec"]["template"]["spec"]
    inside = container(proxy())["securityContext"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert (inside["readOnlyRootFilesystem"], inside["allowPrivilegeEscalation"]) == (True, False)
    assert inside["capabilities"] == {"drop": ["ALL"]}
    composed = service("practicum")
    assert (composed["read_only"], composed["cap_drop"], composed["user"]) == (True, ["ALL"], "10001:10001")
    users = re.findall(r"^USER (\S+)$", (DEPLOY / "image/Dockerfile").read_text(), re.MULTILINE)
    assert users == ["10001:10001"]
    assert pod["securityContext"]["runAsUser"] == 10001
    writable = [mount["mountPath"] for mount in container(proxy())["volumeMounts"] if not mount.get("readOnly")]
    assert writable == ["/tmp"] == [entry.partition(":")[0] for entry in composed["tmpfs"]]  # noqa: S108 -- of the container


def test_no_probe_ends_a_pod_that_serves() -> None:
    """Without its database an examiner cannot start again, and its port is silent; the workers serve all the same."""
    inside = container(proxy())
    for probe in ("readinessProbe", "livenessProbe"):
        (*_, asked) = inside[probe]["exec"]["command"]
        assert asked == "http://127.0.0.1:8080/v1/models"
    assert inside["startupProbe"]["httpGet"] == {"path": "/readyz", "port": "admin"}
    grace = proxy()["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
    assert inside["livenessProbe"]["terminationGracePeriodSeconds"] < grace  # a pod that hangs is not waited for


def test_pods_scale_by_a_metric_that_exists() -> None:
    """The autoscaler, the adapter's rule and the catalog speak of one gauge, which has no labels of its own."""
    (scaler,) = read("kubernetes/components/autoscaling/autoscaler.yaml")
    name = next(each["pods"]["metric"]["name"] for each in scaler["spec"]["metrics"] if each["type"] == "Pods")
    (adapter,) = read("kubernetes/components/autoscaling/adapter-values.yaml")
    (rule,) = adapter["rules"]["custom"]
    assert name == f"practicum_{IN_FLIGHT.name}" == rule["name"]["as"]
    assert rule["seriesQuery"].startswith(name + "{")
    assert not IN_FLIGHT.labels


def test_one_version_everywhere() -> None:
    """An image of yesterday under today's name is the hardest fault to see."""
    (chart,) = read("helm/practicum/Chart.yaml")
    assert chart["version"] == chart["appVersion"] == __version__
    (overlay,) = read("kubernetes/overlays/example/kustomization.yaml")
    tags = [image["newTag"] for image in overlay["images"]]
    assert tags == [__version__]
    assert container(proxy())["image"] == service("practicum")["image"] == f"practicum:{__version__}"
    label = re.findall(r"org\.opencontainers\.image\.version=(\S+)", (DEPLOY / "image/Dockerfile").read_text())
    assert label == [__version__]


def test_what_compose_mounts_is_in_the_repository() -> None:
    """A missing source becomes an empty folder of root's, and a service without its configuration."""
    here = DEPLOY / "compose"
    volumes = [text for each in compose()["services"].values() for text in each.get("volumes", ())]
    sources = [volume.partition(":")[0] for volume in volumes if volume.startswith(".")]
    assert len(sources) == 6
    assert [source for source in sources if not (here / source).resolve().exists()] == []


def test_prometheus_loads_every_rule_and_scrapes_every_server() -> None:
    """A rule file that no pattern takes is silent."""
    (prometheus,) = read("compose/prometheus.yaml")
    rules = [path for path in (DEPLOY / "prometheus").rglob("*.y*ml") if "groups" in (read_mapping(path) or {})]
    patterns = [Path(pattern).name for pattern in prometheus["rule_files"]]
    assert rules
    assert [path for path in rules if not any(path.match(pattern) for pattern in patterns)] == []
    targets = {text for text in strings(prometheus["scrape_configs"]) if ":" in text}
    assert targets == {"practicum:9090", "student:8000"}


def read_mapping(path: Path) -> Document | None:
    """A file's document, where it is a mapping."""
    found = yaml.safe_load(path.read_text())
    return found if isinstance(found, dict) else None


def test_the_image_holds_what_the_proxy_needs_and_the_lock_pins() -> None:
    """Every dependency, direct or not, in the version and with the hashes that everything else is tested with."""
    image, lock = pinned(DEPLOY / "image/requirements.txt"), pinned(ROOT / "requirements.txt")
    assert {name: pin for name, pin in image.items() if lock.get(name) != pin} == {}
    assert image.keys() == closure("practicum", {"postgres", "tracing"}) | imported()
    build = pinned(DEPLOY / "image/build-requirements.txt")
    assert {name: pin for name, pin in build.items() if lock.get(name) != pin} == {}


def pinned(path: Path) -> dict[str, tuple[str, frozenset[str]]]:
    """Each package of a lock, with its version and its hashes."""
    entries = re.split(r"\n(?=\S)", path.read_text().replace("\\\n", " "))
    found: dict[str, tuple[str, frozenset[str]]] = {}
    for entry in filter(None, map(str.strip, entries)):
        name, _, rest = entry.partition("==")
        found[canonicalize_name(name)] = (rest.split()[0], frozenset(re.findall(r"sha256:\w+", rest)))
    return found


def imported() -> set[str]:
    """The packages that the product imports anywhere but in the demonstration, which has packages of its own.

    A namespace that several packages share says nothing of which of them it is, and is left out.
    """
    files = [path for room in ("proxy", "routing") for path in (ROOT / room).rglob("*.py") if "demo" not in path.parts]
    nodes = [node for path in files for node in ast.walk(ast.parse(path.read_text()))]
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    owners = packages_distributions()
    owned = (owners.get(top, []) for top in {name.partition(".")[0] for name in names} - {"proxy", "routing"})
    return {str(canonicalize_name(packages[0])) for packages in map(sorted, map(set, owned)) if len(packages) == 1}


def closure(package: str, extras: set[str]) -> set[str]:
    """The packages that a package needs on Linux, by what is installed; itself left out."""
    seen: set[tuple[str, str]] = set()
    waiting = [(package, extra) for extra in ("", *extras)]
    while waiting:
        name, extra = waiting.pop()
        for text in requires(name) or ():
            need = Requirement(text)
            if need.marker is None or need.marker.evaluate({"extra": extra}):
                fresh = {(str(canonicalize_name(need.name)), each) for each in ("", *need.extras)} - seen
                seen |= fresh
                waiting.extend(fresh)
    return {name for name, _ in seen} - {package}
