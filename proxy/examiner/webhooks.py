"""Webhooks of a rollout, called as Flagger calls them: JSON is posted, and a status from 200 to 299 is a yes.

Whatever a hook does is an answer and never an exception: one that is not there, hangs, talks without end or sends us
elsewhere has not said yes. It is heard up to a bound of bytes and of time. Whom an event is told, nobody waits for: it
is queued, and dropped and counted where too many wait. This module refuses to know when to ask: a rollout does, before
a raise; what comes down asks nobody.
"""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from proxy.config.settings import Route
from proxy.config.webhook import Webhook, WebhookType
from proxy.telemetry.catalog import WEBHOOKS
from proxy.telemetry.tally import Tally

if TYPE_CHECKING:
    import httpx

log = logging.getLogger("practicum.rollout")

MOST_TOLD = 100
"""How many events may wait for one hook."""
SHOWN = 200
"""How many characters of an answer are shown."""
PAUSE = 0.5  # seconds between two tries
_MOST = 4 * SHOWN  # bytes that are read of an answer
_SERVER_ERROR = 500

Urgency = Literal["Normal", "Warning"]
"""Kubernetes' word for what kind of event it is, which receivers of Flagger's know."""


class Outcome(StrEnum):
    """How a call ended; a value of the metric's ``outcome``."""

    YES = "yes"
    NO = "no"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class About:
    """What a hook is asked or told about: the route, the phase it is in, and the epoch of its evidence."""

    route: str
    phase: str
    epoch: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking. ``words`` say it, as in ``answered 403: not before Monday``."""

    outcome: Outcome
    words: str
    final: bool = True  # asking again would change nothing


class Webhooks:
    """Calls the webhooks of all routes. All of it runs on one event loop; ``close`` it."""

    def __init__(self, tally: Tally, pause: float = PAUSE) -> None:
        """``pause`` is in seconds, between two tries."""
        self._tally = tally
        self._pause = pause
        self._client: httpx.AsyncClient | None = None
        self._letters: dict[tuple[str, str], deque[tuple[Webhook, bytes]]] = {}
        self._telling: set[asyncio.Task[None]] = set()
        self._closing = False

    async def confirmed(self, route: Route, kind: WebhookType, about: About) -> str:
        """Empty if every hook of this kind says yes, else which one did not, and what it said instead."""
        for hook in _of(route, kind):
            answer = await self._ask(about.route, hook, _question(hook, about))
            if answer.outcome is not Outcome.YES:
                return f"the webhook {hook.name} ({hook.type}) {answer.words}"
        return ""

    async def asked_to_roll_back(self, route: Route, about: About) -> str:
        """Which hook says that the route is to be rolled back; empty if none. One that hangs holds up no other."""
        asking = {
            asyncio.create_task(self._ask(about.route, h, _question(h, about))): h for h in _of(route, "rollback")
        }
        waiting = set(asking)
        try:
            while waiting:
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    if task.result().outcome is Outcome.YES:
                        return f"the webhook {asking[task].name} asks for a rollback: it {task.result().words}"
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        return ""

    def tell(self, route: Route, about: About, what: str, urgency: Urgency = "Normal") -> None:
        """Have the route's event hooks told what happened, each in the order of events. Returns at once."""
        for hook in _of(route, "event"):
            key = about.route, hook.name
            letters = self._letters.setdefault(key, deque())
            if len(letters) >= MOST_TOLD or self._closing:
                self._tally.count(WEBHOOKS, about.route, hook.type, Outcome.DROPPED)
                continue
            letters.append((hook, _event(hook, about, what, urgency)))
            if len(letters) == 1:
                task = asyncio.get_running_loop().create_task(self._deliver(key))
                self._telling.add(task)
                task.add_done_callback(self._telling.discard)

    async def close(self, patience: float = 2.0) -> None:
        """Tell what still waits to be told within ``patience`` seconds, and drop the rest."""
        self._closing = True
        if self._telling:
            await asyncio.wait(self._telling, timeout=patience)
        for task in self._telling:
            task.cancel()
        await asyncio.gather(*self._telling, return_exceptions=True)
        for (route, _), letters in self._letters.items():
            self._tally.count(WEBHOOKS, route, "event", Outcome.DROPPED, by=len(letters))
        self._letters.clear()
        if self._client is not None:
            await self._client.aclose()

    async def _deliver(self, key: tuple[str, str]) -> None:
        """Post one hook's letters. The one on its way stays first in line, so that there is one such task for each."""
        letters = self._letters[key]
        while letters:
            hook, letter = letters[0]
            answer = await self._ask(key[0], hook, letter)
            letters.popleft()
            if answer.outcome is not Outcome.YES:
                log.warning("route %s: the webhook %s (event) %s", key[0], hook.name, answer.words)
        del self._letters[key]

    async def _ask(self, route: str, hook: Webhook, body: bytes) -> Answer:
        """Ask one hook, again where that may help and as often as it is to be."""
        for left in range(hook.retries, -1, -1):
            answer = await self._answer(hook, body)
            self._tally.count(WEBHOOKS, route, hook.type, answer.outcome)
            if answer.final or not left:
                break
            await asyncio.sleep(self._pause)
        return answer

    async def _answer(self, hook: Webhook, body: bytes) -> Answer:
        import httpx  # noqa: PLC0415 -- a tenth of an examiner's start, and most routes have no hook

        try:
            async with asyncio.timeout(hook.timeout):
                return await self._post(hook.url, body)
        except TimeoutError:
            return Answer(Outcome.TIMEOUT, f"did not answer within {hook.timeout:g} s", final=False)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            reason = _plain(str(error) or type(error).__name__)
            return Answer(Outcome.UNREACHABLE, f"cannot be asked: {reason}", final=False)
        except Exception:  # a rim: our own fault is no yes either
            log.exception("the webhook %s could not be asked", hook.name)
            return Answer(Outcome.UNREACHABLE, "cannot be asked: see the log")

    async def _post(self, url: str, body: bytes) -> Answer:
        async with self._http().stream("POST", url, content=body, headers=_HEADERS) as response:
            heard = b""
            async for piece in response.aiter_raw(_MOST):
                heard += piece
                if len(heard) >= _MOST:
                    break
        said = _plain(heard.decode("utf-8", "replace"))[:SHOWN]
        words = f"answered {response.status_code}" + (f": {said}" if said else "")
        return Answer(
            Outcome.YES if response.is_success else Outcome.NO, words, final=response.status_code < _SERVER_ERROR
        )

    def _http(self) -> httpx.AsyncClient:
        """The client: no proxy, no stored credentials, no redirects; the certificates that upstreams are held to.

        Calls are rare, so each has a connection of its own: one kept from the last would be closed by now.
        """
        import httpx  # noqa: PLC0415 -- as above

        if self._client is None:
            tls, none_kept = ssl.create_default_context(), httpx.Limits(max_keepalive_connections=0)
            self._client = httpx.AsyncClient(timeout=None, trust_env=False, verify=tls, limits=none_kept)  # noqa: S113 -- a hook's own is around every call
        return self._client


_HEADERS = {"content-type": "application/json", "accept-encoding": "identity", "user-agent": "practicum"}


def _of(route: Route, kind: WebhookType) -> Iterator[Webhook]:
    return (hook for hook in route.rollout.webhooks if hook.type == kind)


def _question(hook: Webhook, about: About) -> bytes:
    return _payload(about, hook.metadata)


def _event(hook: Webhook, about: About, what: str, urgency: Urgency) -> bytes:
    told = {"eventMessage": what, "eventType": urgency, "timestamp": str(int(time.time() * 1000))}
    return _payload(about, {**hook.metadata, **told})


def _payload(about: About, metadata: Mapping[str, str]) -> bytes:
    told = {"name": about.route, "namespace": "", "phase": about.phase, "checksum": about.epoch}
    return json.dumps({**told, "metadata": dict(metadata)}).encode()


def _plain(text: str) -> str:
    """Text in one line, without characters that a terminal or a log would act on."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
