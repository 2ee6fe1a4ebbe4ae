"""What one look of the rollout's controller costs: ``python -m benchmarks.tick``.

29 routes with 8 slices each; in every slice 11 behaviors in two directions, for conversations that either arm served:
10 208 cells, each of them at two stages (seen and settled), so 20 416 rows of evidence. No two cells count the same.
The student serves 25 % of everything, so every certified cell is watched as well. A look is ``Controller.tick``: it
reads, settles, judges and, where it must, saves, for all routes.

*cold* is the first look of a process, *warm* one before which a conversation came in five of the 464 places, about 1 %
of all cells. Nothing is decided, so states are saved every ten seconds only. The parts are the same calls outside of
the controller; what is left is going to a thread and back for each route. Milliseconds of wall time, medians with the
least and the most; run it on a quiet machine. It refuses to judge; it prints. The goal is 50 warm.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from proxy.config.settings import Config
from proxy.examiner.rollout.controller import Controller
from proxy.examiner.rollout.look import Look, current, look
from proxy.examiner.rollout.state import State, encode
from proxy.examiner.webhooks import Webhooks
from proxy.store.entry import Entry
from proxy.store.ledgers import Ledgers
from proxy.store.rollouts import Rollouts
from proxy.store.store import Store
from proxy.telemetry.tally import Tally
from routing.behaviors.table import TABLE
from routing.divergence import Direction, Trial
from routing.evidence import excess, rates
from routing.gates import judge
from routing.ledger import History, Ledger
from routing.rollout import Phase, Progress, Reached
from routing.traits import Slice
from tests.postgres import Postgres
from tests.proxy.examiner.rollout.routes import config
from tests.proxy.store.samples import pair

ROUTES, CONVERSATIONS, CHANGED, ROUNDS = 29, 130, 5, 15
GOAL = 50.0  # ms, warm
_SEED = 20_260_501
_AGO = 86_400.0  # seconds: what was written before has settled long ago
_CACHED = (judge, rates.log_e_below, rates.log_e_above, rates.upper, rates.lower, excess.log_e_below)
_CACHED += (excess.log_e_above, excess.upper)
Place = tuple[str, Slice, History]
Costs = Mapping[str, Sequence[float]]


class World:
    """Many routes over one store, with evidence about all of them."""

    def __init__(self, url: str) -> None:
        self.store = Store.open(url)
        one = config().routes["support"]
        self.routes = {name: replace(one, name=name, models=(name,)) for name in (f"r{n}" for n in range(ROUTES))}
        self.config = Config(routes=self.routes)
        self.places = [(name, slice_, history) for name in self.routes for slice_ in Slice for history in History]
        self._chance = random.Random(_SEED)  # noqa: S311 -- a benchmark's chance is repeatable
        self._written = 0
        self.begun: dict[str, State] = {}
        self._serve()
        for name in self.routes:
            here = [place for place in self.places if place[0] == name]
            self.heard([place for place in here for _ in range(CONVERSATIONS)], time.time() - _AGO)

    def heard(self, places: Sequence[Place], at: float) -> None:
        """One more conversation in each of these places, with a trial of most behaviors."""
        entries = [self._entry(place) for place in places]
        self.store.write(entries, f"batch-{self._written}", at)

    def controller(self) -> Controller:
        """A controller as a process has it that just started, but that it remembers nothing judged before."""
        for function in _CACHED:
            function.cache_clear()
        return Controller(lambda: self.config, self.store, Webhooks(Tally()), lambda: None)

    def changed(self) -> None:
        """What comes in before a look."""
        self.heard(self._chance.sample(self.places, CHANGED), time.time())

    def _serve(self) -> None:
        for name, route in self.routes.items():
            served = {slice_.value: Reached(25.0, served=25.0) for slice_ in Slice}
            at = Progress(Phase.CANARY, step=2, weight=25.0, slices=served)
            state = self.begun[name] = replace(current(route, None), progress=at)
            Rollouts(self.store).save(name, encode(state), state.epoch, 0, (), time.time())

    def _entry(self, place: Place) -> Entry:
        name, slice_, history = place
        epoch = current(self.routes[name], None).epoch
        self._written += 1
        trials = tuple(
            Trial(row.behavior, way, diverged=False)
            for row in TABLE
            for way in Direction
            if self._chance.random() < 0.8  # noqa: PLR2004 -- so that cells differ
        )
        told = {"id": f"p{self._written}", "conversation": f"c{self._written}", "route": name, "epoch": epoch}
        return Entry(pair(0, trials, **told, slice=slice_.value, served=history.value), kept=False)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--postgres", action="store_true", help="over PostgreSQL instead of SQLite")
    asked = parser.parse_args()
    with _database(postgres=asked.postgres) as url:
        world = World(url)
        costs = asyncio.run(_looks(world, asked.rounds))
        costs |= _parts(world, asked.rounds)
        Console().print(_table(costs, "PostgreSQL" if asked.postgres else "SQLite"))
        world.store.close()


@contextmanager
def _database(*, postgres: bool) -> Iterator[str]:
    if postgres:
        with Postgres() as server:
            yield server.create_database()
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'practicum.db'}"


async def _looks(world: World, rounds: int) -> dict[str, list[float]]:
    costs: dict[str, list[float]] = {"cold": [], "warm": []}
    for _ in range(max(3, rounds // 3)):
        controller = world.controller()
        with _timed(costs["cold"]):
            await controller.tick()
    for _ in range(rounds):
        world.changed()
        with _timed(costs["warm"]):
            await controller.tick()
    return costs


def _parts(world: World, rounds: int) -> dict[str, list[float]]:
    """The calls of which a warm look is made, each for all routes; and what reading and judging everything costs."""
    costs: dict[str, list[float]] = defaultdict(list)
    rollouts, ledgers, now = Rollouts(world.store), Ledgers(world.store), time.time()
    epochs = {name: current(route, None).epoch for name, route in world.routes.items()}
    places = {name: rollouts.position(name, epoch, now) for name, epoch in epochs.items()}
    seen = _judged(world, {name: world.store.ledger(name, epoch) for name, epoch in epochs.items()}, places, {})
    for _ in range(rounds):
        world.changed()
        with _timed(costs["  reading states"]):
            rollouts.read()
        with _timed(costs["  settling"]):
            for name in world.store.unsettled(dict.fromkeys(world.routes, now - _AGO / 2)):
                world.store.settle(name, now - _AGO / 2)
        with _timed(costs["  asking what has changed"]):
            ledgers.refresh(epochs)
        with _timed(costs["  reading that"]):
            found = {name: ledgers.read(name, epoch) for name, epoch in epochs.items()}
        with _timed(costs["  judging that"]):
            seen = _judged(world, found, places, seen)
        with _timed(costs["reading everything"]):
            everything = {name: world.store.ledger(name, epoch) for name, epoch in epochs.items()}
        with _timed(costs["judging everything"]):
            _judged(world, everything, places, {})
    return costs


def _judged(
    world: World, ledgers: Mapping[str, Ledger], places: Mapping[str, int], last: Mapping[str, Look]
) -> dict[str, Look]:
    seen = {}
    for name, route in world.routes.items():
        before = last.get(name)
        state = before.low if before else world.begun[name]
        seen[name] = look(route, state, ledgers[name], places[name], time.time(), before)
    return seen


@contextmanager
def _timed(costs: list[float]) -> Iterator[None]:
    gc.collect()
    began = time.perf_counter()
    yield
    costs.append(1000 * (time.perf_counter() - began))


def _table(costs: Costs, database: str) -> Table:
    table = Table(
        "a look", "ms (median)", "least", "most", title=f"{ROUTES} routes over {database} (goal: {GOAL:g} warm)"
    )
    for name, some in costs.items():
        table.add_row(name, *(f"{number:.1f}" for number in (statistics.median(some), min(some), max(some))))
    return table


if __name__ == "__main__":
    main()
