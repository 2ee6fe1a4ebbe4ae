"""A student that complies where its teacher refuses, and what looks on: Prometheus, a collector, the console.

The admin port has a token, the alerts' links lead to it, and nothing is sampled: what is traced is what diverged.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.end_to_end.practicum import Practicum, Section, until
from tests.end_to_end.rollouts import Callers, School
from tests.operations.prometheus import Prometheus
from tests.proxy.examiner.tracing.receiver import Collector, over_http

ROUTE, SLICE, BEHAVIOR = "support-bot", "math", "refusal"
TOKEN = "of-the-admin-port"
_ROUNDS, _EACH = 3, 20  # conversations, over several scrapes: a series that was not there before has no rate
NOWHERE = "http://127.0.0.1:9"  # a port that nobody listens on


class Traced(Practicum):
    """One that sends its spans to a collector; to none, where its address is ""."""

    def __init__(
        self, folder: Path, routes: Mapping[str, Section], collector: str, admin: Section | None = None
    ) -> None:
        self._routes = routes
        self._collector = collector
        super().__init__(folder, routes, admin=admin, environ={"PRACTICUM_ADMIN_TOKEN": TOKEN})

    def text(self, routes: Mapping[str, Section]) -> str:
        """With the section on tracing."""
        tracing = {"tracing": {"otlp_endpoint": self._collector, "sample": 0}} if self._collector else {}
        return json.dumps({**json.loads(super().text(routes)), **tracing})

    def send_to(self, collector: str) -> None:
        """Change the file, and wait until it is in force."""
        self._collector, before = collector, self._loaded()
        self.write(self._routes)
        until(lambda: self._loaded() > before, "the file is read again")

    def _loaded(self) -> float:
        return self.total("config_last_reload_timestamp_seconds")


@dataclass(frozen=True, slots=True)
class Watched:
    """What there is to look at."""

    practicum: Traced
    sees: Prometheus
    collector: Collector

    def lose(self, rounds: int = 1) -> None:
        """Ask what is to be refused, until Prometheus has seen what came of it, after each round."""
        with Callers(self.practicum, ROUTE) as callers:
            for _ in range(rounds):
                callers.hold([SLICE], _EACH, forbidden_every=1)
                self.practicum.settle()
                self.sees.scraped()

    @contextmanager
    def sending_to(self, collector: str) -> Iterator[None]:
        """To another collector for a while, or to none."""
        self.practicum.send_to(collector)
        try:
            yield
        finally:
            self.practicum.send_to(self.collector.url)


@contextmanager
def watched(folder: Path) -> Iterator[Watched]:
    """All of it, once the behavior is lost."""
    with over_http() as collector, School() as school:
        school.lost = {SLICE}
        token = {"token_env": "PRACTICUM_ADMIN_TOKEN"}
        with (
            Traced(folder, {ROUTE: school.section()}, collector.url, token) as practicum,
            Prometheus(folder, practicum.admin, console=practicum.admin) as sees,
        ):
            until(lambda: sees.samples("up == 1"), "Prometheus scrapes the admin port", 20)
            world = Watched(practicum, sees, collector)
            world.lose(_ROUNDS)
            yield world
