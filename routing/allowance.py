"""A budget of tokens per hour, refilled continuously: at most an hour's worth at once, and no more over any hour.

Pure: ``now`` is passed in, in seconds on any monotonic clock. A call is allowed while anything is left, and what it
cost is taken afterwards, when it is known; so the balance can fall below zero by what was under way.
"""

from __future__ import annotations

from dataclasses import dataclass

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Allowance:
    """``per_hour`` 0 means no limit. ``balance`` is in tokens, as of ``at``."""

    per_hour: int
    balance: float
    at: float

    @classmethod
    def full(cls, per_hour: int, now: float) -> Allowance:
        """An unspent budget."""
        return cls(per_hour, float(per_hour), now)

    def left(self, now: float) -> float:
        """Tokens left; infinite without a limit."""
        if not self.per_hour:
            return float("inf")
        earned = max(0.0, now - self.at) * self.per_hour / HOUR
        return min(float(self.per_hour), self.balance + earned)

    def spent(self, tokens: int, now: float) -> Allowance:
        """After a call that cost ``tokens``."""
        return Allowance(self.per_hour, self.left(now) - tokens, now) if self.per_hour else self
