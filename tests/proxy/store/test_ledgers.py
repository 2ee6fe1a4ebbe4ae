"""A ledger that is read again is the one that is there, and what has not changed in it is the same object."""

from __future__ import annotations

import random

from proxy.store.ledgers import Ledgers
from proxy.store.store import Store
from routing.divergence import Trial
from routing.ledger import History, Ledger, Stage
from tests.proxy.store.samples import LOST
from tests.proxy.store.test_evidence import EPOCH, KEPT, NOW, asked_twice, turn

SLICES = ("code", "general", "math")


def fresh(ledgers: Ledgers, **epochs: str) -> dict[str, Ledger]:
    """The ledgers of these routes in these epochs, or of the samples', as they are now."""
    wanted = epochs or {"support": EPOCH}
    ledgers.refresh(wanted)
    return {route: ledgers.read(route, epoch) for route, epoch in wanted.items()}


def test_what_is_kept_is_what_is_there_after_any_changes(store: Store) -> None:
    """A change that went unseen would leave a student at its weight that lost a behavior."""
    ledgers, chance = Ledgers(store), random.Random(7)  # noqa: S311 -- a test's chance is repeatable
    for number in range(60):
        trials: tuple[Trial, ...] = chance.choice([LOST, KEPT, ()])
        made = turn(
            number, f"c{chance.randrange(6)}", trials, slice=chance.choice(SLICES), served=chance.choice([*History])
        )
        noise: tuple[Trial, ...] = chance.choice([LOST, KEPT, ()])
        store.write([asked_twice(made, noise) if chance.random() < 0.5 else made], f"batch-{number}", NOW + number)
        if chance.random() < 0.3:
            store.settle("support", NOW + number - 5)
        assert fresh(ledgers) == {"support": store.ledger("support", EPOCH)}


def test_what_has_not_changed_is_the_same_object(store: Store) -> None:
    """By which those who judge it know that there is nothing new."""
    ledgers = Ledgers(store)
    store.write([turn(1, "a", slice="math"), turn(2, "b", slice="code"), turn(3, "c", route="sales")], "one", NOW)
    epochs = {"support": EPOCH, "sales": EPOCH}
    first = fresh(ledgers, **epochs)
    assert fresh(ledgers, **epochs)["support"] is first["support"]
    store.write([turn(4, "a", LOST, slice="math")], "two", NOW)
    second = fresh(ledgers, **epochs)
    math, code = (("support", name, History.TEACHER, Stage.SEEN) for name in ("math", "code"))
    assert second["sales"] is first["sales"]
    assert second["support"].sheet(*math[1:]) != first["support"].sheet(*math[1:])
    assert second["support"].sheets[code[1:]] is first["support"].sheets[code[1:]]


def test_another_epoch_has_nothing_of_the_one_before(store: Store) -> None:
    """And the one before is found again."""
    ledgers = Ledgers(store)
    store.write([turn(1, "a")], "one", NOW)
    before = fresh(ledgers)["support"]
    assert fresh(ledgers, support="other.0")["support"].sheets == {}
    assert fresh(ledgers)["support"] == before


def test_more_routes_than_one_statement_takes(store: Store) -> None:
    """SQLite nests conditions to a depth."""
    epochs = {f"route-{number}": EPOCH for number in range(1200)}
    store.write([turn(1, "a", route="route-1100")], "one", NOW)
    assert {route for route, ledger in fresh(Ledgers(store), **epochs).items() if ledger.sheets} == {"route-1100"}
