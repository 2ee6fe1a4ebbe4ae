"""``practicum demo`` under signals. What it tells has its tests in ``tests/proxy/demo``."""

from __future__ import annotations

import select
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.proxy.demo.processes import demo, running_in

_PATIENCE = 60.0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_everything_and_leaves_nothing(tmp_path: Path, number: signal.Signals, code: int) -> None:
    """In the middle of its traffic, with everything running."""
    with demo(tmp_path, "--seconds", "60") as process:
        until_traffic(process)
        running = len(running_in(tmp_path))
        process.send_signal(number)
        _, err = process.communicate(timeout=_PATIENCE)
    assert (process.returncode, err) == (code, "")
    assert running == 6, "itself, two arms, the supervisor, a worker, the examiner"
    assert running_in(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def until_traffic(process: subprocess.Popen[str]) -> None:
    """Wait for the first line that tells of calls."""
    assert process.stdout is not None
    deadline = time.monotonic() + _PATIENCE
    while True:
        ready, _, _ = select.select([process.stdout], [], [], max(0.0, deadline - time.monotonic()))
        assert ready, "the demonstration said nothing"
        line = process.stdout.readline()
        assert line, "the demonstration ended"
        if "calls served" in line:
            return
