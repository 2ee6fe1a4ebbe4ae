"""The watch over arrays is routing's watch."""

from __future__ import annotations

import numpy as np
import pytest

from routing.evidence.changes import STAKES, Watch
from routing.evidence.rates import Trials
from simulation import drift
from simulation.borders import NEVER


def test_levels_are_those_of_routing() -> None:
    """After every trial, through falls and alarms."""
    diverged = np.random.default_rng(1).random((3, 400)) < np.array([[0.01], [0.05], [0.3]])
    logs, watches = np.zeros((3, len(STAKES))), [Watch()] * 3
    for column in diverged.T:
        logs = drift.fed(logs, column, drift.LIMIT)
        watches = [watch.fed(Trials(1, int(bad)), drift.LIMIT) for watch, bad in zip(watches, column, strict=True)]
        assert drift.level(logs) == pytest.approx([watch.log_level for watch in watches])


def test_alarms_come_after_a_change_and_hardly_before() -> None:
    """Known median: 44 conversations from 3 % to 25 %."""
    times = drift.alarms(0.03, 0.25, 300, 600, np.random.default_rng(2), 100)
    assert (times > 300).all()
    assert np.median(times - 300) == pytest.approx(44, rel=0.3)
    assert (drift.alarms(0.03, 0.03, 600, 600, np.random.default_rng(3), 50) == NEVER).all()
