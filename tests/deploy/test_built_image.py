"""The image, built by its Dockerfile from the lock's wheels, and run as deploy/ runs it: see ``podman``."""

from __future__ import annotations

import json
import subprocess
import uuid
from pathlib import Path

import pytest

from tests.deploy.podman import IMAGE, available, build, confined, said
from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT, ask, behave
from tests.end_to_end.behaviors import BEHAVIORS
from tests.end_to_end.practicum import Practicum, route, until
from tests.end_to_end.upstream import Upstream

pytestmark = [
    pytest.mark.system,
    pytest.mark.timeout(1800),  # the first build fetches and installs the lock
    pytest.mark.skipif(not available(), reason="no podman that may be used here: the image was NOT built"),
]
USER = 10001
# Says whether pip is there, and what of the image its user may write to.
LOOK = """
import importlib.util, os
if importlib.util.find_spec("pip"): print("pip")
for top in ("/opt", "/etc", "/var", "/run", "/root"):
    for folder, _, files in os.walk(top):
        for path in (folder, *(os.path.join(folder, name) for name in files)):
            if os.access(path, os.W_OK): print(path)
"""


class Container(Practicum):
    """The image's own command, in a container that may write to ``/tmp`` and to its volume for SQLite alone."""

    name = f"practicum-{uuid.uuid4().hex}"

    def _command(self) -> list[str]:
        mounts = (f"--volume={self.folder}:/etc/practicum:ro", "--volume=/var/lib/practicum")
        return confined(self.name, *mounts)

    def first(self) -> int:
        """The process that is number 1 within."""
        return int(said("inspect", "--format", "{{.State.Pid}}", self.name))


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The image's name, once it was built."""
    build(tmp_path_factory.mktemp("base"))
    return IMAGE


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_the_image_says_how_it_is_run(image: str) -> None:
    """What runtimes, orchestrators and people read of it."""
    (told,) = json.loads(said("inspect", image))
    config = told["Config"]
    assert (config["User"], config["WorkingDir"], config["StopSignal"]) == (
        f"{USER}:{USER}",
        "/var/lib/practicum",
        "SIGTERM",
    )
    assert config["Entrypoint"] == ["practicum"]
    assert set(config["ExposedPorts"]) == {"8080/tcp", "9090/tcp"}
    assert told["Healthcheck"]["Test"] == ["CMD", "python", "/opt/practicum/healthcheck.py"]


def test_a_stream_outlasts_the_containers_stop(image: str, place: Path) -> None:
    """The image's command as process 1 without rights: it serves, is healthy, compares, and stops in good order."""
    assert image
    with Upstream(BEHAVIORS) as upstream:
        routes = {"x": route(upstream.url(), upstream.url())}
        with Container(place, routes, 2, database="sqlite:///practicum.db") as service, service.connect(30) as caller:
            until(lambda: service.total("workers_connected") == 2, "both workers are there", 30)
            assert service.call(CHAT, ask(CHAT, "x", "m")).body == replies.CHAT
            service.counts(1, "mirror_pairs_total", outcome="compared")
            first = service.first()
            for pid in (first, *children(first)):
                fields = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
                assert set(fields["Uid"].split()) == {str(USER)}
                assert [int(fields[key], 16) for key in ("CapEff", "CapPrm", "CapBnd")] == [0, 0, 0]
            assert len(children(first)) == 3  # two workers, one examiner
            admin = f"PRACTICUM_ADMIN_URL={service.admin}"
            said("exec", "--env", admin, service.name, "python", "/opt/practicum/healthcheck.py")
            assert said("exec", "--env", admin, service.name, "practicum", "status", "x").startswith("x: shadow\n")
            service.begin(caller, CHAT, ask(CHAT, "x", "long", stream=True), behave("trickle:0.3"))
            until(lambda: upstream.seen("long"), "it is being answered")
            service.process.terminate()
            answer = caller.answer()
            assert (answer.body, answer.complete) == (b"".join(replies.CHAT_STREAM), True)
            assert service.process.wait(60) == 0


def test_who_gets_in_can_install_nothing_and_change_little(image: str) -> None:
    """There is no pip; also on a root that is not read-only, the database's folder alone is the user's."""
    assert image
    command = [*confined("practicum-asked", "--read-only=false", "--entrypoint=python"), "-c", LOOK]
    found = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (found.returncode, found.stdout.split()) == (0, ["/var/lib/practicum"]), found.stderr
