"""Worker and examiner as processes: named, obedient, and never left behind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import pytest

from proxy.process import Errand
from tests.end_to_end.practicum import until
from tests.end_to_end.wire import Caller, request
from tests.proxy.worker.served import listening

ERRAND = Errand("3", Path("/etc/a b.yaml"), Path("/tmp/spare.yaml"), "/run/h.sock", 7, 9)  # noqa: S108 -- no such file


@dataclass
class Running:
    """A process with the ends of what it inherited."""

    process: subprocess.Popen[str]
    address: tuple[str, int]
    lifeline: BinaryIO
    file: Path

    def models(self) -> list[str]:
        """What it serves now; none where nobody answers yet."""
        with Caller(self.address) as caller:
            caller.send(request("GET", "/v1/models"))
            return [model["id"] for model in json.loads(caller.answer().body)["data"]]

    def ended(self) -> tuple[int, str]:
        """Its exit code and what it logged."""
        _, said = self.process.communicate(timeout=20)
        return self.process.returncode, said


def write(file: Path, route: str, database: str = "sqlite:///practicum.db", form: str = "auto") -> None:
    """A configuration with one route."""
    arm = {"base_url": "http://127.0.0.1:9/v1", "model": "m"}
    routes = {route: {"models": ["*"], "teacher": arm, "student": arm}}
    file.write_text(
        json.dumps({"listen": {"drain": "1s"}, "database": database, "routes": routes, "log": {"format": form}})
    )


@contextmanager
def process(module: str, folder: Path, database: str = "sqlite:///practicum.db") -> Iterator[Running]:
    """A process as the supervisor starts one, with a listening socket and a lifeline."""
    file = folder / "practicum.yaml"
    write(file, "x", database)
    held, kept_open = os.pipe()
    with listening() as data:
        errand = Errand("3", file, folder / "spare.yaml", str(folder / "h.sock"), data.fileno(), held)
        command = [sys.executable, "-m", module, *errand.argv()]
        process = subprocess.Popen(
            command, cwd=folder, pass_fds=(data.fileno(), held), stderr=subprocess.PIPE, text=True
        )
        address = data.getsockname()
    os.close(held)
    with os.fdopen(kept_open, "wb") as lifeline, process:
        try:
            yield Running(process, address, lifeline, file)
        finally:
            process.kill()


def command_line(pid: int) -> str:
    """What ``ps`` shows of a process."""
    return Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0 ").replace(b"\0", b" ").decode()


def test_an_errand_survives_its_command_line() -> None:
    """Both ends of the command line are one type, so neither can know an option the other does not."""
    beside_others = replace(ERRAND, siblings="1,5,6,7,8,9")
    assert [Errand.of(errand.argv()) for errand in (ERRAND, beside_others)] == [ERRAND, beside_others]


@pytest.mark.parametrize("missing", ["--config", "--fd", "--lifeline", "--handover", "--spare", "--name"])
def test_half_an_errand_is_refused(missing: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It says which half is missing."""
    argv = ERRAND.argv()
    at = argv.index(missing)
    with pytest.raises(SystemExit):
        Errand.of(argv[:at] + argv[at + 2 :])
    assert missing in capsys.readouterr().err


def test_a_process_logs_in_the_configured_form(tmp_path: Path) -> None:
    """Also once another one is asked for, while it runs."""
    with process("proxy.worker", tmp_path) as worker:
        assert worker.models() == ["x"]
        for route, form in (("y", "text"), ("z", "json"), ("w", "json")):
            write(worker.file, route, form=form)
            worker.process.send_signal(signal.SIGHUP)
            until(lambda wanted=route: worker.models() == [wanted], "the new configuration is in force")  # type: ignore[misc]
        worker.process.terminate()
        _, said = worker.ended()
    lines = said.splitlines()
    forms = "".join("j" if line.startswith("{") else "t" for line in lines if "log.format" in line or "routes" in line)
    assert re.fullmatch("j+t+j+", forms), said
    assert any(re.fullmatch(r"\d\d:\d\d:\d\d INFO    worker 3:   log.format text -> json", line) for line in lines)


def test_a_worker_obeys_its_signals(tmp_path: Path) -> None:
    """SIGHUP reloads, Ctrl-C is for the supervisor to handle, SIGTERM ends it with 0; ``ps`` shows its name."""
    with process("proxy.worker", tmp_path) as worker:
        assert worker.models() == ["x"]
        assert command_line(worker.process.pid) == "practicum worker 3"
        write(worker.file, "y")
        worker.process.send_signal(signal.SIGINT)
        worker.process.send_signal(signal.SIGHUP)
        until(lambda: worker.models() == ["y"], "the new configuration is in force", 1.5)
        worker.process.terminate()
        code, said = worker.ended()
    assert code == 0
    assert [json.loads(line)["process"] for line in said.splitlines()]
    assert "Traceback" not in said


@pytest.mark.parametrize("module", ["proxy.worker", "proxy.examiner"])
def test_a_process_ends_with_its_supervisor(tmp_path: Path, module: str) -> None:
    """However that one died: the kernel closes the other end of the lifeline."""
    with process(module, tmp_path) as orphan:
        until(lambda: command_line(orphan.process.pid).startswith("practicum "), "it has begun")
        orphan.lifeline.close()
        code, said = orphan.ended()
    assert code == 0
    assert "the supervisor is gone" in said


def test_an_examiner_without_a_database_says_so(tmp_path: Path) -> None:
    """Exit code 1 and one line, not a traceback."""
    with process("proxy.examiner", tmp_path, "sqlite:////nowhere/at/all.db") as examiner:
        code, said = examiner.ended()
    assert code == 1
    (line,) = (json.loads(line) for line in said.splitlines() if "cannot start" in line)
    assert "/nowhere/at/all.db" in line["message"]
    assert "exception" not in line
