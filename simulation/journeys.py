"""What the whole loop does with good students and with bad ones: how fast, how safely, and what gets through."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from simulation.borders import NEVER, Counts
from simulation.loop import LONGEST, LOOK, RULE, Journey, Setting, journeys
from simulation.replication import Run
from simulation.table import Cell, Percent, Promise, Share, Table, Waits
from simulation.world import SLICES, World

_REPLICATES = 200
_CHANGE = 40_000  # the conversation at which a student that decays does
_UNTIL = 90_000
_WRONG = World(0.001, {"answer": 0.15}, within=("math",))
_BLIND = World(0.001, {"clarification": 1.0}, within=("code",))
_DECAYED = World(0.001, {"clarification": 0.5}, since=_CHANGE)


@dataclass(frozen=True, slots=True)
class Student:
    """One of those that stay as they are, and whether a failure of its gates would be wrong."""

    says: str
    setting: Setting
    harmless: bool


STEADY = (
    Student("good: loses 0.1 % of each behavior", Setting(World(0.001), horizon=LONGEST), harmless=True),
    Student("fair: loses 0.5 % of each", Setting(World(0.005), horizon=80_000), harmless=True),
    Student("as good as its fickle teacher: 5 % each", Setting(World(0.05, noise=0.05), horizon=60_000), harmless=True),
    Student("3 points worse than its teacher", Setting(World(0.04, noise=0.01), horizon=60_000), harmless=True),
    Student("loses 15 % of answers in math", Setting(_WRONG, horizon=60_000), harmless=False),
    Student("loses every clarification in code", Setting(_BLIND, horizon=30_000), harmless=False),
)
DECAYING = {
    "audit 2 %, watched": Setting(_DECAYED, horizon=_UNTIL),
    "audit 2 %, not watched": Setting(_DECAYED, watched=False, horizon=_UNTIL),
    "audit 10 %, watched": Setting(_DECAYED, audit=0.10, horizon=_UNTIL),
}
_Steady = list[tuple[Student, list[Journey]]]


def tables(run: Run) -> tuple[Table, ...]:
    """Students that stay as they are, and one that decays."""
    steady = [(student, _simulated(run, student.says, student.setting)) for student in STEADY]
    decaying = {name: _simulated(run, name, setting) for name, setting in DECAYING.items()}
    return (_arriving(steady), _promises(steady), _decaying(decaying))


def _simulated(run: Run, name: str, setting: Setting) -> list[Journey]:
    batches = run.over(partial(journeys, setting), f"journey {name}", run.replicates(_REPLICATES), batch=5)
    return [one for batch in batches for one in batch]


def _times(times: list[int | None]) -> Counts:
    return np.array([NEVER if time is None else time for time in times], np.int32)


def _arriving(found: _Steady) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for student, ended in found:
        failed = [Share(sum(one.failed[at] is not None for one in ended), len(ended)) for at in range(len(SLICES))]
        full = Waits.of(_times([one.full for one in ended]))
        first = Waits.of(_times([_first(one.failed) for one in ended]))
        rows.append((student.says, student.setting.horizon, full, _weights(ended), *failed, first))
    return Table(
        "The whole loop: students that stay as they are",
        "Three slices (60, 30 and 10 % of traffic), six behaviors (shown in 50, 30, 10, 8, 5 and 2 % of conversations)"
        f", steps of 1, 5, 25, 50 and 100 %, a risk budget of 0.5 %, a look every {LOOK:,} conversations of the route. "
        "Conversations of the route until all slices have all their traffic from the student, and until the gates of "
        "the first slice fail, which keeps it from climbing, or takes it back; the mean weight of each slice in the "
        "end. What is lost at a rate is also gained at it, but for the behavior that a student loses on its own.",
        (
            "student",
            "conversations",
            "until 100 % everywhere",
            "weights in the end, percent",
            *(f"{name} failed" for name in SLICES),
            "first failed after",
        ),
        tuple(rows),
    )


def _promises(found: _Steady) -> Table:
    rows: list[tuple[Cell, ...]] = []
    stated = len(SLICES) * RULE.alpha
    for student, ended in found:
        worst = max(float(np.mean([one.divergent[at] for one in ended])) for at in range(len(SLICES)))
        failing = Share(sum(any(one.failed) for one in ended), len(ended))
        beyond = Promise(Share(sum(one.beyond for one in ended), len(ended)), stated)
        fickle = student.setting.world.noise > 0.0  # what the teacher does to itself is not charged to the student
        failure = Promise(failing, stated) if student.harmless else None
        rows.append((student.says, Percent(worst), None if fickle else beyond, failure))
    return Table(
        "The whole loop: what it promises",
        "Divergent replies that were served, as a share of all conversations of the slice that had most of them; how "
        "often the weight of any slice was ever beyond what the risk budget allows at the true rate; how often any "
        "slice of a student that deserves it not failed. Each slice has a level of 5 %, so three err in at most 15 %.",
        ("student", "divergent and served", "ever beyond the budget", "wrongly failed"),
        tuple(rows),
    )


def _weights(ended: list[Journey]) -> str:
    return " / ".join(f"{weight:.0f}" for weight in np.mean([one.weights for one in ended], axis=0))


def _first(times: tuple[int | None, ...]) -> int | None:
    return min((time for time in times if time is not None), default=None)


def _decaying(found: dict[str, list[Journey]]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for name, ended in found.items():
        served = range(len(SLICES) - 1)  # the last and smallest has earned nothing by then
        delays = [Waits.of(_times([_delay(one.failed[at]) for one in ended])) for at in served]
        divergent = [Percent(float(np.mean([one.divergent[at] for one in ended]))) for at in served]
        rows.append((name, *delays, _weights(ended), *divergent))
    heads = tuple(SLICES)[:-1]
    return Table(
        "The whole loop: a student that decays",
        f"The good student, which from conversation {_CHANGE:,} of the route on loses half of its clarifications: one "
        "conversation in twenty diverges, ten times the risk budget. Conversations of the route from then until each "
        f"slice's gates fail, the mean weights at conversation {_UNTIL:,}, and the share of divergent replies served "
        "over all of them. The smallest slice is not served by then.",
        (
            "",
            *(f"{name} fails after" for name in heads),
            "weights in the end, percent",
            *(f"{name}: divergent and served" for name in heads),
        ),
        tuple(rows),
    )


def _delay(failed: int | None) -> int | None:
    return None if failed is None else failed - _CHANGE
