"""The questions, in the order in which they are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from simulation import boundary, confidence, drift, epochs, journeys, noise, power, rarity, turns
from simulation.replication import Run
from simulation.table import Table

PARTS: Mapping[str, Callable[[Run], tuple[Table, ...]]] = MappingProxyType(
    {
        "boundary": boundary.tables,
        "power": power.tables,
        "turns": turns.tables,
        "rarity": rarity.tables,
        "noise": noise.tables,
        "drift": drift.tables,
        "journeys": journeys.tables,
        "epochs": epochs.tables,
        "confidence": confidence.tables,
    }
)
