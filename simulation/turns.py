"""What counts as one trial: a turn, a conversation, or everything that one user says.

The turns of a conversation are alike, and so are the conversations of a user. Evidence that takes them for independent
is surer than it may be.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from simulation import borders
from simulation.boundary import ALPHA
from simulation.replication import Run
from simulation.streams import Diverged, counted
from simulation.table import Percent, Promise, Share, Table

TURNS = 10
LIMIT = 0.05
ALIKE = (0.0, 0.1, 0.3, 0.6, 1.0)
_CONVERSATIONS = 500
_REPLICATES = 2000
_PRECISION = 12  # digits of a limit: it keys the tables of borders


def grouped(chance: np.random.Generator, rows: int, groups: int, mean: float, alike: float) -> Diverged:
    """Groups of ten trials whose rate is drawn anew for each group, beta-distributed: (rows, groups, 10).

    ``alike`` is the correlation of two trials of one group: 0 independent, 1 all the same.
    """
    if alike >= 1.0:
        same: Diverged = chance.random((rows, groups, 1)) < mean
        return np.broadcast_to(same, (rows, groups, TURNS))
    rate = np.full((rows, groups, 1), mean)
    if alike > 0.0:
        spread = (1.0 - alike) / alike
        rate = chance.beta(mean * spread, (1.0 - mean) * spread, (rows, groups, 1))
    diverged: Diverged = chance.random((rows, groups, TURNS)) < rate
    return diverged


def any_of_ten(mean: float, alike: float) -> float:
    """The chance that any of a group's trials diverges."""
    if alike in {0.0, 1.0}:
        return mean if alike else 1.0 - (1.0 - mean) ** TURNS
    spread = (1.0 - alike) / alike
    kept = 1.0
    for turn in range(TURNS):
        kept *= ((1.0 - mean) * spread + turn) / (spread + turn)
    return 1.0 - kept


def errors(alike: float, chance: np.random.Generator, rows: int) -> tuple[int, int, int, int]:
    """Replicates falsely certified, then falsely taken back: counting turns, counting conversations."""
    diverged = grouped(chance, rows, _CONVERSATIONS, LIMIT, alike)
    flat: Diverged = diverged.reshape(rows, -1)
    limit = round(any_of_ten(LIMIT, alike), _PRECISION)
    conversations: Diverged = np.logical_or.reduce(diverged, axis=2)
    single, whole = crossings(flat, LIMIT), crossings(conversations, limit)
    return single[0], whole[0], single[1], whole[1]


def crossings(diverged: Diverged, limit: float) -> tuple[int, int]:
    """How many rows are ever certified below the limit, and how many above, looked at after every trial."""
    counts, horizon = counted(diverged), diverged.shape[1]
    low = counts <= borders.below(limit, ALPHA, horizon)[1:]
    high = counts >= borders.above(limit, ALPHA, horizon)[1:]
    return int(low.any(axis=1).sum()), int(high.any(axis=1).sum())


def tables(run: Run) -> tuple[Table, ...]:
    """The error of counting turns and of counting conversations, for turns more and more alike; and that of users."""
    replicates = run.replicates(_REPLICATES)
    rows, users = [], []
    for alike in ALIKE:
        found = np.sum(run.over(partial(errors, alike), f"turns {alike}", replicates), axis=0)
        shares = [Share(int(hits), replicates) for hits in found]
        whole = (Promise(shares[1], ALPHA), Promise(shares[3], ALPHA))
        rows.append((alike, Percent(any_of_ten(LIMIT, alike)), shares[0], whole[0], shares[2], whole[1]))
        users.append((alike, shares[0], shares[2], whole[0], whole[1]))
    return (_turns(tuple(rows)), _users(tuple(users)))


def _turns(rows: tuple[tuple[float, Percent, Share, Promise, Share, Promise], ...]) -> Table:
    return Table(
        "Turns counted as trials, and conversations",
        f"Conversations of {TURNS} turns, {_CONVERSATIONS} in each replicate; 5 % of turns diverge, each conversation "
        "at a rate of its own (beta-binomial). Turns are held against 5 %; conversations, which diverge where any turn "
        "does, against their own true rate. Both limits are the truth, so whatever is certified is an error.",
        (
            "correlation of turns",
            "conversations that diverge",
            "false advance: turns",
            "conversations (ours)",
            "false rollback: turns",
            "conversations (ours)",
        ),
        rows,
    )


def _users(rows: tuple[tuple[float, Share, Share, Promise, Promise], ...]) -> Table:
    return Table(
        "Conversations of the same users",
        f"The same arithmetic one level up, and a limit of ours: where each user brings {TURNS} conversations that are "
        "correlated, counting conversations errs as counting turns does. Whoever has few users, with habits of "
        "their own, has to take what a gate says for surer than it is; one trial a user would restore the level.",
        (
            "correlation of a user's conversations",
            "false advance: conversations (ours)",
            "false rollback: conversations (ours)",
            "false advance: one trial a user",
            "false rollback: one trial a user",
        ),
        rows,
    )
