"""The wiring of the examiner: intake, lanes, writer, store, admin port; and the tasks that keep them going.

It stops in order: the lanes finish what they can within ``DRAIN`` seconds, the writer writes, what is dropped is
counted as cancelled, the workers are told what was settled.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping

import uvicorn

from proxy.config.environment import admin_token
from proxy.config.reload import Reloader
from proxy.config.settings import Config, Route
from proxy.examiner.admin import admin_app
from proxy.examiner.confidence.calibrator import Calibrator
from proxy.examiner.desk import Desk
from proxy.examiner.examination import Examination, count_served_tokens
from proxy.examiner.illness import ill
from proxy.examiner.intake import Intake, Settle
from proxy.examiner.judging import targets
from proxy.examiner.lane import Lane
from proxy.examiner.mirror_call import Caller
from proxy.examiner.reporting import Reporting
from proxy.examiner.rollout.controller import Controller
from proxy.examiner.sampling import Sample, sample
from proxy.examiner.student_load import ABSENT_EVERY, metrics_target, poll
from proxy.examiner.style_report import style_status
from proxy.examiner.tracing.traces import Traces
from proxy.examiner.webhooks import Webhooks
from proxy.handover import Assured, Record, Snapshot
from proxy.http_server import HttpServer
from proxy.store.errors import StoreError
from proxy.store.retention import Retention
from proxy.store.signals import heard
from proxy.store.store import Store
from proxy.store.writer import Writer
from proxy.telemetry.catalog import PRUNED
from proxy.telemetry.request_log import RequestLog
from proxy.telemetry.tally import Tally
from proxy.upstreams import Upstreams

log = logging.getLogger("practicum.examiner")

DRAIN = 5.0
TRACES_CLOSE = 2.0
SNAPSHOT_EVERY = 1.0
SNAPSHOT_TTL = 5.0
TICK = 0.25
LOOK_EVERY = 1.0
CALIBRATE_EVERY = 1.0
CELLS_EVERY = 1.0
DECISIONS = 5  # of a route, in its status
PRUNE_EVERY = 60.0


class Examiner:
    """The examiner's parts. ``stop`` ends ``run``."""

    def __init__(self, reloader: Reloader, handover: str, store: Store, environ: Mapping[str, str]) -> None:
        self._reloader = reloader
        self._store = store
        self._environ = environ
        self._tally = Tally()
        self._request_log = RequestLog(lambda: reloader.config, self._tally)
        self._traces = Traces(reloader.config.tracing, environ, self._tally)
        self._upstreams = Upstreams()
        self._writer = Writer(store)
        self._webhooks = Webhooks(self._tally)
        self._controller = Controller(lambda: reloader.config, store, self._webhooks, self._publish)
        self._calibrator = Calibrator(lambda: reloader.config, store, self._controller, self._assure)
        caller, epoch_of = Caller(self._upstreams, self._key, self._tally), self._controller.epoch_of
        self._examination = Examination(caller, self._writer, self._tally, epoch_of, self._traces)
        self._lanes: dict[str, Lane] = {}
        self._intake = Intake(handover, self._take, self._snapshot, self._tally, self._assured)
        self._ending: set[asyncio.Task[int]] = set()
        self._sequence = 0
        self._stopping = asyncio.Event()
        judges = self._examination.judges
        self.reporting = Reporting(
            reloader, self._lanes, self._intake, judges, self._writer, self._controller, self._calibrator, self._tally
        )
        reloader.on_change(self._adopt)
        self._adopt(reloader.config)

    async def run(self, listening: socket.socket) -> None:
        """Work until ``stop``; ``listening`` is the admin port's socket."""
        server = HttpServer(self._uvicorn_config())
        await self._intake.start()
        writing = asyncio.create_task(self._writer.run())
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(work) for work in self._duties()]
                serving = group.create_task(server.serve(sockets=[listening]))
                await self._stopping.wait()
                await self._drain()
                server.should_exit = True
                await serving
                for task in tasks:
                    task.cancel()
        finally:
            await self._writer.close(DRAIN)
            await self._intake.close()
            await asyncio.gather(writing, return_exceptions=True)
            await self._webhooks.close()
            await self._traces.close(TRACES_CLOSE)
            await self._upstreams.close()
            await asyncio.to_thread(self._controller.close)
            self._store.close()

    def leave(self) -> None:
        """Say from now on that no traffic should come: this host's workers are about to drain."""
        self.reporting.leaving = True

    def stop(self) -> None:
        """Finish in good order."""
        self._stopping.set()

    def _duties(self) -> Iterator[Coroutine[None, None, None]]:
        yield self._reloader.run()
        yield self._intake.run()
        yield self._traces.run()
        yield _every(SNAPSHOT_EVERY, self._repeat)
        yield _every(LOOK_EVERY, self._control)
        yield _every(CALIBRATE_EVERY, self._calibrate)
        yield self._hear_others()
        yield _every(TICK, self._pump)
        yield _every(CELLS_EVERY, self._read_cells)
        yield _every(PRUNE_EVERY, self._prune)
        yield self._watch_students()

    async def _drain(self) -> None:
        dropped = await asyncio.gather(*(lane.drain(DRAIN) for lane in self._lanes.values()), *self._ending)
        if sum(dropped):
            log.warning("%d sampled requests were dropped at the end", sum(dropped))
        await self._examination.judges.close()
        self._intake.settle()

    def _take(self, record: Record, settle: Settle) -> None:
        lane = self._lanes.get(record.route)
        if lane is None:  # a route that this examiner's configuration no longer has
            settle()
            return
        try:
            self._request_log.took(record)
            self._traces.took(record, lane.route)
            count_served_tokens(self._tally, record, lane.route.mirror.max_reply)
            well = lane.circuit.state
            lane.offer(record, settle)
            if lane.circuit.state is not well:
                self._publish()
        except Exception:  # a rim: a record that trips us costs itself, and not its worker's connection
            log.exception("pair %s could not be taken", record.pair)
            settle()

    def _snapshot(self) -> Snapshot:
        self._sequence += 1
        weights, versions = self._calibrator.allowed(self._controller.weights()), self._calibrator.versions()
        return Snapshot(self._sequence, SNAPSHOT_TTL, weights, ill(self._lanes.values()), versions)

    def _assurances(self, routes: Iterable[str]) -> Assured:
        return Assured({name: self._calibrator.assurances[name] for name in routes})

    def _assured(self) -> Assured:
        return self._assurances(self._calibrator.assurances)

    def _assure(self, routes: Iterable[str]) -> None:
        self._intake.publish(self._assurances(routes))

    def _publish(self) -> None:
        changed = self._calibrator.heed()
        self._intake.publish(self._assurances(changed) if changed else None)

    async def _repeat(self) -> None:
        """So that no snapshot grows old."""
        self._publish()

    async def _control(self) -> None:
        with contextlib.suppress(StoreError):  # what was read last stands; the writer says that the store is gone
            await self._controller.tick()

    async def _calibrate(self) -> None:
        with contextlib.suppress(StoreError):  # as above
            await self._calibrator.tick()

    async def _hear_others(self) -> None:
        """Learn at once what an examiner on another host has decided; without signals, the next look learns it."""
        async with contextlib.aclosing(heard(self._reloader.config.database)) as signals:
            async for _ in signals:
                with contextlib.suppress(StoreError):
                    await self._controller.refresh()

    def _choose(self, route: Route, record: Record) -> Sample | None:
        return sample(route, record, self._controller.mirror(route.name), self._controller.doubted(route.name))

    async def _pump(self) -> None:
        for lane in self._lanes.values():
            lane.pump()

    async def _watch_students(self) -> None:
        """Ask each student how busy it is; one that hangs delays only itself."""
        due: dict[str, float] = {}
        asking: dict[str, asyncio.Task[None]] = {}
        async with asyncio.TaskGroup() as group:
            while True:
                now = asyncio.get_running_loop().time()
                for name, lane in list(self._lanes.items()):
                    if now >= due.get(name, 0) and (name not in asking or asking[name].done()):
                        asking[name] = group.create_task(self._ask_load(name, lane, due))
                await asyncio.sleep(TICK)

    async def _ask_load(self, name: str, lane: Lane, due: dict[str, float]) -> None:
        again = ABSENT_EVERY
        try:
            lane.load, again = await poll(self._upstreams, lane.route.student)
        except Exception:  # a rim: what a student says of itself must not end the examiner
            log.exception("the load of the student of %s cannot be read", name)
        due[name] = asyncio.get_running_loop().time() + again

    async def _read_cells(self) -> None:
        for name in list(self._lanes):
            with contextlib.suppress(StoreError):  # the last ones stand; the writer says that the store is gone
                self.reporting.cells[name] = await asyncio.to_thread(self._store.cells, name)
                self.reporting.styles[name] = style_status(await asyncio.to_thread(self._store.styles, name))
                self.reporting.decisions[name] = await asyncio.to_thread(self._controller.decisions, name, DECISIONS)

    async def _prune(self) -> None:
        routes = self._reloader.config.routes
        bounds = {n: Retention(r.privacy.retention, r.privacy.max_bytes) for n, r in routes.items()}
        try:
            pruned = await asyncio.to_thread(self._store.prune, time.time(), bounds)
        except StoreError as error:
            log.warning("old pairs could not be removed: %s", error)
            return
        self._tally.count(PRUNED, "age", by=pruned.expired)
        self._tally.count(PRUNED, "size", by=pruned.oversize)

    def _key(self, name: str | None) -> str | None:
        return self._environ.get(name) if name else None

    def _adopt(self, config: Config) -> None:
        self._traces.adopt(config.tracing)
        for name, route in config.routes.items():
            lane = self._lanes.get(name)
            if lane is None:
                store_ok = lambda: self._writer.ok  # noqa: E731 -- read anew each time
                examine, trace_of = self._examination.examine, self._traces.trace_of
                self._lanes[name] = Lane(route, self._choose, examine, store_ok, self._tally, trace_of)
            else:
                lane.adopt(route)
        for name in set(self._lanes) - set(config.routes):
            ending = asyncio.get_running_loop().create_task(self._lanes.pop(name).drain(DRAIN))
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)
        students = [route.student for route in config.routes.values()]
        teachers = [route.teacher for route in config.routes.values()]
        judges = targets(config.routes.values())
        self._upstreams.keep({*students, *teachers, *judges, *map(metrics_target, students)})

    def _uvicorn_config(self) -> uvicorn.Config:
        config = self._reloader.config
        token = admin_token(config, self._environ)
        report = self.reporting
        desk = Desk(
            report.status,
            report.unready,
            report.metrics,
            self._store,
            lambda: self._reloader.config,
            token,
            self._controller.order,
            self._controller.decisions,
            report.confidence,
            self._stopping.is_set,
            report.fallbacks,
        )
        return uvicorn.Config(
            admin_app(desk), ws="none", lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=1
        )


async def _every(pause: float, work: Callable[[], Coroutine[None, None, None]]) -> None:
    """Do something regularly until cancelled. A rim: what fails once is logged, and done again at its next time."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("%s failed", work.__name__.removeprefix("_"))
        await asyncio.sleep(pause)
