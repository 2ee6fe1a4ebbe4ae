"""How many requests the teacher answers in the student's place: a bound that is kept, freed, and moved by a reload."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.config.settings import Fallback, Route, Upstream
from proxy.worker.teacher_guard import TeacherGuard
from tests.proxy.worker.served import config


def route(limit: int, name: str = "support") -> Route:
    """A route whose teacher may answer so many requests in the student's place."""
    known = config(Upstream("http://teacher/v1")).routes["support"]
    return replace(known, name=name, fallback=Fallback(teacher_concurrency=limit))


def test_beyond_the_limit_nobody_is_let_in_until_one_leaves() -> None:
    """A teacher that drowns in its student's share fails those who never asked for the student."""
    guard, support = TeacherGuard(), route(2)
    assert [guard.enter(support) for _ in range(3)] == [True, True, False]
    guard.leave(support)
    assert [guard.enter(support) for _ in range(2)] == [True, False]
    assert guard.under_way(support) == 2


def test_each_route_has_its_own() -> None:
    """Another route's student may be well."""
    guard = TeacherGuard()
    assert [guard.enter(route(1, name)) for name in ("support", "sales", "support")] == [True, True, False]


@pytest.mark.parametrize(("limit", "workers", "part"), [(256, 1, 256), (256, 4, 64), (10, 4, 3), (1, 4, 1)])
def test_each_worker_of_a_host_has_an_equal_part_rounded_up(limit: int, workers: int, part: int) -> None:
    """Down, four workers would let in eight of ten, and none of one."""
    guard, support = TeacherGuard(workers), route(limit)
    assert sum(guard.enter(support) for _ in range(2 * limit)) == part


def test_a_changed_limit_holds_at_once_for_whoever_comes() -> None:
    """Also a lower one: those that are under way finish, and nobody follows them."""
    guard = TeacherGuard()
    assert all(guard.enter(route(4)) for _ in range(4))
    assert not guard.enter(route(2))
    for _ in range(3):
        guard.leave(route(2))
    assert [guard.enter(route(2)) for _ in range(2)] == [True, False]


def test_a_block_that_fails_gives_its_place_back() -> None:
    """A place that is lost once is lost for the worker's life."""
    guard, support = TeacherGuard(), route(1)

    def fail() -> None:
        with guard.entered(support) as let_in, guard.entered(support) as again:
            assert (let_in, again, guard.under_way(support)) == (True, False, 1)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        fail()
    assert guard.under_way(support) == 0


@given(st.integers(1, 5), st.integers(1, 4), st.lists(st.booleans(), max_size=60))
def test_it_never_holds_more_than_its_part_and_ends_at_zero(limit: int, workers: int, comings: list[bool]) -> None:
    """In whatever order they come and go."""
    guard, support, inside = TeacherGuard(workers), route(limit), 0
    for comes in comings:
        if comes:
            inside += guard.enter(support)
        elif inside:
            guard.leave(support)
            inside -= 1
        assert guard.under_way(support) == inside <= -(-limit // workers)
    for _ in range(inside):
        guard.leave(support)
    assert guard.under_way(support) == 0
