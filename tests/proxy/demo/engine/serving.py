"""The engine as a process: started on a checkpoint, asked, and ended with its standard input, without a word."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
from prometheus_client.parser import text_string_to_metric_families


class Served:
    """``python -m proxy.demo.engine`` on a checkpoint; use it as a context manager."""

    def __init__(self, checkpoint: Path, model: str, *flags: str) -> None:
        self.model = model
        names = ("--served-model-name", model, "--port", "0", "--until-stdin-ends")
        self._command = [sys.executable, "-m", "proxy.demo.engine", str(checkpoint), *names, *flags]

    def __enter__(self) -> Self:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(self._command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        assert self.url, f"the engine ended with {self._process.wait(10)}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _, said = self._process.communicate(timeout=20)
        assert error or (self._process.returncode, said) == (0, "")

    def post(self, path: str, body: object) -> httpx.Response:
        """One request."""
        return httpx.post(f"{self.url}{path}", json=body, timeout=60)

    def metric(self, name: str) -> float:
        """One of its metrics, summed; fails where it has none of that name."""
        families = text_string_to_metric_families(httpx.get(f"{self.url}/metrics").text)
        values = [sample.value for family in families for sample in family.samples if sample.name == name]
        assert values, f"{self.url}/metrics has no {name}"
        return sum(values)
