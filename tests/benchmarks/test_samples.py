"""benchmarks.samples and benchmarks.goals: what is called a ratio, and what is called met."""

from __future__ import annotations

import pytest

from benchmarks.goals import GOALS, Goal
from benchmarks.samples import Sample, Samples, Spread


def samples(**arms: list[float]) -> Samples:
    return Samples([Sample("s", arm, number, {"f": f}) for arm, row in arms.items() for number, f in enumerate(row)])


def test_a_ratio_is_taken_within_each_round() -> None:
    """A machine that slows down by a factor of ten between rounds must not move a ratio."""
    drifting = samples(ours=[2.0, 20.0, 200.0], theirs=[1.0, 10.0, 100.0])
    assert drifting.ratio("s", "f", "ours", "theirs") == Spread(2.0, 2.0, 2.0, 3)


def test_a_round_that_lacks_an_arm_gives_no_ratio() -> None:
    """Figures of different rounds are never mixed."""
    assert samples(ours=[2.0, 9.0], theirs=[1.0]).ratio("s", "f", "ours", "theirs") == Spread(2.0, 2.0, 2.0, 1)
    assert samples(ours=[2.0]).ratio("s", "f", "ours", "theirs") is None


def test_what_is_added_is_over_the_direct_call() -> None:
    """Half of two proxies' latency is the upstream's; a ratio of totals would hide what each adds."""
    found = samples(ours=[5.0], theirs=[3.0], direct=[2.0]).added_ratio("s", "f", "ours", "theirs", "direct")
    assert found == Spread(3.0, 3.0, 3.0, 1)


@pytest.mark.parametrize(
    ("figure", "most", "verdict"),
    [
        (0.9, True, "met"),
        (1.1, True, "missed"),
        (1.1, False, "met"),
        (0.9, False, "missed"),
        (None, True, "not measured"),
    ],
)
def test_a_goal_is_met_missed_or_not_measured(figure: float | None, most: bool, verdict: str) -> None:
    """What was not measured is neither."""
    found = None if figure is None else Spread(figure, figure, figure, 1)
    assert Goal("it", 1.0, "of theirs", lambda _: found, most).verdict(Samples()) == verdict


def test_every_goal_says_that_an_empty_run_measured_nothing() -> None:
    """A scenario that was renamed would else leave its goal silently unmeasured for a wrong reason: by raising."""
    assert {goal.verdict(Samples()) for goal in GOALS} == {"not measured"}
