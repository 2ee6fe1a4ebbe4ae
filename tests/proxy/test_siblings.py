"""Workers that know of each other: who is given a connection, and that none is lost with a worker that is."""

from __future__ import annotations

import os
import random
import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from proxy.siblings import LATE_NS, Siblings, Team

NOW = 10**12  # nanoseconds


def worker(team: Team, number: int) -> Siblings:
    """A worker at its place, with descriptors of its own, as after a start."""
    page, *ends = map(os.dup, team.fds)
    return Siblings(number, page, ends)


@contextmanager
def workers(folder: Path, count: int) -> Iterator[list[Siblings]]:
    """Workers who are all alive."""
    with closing(Team(count, str(folder))) as team, ExitStack() as stack:
        alive = [stack.enter_context(closing(worker(team, number))) for number in range(count)]
        for one in alive:
            one.alive(NOW)
        yield alive


def have(worker: Siblings, connections: int) -> None:
    """So many more."""
    for _ in range(connections):
        worker.opened()


@contextmanager
def connection() -> Iterator[tuple[socket.socket, socket.socket]]:
    """The end that is handed over, and the client's."""
    ours, client = socket.socketpair()
    with ours, client:
        yield ours, client


@contextmanager
def no_descriptor_left() -> Iterator[None]:
    """This process may open nothing more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    os.close(free := os.dup(0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_place_survives_its_command_line(tmp_path: Path) -> None:
    """The supervisor writes it, the worker reads it."""
    with closing(Team(3, str(tmp_path))) as team:
        assert list(map(int, team.place(2).split(","))) == [2, *team.fds]
        assert len(team.fds) == 1 + 2 * 3


def test_each_knows_how_many_workers_the_host_has(tmp_path: Path) -> None:
    """What all of them may do together is shared out among them, whether or not the others are alive."""
    with workers(tmp_path, 3) as started:
        assert [one.workers for one in started] == [3, 3, 3]


def test_equals_keep_what_they_accept(tmp_path: Path) -> None:
    """Handing over costs a message, and gains nothing here."""
    with workers(tmp_path, 2) as (first, second):
        assert (first.least_loaded(NOW), second.least_loaded(NOW)) == (None, None)


def test_who_has_fewest_is_given_the_next(tmp_path: Path) -> None:
    """Of several."""
    with workers(tmp_path, 3) as (first, second, third):
        for one, connections in ((first, 5), (second, 4), (third, 3)):
            have(one, connections)
        assert [one.least_loaded(NOW) for one in (first, second, third)] == [2, 2, None]
        assert third.least_loaded(NOW, among_others=True) == 1


@pytest.mark.parametrize(("count", "connections"), [(2, 2), (2, 33), (3, 100), (8, 1000)])
def test_any_number_of_connections_is_spread_evenly(tmp_path: Path, count: int, connections: int) -> None:
    """Whoever accepts them: nobody has two more than another, at no moment."""
    chance = random.Random(connections)  # noqa: S311 -- a test's
    with workers(tmp_path, count) as team:
        open_now = [0] * count
        for _ in range(connections):
            accepted = chance.randrange(count)
            to = team[accepted].least_loaded(NOW)
            chosen = accepted if to is None else to
            open_now[chosen] += 1
            team[chosen].opened()
            assert max(open_now) - min(open_now) <= 1


def test_a_connection_counts_from_when_it_is_given(tmp_path: Path) -> None:
    """A burst is accepted before the receiver of the first has looked into its inbox."""
    with workers(tmp_path, 2) as (first, second):
        have(first, 1)
        with connection() as (ours, client):
            assert first.give(1, ours)
            assert first.least_loaded(NOW) is None
            taken = second.take()
            assert taken is not None
            with taken:
                assert second.take() is None
                assert (first.least_loaded(NOW), second.least_loaded(NOW)) == (None, None)
                taken.send(b"served by the other")
                assert client.recv(100) == b"served by the other"


def test_who_shows_no_sign_of_life_is_given_nothing(tmp_path: Path) -> None:
    """Stopped, hung, dead or leaving."""
    with workers(tmp_path, 3) as (first, second, third):
        have(first, 9)
        have(second, 1)
        assert first.least_loaded(NOW) == 2
        third.leave()
        assert first.least_loaded(NOW) == 1
        assert first.least_loaded(NOW + LATE_NS) == 1
        assert first.least_loaded(NOW + LATE_NS + 1) is None


def test_what_lies_in_the_inbox_of_a_late_one_is_taken_by_others(tmp_path: Path) -> None:
    """Its client must not wait for a worker to come back; and when it does, it is not thought to have it."""
    with workers(tmp_path, 2) as (first, second):
        have(first, 1)
        with connection() as (ours, client):
            assert first.give(1, ours)
            assert list(first.abandoned(NOW)) == []
            (rescued,) = first.abandoned(NOW + LATE_NS + 1)
            with rescued:
                rescued.send(b"here")
                assert client.recv(9) == b"here"
        assert second.take() is None
        second.alive(NOW + LATE_NS + 1)
        assert first.least_loaded(NOW + LATE_NS + 1) == 1


def test_what_was_given_to_a_killed_worker_its_successor_finds(tmp_path: Path) -> None:
    """The inbox is not its own; and the successor starts with as many connections as it has."""
    with closing(Team(2, str(tmp_path))) as team, closing(worker(team, 0)) as first, connection() as (ours, client):
        have(first, 5)
        with closing(worker(team, 1)) as killed:
            killed.alive(NOW)
            have(killed, 3)
            assert first.give(1, ours)
        with closing(worker(team, 1)) as successor:
            found = successor.take()
            assert found is not None
            found.close()
            assert client.recv(1) == b""
            assert successor.take() is None
            successor.alive(NOW)
            for _ in range(4):
                first.closed()
            assert first.least_loaded(NOW) is None
            first.opened()
            assert first.least_loaded(NOW) == 1


def test_a_full_inbox_is_no_reason_to_lose_a_connection(tmp_path: Path) -> None:
    """Whoever accepted it serves it, and nobody is thought to have it twice."""
    with workers(tmp_path, 2) as (first, second), connection() as (ours, client):
        given = 0
        while first.give(1, spare := ours.dup()):
            given += 1
        spare.close()
        assert given > 20
        ours.send(b"still ours")
        assert client.recv(100) == b"still ours"
        for _ in range(given):
            taken = second.take()
            assert taken is not None
            taken.close()
        have(first, given)
        assert first.least_loaded(NOW) is None
        first.opened()
        assert first.least_loaded(NOW) == 1


def test_without_a_descriptor_a_connection_stays_in_its_inbox(tmp_path: Path) -> None:
    """The kernel would drop it without a word."""
    with workers(tmp_path, 2) as (first, second), connection() as (ours, client):
        assert first.give(1, ours)
        with no_descriptor_left():
            with pytest.raises(OSError, match="Too many open files"):
                second.take()
            with pytest.raises(OSError, match="Too many open files"):
                list(first.abandoned(NOW + LATE_NS + 1))
        taken = second.take()
        assert taken is not None
        taken.close()
        assert client.recv(1) == b""
