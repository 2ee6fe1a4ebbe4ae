"""A worker that counts nothing, which no setting makes: what metrics cost is how much less it does.

Started by ``observability``; it takes a worker's arguments. What it leaves out is counting itself. The clock readings
stay, because the record has them too.
"""

from __future__ import annotations

import runpy

from proxy.telemetry.tally import Tally
from proxy.worker.counting import Counting


def _nothing(*_: object) -> None:
    """Count nothing."""


if __name__ == "__main__":
    Counting.count = Counting.count_attempt = _nothing  # type: ignore[assignment, method-assign] # on purpose
    Tally.increment = Tally.count = _nothing  # type: ignore[assignment, method-assign]
    runpy.run_module("proxy.worker", run_name="__main__", alter_sys=True)
