"""deploy/ before what will read it: kustomize, helm, docker compose, hadolint, and the schemas of clusters."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from proxy.config.parse import parse
from tests.deploy.manifests import (
    CHART,
    DEPLOY,
    OVERLAY,
    TOOLS,
    Document,
    container,
    documents,
    kustomized,
    one,
    run,
    strings,
    templated,
)

pytestmark = [pytest.mark.system, pytest.mark.usefixtures("tools")]
MAKERS = re.compile(r"^ *(helm\.sh/chart|app\.kubernetes\.io/(version|managed-by|instance)): .*\n", re.MULTILINE)
VERSIONS = ("1.29", "1.37")  # the oldest that the fields in use are in, and the newest with a schema
OFF = ("student", "autoscaling", "networkPolicy", "serviceMonitor")
UNPRIVILEGED = {"configMap", "emptyDir", "persistentVolumeClaim"}  # volumes; the standard allows a few more
SECRETS = ("TEACHER_API_KEY", "PRACTICUM_CLIENT_KEYS", "PRACTICUM_ADMIN_TOKEN", "POSTGRES_PASSWORD", "GRAFANA_PASSWORD")


def judged(objects: list[Document], version: str) -> tuple[int, list[str]]:
    """The exit code of ``validate.py``, and what it says."""
    command = [str(TOOLS / "python"), str(Path(__file__).with_name("validate.py")), version]
    text = yaml.safe_dump_all(objects)
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=60)
    assert not done.stderr
    return done.returncode, done.stdout.splitlines()


def described(objects: list[Document]) -> dict[str, Document]:
    """Objects by kind and name, without what differs by the way they were made: names' hashes, the maker's labels."""
    made = yaml.safe_dump_all(objects)
    made = MAKERS.sub("", made)
    made = re.sub(r"(practicum-student-scripts)-\w{10}\b", r"\1", made)
    plain = documents(made.replace("registry.example/practicum", "practicum"))
    for each in plain:
        each["metadata"].pop("namespace", None)
        each["metadata"].pop("labels", None)
    return {f"{each['kind']} {each['metadata']['name']}": each for each in plain}


@pytest.mark.parametrize("version", VERSIONS)
def test_clusters_take_every_object(overlay: list[Document], chart: list[Document], version: str) -> None:
    """By the schemas that a cluster refuses manifests with, unknown keys included."""
    code, said = judged([*overlay, *chart], version)
    assert code == 0, [line for line in said if not line.endswith(": ok")]
    assert len(said) == len(overlay) + len(chart) > 20


def test_a_misspelled_key_would_be_found(overlay: list[Document]) -> None:
    """Or the test above proves nothing: one key of the operator's kind, one of Kubernetes' own."""
    monitor, deployment = one("ServiceMonitor", "practicum", overlay), one("Deployment", "practicum", overlay)
    wrong = documents(yaml.safe_dump_all([monitor, deployment]))
    wrong[0]["spec"]["endpoints"][0]["intervall"] = "15s"
    container(wrong[1])["readynessProbe"] = {}
    code, said = judged(wrong, "1.37")
    assert code == 1
    assert ["intervall" in said[0], "readynessProbe" in said[1]] == [True, True]


def test_overlay_and_chart_describe_the_same(overlay: list[Document], chart: list[Document]) -> None:
    """Two ways to install one thing: what is fixed in one is fixed in the other."""
    by_kustomize, by_helm = described(overlay), described(chart)
    assert by_kustomize.keys() == by_helm.keys()
    configuration = "ConfigMap practicum"  # its text differs in comments, order and the example's rollout
    assert by_kustomize.pop(configuration)["data"].keys() == by_helm.pop(configuration)["data"].keys()
    defaulted = container(by_helm["Deployment practicum"]).pop("imagePullPolicy")
    assert defaulted == "IfNotPresent"
    for variables in (container(each["Deployment practicum"])["env"] for each in (by_kustomize, by_helm)):
        variables.sort(key=lambda variable: variable["name"])
    for name, there in by_kustomize.items():
        assert by_helm[name] == there, name


def test_the_charts_configuration_is_valid_and_of_a_pod(chart: list[Document]) -> None:
    """What follows from being in a pod is filled in, and nothing that an operator wrote is lost."""
    loaded = parse(one("ConfigMap", "practicum", chart)["data"]["practicum.yaml"], "the chart")
    assert not loaded.warnings
    listen, admin = loaded.config.listen, loaded.config.admin
    assert (listen.host, listen.port, listen.drain, listen.client_keys_env) == (
        "0.0.0.0",
        8080,
        300.0,
        "PRACTICUM_CLIENT_KEYS",
    )
    assert (admin.host, admin.port, admin.token_env) == ("0.0.0.0", 9090, "PRACTICUM_ADMIN_TOKEN")


def test_the_grace_period_follows_the_drain() -> None:
    """One value to change, and SIGKILL still comes after the last stream."""
    longer = templated("--set", "shutdown.drainSeconds=900,shutdown.preStopSeconds=20")
    pod = one("Deployment", "practicum", longer)["spec"]["template"]["spec"]
    config = parse(one("ConfigMap", "practicum", longer)["data"]["practicum.yaml"], "the chart").config
    assert (config.listen.drain, pod["terminationGracePeriodSeconds"]) == (900.0, 950)


def test_helm_finds_nothing_to_say_about_the_chart() -> None:
    """Its own linter, warnings as errors."""
    assert "0 chart(s) failed" in run("helm", "lint", "--strict", CHART)


@pytest.mark.parametrize(
    "wrong",
    [
        "replcas=3",
        "student.gpu=2",
        "workers=0",
        "config.database=sqlite:///x.db",
        "secret.env.PRACTICUM_ADMIN_TOKEN=null",
    ],
)
def test_helm_refuses_values_that_mean_nothing(wrong: str) -> None:
    """A misspelled value would be ignored; SQLite ends with its pod, and two of them know nothing of each other."""
    with pytest.raises(subprocess.CalledProcessError) as refused:
        templated("--set", wrong)
    assert "don't meet the specifications of the schema" in refused.value.stderr


def test_what_is_switched_off_is_gone() -> None:
    """For clusters without GPUs, adapters and operators; under another name, which every reference follows."""
    left = templated("--set", ",".join(f"{each}.enabled=false" for each in OFF), release="west")
    kinds = {each["kind"] for each in left}
    assert kinds == {"ServiceAccount", "ConfigMap", "Service", "Deployment", "PodDisruptionBudget"}
    assert judged(left, "1.29")[0] == 0
    deployment = one("Deployment", "west-practicum", left)
    assert deployment["spec"]["replicas"] == 2
    named = {text for text in strings(deployment["spec"]["template"]["spec"]["volumes"]) if "practicum" in text}
    assert named == {"west-practicum"}


def test_pods_pass_the_restricted_standard(overlay: list[Document], chart: list[Document]) -> None:
    """What a namespace with ``pod-security.kubernetes.io/enforce: restricted`` refuses pods for."""
    deployments = [each for each in (*overlay, *chart) if each["kind"] == "Deployment"]
    assert len(deployments) == 4
    for deployment in deployments:
        pod, inside = deployment["spec"]["template"]["spec"], container(deployment)["securityContext"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] > 0
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert (inside["allowPrivilegeEscalation"], inside["capabilities"]) == (False, {"drop": ["ALL"]})
        assert {key for volume in pod["volumes"] for key in volume} - {"name"} <= UNPRIVILEGED
        assert not pod.keys() & {"hostNetwork", "hostPID", "hostIPC", "initContainers"}


def test_the_operators_jobs_are_those_that_rules_and_compose_speak_of() -> None:
    """A job is named after a label of its Service; else a release called west would leave PracticumDown silent."""
    objects = templated(release="west")
    services = [each["metadata"]["labels"] for each in objects if each["kind"] == "Service"]
    jobs = set()
    for monitor in (each["spec"] for each in objects if each["kind"] == "ServiceMonitor"):
        wanted = monitor["selector"]["matchLabels"].items()
        (found,) = [labels for labels in services if wanted <= labels.items()]
        jobs.add(found[monitor["jobLabel"]])
    (prometheus,) = documents((DEPLOY / "compose/prometheus.yaml").read_text())
    assert jobs == {"practicum", "vllm"} <= {each["job_name"] for each in prometheus["scrape_configs"]}
    watched = re.findall(r'up\{job=~"([^"]+)"\}', (DEPLOY / "prometheus/alerts.rules.yaml").read_text())
    assert [{job for job in jobs if re.fullmatch(pattern, job)} for pattern in watched] == [{"practicum"}]


def test_authorities_of_ones_own_are_mounted_and_named() -> None:
    """OpenSSL passes over a file that is missing, so the key is asked for: without it the pod does not start."""
    assert "authorities" not in yaml.safe_dump_all(templated())
    pod = one("Deployment", "practicum", templated("--set", "authorities.configMap=corporate,authorities.key=root.pem"))
    inside, volumes = container(pod), pod["spec"]["template"]["spec"]["volumes"]
    named = {each["name"]: each.get("value") for each in inside["env"]}["SSL_CERT_FILE"]
    mounted = {each["name"]: each["mountPath"] for each in inside["volumeMounts"]}["authorities"]
    (volume,) = (each["configMap"] for each in volumes if each["name"] == "authorities")
    assert volume == {"name": "corporate", "items": [{"key": "root.pem", "path": Path(named).name}]}
    assert str(Path(named).parent) == mounted


def test_the_base_needs_nothing_a_cluster_may_lack() -> None:
    """Every kind of it is Kubernetes' own."""
    base = kustomized(OVERLAY.parents[1] / "base")
    assert judged(base, "1.29")[0] == 0
    assert {each["apiVersion"].partition("/")[0] for each in base} <= {"v1", "apps", "policy", "networking.k8s.io"}


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    """Its rules on images, and ShellCheck's on what is run in them."""
    assert run("hadolint", DEPLOY / "image/Dockerfile") == ""


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    """It knows every directive, and rates what the unit may still do as little: 1.1 of 10."""
    unit = tmp_path / "practicum.service"
    unit.write_text(
        (DEPLOY / "systemd/practicum.service").read_text().replace("/opt/practicum/bin/practicum", "/bin/true")
    )
    verified = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True, check=True, timeout=60
    )
    assert str(unit.name) not in verified.stderr
    rated = ["systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager", str(unit)]
    subprocess.run(rated, capture_output=True, check=True, timeout=60)


def test_compose_takes_the_file(tmp_path: Path) -> None:
    """The real program, with everything filled in; where a secret is missing it names it instead."""
    filled = {**dict.fromkeys(SECRETS, "x"), "STUDENT_MODEL": str(tmp_path)}
    project = yaml.safe_load(run("docker-compose", "-f", DEPLOY / "compose/compose.yaml", "config", environ=filled))
    assert set(project["services"]) == {"practicum", "student", "postgres", "prometheus", "jaeger", "grafana"}
    with pytest.raises(subprocess.CalledProcessError) as refused:
        run("docker-compose", "-f", DEPLOY / "compose/compose.yaml", "config", environ={})
    assert [name for name in filled if name not in refused.value.stderr] == []
