"""A teacher that diverges from itself: what becomes of students that are as good, a little worse, or much worse.

One direction of one gate, as configured by default: a pass below 3 %, a failure above 6 %, over the teacher's own
divergence 1 and 3 points. One conversation in twenty is asked twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from math import log

import numpy as np

from routing.gates import Band, Rule, Verdict
from simulation.borders import NEVER, Counts, first
from simulation.judging import Numbers, Seen, log_e_excess_below, verdicts
from simulation.replication import Run
from simulation.table import Cell, Percent, Promise, Share, Table, Waits

RULE = Rule(Band(0.03, 0.06), Band(0.01, 0.03), budget=0.005, alpha=0.05, alpha_fail=0.05 / 22)
NOISE = (0.02, 0.05, 0.20)
WORSE = (0.0, 0.01, 0.05, 0.10)
EVERY = 20  # conversations, one of which is asked twice
PAIRS = 5000
_REPLICATES = 2000
_MARGINS = (0.01, 0.02, 0.03, 0.05)
_MOST_PAIRS = 40_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """After how many pairs each replicate first failed, and first passed; ``NEVER`` where it did not."""

    failed: Counts
    passed: Counts


def outcome(rule: Rule, noise: float, student: float, pairs: int, chance: np.random.Generator, rows: int) -> Outcome:
    """A look after every pair, that is after twenty trials; both arms diverge independently of one another."""
    found = verdicts(gathered(noise, student, pairs, chance, rows), rule, EVERY * pairs)
    return Outcome(first(found == Verdict.FAIL), first(found == Verdict.PASS))


def gathered(noise: float, student: float, pairs: int, chance: np.random.Generator, rows: int) -> Seen:
    """What is known after each pair."""
    shape = (rows, pairs)
    lost, fickle = chance.random(shape) < student, chance.random(shape) < noise
    diverged = np.cumsum(lost + chance.binomial(EVERY - 1, student, shape), axis=1, dtype=np.int64)
    number = np.broadcast_to(np.arange(1, pairs + 1), shape)
    student_only, teacher_only = (np.cumsum(one, axis=1, dtype=np.int64) for one in (lost & ~fickle, fickle & ~lost))
    trials: Numbers = number * EVERY
    return Seen(trials, diverged, student_only, teacher_only, number - student_only - teacher_only, trials)


def tables(run: Run) -> tuple[Table, ...]:
    """The default gate, the same without its noise floor, and how pairs of the gained direction have to be counted."""
    alone = replace(RULE, over_noise=None)
    return (
        _table(run, RULE, "A fickle teacher, with a noise floor of 1 and 3 points"),
        _table(run, alone, "A fickle teacher, without a noise floor"),
        _margins(run),
        _gained(run),
    )


def _table(run: Run, rule: Rule, title: str) -> Table:
    rows = tuple(_row(run, rule, noise, noise + worse) for noise in NOISE for worse in WORSE)
    return Table(
        title,
        f"Pass below 3 %, failure above 6 %; one conversation in {EVERY} is asked twice; a look after each, up to "
        f"{PAIRS:,} pairs ({EVERY * PAIRS:,} conversations). How often the gate ever passed, ever failed, and held "
        "throughout, and the pairs until each. Where a verdict would be wrong, its level stands beside it.",
        ("teacher's own", "student", "ever passed", "ever failed", "held", "pairs to pass", "pairs to fail"),
        rows,
    )


def _row(run: Run, rule: Rule, noise: float, student: float) -> tuple[Cell, ...]:
    name = f"noise {noise} {student} {rule.over_noise}"
    batches = run.over(partial(outcome, rule, noise, student, PAIRS), name, run.replicates(_REPLICATES), batch=20)
    failed, passed = (np.concatenate([getattr(one, name) for one in batches]) for name in ("failed", "passed"))
    hits = (int(one.sum()) for one in (passed != NEVER, failed != NEVER, (passed == NEVER) & (failed == NEVER)))
    passing, failing, held = (Share(one, len(failed)) for one in hits)
    worst, allowed = harmful(rule, noise, student)
    return (
        Percent(noise),
        Percent(student),
        Promise(passing, rule.alpha) if worst else passing,
        Promise(failing, rule.alpha_fail) if allowed else failing,
        held,
        Waits.of(passed),
        Waits.of(failed),
    )


def harmful(rule: Rule, noise: float, student: float) -> tuple[bool, bool]:
    """Whether a pass would be wrong, and whether a failure would be."""
    rate, excess = round(student, 9), round(student - noise, 9)
    over = rule.over_noise
    wrong_pass = rate >= rule.rate.success_below and (over is None or excess >= over.success_below)
    wrong_failure = rate <= rule.plain_failure and (over is None or excess <= over.failure_above)
    return wrong_pass, wrong_failure


def certified(noise: float, chance: np.random.Generator, rows: int) -> list[Counts]:
    """After how many pairs an equal student is certified below each margin."""
    shape = (rows, _MOST_PAIRS)
    lost, fickle = chance.random(shape) < noise, chance.random(shape) < noise
    student_only, teacher_only = (np.cumsum(one, axis=1, dtype=np.int64) for one in (lost & ~fickle, fickle & ~lost))
    number = np.broadcast_to(np.arange(1, _MOST_PAIRS + 1), shape)
    none = np.zeros_like(number)
    seen = Seen(none, none, student_only, teacher_only, number - student_only - teacher_only, none)
    return [first(log_e_excess_below(seen, margin) >= -log(RULE.pass_level)) for margin in _MARGINS]


def _margins(run: Run) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for noise in NOISE:
        found = run.over(partial(certified, noise), f"margins {noise}", run.replicates(_REPLICATES // 5), 10)
        rows.append((Percent(noise), *(Waits.of(np.concatenate(times)) for times in zip(*found, strict=True))))
    return Table(
        "Pairs that a student as good as its teacher needs, by the margin",
        f"Median and 90th percentile; a dash where more than {_MOST_PAIRS:,} are needed. What a margin costs goes with "
        "the noise and with the inverse square of the margin, for any test.",
        ("teacher's own", *(f"margin {100 * margin:g} %" for margin in _MARGINS)),
        tuple(rows),
    )


def _gained(run: Run) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for shows in (0.02, 0.10, 0.30):
        found = run.over(partial(excesses, shows), f"gained {shows}", run.replicates(_REPLICATES))
        student, either = np.concatenate(found, axis=1)
        rows.append((Percent(shows), Percent(float(np.mean(student))), Percent(float(np.mean(either)))))
    return Table(
        "Which conversations are pairs of the gained direction",
        "An equal student: all three replies to a request show the behavior with the same chance, drawn anew for each "
        "request (beta, correlation 0.6). The mean excess, which should be 0, where pairs are the conversations in "
        "which the student showed the behavior, and where they are those in which the student or the teacher's second "
        "reply did, as routing asks.",
        ("replies that show it", "excess: the student showed it", "excess: either showed it"),
        tuple(rows),
    )


def excesses(shows: float, chance: np.random.Generator, rows: int) -> Numbers:
    """The mean excess in the gained direction for each row of 2,000 requests, by both ways of counting: (2, rows)."""
    spread = 2.0 / 3.0  # of a beta distribution with a correlation of 0.6
    rate = chance.beta(shows * spread, (1.0 - shows) * spread, (rows, 2000, 1))
    teacher, second, student = np.moveaxis(chance.random((rows, 2000, 3)) < rate, 2, 0)
    excess = (student & ~teacher).astype(int) - (second & ~teacher)
    either = student | second
    means = [(excess * among).sum(axis=1) / np.maximum(1, among.sum(axis=1)) for among in (student, either)]
    return np.array(means)
