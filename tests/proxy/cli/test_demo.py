"""``practicum demo`` under signals and on a terminal. What it tells has its tests in ``tests/proxy/demo``."""

from __future__ import annotations

import os
import re
import shlex
import signal
from pathlib import Path

import pytest

from tests.proxy.cli.command import practicum
from tests.proxy.demo.processes import playing, running_in


@pytest.mark.parametrize(
    ("number", "code", "amid"), [(signal.SIGINT, 130, "headline eval"), (signal.SIGTERM, 143, "Callers ask")]
)
def test_a_signal_stops_everything_and_leaves_nothing(
    tmp_path: Path, number: signal.Signals, code: int, amid: str
) -> None:
    """In the middle of the eval and of the traffic, with everything running."""
    with playing(tmp_path, "--seconds", "5") as demo:
        demo.until(amid)
        running = len(running_in(tmp_path))
        demo.process.send_signal(number)
        assert demo.ended() == (code, "")
    assert running == 6, "itself, two engines, the supervisor, a worker, the examiner"
    assert running_in(tmp_path) == {}
    assert list(tmp_path.iterdir()) == []


def test_an_engine_that_falls_amid_the_traffic_is_named(tmp_path: Path) -> None:
    """Its calls would pass for the student's failures, and the story would go on without one of its two."""
    with playing(tmp_path, "--seconds", "5") as demo:
        demo.until("Callers ask")
        (engine,) = (number for number, command in running_in(tmp_path).items() if "models/student" in command)
        os.kill(engine, signal.SIGKILL)
        code, error = demo.ended()
    assert code == 1
    assert "cannot be played: the student's engine ended with -9" in error
    assert running_in(tmp_path) == {}
    assert list(tmp_path.iterdir()) == []


def test_on_a_terminal_it_serves_on_until_ctrl_c(tmp_path: Path) -> None:
    """With the ports to ask in the meantime; Ctrl-C is then how it ends, and no failure."""
    with playing(tmp_path, "--seconds", "2", terminal=True) as demo:
        demo.until("Ctrl-C ends it")
        assert "phase shadow" in demo.out, "the live view"
        assert "--admin http://127.0.0.1:" in demo.out
        explain = re.search(r"explain railway \w+ --slice \w+ --admin http://[\d.:]+", demo.out)
        assert explain is not None
        assert "rollout" in practicum(*shlex.split(explain[0])).out
        assert len(running_in(tmp_path)) == 6
        demo.process.send_signal(signal.SIGINT)
        assert demo.ended() == (0, "")
    assert running_in(tmp_path) == {}
    assert list(tmp_path.iterdir()) == []
