"""The controller against a real store: looks, orders, other controllers, and a database that is not there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from proxy.config.settings import Config
from proxy.examiner.orders import Order, Verb
from proxy.examiner.rollout.controller import PATIENCE, Controller
from proxy.examiner.rollout.state import decode
from proxy.examiner.webhooks import Webhooks
from proxy.store.entry import Entry
from proxy.store.errors import StoreError
from proxy.store.rollouts import Rollouts
from proxy.store.store import Store
from proxy.telemetry.tally import Tally
from routing.behaviors.table import TABLE
from routing.divergence import Direction, Trial
from routing.rollout import RolloutError
from tests.proxy.examiner.rollout.routes import STEPS, config
from tests.proxy.store.samples import pair

GATES = "riskBudget: 5, settleAfter: 1s, defaults: {successBelow: 10, failureAbove: 20}"
NOW = 1_795_000_000.0


@dataclass
class Desk:
    """A controller with a clock of its own, over a store that can be looked into."""

    store: Store
    config: Config
    now: float = NOW
    published: list[object] = field(default_factory=list)
    written: int = 0

    def __post_init__(self) -> None:
        self.controller = self.another()

    def another(self, patience: float = PATIENCE) -> Controller:
        """Another controller over the same store, as on another host or after a restart."""
        webhooks, publish = Webhooks(Tally(), 0.0), lambda: self.published.append(0)
        return Controller(lambda: self.config, self.store, webhooks, publish, lambda: self.now, patience)

    def served(self, conversations: int, lost: bool = False, slice_: str = "math") -> None:
        """So many conversations were compared, all trials of everything; in all or none of them a refusal was lost."""
        epoch = self.controller.epoch_of(self.config.routes["support"])
        ways = [(row.behavior, way) for row in TABLE for way in Direction]
        trials = tuple(Trial(b, way, diverged=lost and (b, way) == ("refusal", Direction.LOST)) for b, way in ways)
        made = [
            Entry(pair(number, trials, slice=slice_, conversation=f"{slice_}-{number}", epoch=epoch), kept=False)
            for number in range(self.written, self.written + conversations)
        ]
        self.written += conversations
        self.store.write(made, f"batch-{self.written}", self.now)

    async def ticks(self, count: int, controller: Controller | None = None) -> None:
        """So many looks, an interval apart."""
        for _ in range(count):
            self.now += 30.0
            await (controller or self.controller).tick()

    @property
    def percent(self) -> float:
        """What math is served from the student, in percent."""
        return self.controller.weights().get("support", {}).get("math", 0) / 1000


def run(folder: Path, test: Callable[[Desk], Awaitable[None]], rollout: str = STEPS) -> None:
    """Run a test of a controller over a fresh store."""
    store = Store.open(f"sqlite:///{folder / 'practicum.db'}")
    try:
        asyncio.run(_whole(test, Desk(store, config(rollout, GATES))))
    finally:
        store.close()


def _move(here: Path, there: Path) -> None:
    """Move the database's files."""
    there.mkdir(exist_ok=True)
    for path in here.glob("practicum.db*"):
        path.rename(there / path.name)


async def _whole(test: Callable[[Desk], Awaitable[None]], desk: Desk) -> None:
    await test(desk)


def test_a_good_student_climbs_to_the_end_without_a_hand(tmp_path: Path) -> None:
    """And each decision is stored, with who and why."""

    async def test(desk: Desk) -> None:
        await desk.ticks(1)
        assert desk.controller.weights() == {}
        desk.served(300)
        reached = []
        for _ in range(4):
            await desk.ticks(1)
            reached.append(desk.percent)
        assert reached == [1.0, 25.0, 100.0, 100.0]
        told = [(one.who, one.slice, one.what, one.after) for one in reversed(desk.controller.decisions("support", 20))]
        assert ("controller", "", "phase", "promoted") in told
        assert [after for _, name, what, after in told if (name, what) == ("math", "raise")] == ["1 %", "25 %", "100 %"]

    run(tmp_path, test)


def test_a_lost_behavior_comes_down_at_the_next_look_whatever_the_interval(tmp_path: Path) -> None:
    """Nothing lowers late."""

    async def test(desk: Desk) -> None:
        await desk.ticks(1)
        desk.served(300)
        await desk.ticks(4)
        desk.served(200, lost=True)
        await desk.controller.tick()
        assert desk.percent == 0.0
        assert desk.controller.decisions("support", 1)[0].why.startswith("taken back: refusal lost")

    run(tmp_path, test)


def test_a_restart_goes_on_where_it_was(tmp_path: Path) -> None:
    """Weight, phase, step, epoch and ceilings."""

    async def test(desk: Desk) -> None:
        await desk.ticks(1)
        desk.served(300)
        await desk.ticks(2)
        await desk.controller.order("support", Order(Verb.SET_WEIGHT, percent=7.5, slice="math"))
        before = desk.controller.standings["support"]
        desk.controller = desk.another()
        assert desk.controller.weights() == {}  # it has read nothing yet
        await desk.controller.refresh()
        assert (desk.controller.standings["support"], desk.percent) == (before, 7.5)

    run(tmp_path, test)


def test_two_controllers_are_no_faster_than_one(tmp_path: Path) -> None:
    """Both look at once, at every tick; one step is made in an interval."""

    async def test(desk: Desk) -> None:
        await desk.ticks(1)
        desk.served(300)
        other = desk.another()
        reached = []
        for _ in range(3):
            desk.now += 30.0
            await asyncio.gather(desk.controller.tick(), other.tick())
            await desk.controller.refresh()
            reached.append(desk.percent)
        assert reached == [1.0, 25.0, 100.0]

    run(tmp_path, test)


def test_a_state_that_cannot_be_read_serves_the_teacher_until_it_is_replaced(tmp_path: Path) -> None:
    """And it is not overwritten by a look: somebody may want to know what it was."""

    async def test(desk: Desk) -> None:
        await desk.ticks(1)
        desk.served(300)
        await desk.controller.order("support", Order(Verb.RETRY))
        epoch = desk.controller.epoch_of(desk.config.routes["support"])
        assert desk.controller.looks["support"].assessments == {}  # what was seen is about another epoch
        desk.served(300)
        await desk.ticks(4)
        revision = Rollouts(desk.store).read()["support"].revision
        assert Rollouts(desk.store).save("support", "{torn", epoch, revision, (), desk.now)
        await desk.ticks(2)
        assert desk.controller.weights() == {}
        assert "cannot be read" in desk.controller.standings["support"].trouble
        assert Rollouts(desk.store).read()["support"].state == "{torn"
        with pytest.raises(RolloutError, match="abort or retry replaces it"):
            await desk.controller.order("support", Order(Verb.RESUME))
        await desk.controller.order("support", Order(Verb.RETRY, who="ana"))
        assert desk.controller.standings["support"].trouble == ""
        assert decode(Rollouts(desk.store).read()["support"].state).progress.phase == "shadow"
        assert epoch.endswith(".1")
        assert desk.controller.epoch_of(desk.config.routes["support"]).endswith(".2")  # one that never was

    run(tmp_path, test)


def test_a_database_that_is_gone_leaves_what_was_read_for_a_while(tmp_path: Path) -> None:
    """Nothing crashes, and once it is back the rollout goes on."""
    hidden = tmp_path / "hidden"
    database = tmp_path / "practicum.db"

    async def test(desk: Desk) -> None:
        await desk.ticks(1)
        desk.served(300)
        await desk.ticks(2)
        desk.store.close()
        _move(tmp_path, hidden)
        database.mkdir()  # so that nobody makes another one
        with pytest.raises(StoreError):
            await desk.ticks(1)
        with pytest.raises(StoreError):
            await desk.controller.order("support", Order(Verb.ABORT))
        assert desk.percent == 25.0
        database.rmdir()
        _move(hidden, tmp_path)
        await desk.ticks(1)
        assert desk.percent == 100.0

    run(tmp_path, test)


def test_what_was_read_too_long_ago_counts_for_nothing(tmp_path: Path) -> None:
    """Doubt means teacher."""

    async def test(desk: Desk) -> None:
        await desk.ticks(1)
        desk.served(300)
        await desk.ticks(2)
        patient, impatient = desk.another(), desk.another(patience=0.0)
        await patient.refresh()
        await impatient.refresh()
        assert patient.weights() == {"support": {"math": 25_000}}
        assert impatient.weights() == {}

    run(tmp_path, test)


def test_orders_are_carried_out_though_others_write_at_the_same_time(tmp_path: Path) -> None:
    """Nobody's order is lost, and both are on record."""

    async def test(desk: Desk) -> None:
        await desk.ticks(1)
        desk.served(300)
        await desk.ticks(1)
        other = desk.another()
        await asyncio.gather(
            desk.controller.order("support", Order(Verb.SET_WEIGHT, percent=5.0, slice="math", who="ana")),
            other.order("support", Order(Verb.SET_WEIGHT, percent=6.0, slice="code", who="bo")),
        )
        await desk.controller.refresh()
        state = desk.controller.standings["support"].state
        assert state is not None
        assert state.ceilings == {"math": 5.0, "code": 6.0}

    run(tmp_path, test)


def test_an_order_is_published_before_it_is_answered(tmp_path: Path) -> None:
    """Whoever aborts may rely on it."""

    async def test(desk: Desk) -> None:
        await desk.ticks(1)
        desk.served(300)
        await desk.ticks(4)
        desk.published.clear()
        done = await desk.controller.order("support", Order(Verb.ABORT, who="ana", reason="page 17"))
        assert done == "rolled back: the teacher serves everything"
        assert desk.published
        assert desk.controller.weights() == {}
        newest = desk.controller.decisions("support", 20)
        assert {one.who for one in newest[:2]} == {"ana"}

    run(tmp_path, test)


def test_a_new_student_begins_anew_and_late_evidence_finds_its_own_epoch(tmp_path: Path) -> None:
    """What is still being compared when the file changes was said by the old one."""

    async def test(desk: Desk) -> None:
        await desk.ticks(1)
        desk.served(300)
        await desk.ticks(4)
        old = desk.controller.epoch_of(desk.config.routes["support"])
        support = desk.config.routes["support"]
        newer = replace(support, student=replace(support.student, model="small-v8"))
        desk.config = replace(desk.config, routes={"support": newer})
        assert desk.percent == 0.0  # from the moment the file is read, before any look
        await desk.ticks(3)
        assert desk.percent == 0.0
        assert desk.controller.epoch_of(newer) != old
        assert desk.store.ledger("support", old).slices() == ("math",)

    run(tmp_path, test)


def test_a_lowered_ceiling_holds_from_the_moment_the_file_is_read(tmp_path: Path) -> None:
    """Without a look, without the database."""

    async def test(desk: Desk) -> None:
        await desk.ticks(1)
        desk.served(300)
        await desk.ticks(4)
        desk.config = config(f"ceiling: 5, {STEPS}", GATES)
        assert desk.percent == 5.0

    run(tmp_path, test)


def test_time_alone_is_saved_seldom(tmp_path: Path) -> None:
    """A write a second for nothing would wear out a disk."""

    async def test(desk: Desk) -> None:
        await desk.ticks(1)
        desk.served(300)
        await desk.ticks(5)
        before = desk.controller.standings["support"].revision
        for _ in range(5):
            desk.now += 1.0
            await desk.controller.tick()
        assert desk.controller.standings["support"].revision == before
        desk.now += 10.0
        await desk.controller.tick()
        assert desk.controller.standings["support"].revision == before + 1

    run(tmp_path, test)


def test_what_a_watch_was_fed_is_saved_seldom_and_fed_again_after_a_restart(tmp_path: Path) -> None:
    """A state a second for each busy route would wear out a disk, and none of its evidence is lost without."""

    async def test(desk: Desk) -> None:
        await desk.ticks(1)
        desk.served(300)
        await desk.ticks(5)
        revision, before = desk.controller.standings["support"].revision, desk.controller.standings["support"].state
        for number in range(6):
            desk.served(1, lost=number == 5)
            desk.now += 1.0
            await desk.controller.tick()
        state = desk.controller.standings["support"].state
        assert desk.controller.standings["support"].revision == revision
        desk.controller = desk.another()
        await desk.controller.tick()
        again = desk.controller.standings["support"].state
        assert before is not None
        assert state is not None
        assert again is not None
        key = "math/refusal/lost/teacher"
        assert again.watches[key].fed == state.watches[key].fed
        assert again.watches[key].fed.diverged == 1
        assert state.watches[key] != before.watches[key]

    run(tmp_path, test)
