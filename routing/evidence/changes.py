"""A watch over a rate that was once certified: has it risen since?

A certificate is a statement about the past, and evidence gathered before a change drowns what comes after it. So the
watch forgets: it follows, for a few stakes, the product of 1 + stake * (trial - limit) and starts anew wherever that
falls below 1, as Page's CUSUM does. While the rate stays at or below the limit, the average run until the watch
reaches A is at least A trials, whatever their dependence. Method: e-detectors of Shin, Ramdas and Rinaldo
(arXiv:2203.03532).

Its state does not merge: the one controller that acts keeps it, and feeds it what was added since its last look.
Inside one batch no order is known, so starting anew happens between batches only; that delays an alarm, by a batch at
most, and never raises a false one more.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, log1p

from routing.evidence.rates import Trials

STAKES = (0.5, 1.0, 2.0, 4.0)
HIGHEST_LIMIT = 0.2  # the largest stake times the limit must stay below 1


@dataclass(frozen=True, slots=True)
class Watch:
    """The logarithms of the running products, one for each of ``STAKES``."""

    logs: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)

    def fed(self, added: Trials, limit: float) -> Watch:
        """After more trials, held against ``limit``, a rate between 0 and 0.2.

        Raises:
            ValueError: for another limit.
        """
        if not 0.0 < limit <= HIGHEST_LIMIT:
            raise ValueError(f"a limit of {limit} leaves no stakes: give more than 0 and at most {HIGHEST_LIMIT}")
        first, second, third, fourth = (
            max(0.0, kept) + _log_product(added, stake, limit) for kept, stake in zip(self.logs, STAKES, strict=True)
        )
        return Watch((first, second, third, fourth))

    @property
    def log_level(self) -> float:
        """Ln of the average product: an alarm where it reaches ln A."""
        most = max(self.logs)
        return most + log(sum(exp(one - most) for one in self.logs) / len(self.logs))


def _log_product(added: Trials, stake: float, limit: float) -> float:
    kept = added.count - added.diverged
    return added.diverged * log1p(stake * (1.0 - limit)) + kept * log1p(-stake * limit)
