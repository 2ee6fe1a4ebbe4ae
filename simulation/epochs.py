"""Restarts: a gate that is tried again on new evidence, at a level shared out over its tries and at the same level."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from routing.evidence.levels import share
from simulation import borders
from simulation.boundary import ALPHA
from simulation.replication import Run
from simulation.streams import counted, independent
from simulation.table import Promise, Share, Table

LIMIT = 0.03
EPOCHS = 12
_CONVERSATIONS = 2000
_REPLICATES = 2000


def certified_by(chance: np.random.Generator, rows: int) -> npt.NDArray[np.int64]:
    """How many replicates were falsely certified in this epoch or before: (2, epochs); shared level, then full."""
    ever = np.zeros((2, rows), bool)
    by = np.zeros((2, EPOCHS), np.int64)
    for epoch in range(1, EPOCHS + 1):
        counts = counted(independent(chance, rows, _CONVERSATIONS, LIMIT))
        for way, alpha in enumerate((share(ALPHA, epoch), ALPHA)):
            ever[way] |= (counts <= borders.below(LIMIT, alpha, _CONVERSATIONS)[1:]).any(axis=1)
        by[:, epoch - 1] = ever.sum(axis=1)
    return by


def tables(run: Run) -> tuple[Table, ...]:
    """One table."""
    replicates = run.replicates(_REPLICATES)
    by = np.sum(run.over(certified_by, "epochs", replicates), axis=0)
    rows = tuple(
        (epoch, Promise(Share(int(by[0][epoch - 1]), replicates), ALPHA), Share(int(by[1][epoch - 1]), replicates))
        for epoch in (1, 2, 3, 6, 12)
    )
    return (
        Table(
            "Restarts and retries",
            f"A student exactly at the limit of {100 * LIMIT:g} % is tried again and again, each time on "
            f"{_CONVERSATIONS:,} new conversations. How often it was certified by then: with the k-th epoch at "
            "alpha / (k (k + 1)), and with resets that are free.",
            ("epochs", "level shared out (ours)", "free resets"),
            rows,
        ),
    )
