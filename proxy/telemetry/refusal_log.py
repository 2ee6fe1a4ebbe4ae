"""A line of the log for a request that was refused before it had a route: why, and nothing of what it said.

Such a request leaves no record, so its worker writes the line itself. Anybody may send such requests, as many as they
like, so that only the first ``MOST`` of a second have one; how many others there were is said at the second's end, and
counted. A path is shown only where it is none of those that are known here: printable, cut, without its query. The
counterpart for requests that had a route is ``request_log``.
"""

from __future__ import annotations

import asyncio
import logging

from proxy.telemetry.catalog import LOG_LEFT_OUT
from proxy.telemetry.tally import Tally
from routing.traits import Endpoint

log = logging.getLogger("practicum.requests")

Facts = dict[str, str | int]

MOST = 10
"""Lines a second, of one worker."""
SECOND = 1.0
_SHOWN = 80  # characters of a path


class RefusalLog:
    """Writes such lines, on a running event loop. ``second`` is for how long ``MOST`` are enough, in seconds."""

    def __init__(self, tally: Tally, second: float = SECOND) -> None:
        self._tally = tally
        self._second = second
        tally.count(LOG_LEFT_OUT, "limited", by=0)  # a series that is there before it is needed can be alerted on
        self._written = 0  # since this second began
        self._left_out = 0

    def refused(self, endpoint: Endpoint, path: str, status: int, code: str) -> None:
        """We answered with an error of our own."""
        facts: Facts = {"why": "refused", "outcome": "rejected", "status": status, "code": code}
        self._write(f"refused {endpoint} {status} {code}", endpoint, path, facts)

    def left(self, endpoint: Endpoint, path: str) -> None:
        """The client went away while its request came."""
        facts: Facts = {"why": "client_gone", "outcome": "client_gone"}
        self._write(f"client_gone {endpoint} before its request was here", endpoint, path, facts)

    def _write(self, words: str, endpoint: Endpoint, path: str, facts: Facts) -> None:
        if not self._has_room():
            return
        facts |= {"endpoint": endpoint.value}
        if path and endpoint is Endpoint.OTHER:
            facts |= {"path": shown(path)}
            words += f", path {facts['path']}"
        log.info("%s", words, extra={"facts": facts})

    def _has_room(self) -> bool:
        if not self._written:
            asyncio.get_running_loop().call_later(self._second, self._begin_anew)
        self._written += 1
        if self._written <= MOST:
            return True
        self._left_out += 1
        self._tally.count(LOG_LEFT_OUT, "limited")
        return False

    def _begin_anew(self) -> None:
        left_out, self._written, self._left_out = self._left_out, 0, 0
        if left_out:
            words = f"{left_out} more requests were refused within {self._second:g} s, and have no line of their own"
            log.warning("%s", words, extra={"facts": {"why": "refused", "left_out": left_out}})


def shown(path: str) -> str:
    """A path as a line may show it: its beginning, in printable ASCII, without a query, however that was written."""
    whole = path.partition("?")[0].encode("unicode_escape").decode("ascii")
    return whole if len(whole) <= _SHOWN else whole[:_SHOWN] + "..."
