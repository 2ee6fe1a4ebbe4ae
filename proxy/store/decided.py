"""A decision about a rollout, as the store keeps it and people are told of it.

It stands apart from ``proxy.store.rollouts``, which writes and reads it: whoever only shows it loads no database's
library.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision: ``who`` changed ``what`` of a slice ("": of the route) from ``before`` to ``after``, and why.

    ``at`` is Unix seconds, ``inputs`` JSON text: what the decision rested on.
    """

    at: float
    who: str
    slice: str
    what: str
    before: str
    after: str
    why: str
    inputs: str
