"""A vLLM of the tests' own: made, started, asked how it does, killed and started again.

``vllm.sh`` knows how vLLM is installed and run; this knows when it is up, how busy it is, and how to end it. Its logs
stay in the folder it was given. It refuses to talk to the model: tests do that, through Practicum or directly.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.end_to_end.practicum import free_port, until

SCRIPT = Path(__file__).with_name("vllm.sh")
START = 240.0  # seconds; about 40 where nothing else runs
DEATH = 30.0


@dataclass(frozen=True, slots=True)
class Served:
    """A vLLM to talk to: its address without ``/v1``, and the name of its model."""

    url: str
    model: str

    def up(self) -> bool:
        """Whether it says that it is well."""
        try:
            return httpx.get(f"{self.url}/health", timeout=5).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def metric(self, name: str) -> float:
        """A metric of its own, summed over its engines; fails where it has none of that name."""
        families = text_string_to_metric_families(httpx.get(f"{self.url}/metrics", timeout=30).text)
        values = [sample.value for family in families for sample in family.samples if sample.name == name]
        assert values, f"{self.url}/metrics has no {name}"
        return sum(values)

    def post(self, path: str, body: object) -> httpx.Response:
        """One request straight to it."""
        return httpx.post(f"{self.url}{path}", json=body, timeout=60)


def warm(served: Served) -> None:
    """Let it compile what the first request for log-probabilities needs, which takes many seconds without a GPU."""
    ask = {"model": served.model, "prompt": "warm", "max_tokens": 2, "logprobs": 1}
    assert httpx.post(f"{served.url}/v1/completions", json=ask, timeout=120).status_code == httpx.codes.OK


def random_checkpoint(home: Path, folder: Path, seed: int) -> Path:
    """A new checkpoint with the random weights of this seed; the folder."""
    subprocess.run([SCRIPT, "checkpoint", home, folder, str(seed)], check=True, capture_output=True)
    return folder


class Vllm:
    """A checkpoint served on loopback, always on the same port; use it as a context manager.

    The model's name is that of the checkpoint's folder; the log is written into another.
    """

    def __init__(self, home: Path, checkpoint: Path, logs: Path, flags: Sequence[str] = ()) -> None:
        self.served = Served(f"http://127.0.0.1:{free_port()}", checkpoint.name)
        self.log = logs / f"{checkpoint.name}.log"
        self._home = home
        self._flags = flags
        self._checkpoint = checkpoint

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, and wait until it serves."""
        port = self.served.url.rpartition(":")[2]
        named = ("--served-model-name", self.served.model)
        command: list[str | Path] = [SCRIPT, "serve", self._home, self._checkpoint, port, *named, *self._flags]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        until(self._started, f"vLLM serves; its log is {self.log}", START)
        warm(self.served)

    def _started(self) -> bool:
        assert self._process.poll() is None, f"vLLM ended with {self._process.returncode}; its log is {self.log}"
        return self.served.up()

    def kill(self) -> None:
        """End all of its processes at once, without a word to its clients."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(DEATH)

    def kill_engine(self) -> None:
        """End the process that computes; the one that speaks HTTP says so to its clients, and follows it."""
        os.kill(self._engine(), signal.SIGKILL)
        self._process.wait(DEATH)

    def _engine(self) -> int:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return next(int(pid) for pid in children if b"EngineCore" in Path(f"/proc/{pid}/cmdline").read_bytes())
