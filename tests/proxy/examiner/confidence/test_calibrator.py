"""The duty over all routes: what workers are told, and which weights they get."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import pytest

from proxy.config.parse import parse
from proxy.config.settings import Config
from proxy.examiner.confidence.calibrator import Calibrator
from proxy.examiner.confidence.follower import Pace
from proxy.examiner.rollout.controller import Controller
from proxy.examiner.webhooks import Webhooks
from proxy.store.entry import Entry
from proxy.store.store import Store
from proxy.telemetry.tally import Tally
from routing.confidence.views import WHOLE
from routing.divergence import Direction, Trial
from tests.proxy.desk import route_status
from tests.proxy.examiner.confidence.pairs import STARTED, world, write
from tests.proxy.rollouts import moving_route
from tests.proxy.store.samples import pair

CONFIG = """
routes:
  support:
    models: [support]
    teacher: {base_url: "http://teacher/v1"}
    student: {base_url: "http://student/v1", model: small}
    fallback: {target: 5}
    gates: {settleAfter: 1s}
  other:
    models: [other]
    teacher: {base_url: "http://teacher/v1"}
    student: {base_url: "http://student/v1", model: other}
"""
WEIGHTS = {"support": {"math": 5000, "code": 5000}, "other": {"math": 100}}
MOST = world(1200)


class Bench:
    """A calibrator over a fresh store, whose next look is never put off."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.config: Config = parse(CONFIG.encode(), "test").config
        self.told: list[str] = []
        self.controller = Controller(lambda: self.config, store, Webhooks(Tally()), lambda: None)
        self.calibrator = self.another()

    def another(self) -> Calibrator:
        """One more, as on another host or after a restart."""
        now = lambda: STARTED + 1e6  # noqa: E731 -- long after
        return Calibrator(lambda: self.config, self.store, self.controller, self._tell, Pace(40, 40), now)

    def _tell(self, routes: Iterable[str]) -> None:
        self.told += routes

    def epoch(self, name: str = "support") -> str:
        """What pairs of a route are evidence about."""
        return self.controller.epoch_of(self.config.routes[name])

    def set(self, **changed: object) -> None:
        """The operator changes the file: how the first route falls back."""
        about = self.config.routes["support"]
        fallback = dataclasses.replace(about.fallback, **changed)  # type: ignore[arg-type] # the fields' own types
        routes = {**self.config.routes, "support": dataclasses.replace(about, fallback=fallback)}
        self.config = dataclasses.replace(self.config, routes=routes)

    async def look(self, calibrator: Calibrator | None = None) -> None:
        """One look of the controller, and one at the confidence of every route."""
        await self.controller.tick()
        (calibrator or self.calibrator).rested()
        await (calibrator or self.calibrator).tick()


def run(folder: Path, test: Callable[[Bench], Awaitable[None]]) -> None:
    """Run a test over a fresh store."""

    async def whole() -> None:
        store = Store.open(f"sqlite:///{folder / 'pairs.db'}")
        bench = Bench(store)
        try:
            await test(bench)
        finally:
            bench.controller.close()
            store.close()

    asyncio.run(whole())


def test_no_route_serves_the_student_before_it_was_looked_at(tmp_path: Path) -> None:
    """An examiner that has just started knows nothing; doubt means teacher."""

    async def test(bench: Bench) -> None:
        assert bench.calibrator.allowed(WEIGHTS) == {}
        status = bench.calibrator.told(moving_route())
        assert {one.weights.effective for one in status.slices} == {0.0}
        assert "not been looked at" in status.slices[0].limit

    run(tmp_path, test)


def test_a_slice_has_no_weight_until_a_threshold_is_certified(tmp_path: Path) -> None:
    """Its requests would only wait for a reply that is thrown away. Other slices are not its concern."""

    async def test(bench: Bench) -> None:
        write(bench.store, MOST[:120], bench.epoch())
        await bench.look()
        assert bench.calibrator.allowed(WEIGHTS) == {}
        write(bench.store, MOST[120:], bench.epoch())
        await bench.look()
        assert bench.calibrator.allowed(WEIGHTS) == {"support": {"math": 5000, "code": 0}}
        assert WEIGHTS["support"]["code"] == 5000, "what the rollout has reached is not touched"

    run(tmp_path, test)


def test_workers_are_told_what_has_changed(tmp_path: Path) -> None:
    """Once, under a number that grows; and nothing where nothing did."""

    async def test(bench: Bench) -> None:
        await bench.look()
        assert bench.told == ["support", "other"]
        assert bench.calibrator.versions() == {"support": 1, "other": 1}
        await bench.look()
        assert bench.told == ["support", "other"]
        write(bench.store, MOST, bench.epoch())
        await bench.look()
        assert bench.told == ["support", "other", "support"]
        held = bench.calibrator.assurances["support"]
        assert held.version == 2
        bar = held.bar("math", WHOLE)
        assert bar is not None
        assert bar.threshold is not None

    run(tmp_path, test)


def test_every_examiner_assures_the_same(tmp_path: Path) -> None:
    """A caller must not be served by another threshold because of the host it reached."""

    async def test(bench: Bench) -> None:
        write(bench.store, MOST, bench.epoch())
        await bench.look()
        other = bench.another()
        await bench.look(other)
        first, second = (one.assurances["support"] for one in (bench.calibrator, other))
        assert dataclasses.replace(first, version=0) == dataclasses.replace(second, version=0)

    run(tmp_path, test)


def test_behaviors_whose_gates_do_not_pass_are_unproven(tmp_path: Path) -> None:
    """No reply is taken in which one of them may be lost, however sure the student is."""

    async def test(bench: Bench) -> None:
        lost = (Trial("refusal", Direction.LOST, diverged=True), Trial("answer", Direction.LOST, diverged=False))
        some = [Entry(pair(n, lost, conversation=str(n), epoch=bench.epoch()), kept=False) for n in range(9)]
        bench.store.write(some, "batch")
        await bench.look()
        unproven = bench.calibrator.assurances["support"].unproven["general"]
        assert {"refusal", "answer"} <= set(unproven)
        assert unproven == tuple(sorted(unproven))

    run(tmp_path, test)


def test_what_gates_say_counts_at_once_whatever_rests(tmp_path: Path) -> None:
    """A gate that passes frees replies that were turned down for it; one that fails again holds them back."""

    async def test(bench: Bench) -> None:
        await bench.look()
        assert bench.calibrator.assurances["support"].unproven == {}
        lost = (Trial("refusal", Direction.LOST, diverged=True),)
        bench.store.write([Entry(pair(1, lost, epoch=bench.epoch()), kept=False)], "batch")
        await bench.controller.tick()
        assert bench.calibrator.heed() == ["support"]
        assert bench.calibrator.heed() == []
        assert bench.calibrator.versions() == {"support": 2, "other": 1}
        assert bench.told == ["support", "other"], "who asked publishes it"
        await bench.calibrator.tick()
        assert "refusal" in bench.calibrator.assurances["support"].unproven["general"]
        assert bench.calibrator.statuses["support"].slices[0].unproven

    run(tmp_path, test)


def test_a_threshold_is_not_served_by_under_other_hard_rules(tmp_path: Path) -> None:
    """From the moment at which a gate comes to another verdict, until it is certified for what the rules leave then.

    That look does not wait: the slice is the teacher's for its time only.
    """

    async def test(bench: Bench) -> None:
        told = {WHOLE: ("refusal",)}
        some = [dataclasses.replace(one, objections=told) if n % 8 else one for n, one in enumerate(MOST)]
        write(bench.store, some, bench.epoch())
        await bench.look()
        assert bench.calibrator.allowed(WEIGHTS) == {"support": {"math": 5000, "code": 0}}
        lost = (Trial("refusal", Direction.LOST, diverged=True),)
        bench.store.write([Entry(pair(1, lost, slice="math", epoch=bench.epoch()), kept=False)], "batch")
        await bench.controller.tick()
        assert "support" in bench.calibrator.heed()
        assert bench.calibrator.allowed(WEIGHTS) == {}
        held = bench.calibrator.assurances["support"]
        assert (held.bar("math", WHOLE), "refusal" in held.unproven["math"]) == (None, True)
        status = bench.calibrator.told(moving_route())
        assert next(one.limit for one in status.slices if one.slice == "math").endswith("certified anew")
        await bench.calibrator.tick()
        found = bench.calibrator.findings["support"]
        assert (found.outdated, found.unproven) == (frozenset(), held.unproven)
        bar = bench.calibrator.assurances["support"].bar("math", WHOLE)
        assert bar is not None
        assert bar.threshold is None, "an eighth of the replies that were counted is left"
        assert bench.calibrator.allowed(WEIGHTS) == {}

    run(tmp_path, test)


def test_a_stricter_promise_holds_from_the_moment_it_is_made(tmp_path: Path) -> None:
    """Between the reload and the next look, nothing may be served by the old one."""

    async def test(bench: Bench) -> None:
        write(bench.store, MOST, bench.epoch())
        await bench.look()
        bench.set(target=0.001)
        assert bench.calibrator.allowed(WEIGHTS) == {}
        await bench.look()
        assert bench.calibrator.allowed(WEIGHTS) == {}
        bench.set(promise="none")
        await bench.look()
        assert bench.calibrator.allowed(WEIGHTS) == {"support": WEIGHTS["support"]}

    run(tmp_path, test)


def test_another_student_serves_nothing_by_what_the_one_before_has_earned(tmp_path: Path) -> None:
    """From the moment at which the file names it."""

    async def test(bench: Bench) -> None:
        write(bench.store, MOST, bench.epoch())
        await bench.look()
        assert bench.calibrator.allowed(WEIGHTS)
        about = bench.config.routes["support"]
        other = dataclasses.replace(about, student=dataclasses.replace(about.student, model="other"))
        bench.config = dataclasses.replace(bench.config, routes={**bench.config.routes, "support": other})
        assert bench.calibrator.allowed(WEIGHTS) == {}

    run(tmp_path, test)


def test_a_status_says_what_is_in_force(tmp_path: Path) -> None:
    """A weight that was reached and is not served would be a lie; the limit says what is missing."""

    async def test(bench: Bench) -> None:
        write(bench.store, MOST[:120], bench.epoch())
        await bench.look()
        status = bench.calibrator.told(moving_route())
        by_name = {one.slice: one for one in status.slices}
        assert (by_name["math"].weights.effective, by_name["math"].weights.step) == (0.0, 5.0)
        assert by_name["math"].limit.startswith("no confidence threshold is certified yet: ")
        assert status.weights.effective == 0.0
        assert by_name["general"].limit.startswith("taken back"), "it is served nothing anyway"
        assert status.confidence is not None
        assert all(not view.diagram for one in status.confidence.slices for view in one.views)
        write(bench.store, MOST[120:], bench.epoch())
        await bench.look()
        served = {one.slice: one.weights.effective for one in bench.calibrator.told(moving_route()).slices}
        assert served == {"code": 0.0, "general": 0.0, "math": 5.0}

    run(tmp_path, test)


def test_one_routes_trouble_is_not_anothers(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A row that nobody can read costs its route, and is tried again."""

    async def test(bench: Bench) -> None:
        write(bench.store, world(3), bench.epoch())
        with bench.store.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE confidences SET heard = x'c1'")
        await bench.look()
        assert set(bench.calibrator.findings) == {"other"}
        assert "confidence of support" in caplog.text
        with bench.store.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM confidences")
        await bench.look()
        assert set(bench.calibrator.findings) == {"support", "other"}

    run(tmp_path, test)


def test_a_route_that_is_gone_is_forgotten(tmp_path: Path) -> None:
    """And one that is new is looked at."""

    async def test(bench: Bench) -> None:
        await bench.look()
        bench.config = dataclasses.replace(bench.config, routes={"support": bench.config.routes["support"]})
        await bench.look()
        assert set(bench.calibrator.versions()) == {"support"}
        assert bench.calibrator.told(route_status("other")).confidence is None

    run(tmp_path, test)


def test_a_long_look_is_followed_by_a_longer_rest(tmp_path: Path) -> None:
    """A route of many pairs must not take the examiner's time."""

    async def test(bench: Bench) -> None:
        write(bench.store, MOST, bench.epoch())
        await bench.look()
        before = bench.calibrator.findings["support"]
        write(bench.store, world(5, first=9_000), bench.epoch())
        await bench.calibrator.tick()
        assert bench.calibrator.findings["support"] is before, "it rests"
        await bench.look()
        assert bench.calibrator.findings["support"] is not before

    run(tmp_path, test)
