"""How much of its share an upstream is given that was ill: nothing while it is, and then ever more, until it has all.

One that has just come back is cold, and to be met by everybody at once is what brings servers down again. Its share
grows linearly over a time, from the moment on from which its circuit has let calls through: the lowest buckets first,
so that nobody who has returned leaves again while it goes well. A failure that opens the circuit begins anew. It
refuses to know what fails: ``circuit`` does, its counterpart.
"""

from __future__ import annotations

from routing.assignment import BUCKETS
from routing.circuit import Circuit


def share(circuit: Circuit, now: float, over: float) -> int:
    """How many 100 000ths of each weight may be served now, where the return takes ``over`` seconds.

    ``now`` is in seconds, on the circuit's clock.
    """
    if not circuit.allows(now):
        return 0
    well = now - circuit.since
    return BUCKETS if well >= over else int(well * BUCKETS / over)
