"""What workers are told of students that are ill: how much of its share each may be given.

While a student's circuit is open that is nothing, and from its end on it grows (``routing.recovery``). Weights stay as
they are, so that an operator sees what a student would be served, and what its illness costs. It refuses to judge who
is ill: a ``lane``'s circuit does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from proxy.examiner.lane import Lane
from routing.assignment import BUCKETS
from routing.recovery import share


def ill(lanes: Iterable[Lane]) -> dict[str, int]:
    """By route, of those whose student is ill or returning: how many 100 000ths of each weight it may be given now."""
    now = asyncio.get_running_loop().time()
    given = {lane.route.name: share(lane.circuit, now, lane.route.fallback.return_over) for lane in lanes}
    return {name: part for name, part in given.items() if part < BUCKETS}
