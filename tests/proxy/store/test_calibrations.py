"""A version of a route's calibrations is made once, by one of those who would."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor

from proxy.store.calibrations import Calibrations, Made
from proxy.store.store import Store

FIRST = Made(1, "3f9c0a12b7de.0", 1_000_000_000.5, b"\x00body")


def test_the_newest_is_read_as_it_was_written(store: Store) -> None:
    """By every examiner, so that all of them judge by the same."""
    kept = Calibrations(store.engine)
    assert (kept.newest("support"), kept.versions()) == (None, {})
    assert kept.save("support", FIRST)
    assert kept.newest("support") == FIRST
    assert kept.save("support", dataclasses.replace(FIRST, version=2, epoch="another"))
    assert kept.save("other", FIRST)
    assert kept.versions() == {"support": 2, "other": 1}
    newest = kept.newest("support")
    assert newest is not None
    assert newest.epoch == "another"


def test_a_version_is_never_replaced(store: Store) -> None:
    """Thresholds were certified by it."""
    kept = Calibrations(store.engine)
    assert kept.save("support", FIRST)
    assert not kept.save("support", dataclasses.replace(FIRST, body=b"other"))
    assert kept.newest("support") == FIRST


def test_of_two_at_a_time_one_makes_it(store: Store) -> None:
    """While the controller changes hands, two examiners may think that they act."""
    kept = Calibrations(store.engine)
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda n: kept.save("support", dataclasses.replace(FIRST, made=float(n))), range(4)))
    assert sum(made) == 1
