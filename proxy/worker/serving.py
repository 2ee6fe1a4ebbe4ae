"""Serving one request: a call of the arm that was decided on, its bytes passed on as they come, one record left behind.

The reply's head goes out with its first byte, so a teacher that sends headers and then nothing still yields a clean
504. From that first byte on the reply is committed: whatever breaks afterwards ends in an explicit error event where
the stream stands at the border of an event, and in any case in a connection closed before its end, never in a reply
that looks complete. A client that goes away cancels this coroutine, which aborts the upstream call. What the student
has a share in is its counterpart's, ``share``: there the teacher answers where the student should not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from proxy.handover import Record
from proxy.telemetry.tally import Tally
from proxy.upstreams import Upstreams
from proxy.worker.calls import Calls, Keys, leave
from proxy.worker.client import Client
from proxy.worker.exchange import Ask, Exchange
from proxy.worker.failures import answer_failure
from proxy.worker.hold import Budget
from proxy.worker.share import Assurances, Share
from proxy.worker.teacher_guard import TeacherGuard
from proxy.worker.trace_header import TraceHeader
from routing.decision import Reason
from routing.observation import Arm

_TEACHER, _ILL = Arm.TEACHER, Reason.STUDENT_ILL  # up to Python 3.11, looking a member up is a call


class Serving:
    """Answers clients' requests. ``budget`` is of what is held back of students' replies."""

    def __init__(
        self,
        upstreams: Upstreams,
        tally: Tally,
        hand: Callable[[Record], bool],
        key: Keys,
        assurances: Assurances,
        guard: TeacherGuard,
    ) -> None:
        self._calls = Calls(upstreams, tally, hand, key)
        self.budget = Budget()
        self._share = Share(self._calls, tally, assurances, guard, self.budget)

    def trace(self, header: TraceHeader | None) -> None:
        """Trace from now on, or do not."""
        self._calls.trace = header

    async def serve(self, ask: Ask, client: Client, *, keep_credentials: bool) -> None:
        """Answer one request, whatever happens, and hand over its record."""
        decision = ask.decision
        if decision.arm is not _TEACHER or decision.reason is _ILL:
            await self._share.serve(ask, client, keep_credentials=keep_credentials)
            return
        exchange, calls = Exchange(ask), self._calls
        try:
            request = calls.to_teacher(ask, keep_credentials=keep_credentials)
            await calls.run(exchange, client, ask.route.teacher, request, alarm=client.alarm)
            if exchange.failure is not None:
                answer_failure(exchange, client)
        except asyncio.CancelledError:
            leave(exchange, client)
        finally:
            calls.conclude(exchange)
