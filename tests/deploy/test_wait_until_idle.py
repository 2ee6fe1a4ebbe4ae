"""A student's preStop: it waits while vLLM answers somebody, and never longer than it may."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

from tests.deploy.manifests import CHART, DEPLOY
from tests.end_to_end.practicum import free_port

SCRIPT = DEPLOY / "kubernetes/components/student/wait_until_idle.py"


def page(running: int, waiting: int) -> bytes:
    """VLLM's metrics with two engines, and names that begin alike."""
    return (
        "# HELP vllm:num_requests_running Number of requests in model execution batches.\n"
        f'vllm:num_requests_running{{engine="0",model_name="m"}} {running}.0\n'
        'vllm:num_requests_running{engine="1",model_name="m"} 0.0\n'
        f'vllm:num_requests_waiting{{engine="0",model_name="m"}} {waiting}.0\n'
        'vllm:num_requests_waiting_by_reason{engine="0",reason="capacity"} 7.0\n'
    ).encode()


@contextmanager
def vllm(*pages: bytes) -> Iterator[tuple[str, list[str]]]:
    """A server that gives these pages, one after another and the last one forever; where it is, and what was asked."""
    asked: list[str] = []

    class Metrics(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages[min(len(asked), len(pages) - 1)]
            asked.append(self.path)
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Metrics) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/metrics", asked
        finally:
            server.shutdown()
            serving.join()


def waited(url: str, seconds: str) -> str:
    """What ended the wait; its exit code is 0 in any case, for a failed preStop is only an event more."""
    command = [sys.executable, "-I", str(SCRIPT), seconds, url]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return done.stderr.strip()


def test_it_waits_until_nothing_runs_or_waits() -> None:
    """Over all engines; a request that waits is a caller too."""
    with vllm(page(1, 0), page(0, 1), page(0, 0)) as (url, asked):
        assert waited(url, "60") == "idle"
    assert asked == ["/metrics"] * 3


def test_it_gives_up_in_time() -> None:
    """Connections that are kept busy would hold the pod until SIGKILL."""
    with vllm(page(1, 0)) as (url, asked):
        assert waited(url, "0.1") == "still busy after 0.1 s"
    assert asked == ["/metrics"]


def test_it_does_not_wait_for_a_dead_server() -> None:
    """There is nobody left to answer."""
    assert "cannot be asked" in waited(f"http://127.0.0.1:{free_port()}/metrics", "60")


def test_the_chart_has_the_same_script() -> None:
    """By a link, so that there is one of it."""
    assert (CHART / "files/wait_until_idle.py").resolve() == SCRIPT
