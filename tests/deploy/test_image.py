"""The image's command as a container runs it: another user, no capability, a read-only root, and its health check.

What a container runtime does is done here with the kernel's own means, in a mount namespace of the test's: ``/`` is
mounted read-only, and only what the manifests declare writable is a fresh file system. ``test_built_image`` builds the
image and runs it by podman, where that is to be had.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.deploy.health import HEALTHCHECK, checked
from tests.deploy.manifests import DEPLOY, container, one, read
from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT, ask
from tests.end_to_end.behaviors import BEHAVIORS
from tests.end_to_end.practicum import COMMAND, Practicum, free_port, route, until
from tests.end_to_end.upstream import Upstream

USER = 10001
WRITABLE = ("tmp", "state")  # in a service's folder, and nothing else
DOCKERFILE = (DEPLOY / "image/Dockerfile").read_text()
# $1 is what holds the Python that runs this, $2 the folder on the way to it that only root may enter, if there is one.
ENTER = f"""
set -e
cd /
mkdir "$0/python"
mount --bind "$1" "$0/python"
if [ -n "$2" ]; then
  mount -t tmpfs -o mode=755 tmpfs "$2"
  mkdir -p "$1"
  mount --bind "$0/python" "$1"
fi
mount -o bind,remount,ro /
for place in tmp state; do mount -t tmpfs -o size=64m,mode=1777,noexec,nosuid,nodev tmpfs "$0/$place"; done
cd "$0"
shift 2
exec setpriv --reuid {USER} --regid {USER} --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs "$@"
"""
# MemoryDenyWriteExecute= of the systemd unit, where the kernel has it (6.3): no memory is ever writable and executable.
DENY = "import ctypes, os, sys; ctypes.CDLL(None).prctl(65, 1, 0, 0, 0); os.execv(sys.argv[1], sys.argv[1:])"


class Contained(Practicum):
    """A service that runs as in a container."""

    def _command(self) -> list[str]:
        return [*inside(self.folder), sys.executable, "-c", DENY, *super()._command()]


def inside(folder: Path) -> list[str]:
    """The command that runs another one, in a namespace whose writable places are in this folder."""
    python = Path(sys.base_prefix).resolve()
    closed = [str(parent) for parent in reversed(python.parents) if not parent.stat().st_mode & 0o001]
    enter = [ENTER, str(folder), str(python), *(closed[:1] or [""])]
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", *enter]


def said_in_dockerfile(instruction: str) -> list[str]:
    """The words of an instruction in its JSON form."""
    found = re.findall(rf"^{instruction} (\[.*\])$", DOCKERFILE, re.MULTILINE)
    words: list[str] = json.loads(found[-1])
    return words


def status(pid: int, key: str) -> str:
    """What the kernel says of a process."""
    found = re.search(rf"^{key}:\s*(.*)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert found is not None
    return found[1]


def may_mount() -> bool:
    """Whether this user may have a namespace with mounts of its own: root may, but not in every container."""
    command = ["unshare", "--mount", "--propagation", "private", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return bool(shutil.which("unshare")) and subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not may_mount(), reason="nobody may mount here: the image's command was NOT run as in a container")
def test_it_serves_without_rights_on_a_read_only_root(place: Path) -> None:
    """What the manifests promise their cluster: it needs no more than they give it."""
    for name in WRITABLE:
        (place / name).mkdir()
    database = f"sqlite:///{place / 'state' / 'practicum.db'}"
    environ = {"TMPDIR": str(place / "tmp")}
    with Upstream(BEHAVIORS) as upstream:
        routes = {"x": route(upstream.url(), upstream.url())}
        with Contained(place, routes, 2, database=database, environ=environ) as service:
            until(lambda: service.total("workers_connected") == 2, "both workers hand over")
            assert service.call(CHAT, ask(CHAT, "x", "m")).body == replies.CHAT
            service.counts(1, "mirror_pairs_total", outcome="compared")
            for pid in (service.process.pid, *service.pids("worker"), *service.pids("examiner")):
                assert set(status(pid, "Uid").split()) == {str(USER)}
                assert [int(status(pid, key), 16) for key in ("CapEff", "CapPrm", "CapBnd")] == [0, 0, 0]
                assert status(pid, "NoNewPrivs") == "1"
                (root,) = re.findall(r"^\S+ / \S+ (\S+)", Path(f"/proc/{pid}/mounts").read_text(), re.MULTILINE)[-1:]
                assert root.split(",")[0] == "ro"
            service.settle()
    assert [path.name for name in WRITABLE for path in (place / name).iterdir()] == []  # all in the namespace


def test_the_images_command_is_what_the_tests_run() -> None:
    """Entry point and arguments, and the same ones from the Deployment."""
    tested = Practicum(Path(tempfile.gettempdir()), {}, 2)._command()
    said = [*said_in_dockerfile("ENTRYPOINT"), *said_in_dockerfile("CMD")]
    assert said == ["practicum", "serve", "--config", "/etc/practicum/practicum.yaml", "--workers", "2"]
    assert [COMMAND.name, *tested[1:3], said[3], *tested[4:]] == said
    deployment = one("Deployment", "practicum", read("kubernetes/base/deployment.yaml"))
    assert container(deployment)["args"] == said[1:]


def test_probes_run_what_the_image_has() -> None:
    """The file is where the image puts it, under the name that HEALTHCHECK and the probes call."""
    copied = re.findall(r"^COPY deploy/image/(\S+) (/opt/practicum/\S+)$", DOCKERFILE, re.MULTILINE)
    assert copied == [(HEALTHCHECK.name, "/opt/practicum/healthcheck.py")]
    inside = container(one("Deployment", "practicum", read("kubernetes/base/deployment.yaml")))
    probes = [inside[probe]["exec"]["command"] for probe in ("readinessProbe", "livenessProbe")]
    health = re.findall(r"^HEALTHCHECK .*CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    assert {tuple(command[:2]) for command in [*probes, *map(json.loads, health)]} == {
        ("python", "/opt/practicum/healthcheck.py")
    }


def test_the_health_check_tells_well_from_unwell(tmp_path: Path) -> None:
    """By the admin port's status; by any answer of the data port, of which a key is asked for; and where nobody is."""
    keys = {"listen": {"client_keys_env": "KEYS"}, "environ": {"KEYS": "secret"}}
    dead = "http://127.0.0.1:9/v1"
    with Practicum(tmp_path, {"x": route(dead, dead)}, **keys) as service:  # type: ignore[arg-type] # two of its keywords
        assert service.call("/v1/models").status == 401
        assert checked(admin=service.admin) == (0, "")
        assert checked("/readyz", admin=service.admin + "/") == (0, "")
        assert checked(f"{service.url}/v1/models") == (0, "")
        code, said = checked("/nowhere", admin=service.admin)
        assert (code, said.strip()) == (1, f"{service.admin}/nowhere: status 404")
    code, said = checked(admin=f"http://127.0.0.1:{free_port()}")
    assert code == 1
    assert "refused" in said
