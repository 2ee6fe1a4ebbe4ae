"""A real Prometheus, Debian's, on loopback: it scrapes an admin port and evaluates the rules of this repository.

It is asked as Grafana asks: by its HTTP API, with Grafana's variables filled in.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from dashboards.panels import Board
from tests.end_to_end.practicum import free_port, until

RULES = Path(__file__).parents[2] / "deploy" / "prometheus"
BINARY = shutil.which("prometheus")
_FILLED = {"$__rate_interval": "5m", "$__range": "5m"}
_LINKS = {
    "practicum_runbook": "https://git.example/docs/runbook",
    "practicum_grafana": "https://grafana.example",
    "practicum_console": "https://admin.example",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One series at one moment."""

    labels: dict[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class Dot:
    """An exemplar: the series it is of, its own labels, its value, and when it was, in Unix time."""

    series: dict[str, str]
    labels: dict[str, str]
    value: float
    at: float


@dataclass(frozen=True, slots=True)
class Look:
    """What one query of a panel shows: how many series, and the first. ``value`` is None where there is nothing."""

    board: str
    panel: int
    title: str
    expr: str
    series: int
    sample: str
    value: float | None


class Prometheus:
    """Use it as a context manager. ``console`` is where alerts' links to the console lead."""

    def __init__(self, folder: Path, target: str, console: str = _LINKS["practicum_console"]) -> None:
        self._folder = folder
        self._port = free_port()
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{self._port}", timeout=20, trust_env=False)
        self._config = folder / "prometheus.yaml"
        scrape = {"job_name": "practicum", "static_configs": [{"targets": [target.removeprefix("http://")]}]}
        whole = {
            "global": {
                "scrape_interval": "2s",
                "scrape_timeout": "2s",
                "evaluation_interval": "2s",
                "external_labels": {**_LINKS, "practicum_console": console},
            },
            "rule_files": [str(RULES / "*.rules.yaml")],
            "scrape_configs": [scrape],
        }
        self._config.write_text(json.dumps(whole))

    def __enter__(self) -> Self:
        assert BINARY is not None
        places = (f"--config.file={self._config}", f"--storage.tsdb.path={self._folder / 'samples'}")
        more = (f"--web.listen-address=127.0.0.1:{self._port}", "--enable-feature=exemplar-storage")
        log = (self._folder / "prometheus.log").open("wb")
        with log:
            self._process = subprocess.Popen([BINARY, *places, *more], stdout=log, stderr=log)
        until(self._ready, "Prometheus is ready", 20)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()
        self._process.terminate()
        self._process.wait(20)

    def _ready(self) -> bool:
        assert self._process.poll() is None, (self._folder / "prometheus.log").read_text()
        try:
            return self._client.get("/-/ready").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def asked(self, path: str, **query: str) -> Any:  # the JSON of an API that is not ours
        """The ``data`` of an answer of its API."""
        answer = self._client.get(f"/api/v1/{path}", params=query).json()
        assert answer["status"] == "success", f"{query}: {answer}"
        return answer["data"]

    def samples(self, expr: str) -> list[Sample]:
        """What a query returns now; values that are no numbers are left out."""
        result = self.asked("query", query=expr)["result"]
        found = [Sample(one["metric"], float(one["value"][1])) for one in result]
        return [sample for sample in found if sample.value == sample.value]

    def ranged(self, expr: str, begin: float, end: float) -> list[Sample]:
        """What a query returns between two moments: each series with its greatest value."""
        asked = {"query": expr, "start": str(begin), "end": str(end), "step": "15"}
        result = self.asked("query_range", **asked)["result"]
        values = [(one["metric"], [float(value) for _, value in one["values"] if value != "NaN"]) for one in result]
        return [Sample(labels, max(found)) for labels, found in values if found]

    def exemplars(self, expr: str, begin: float, end: float) -> list[Dot]:
        """What a panel over this query shows as dots, the newest last."""
        found = self.asked("query_exemplars", query=expr, start=str(begin), end=str(end))
        dots = [
            Dot(series["seriesLabels"], one["labels"], float(one["value"]), float(one["timestamp"]))
            for series in found
            for one in series["exemplars"]
        ]
        return sorted(dots, key=lambda dot: dot.at)

    def scraped(self) -> None:
        """Wait for three scrapes: what happened last is seen then, and has a rate."""
        begun = self._scrapes()
        until(lambda: self._scrapes() > begun + 2, "Prometheus scrapes", 60)

    def _scrapes(self) -> float:
        return sum(sample.value for sample in self.samples("sum_over_time(up[10m])"))


def filled(expr: str) -> str:
    """A panel's query with everything chosen."""
    for name, value in _FILLED.items():
        expr = expr.replace(name, value)
    return re.sub(r'"\$\w+"', '".*"', expr)


def looked_at(prometheus: Prometheus, boards: Sequence[Board]) -> list[Look]:
    """Every query of every panel, asked."""
    return list(_looks(prometheus, boards))


def _looks(prometheus: Prometheus, boards: Sequence[Board]) -> Iterator[Look]:
    for board in boards:
        for panel in board.panels:
            for query in panel.queries:
                found = prometheus.samples(filled(query.expr))
                sample = _shown(found[0]) if found else "nothing"
                value = found[0].value if found else None
                yield Look(board.title, panel.number, panel.title, query.expr, len(found), sample, value)


def _shown(sample: Sample) -> str:
    labels = ", ".join(f"{name}={value}" for name, value in sorted(sample.labels.items()) if name != "__name__")
    return f"{sample.value:g} {{{labels}}}"
