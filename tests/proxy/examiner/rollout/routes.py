"""Routes as a file gives them, and evidence about them, for the tests of the rollout."""

from __future__ import annotations

from proxy.config.parse import parse
from proxy.config.settings import Config, Route
from routing.behaviors.table import TABLE
from routing.divergence import Direction
from routing.evidence.rates import Trials
from routing.ledger import Counted, Diverged, History, Ledger, Sheet, Stage

STEPS = "steps: [{setWeight: 1}, {setWeight: 25}, {setWeight: 100}]"
_FILE = """
routes:
  support:
    models: [support]
    teacher: {{base_url: "http://teacher/v1", model: big}}
    student: {{base_url: "http://student/v1", model: small}}
    rollout: {{interval: 30s, {rollout}}}
    gates: {{{gates}}}
    audit: {{percentage: 100, required_above: {alone}}}
    noise_floor: {{percentage: {twice}}}
"""


def config(rollout: str = STEPS, gates: str = "riskBudget: 0.5", alone: float = 100.0, twice: float = 0.0) -> Config:
    """A configuration with one route, in which the teacher is asked ``twice`` so often, percent."""
    return parse(_FILE.format(rollout=rollout, gates=gates, alone=alone, twice=twice), "practicum.yaml").config


def route(rollout: str = STEPS, gates: str = "riskBudget: 0.5", alone: float = 100.0, twice: float = 0.0) -> Route:
    """The one route."""
    return config(rollout, gates, alone, twice).routes["support"]


def sheet(conversations: int, lost: int = 0, behavior: str = "refusal") -> Sheet:
    """So many conversations, all trials of every built-in behavior in both directions; some of them lost one."""
    cells = {(row.behavior, way): Counted(Trials(conversations)) for row in TABLE for way in Direction}
    cells[behavior, Direction.LOST] = Counted(Trials(conversations, lost))
    sets = {Diverged(): conversations - lost, Diverged((f"{behavior}.lost",)): lost}
    return Sheet(cells, {key: count for key, count in sets.items() if count})


def ledger(history: History = History.TEACHER, **slices: Sheet) -> Ledger:
    """Conversations of one history that are all over, by slice."""
    return Ledger({(name, history, stage): found for name, found in slices.items() for stage in Stage})
