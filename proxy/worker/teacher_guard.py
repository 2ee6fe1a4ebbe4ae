"""How many requests the teacher may be answering at once in the student's place, so that no illness becomes its own.

A student that is ill, or unsure of everything, sends its whole share to a teacher that was never sized for it. Beyond
``fallback.teacher_concurrency`` a request is told to come again instead. The limit is a route's on a host: each of its
workers has an equal part, rounded up. What was the teacher's anyway is never limited. This module refuses to wait and
to answer: ``serving`` does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from proxy.config.settings import Route


class TeacherGuard:
    """The calls of teachers in their students' place that this worker has under way. For one event loop.

    ``workers`` is how many of them the host has.
    """

    def __init__(self, workers: int = 1) -> None:
        self.workers = workers
        self._under_way: Counter[str] = Counter()

    def enter(self, route: Route) -> bool:
        """Whether one more may start; where it may, ``leave`` must be called once it has ended.

        The limit is that of ``route`` as the request came with it, so that a changed configuration holds at once.
        """
        if self._under_way[route.name] >= -(-route.fallback.teacher_concurrency // self.workers):
            return False
        self._under_way[route.name] += 1
        return True

    def leave(self, route: Route) -> None:
        """One that was let in has ended."""
        self._under_way[route.name] -= 1

    @contextmanager
    def entered(self, route: Route) -> Iterator[bool]:
        """``enter``, and ``leave`` at the end of the block where it was let in; gives whether it was."""
        let_in = self.enter(route)
        try:
            yield let_in
        finally:
            if let_in:
                self.leave(route)

    def under_way(self, route: Route) -> int:
        """How many are under way."""
        return self._under_way[route.name]
