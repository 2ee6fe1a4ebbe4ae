"""The student's reply as far as it came and nobody has seen it: held back, judged, and then let go or withdrawn.

Of a stream the first ``hold.tokens`` tokens are held, for ``hold.time`` from its first byte at the most; a reply that
ends by then is judged whole, and so is one that is held back whole. From a prefix only what shows by then can be told:
its confidence, and ``broken_opening``. Tokens are heard by the same ``Listener`` as those of stored pairs, and a whole
reply is read by the same ``observe``, so that what was certified on pairs is what is served. Bytes in, a verdict out:
``commit`` reads them and keeps the time.
"""

from __future__ import annotations

from proxy.upstream import Headers
from proxy.wire.replies import observe
from proxy.wire.schemas import check_schema
from proxy.wire.student_reply import StudentReply, reading
from proxy.wire.surplus import Surplus
from proxy.worker.headers import value
from proxy.worker.terms import Terms
from routing.confidence.acceptance import Acceptance, judge
from routing.confidence.hard_rules import broken, broken_opening
from routing.confidence.signal import Listener, Vector
from routing.confidence.spans import is_structured
from routing.confidence.views import View, reached, rungs
from routing.fallback import FallbackReason, disqualified
from routing.observation import Arm, Failure, Observation, Timing

HELD_LIMIT = 128 * 1024 * 1024
_UNTIMED = Timing(None, 0.0)
_PLAIN = frozenset((b"", b"identity"))


class Budget:
    """How many bytes a worker holds back in all, over its requests; at most ``limit``."""

    def __init__(self, limit: int = HELD_LIMIT) -> None:
        self.limit = limit
        self.held = 0
        self.most = 0  # that were ever held at once

    def take(self, size: int) -> bool:
        """Whether so many bytes more may be held; where they may, they are to be given back."""
        if self.held + size > self.limit:
            return False
        self.held += size
        self.most = max(self.most, self.held)
        return True

    def give(self, size: int) -> None:
        """So many are held no longer."""
        self.held -= size


class Hold:
    """One reply while it is held back. ``release`` must be called in the end.

    Attributes:
        settled: Whether the commit point is reached, or the reply withdrawn.
        reason: Why it is withdrawn, None where it may be served.
        confidence: As it was judged, None where it was not.
        whole: Whether all of a reply is here, good enough or not, and nothing of it failed.
        reader: What reads the reply, from ``begin`` on.
        spent: Seconds from its first byte until it was held back no longer; None before.
        status, headers: Of the reply, once they came.
    """

    def __init__(self, terms: Terms, surplus: Surplus, budget: Budget) -> None:
        """Args: what was asked of the student beyond what the client asked, and what this worker may hold in all."""
        self.terms = terms
        self.settled = False
        self.reason: FallbackReason | None = None
        self.confidence: float | None = None
        self.whole = False
        self.reader: StudentReply
        self.spent: float | None = None
        self.status = 0
        self.headers: Headers = ()
        self._surplus = surplus
        self._budget = budget
        self._held = 0
        self._raw: list[bytes] = []
        self._passed: list[bytes] = []
        self._content_type = ""
        prefix = 0 if terms.whole else terms.limits.tokens
        self._listener = Listener(rungs(prefix), structured=is_structured(terms.traits))
        self._pieces = 0  # of text, where tokens cannot be told apart

    def begin(self, status: int, headers: Headers) -> None:
        """The reply's head came; where it is no success, or what follows cannot be read, the hold is settled by it."""
        self.status, self.headers = status, headers
        if reason := disqualified(None, status):
            self._settle(reason)
        elif value(headers, b"content-encoding").strip().lower() not in _PLAIN:
            self._settle(FallbackReason.INVALID)  # it was told not to encode it
        self._content_type = value(headers, b"content-type").decode("latin-1")
        stream = self._content_type.startswith("text/event-stream")
        self.reader = reading(self.terms.endpoint, self._surplus, stream=stream)

    def feed(self, piece: bytes, *, last: bool) -> None:
        """Bytes came; the ``last`` of them may be none."""
        if not self._fits(len(piece)):
            self._settle(FallbackReason.HOLD_FULL)
            return
        self._raw.append(piece)
        self._passed.append(self.reader.feed(piece))
        if last:
            self._passed.append(self.reader.close())
        heard = self.reader.heard
        if heard.failed:
            self._settle(FallbackReason.ERROR_EVENT)
        elif not self.reader.readable:
            self._settle(FallbackReason.HOLD_FULL)  # an event that is larger than any is
        else:
            self._listen()
            if last or heard.ended:
                self._judge_whole()
            elif not self.terms.whole:
                self._judge_complete()

    def late(self) -> None:
        """``hold.time`` is over: what came has to do."""
        if self.terms.view is None:
            self._judge_opening()
        else:
            self._judge_prefix(reached(self.terms.limits.tokens, self._listener.tokens))

    def raw(self) -> bytes:
        """What came of the reply, as it came."""
        return b"".join(self._raw)

    def passed(self) -> bytes:
        """The same as the client is to get it."""
        return b"".join(self._passed)

    def release(self) -> None:
        """Nothing of it is held any longer. Twice does no harm."""
        self._budget.give(self._held)
        self._held = 0
        self._raw, self._passed = [], []

    def _fits(self, size: int) -> bool:
        if self._held + size > self.terms.limits.bytes or not self._budget.take(size):
            return False
        self._held += size
        return True

    def _listen(self) -> None:
        """Take what was heard of the reply. Its texts stay, for whoever reads on from the commit point."""
        heard = self.reader.heard
        self._pieces = len(heard.texts)
        for token in heard.tokens:
            self._listener.hear(token)
        heard.tokens.clear()

    def _judge_complete(self) -> None:
        """Judge a prefix if it is complete."""
        limit = self.terms.limits.tokens
        if self.terms.view is None:
            if self._pieces >= limit:
                self._judge_opening()
        elif self.reader.heard.unheard:
            self._settle(FallbackReason.NO_LOGPROBS)
        elif self._listener.tokens >= limit:
            self._judge_prefix(limit)

    def _judge_prefix(self, view: View | None) -> None:
        vector = () if view is None else self._listener.complete[view]
        self._accept(view, vector)
        if self.reason is None:
            self._judge_opening()

    def _judge_opening(self) -> None:
        terms = self.terms
        self._settle(broken_opening(terms.traits, self._observed(), terms.unproven, check_schema))

    def _judge_whole(self) -> None:
        terms, reply = self.terms, self._observed()
        reason = broken(terms.traits, reply, terms.unproven, check_schema)
        self.whole = reply.failure is None and reason is not FallbackReason.TRUNCATED
        if terms.view is not None:
            whole = self._listener.whole(reply.finish_reason)
            self._accept(terms.view, self._listener.complete.get(terms.view, whole))
        self._settle(reason or self.reason)

    def _accept(self, view: View | None, vector: Vector | None) -> None:
        """Judge by confidence: it is noted also where a hard rule speaks against the reply."""
        terms = self.terms
        found = Acceptance() if terms.assurance is None else judge(terms.assurance, terms.slice, view, vector)
        self.confidence = found.confidence
        self._settle(found.reason)

    def _observed(self) -> Observation:
        """What came, without its log-probabilities where nobody asked for them: they are most of its bytes."""
        terms = self.terms
        return observe(
            terms.endpoint, Arm.STUDENT, 200, self._content_type, self.passed(), terms.stream, None, _UNTIMED
        )

    def _settle(self, reason: FallbackReason | None) -> None:
        self.settled, self.reason = True, reason


def failure_of(reason: FallbackReason | None) -> Failure | None:
    """What the call of a student failed with, whose reply is withdrawn for this reason; None where it did not."""
    return Failure(reason) if reason in _FAILURES else None


_FAILURES = frozenset(
    (FallbackReason.EMPTY, FallbackReason.ERROR_EVENT, FallbackReason.TRUNCATED, FallbackReason.INVALID)
)
