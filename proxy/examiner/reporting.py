"""What the examiner tells: its status, its readiness, its metrics, made afresh from its parts at each question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from proxy import __version__
from proxy.config.reload import Reloader
from proxy.examiner.confidence.calibrator import Calibrator
from proxy.examiner.confidence.telling import confidence_gauges
from proxy.examiner.intake import Intake
from proxy.examiner.judging import MOST_WAITING, MOST_WAITING_BYTES, Judges
from proxy.examiner.lane import Lane
from proxy.examiner.prices import price_gauges
from proxy.examiner.rollout.controller import Controller
from proxy.examiner.rollout_gauges import rollout_gauges
from proxy.examiner.status import Cell, ConfidenceStatus, Decided, RouteStatus, SliceStyle, Status, Weights
from proxy.examiner.style_report import style_gauges
from proxy.store.room import free_bytes
from proxy.store.writer import Writer
from proxy.telemetry import catalog as metric
from proxy.telemetry.catalog import Metric
from proxy.telemetry.exposition import render
from proxy.telemetry.tally import Key, Tally
from routing.circuit import State
from routing.fallback import FallbackReason
from routing.rollout import Phase

_CIRCUIT = {State.CLOSED: 0, State.HALF_OPEN: 1, State.OPEN: 2}


class Reporting:
    """The examiner's own account. ``cells``, ``styles`` and ``decisions`` are the store's, read regularly."""

    def __init__(
        self,
        reloader: Reloader,
        lanes: Mapping[str, Lane],
        intake: Intake,
        judges: Judges,
        writer: Writer,
        controller: Controller,
        calibrator: Calibrator,
        tally: Tally,
    ) -> None:
        self.cells: dict[str, tuple[Cell, ...]] = {}
        self.styles: dict[str, tuple[SliceStyle, ...]] = {}
        self.decisions: dict[str, tuple[Decided, ...]] = {}
        self.leaving = False
        self._reloader = reloader
        self._lanes = lanes
        self._intake = intake
        self._judges = judges
        self._writer = writer
        self._controller = controller
        self._calibrator = calibrator
        self._tally = tally

    def unready(self) -> list[str]:
        """Why traffic should not come, yet or any more."""
        reasons = ["stopping: what is being answered is finished, and nobody new is let in"] if self.leaving else []
        if not self._intake.workers():
            reasons.append("no worker is connected")
        return reasons

    def status(self) -> Status:
        """Everything at once."""
        return Status(
            version=__version__,
            config_hash=self._reloader.config.hash,
            config_ok=self._reloader.ok,
            store_ok=self._writer.ok,
            lost_records=int(sum(self._merged().counters.get((metric.LOST.name, (p,)), 0) for p in _PROCESSES)),
            workers=self._intake.workers(),
            routes=tuple(self._route(name) for name in self._reloader.config.routes),
            store_error="" if self._writer.ok else self._writer.last_error,
        )

    def metrics(self, openmetrics: bool) -> tuple[bytes, str]:
        """The metrics page and its content type."""
        merged = self._merged()
        merged.count(metric.STORE_ERRORS, by=self._writer.errors_total)
        for process in _PROCESSES:  # a series that begins above 0 would hide its first loss from an alert
            merged.count(metric.LOST, process, by=0)
        return render(merged, dict(self._gauges()), exemplars=openmetrics)

    def _merged(self) -> Tally:
        return self._tally.merged(self._intake.totals())

    def _route(self, name: str) -> RouteStatus:
        route = self._reloader.config.routes[name]
        ceiling = route.rollout.ceiling.get("default", 100.0)
        status = RouteStatus(
            name=name,
            models=route.models,
            teacher=route.teacher.base_url,
            student=f"{route.student.model} at {route.student.base_url}",
            phase=Phase.SHADOW,
            weights=Weights(ceiling, 0.0, 0.0, 0.0),
            mirror=self._lanes[name].health,
            cells=self.cells.get(name, ()),
            style=self.styles.get(name, ()),
            judging=self._judges.waiting(name),
            decisions=self.decisions.get(name, ()),
        )
        return self._calibrator.told(self._controller.told(status))

    def confidence(self, name: str) -> ConfidenceStatus | None:
        """How a route's student is judged, with the diagrams that its status leaves out; None before a first look."""
        return self._calibrator.statuses.get(name) if self._calibrator.finding(name) else None

    def fallbacks(self, name: str) -> dict[str, int]:
        """How many of a route's requests the teacher answered in the student's place, by why, since the workers began.

        Those of workers that have gone count as long as this examiner has known them.
        """
        counted = self._merged().counters
        reasons = {reason: counted.get((metric.FALLBACKS.name, (name, reason)), 0) for reason in FallbackReason}
        return {reason.value: int(count) for reason, count in reasons.items() if count}

    def _gauges(self) -> Iterator[tuple[Key, float]]:
        workers = self._intake.workers()
        here = self._reloader.config.hash
        yield _gauge(metric.IN_FLIGHT, sum(worker.in_flight for worker in workers))
        yield _gauge(metric.WORKERS, len(workers))
        yield _gauge(metric.SKEW, sum(worker.config_hash != here for worker in workers))
        yield _gauge(metric.RELOAD_OK, self._reloader.ok)
        yield _gauge(metric.RELOAD_AT, self._reloader.loaded_at)
        yield _gauge(metric.CONFIG, 1, here)
        yield _gauge(metric.STORE_OK, self._writer.ok)
        yield _gauge(metric.STORE_PENDING, self._writer.pending)
        if (free := free_bytes(self._reloader.config.database)) is not None:
            yield _gauge(metric.STORE_FREE, free)
        yield _gauge(metric.JUDGE_QUEUE_LIMIT, MOST_WAITING, "pairs")
        yield _gauge(metric.JUDGE_QUEUE_LIMIT, MOST_WAITING_BYTES, "bytes")
        for name in self._reloader.config.routes:
            yield from self._route_gauges(name)

    def _route_gauges(self, name: str) -> Iterator[tuple[Key, float]]:
        status = self._route(name)
        mirror = status.mirror
        yield from rollout_gauges(status)
        yield from price_gauges(self._reloader.config.routes[name])
        yield _gauge(metric.QUEUE_RECORDS, mirror.queue_records, name)
        yield _gauge(metric.QUEUE_BYTES, mirror.queue_bytes, name)
        yield _gauge(metric.MIRROR_INFLIGHT, mirror.inflight, name)
        yield _gauge(metric.JUDGE_QUEUE_PAIRS, status.judging.pairs, name)
        yield _gauge(metric.JUDGE_QUEUE_BYTES, status.judging.size, name)
        for arm, state in self._lanes[name].circuits.items():
            yield _gauge(metric.CIRCUIT, _CIRCUIT[State(state)], name, arm)
        if mirror.waiting is not None:
            yield _gauge(metric.WAITING, mirror.waiting, name)
        if mirror.kv_cache is not None:
            yield _gauge(metric.KV_CACHE, mirror.kv_cache, name)
        for cell in status.cells:
            if cell.noise_trials:
                rate = cell.noise_diverged / cell.noise_trials
                yield _gauge(metric.NOISE_RATE, rate, name, cell.slice, cell.behavior, cell.direction)
        yield from style_gauges(name, status.style)
        yield from confidence_gauges(name, status.confidence)


_PROCESSES = ("worker", "examiner")


def _gauge(of: Metric, value: float, *labels: str) -> tuple[Key, float]:
    return (of.name, labels), float(value)
