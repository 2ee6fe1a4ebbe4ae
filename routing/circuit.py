"""A circuit breaker: whether an upstream that keeps failing is left alone for a while.

closed     -> open       after ``THRESHOLD`` failures in a row
open       -> half_open  once the rest is over: one probe may go
half_open  -> closed     when the probe succeeds; the next rest is short again
half_open  -> open       when it fails; the next rest is twice as long, up to ``LONGEST``

What ends a rest is a probe of its owner's, or a call that others made (``heard``). From when on calls have been allowed
without a break is remembered: ``recovery`` gives an upstream its share back from then on.

Pure: ``now`` is passed in, in seconds on any monotonic clock, and every step returns a new circuit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

THRESHOLD = 5
SHORTEST = 1.0
LONGEST = 60.0


class State(StrEnum):
    """What the breaker does with the next call."""

    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Circuit:
    """The breaker of one upstream. ``until`` is when an open one lets a probe through.

    ``since`` is from when on it allows calls, while it does or will: minus infinity where it always has.
    """

    state: State = State.CLOSED
    failures: int = 0
    rest: float = SHORTEST
    until: float = 0.0
    probing: bool = False
    since: float = float("-inf")

    def allows(self, now: float) -> bool:
        """Whether a call may start now."""
        if self.state is State.CLOSED:
            return True
        if self.state is State.OPEN:
            return now >= self.until
        return not self.probing

    def started(self, now: float) -> Circuit:
        """A call that was allowed starts; on a circuit that is not closed it is the probe."""
        if self.state is State.CLOSED:
            return self
        if not self.allows(now):
            raise ValueError(f"the circuit is {self.state} and allows no call before {self.until}; now is {now}")
        return replace(self, state=State.HALF_OPEN, probing=True)

    def ended(self, now: float, *, failed: bool) -> Circuit:
        """A call ended. Late ends of calls from before the circuit opened change nothing."""
        if self.state is State.OPEN:
            return self
        if not failed:
            return Circuit(since=now if self.probing else self.since)
        if self.state is State.HALF_OPEN:
            return _opened(now, min(self.rest * 2, LONGEST), self.failures + 1)
        if self.failures + 1 >= THRESHOLD:
            return _opened(now, SHORTEST, self.failures + 1)
        return replace(self, failures=self.failures + 1)

    def heard(self, now: float, *, failed: bool) -> Circuit:
        """A call ended that was not this circuit's to allow; where its rest is over, that was the probe."""
        if self.state is State.OPEN and self.allows(now):
            return replace(self, state=State.HALF_OPEN).ended(now, failed=failed)
        return self.ended(now, failed=failed)

    def given_up(self, now: float) -> Circuit:
        """A call that started was cancelled: it says nothing about the upstream, and frees the probe."""
        return replace(self, probing=False, since=now) if self.probing else self


def _opened(now: float, rest: float, failures: int) -> Circuit:
    return Circuit(State.OPEN, failures, rest, now + rest, since=now + rest)
