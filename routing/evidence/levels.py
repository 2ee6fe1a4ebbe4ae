"""How an error level is shared out over tests whose number nobody knows beforehand.

The shares 1 / (j (j + 1)) of j = 1, 2, 3, ... add up to 1. The j-th behavior to appear is tested at its share, and so
is the j-th epoch of one gate: otherwise a dozen free resets at 5 % make a false certificate of every third gate.
"""

from __future__ import annotations


def share(alpha: float, position: int) -> float:
    """The level of the test at ``position``, counted from 1, of a sequence that shares ``alpha``.

    Raises:
        ValueError: where the position is below 1.
    """
    if position < 1:
        raise ValueError(f"position {position} of a sequence: count from 1")
    return alpha / (position * (position + 1))
