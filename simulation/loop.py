"""The whole loop: a route's conversations, its evidence and gates, and what its rollout does, from shadow to the end.

Exposure, findings, ticks and watches are routing's own, and the verdicts are those of its gates. All conversations that
the teacher serves are mirrored; of those that the student serves a share is audited, and nothing is known of the
others. Routing looks every ``LOOK`` conversations of the route. What it leaves out of routing: conversations have
settled when they are counted, and those that the student served are not held against limits of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log, sqrt

import numpy as np
import numpy.typing as npt

from routing.divergence import Direction
from routing.evidence.changes import Watch
from routing.evidence.excess import Differences
from routing.evidence.rates import Trials
from routing.gates import Band, Evidence, Judgment, Rule, Verdict
from routing.rollout import Act, Finding, Plan, Progress, Reached, Step, tick, weight
from routing.verdicts import Gate, exposure, finding
from simulation.judging import Numbers, Seen, verdicts
from simulation.world import BEHAVIORS, SLICES, Flags, Replies, World

RULE = Rule(Band(0.03, 0.06), Band(0.01, 0.03), budget=0.005, alpha=0.05, alpha_fail=0.05 / (2 * len(BEHAVIORS)))
PLAN = Plan(tuple(Step(weight=percent) for percent in (1.0, 5.0, 25.0, 50.0, 100.0)))
ASKED_TWICE = 0.05
LOOK = 1000  # conversations between two looks
FALSE_ALARM = 20_000  # trials of a cell between two false alarms of its watch
LONGEST = 150_000  # conversations of a route
_CELLS = (len(SLICES), len(BEHAVIORS), len(Direction))


@dataclass(frozen=True, slots=True)
class Setting:
    """What is observed, and for how long.

    Attributes:
        world: The student and its teacher.
        audit: The share of what the student serves that the teacher is asked as well.
        watched: Whether a watch over each cell acts.
        horizon: Conversations of the route, in all.
    """

    world: World
    audit: float = 0.02
    watched: bool = True
    horizon: int = 100_000

    @property
    def most(self) -> int:
        """The most conversations that a slice can have seen: its share of all, and what chance may add."""
        return round(max(SLICES.values()) * self.horizon + 10 * sqrt(self.horizon))


@dataclass(frozen=True, slots=True)
class Journey:
    """What became of one replicate. Conversations of the route are counted; None: it never came.

    Attributes:
        full: Until every slice got all of its traffic from the student.
        failed: Until each slice's gates asked to take it back.
        weights: What each slice got in the end, percent.
        divergent: Replies that diverged and were served, among all conversations of each slice.
        beyond: Whether the share of divergent replies that was allowed was ever beyond the risk budget, in any slice.
    """

    full: int | None
    failed: tuple[int | None, ...]
    weights: tuple[float, ...]
    divergent: tuple[float, ...]
    beyond: bool


@dataclass(slots=True)
class Books:
    """What has been seen: of each cell (slices, behaviors, directions), and of each slice as a whole."""

    cells: Seen = field(default_factory=lambda: Seen(*(np.zeros(_CELLS, np.int64) for _ in range(6))))
    conversations: Numbers = field(default_factory=lambda: np.zeros(len(SLICES), np.int64))
    diverged: Numbers = field(default_factory=lambda: np.zeros(len(SLICES), np.int64))
    pairs: Numbers = field(default_factory=lambda: np.zeros((len(SLICES), 3), np.int64))

    def add(self, at: int, replies: Replies, twice: Flags) -> None:
        """Conversations of the slice ``at`` of which both arms are known, and of some the teacher's second reply."""
        for way, (tried, other, again, paired) in enumerate(_sides(replies)):
            self.cells.count[at, :, way] += tried.sum(axis=0)
            self.cells.diverged[at, :, way] += (tried & ~other).sum(axis=0)
            student, teacher = (tried & ~other & paired)[twice], (again & paired)[twice]
            self.cells.student_only[at, :, way] += (student & ~teacher).sum(axis=0)
            self.cells.teacher_only[at, :, way] += (teacher & ~student).sum(axis=0)
            self.cells.alike[at, :, way] += (paired[twice] & ~(student ^ teacher)).sum(axis=0)
        self.cells.conversations[at] += len(twice)
        self.conversations[at] += len(twice)
        mine, theirs = (np.logical_or.reduce(replies.teacher ^ one, axis=1) for one in (replies.student, replies.again))
        self.diverged[at] += mine.sum()
        mine, theirs = mine[twice], theirs[twice]
        self.pairs[at] += [(mine & ~theirs).sum(), (theirs & ~mine).sum(), (mine == theirs).sum()]

    def exposed(self, at: int) -> float:
        """What the slice has earned, percent."""
        trials = Trials(int(self.conversations[at]), int(self.diverged[at]))
        pairs = Differences(*map(int, self.pairs[at]))
        return exposure(Evidence(trials, pairs, trials.count), RULE.budget, RULE.alpha)


def _sides(replies: Replies) -> tuple[tuple[Flags, Flags, Flags, Flags], ...]:
    """For each direction: who could diverge, who did not, where the second reply did, and what pairs are of."""
    teacher, student, again = replies.teacher, replies.student, replies.again
    return (teacher, student, teacher & ~again, teacher), (student, teacher, again & ~teacher, student | again)


class Route:
    """One replicate."""

    def __init__(self, setting: Setting, chance: np.random.Generator) -> None:
        self._setting, self._chance = setting, chance
        self._books, self._progress = Books(), Progress()
        self._watches: dict[tuple[int, int, int], Watch] = {}
        self._weights = [0.0] * len(SLICES)
        self._served = np.zeros(len(SLICES))
        self._all = np.zeros(len(SLICES), np.int64)
        self._full: int | None = None
        self._failed: list[int | None] = [None] * len(SLICES)
        self._beyond = False

    def run(self) -> Journey:
        """To the horizon."""
        for number in range(0, self._setting.horizon, LOOK):
            before = self._books.cells.count.copy(), self._books.cells.diverged.copy()
            arriving = self._chance.multinomial(LOOK, list(SLICES.values()))
            for at, (name, count) in enumerate(zip(SLICES, arriving, strict=True)):
                self._arrive(at, name, int(count), number)
            self._watch(*before)
            self._look(number + LOOK)
        divergent = tuple(map(float, self._served / self._all))
        return Journey(self._full, tuple(self._failed), tuple(self._weights), divergent, self._beyond)

    def _arrive(self, at: int, name: str, count: int, number: int) -> None:
        world, share = self._setting.world, self._weights[at] / 100.0
        replies = world.replies(name, number, count, self._chance)
        served = self._chance.random(count) < share
        self._all[at] += count
        self._served[at] += ((replies.teacher ^ replies.student).any(axis=1) & served).sum()
        known = ~served | (self._chance.random(count) < self._setting.audit)
        some = Replies(replies.teacher[known], replies.student[known], replies.again[known])
        self._books.add(at, some, self._chance.random(int(known.sum())) < ASKED_TWICE)

    def _watch(self, count: Numbers, diverged: Numbers) -> None:
        """Over the cells of slices that are served, by what was added to them."""
        if not self._setting.watched:
            return
        cells = self._books.cells
        for at, behavior, way in np.argwhere(cells.count > count):
            if self._weights[at]:
                key = (int(at), int(behavior), int(way))
                tried, lost = (int((new - old)[key]) for new, old in ((cells.count, count), (cells.diverged, diverged)))
                watch = self._watches.get(key, Watch())
                self._watches[key] = watch.fed(Trials(tried, lost), RULE.rate.failure_above)

    def _look(self, number: int) -> None:
        said = verdicts(self._books.cells, RULE, self._setting.most)
        findings = {name: self._finding(at, name, said[at]) for at, name in enumerate(SLICES)}
        self._progress = tick(PLAN, self._progress, findings, self._progress.seen + PLAN.interval)
        self._weights = [weight(PLAN, self._progress, name) for name in SLICES]
        self._note(number, findings)

    def _finding(self, at: int, name: str, said: npt.NDArray[np.int8]) -> Finding:
        gates = {
            behavior: Gate(Judgment(Verdict(int(said[cell].min())), Direction.LOST, ""))
            for cell, behavior in enumerate(BEHAVIORS)
        }
        alarmed = (key for key, watch in self._watches.items() if key[0] == at and watch.log_level >= log(FALSE_ALARM))
        gates |= {f"watch {key}": Gate(Judgment(Verdict.FAIL, Direction.LOST, "has risen")) for key in alarmed}
        matters = said.min() == Verdict.PASS or self._progress.slices.get(name, Reached()).weight > 0.0
        return finding(gates, self._books.exposed(at) if matters else 0.0)

    def _note(self, number: int, findings: Mapping[str, Finding]) -> None:
        if self._full is None and min(self._weights) == 100.0:  # noqa: PLR2004 -- percent
            self._full = number
        for at, (name, found) in enumerate(findings.items()):
            if found.act is Act.TAKE_BACK and self._failed[at] is None:
                self._failed[at] = number
            allowed = self._weights[at] / 100.0 * self._setting.world.risk(name, number)
            self._beyond |= allowed > RULE.budget


def journeys(setting: Setting, chance: np.random.Generator, rows: int) -> list[Journey]:
    """So many replicates."""
    return [Route(setting, chance).run() for _ in range(rows)]
