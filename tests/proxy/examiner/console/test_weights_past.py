"""What decisions tell of weights: what is known, when, and nothing that is not."""

from __future__ import annotations

import pytest

from proxy.examiner.console.weights_past import Moment, changes, entries, moments
from proxy.examiner.status import Decided


def one(at: float, what: str, before: str, after: str, where: str = "math", inputs: str = "{}") -> Decided:
    """A decision."""
    return Decided(at, "ana", where, what, before, after, "", inputs)


def past(*told: Decided) -> tuple[Moment, ...]:
    """What is known of math."""
    return moments(entries(told), "math")


def test_what_is_served_is_known_from_the_beginning() -> None:
    """The first change says what was before it."""
    found = past(one(10, "phase", "shadow", "canary", ""), one(20, "raise", "1 %", "5 %"))
    assert [(each.at, each.served) for each in found] == [(10, 1.0), (20, 5.0)]
    assert changes(found) == 1


def test_what_nobody_said_is_not_known() -> None:
    """None, and not 0: a student that had earned nothing is another story."""
    (begun, raised) = past(one(10, "raise", "0 %", "1 %"))
    assert (begun.served, raised.served) == (0.0, 1.0)
    assert (raised.ceiling, raised.step, raised.earned) == (None, None, None)


def test_inputs_tell_what_bounded_the_weight() -> None:
    """Those of another slice say nothing of this one, and what was earned beyond everything is everything."""
    known = '{"math": {"ceiling": 20, "step": 5, "earned": 250.0, "gates": {}}, "code": {"step": 1}}'
    found = past(
        one(10, "step", "0 of 3", "1 of 3", "", known), one(20, "step", "1 of 3", "2 of 3", "", '{"code": {}}')
    )
    assert [each.weights for each in found] == [(None,) * 4, (None, 20.0, 5.0, 100.0)]


@pytest.mark.parametrize(
    ("told", "ceilings"),
    [
        ([("math", "no ceiling", "10 %")], [None, 10.0]),
        ([("", "no ceiling", "10 %")], [None, 10.0]),
        ([("code", "no ceiling", "10 %")], [None]),
        ([("math", "no ceiling", "10 %"), ("", "no ceiling", "5 %")], [None, 10.0]),
        (
            [("math", "30 %", "10 %"), ("math", "10 %", "no ceiling"), ("", "no ceiling", "5 %")],
            [30.0, 10.0, 100.0, 5.0],
        ),
    ],
)
def test_an_operators_ceiling_holds_for_its_slice_before_the_routes(
    told: list[tuple[str, str, str]], ceilings: list[float | None]
) -> None:
    """As the rollout takes it."""
    found = past(*(one(10 * n, "set-weight", before, after, where) for n, (where, before, after) in enumerate(told, 1)))
    assert [each.ceiling for each in found] == ceilings


@pytest.mark.parametrize("inputs", ["", "{", "[]", '{"math": 3}', '{"math": {"earned": "much"}}', "[" * 100_000])
def test_inputs_that_nobody_can_read_tell_nothing(inputs: str) -> None:
    """A row of another release must not take the page with it."""
    assert [each.weights for each in past(one(10, "raise", "0 %", "x", inputs=inputs))] == [(None,) * 4]


def test_no_decisions_know_nothing() -> None:
    """An empty log is one."""
    assert [each.weights for each in past()] == [(None,) * 4]
    assert changes(past()) == 0
