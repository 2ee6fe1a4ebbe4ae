"""What the admin port's two faces, the API and the console, ask of the examiner: plain callables, and nothing to wire.

Nothing here answers a request; ``admin`` and ``console`` do. ``app`` fills it in.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Mapping, Sequence

from proxy.config.settings import Config
from proxy.examiner.orders import Order
from proxy.examiner.status import ConfidenceStatus, Decided, Status
from proxy.store.store import Store
from routing.rollout import RolloutError


async def _no_order(route: str, order: Order) -> str:
    raise RolloutError(f"nothing here moves rollouts: {order.verb} of {route!r} was not done")


def _no_decisions(route: str, limit: int) -> Sequence[Decided]:
    raise RolloutError(f"nothing here moves rollouts: the latest {limit} decisions about {route!r} cannot be told")


@dataclasses.dataclass(frozen=True, slots=True)
class Desk:
    """What the admin port asks of the examiner. What is not awaited or said to run on a thread must not block.

    ``ready`` gives the reasons why not; none means ready. ``metrics`` renders all metrics, in OpenMetrics if asked to,
    with their content type. ``token`` None leaves the port open to this machine. ``order`` carries an operator's order
    out for a route and says in one sentence what was done; it raises ``RolloutError`` where that makes no sense now.
    ``confidence`` tells how a route's student is judged, None until that was looked at; ``fallbacks`` how many of its
    requests the teacher answered in the student's place, by why; ``stopping`` whether the examiner is about to stop,
    when what never ends by itself has to.
    ``decisions`` gives at most so many of a route's stored decisions, the newest first; it runs on a thread. Without
    them, the port refuses to order and to tell. Both raise ``StoreError`` where the database fails.
    """

    status: Callable[[], Status]
    ready: Callable[[], Sequence[str]]
    metrics: Callable[[bool], tuple[bytes, str]]
    store: Store
    config: Callable[[], Config]
    token: str | None = dataclasses.field(default=None, repr=False)
    order: Callable[[str, Order], Awaitable[str]] = _no_order
    decisions: Callable[[str, int], Sequence[Decided]] = _no_decisions
    confidence: Callable[[str], ConfidenceStatus | None] = lambda _: None
    stopping: Callable[[], bool] = lambda: False
    fallbacks: Callable[[str], Mapping[str, int]] = lambda _: {}
