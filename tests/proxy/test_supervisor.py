"""The parent process: it starts again what dies, stops what it started, and refuses what it cannot serve."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from proxy.supervisor import Child
from tests.end_to_end.asks import CHAT, ask, behave
from tests.end_to_end.behaviors import BEHAVIORS
from tests.end_to_end.practicum import COMMAND, Practicum, route, until
from tests.end_to_end.upstream import Upstream

DEAD = "http://127.0.0.1:9/v1"
ROUTES = {"x": route(DEAD, DEAD)}
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def child(code: str) -> Child:
    """A process that runs this."""
    return Child("worker 0", [sys.executable, "-S", "-c", code], ())


async def eventually(condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition while the loop goes on."""
    await asyncio.to_thread(until, condition, what)


@pytest.mark.anyio
async def test_what_ends_is_started_again_after_a_longer_pause(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A process that crashes at once must not keep a processor busy; and someone must be told."""
    starts = tmp_path / "starts"
    starts.touch()
    crashing = child(f"open({str(starts)!r}, 'a').write('x'); raise SystemExit(3)")
    keeping = asyncio.create_task(crashing.keep_running())
    await eventually(lambda: len(starts.read_text()) >= 3, "three starts")
    await crashing.stop(5)
    keeping.cancel()
    said = [record.getMessage() for record in caplog.records]
    assert said[:2] == [
        "the worker 0 ended with code 3; it starts again in 0.2 s",
        "the worker 0 ended with code 3; it starts again in 0.4 s",
    ]


@pytest.mark.anyio
async def test_what_was_stopped_is_not_started_again() -> None:
    """A stop during the pause before a restart counts too."""
    ended = child("")
    keeping = asyncio.create_task(ended.keep_running())
    await eventually(lambda: ended.process is not None and ended.process.returncode == 0, "it has ended")
    last = ended.process
    await ended.stop(5)
    async with asyncio.timeout(5):
        await keeping
    assert ended.process is last


@pytest.mark.anyio
async def test_a_child_that_does_not_stop_is_killed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Patience has an end, and the log says that it came to it."""
    up = tmp_path / "up"
    stubborn = child(STUBBORN.replace("print('up', flush=True)", f"open({str(up)!r}, 'w')"))
    keeping = asyncio.create_task(stubborn.keep_running())
    await eventually(up.exists, "it ignores SIGTERM")
    await stubborn.stop(0.1)
    await keeping
    assert stubborn.process is not None
    assert stubborn.process.returncode == -signal.SIGKILL
    assert "is killed" in caplog.text


@pytest.mark.anyio
async def test_a_child_that_is_being_started_is_stopped_too() -> None:
    """A stop that comes with the start, or with a restart, must not leave a process behind."""
    starting = child("import time; time.sleep(60)")
    keeping = asyncio.create_task(starting.keep_running())
    await asyncio.sleep(0)  # the start has begun, and takes longer than this
    await starting.stop(5)
    async with asyncio.timeout(5):
        await keeping
    assert starting.process is not None
    assert starting.process.returncode == -signal.SIGTERM


@pytest.mark.anyio
async def test_a_child_that_never_ran_stops_at_once() -> None:
    """A signal may come before the first start."""
    never = child("")
    never.signal(signal.SIGHUP)
    await never.stop(5)
    assert never.process is None


def test_killed_children_are_started_again_and_sigterm_ends_all(tmp_path: Path) -> None:
    """Both kinds; the sockets stay open meanwhile; and nothing is left behind, the folder of the socket included."""
    with Practicum(tmp_path, ROUTES, environ={"TMPDIR": str(tmp_path)}) as service:
        for role in ("worker", "examiner"):
            (first,) = until(lambda role=role: service.pids(role), f"the {role}")  # type: ignore[misc] # a default argument
            os.kill(first, signal.SIGKILL)
            until(lambda role=role, first=first: service.pids(role) not in ([], [first]), f"another {role}")  # type: ignore[misc] # as above
        assert service.call("/v1/models").status == 200
        until(lambda: service.probe("/readyz") == 200, "the examiner is back")
        children = service.pids("worker") + service.pids("examiner")
        assert list(tmp_path.glob("practicum-*"))
        assert service.stop() == 0
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    assert not list(tmp_path.glob("practicum-*"))


@pytest.mark.parametrize("workers", [0, 1])
def test_a_drain_is_told_while_it_lasts(tmp_path: Path, workers: int) -> None:
    """A load balancer has to take the host out at the drain's beginning, while the workers still answer."""
    with Upstream(BEHAVIORS) as teacher:
        patient = route(teacher.url(), DEAD, None, {"total_timeout": "60s"})
        with (
            Practicum(tmp_path, {"x": patient}, workers, listen={"drain": "60s"}) as service,
            service.connect() as caller,
        ):
            service.begin(caller, CHAT, ask(CHAT, "x", "m"), behave("slow:60"))
            until(lambda: teacher.in_progress == 1, "a request is being answered")
            service.process.terminate()
            until(lambda: service.probe("/readyz") == 503, "it is not ready any more")
            assert b"stopping" in service.ask_admin("/readyz").body
            assert service.probe("/livez") == 200
            assert teacher.in_progress == 1
            caller.close()
            assert service.process.wait(20) == 0


def test_children_end_with_a_killed_supervisor(tmp_path: Path) -> None:
    """A service that nobody supervises would hold the ports against its successor."""
    with Practicum(tmp_path, ROUTES) as service:
        assert len(service.pids("worker") + service.pids("examiner")) == 2
        service.process.kill()
        service.process.wait()
        until(lambda: not service.pids("worker") and not service.pids("examiner"), "its children end", 15)


def refusal(config: Path) -> str:
    """What ``practicum serve`` says where it refuses to start."""
    command = [str(COMMAND), "serve", "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, cwd=config.parent)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize("which", ["listen", "admin"])
def test_a_port_in_use_is_named_with_a_remedy(tmp_path: Path, which: str) -> None:
    """The commonest reason for not starting."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        section = {"port": port}
        blocked = Practicum(
            tmp_path,
            ROUTES,
            listen=section if which == "listen" else None,
            admin=section if which == "admin" else None,
        )
        said = refusal(blocked.config)
    assert f"127.0.0.1:{port}: Address already in use. Free the port, or change it." in said


def test_every_problem_of_a_file_is_said_at_once(tmp_path: Path) -> None:
    """One start per mistake would be one deploy per mistake."""
    config = tmp_path / "practicum.yaml"
    config.write_text("listen: {prot: 1}\nadmin: {host: 0.0.0.0}\nroutes: {x: {models: []}}\n")
    said = refusal(config)
    for problem in ("practicum.yaml:1: listen.prot", "port", "token", "teacher", "student"):
        assert problem in said, said


def test_keys_that_are_asked_for_and_not_there_stop_the_start(tmp_path: Path) -> None:
    """A line that is missing in a file of secrets must not open the port that it guards."""
    config = tmp_path / "practicum.yaml"
    guards = "listen: {client_keys_env: NO_SUCH_KEYS}\nadmin: {host: 0.0.0.0, token_env: NO_SUCH_TOKEN}\n"
    arms = "teacher: {base_url: http://127.0.0.1:9/v1}, student: {base_url: http://127.0.0.1:9/v1, model: m}"
    config.write_text(f"{guards}routes: {{x: {{models: [x], {arms}}}}}\n")
    said = refusal(config)
    assert "listen.client_keys_env: NO_SUCH_KEYS is not set" in said
    assert "admin.token_env: NO_SUCH_TOKEN is not set" in said


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    """With its name."""
    assert "none.yaml: cannot be read" in refusal(tmp_path / "none.yaml")
