"""``practicum serve`` from the command line to a request served, and to its end. What it serves has tests elsewhere."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.end_to_end.practicum import free_port
from tests.proxy.cli.command import environment, practicum


def test_a_broken_configuration_is_refused(tmp_path: Path) -> None:
    """With its problems, before anything listens."""
    (tmp_path / "practicum.yaml").write_text("routes: {}\n")
    ran = practicum("serve", "--config", str(tmp_path / "practicum.yaml"))
    assert ran.code == 1
    assert "practicum.yaml" in ran.err


def test_it_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """Ready means that both ports answer; SIGTERM ends it with 0."""
    data, admin = free_port(), free_port()
    (tmp_path / "practicum.yaml").write_text(
        f"listen: {{host: 127.0.0.1, port: {data}}}\n"
        f"admin: {{port: {admin}}}\n"
        f"database: sqlite:///{tmp_path}/pairs.db\n"
        'routes: {x: {models: ["*"], teacher: {base_url: "http://127.0.0.1:9/v1"}, '
        'student: {base_url: "http://127.0.0.1:9/v1", model: s}}}\n'
    )
    command = [sys.executable, "-m", "proxy", "serve", "--config", str(tmp_path / "practicum.yaml"), "--workers", "0"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, env=environment({})) as process:
        try:
            await_ready(process, f"http://127.0.0.1:{admin}/readyz")
            assert httpx.get(f"http://127.0.0.1:{data}/v1/models").json()["data"][0]["id"] == "x"
            assert practicum("status", "--admin", f"http://127.0.0.1:{admin}").out.startswith("Practicum ")
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def await_ready(process: subprocess.Popen[bytes], url: str) -> None:
    """Wait until the URL answers 200."""
    deadline = time.monotonic() + 30
    while True:
        assert process.poll() is None, f"serve ended with {process.returncode}"
        assert time.monotonic() < deadline, "serve was not ready in time"
        try:
            if httpx.get(url).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
