"""What webhooks have to say: asked in the background, and heard at a later look.

A raise waits for a yes; nothing else waits for anything. A no, or no answer, is asked about again after the rollout's
interval. How a webhook is called is ``proxy.examiner.webhooks``.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence

from proxy.config.settings import Route
from proxy.config.webhook import WebhookType
from proxy.examiner.rollout.look import rises
from proxy.examiner.webhooks import About, Webhooks
from routing.rollout import Phase, Progress

log = logging.getLogger("practicum.rollout")


class Consent:
    """The questions that are out, and what was answered. All of it runs on one event loop."""

    def __init__(self, webhooks: Webhooks) -> None:
        self._webhooks = webhooks
        self._raises: dict[str, asyncio.Task[str]] = {}
        self._rollbacks: dict[str, asyncio.Task[str]] = {}
        self._not_before: dict[str, float] = {}  # of the monotonic clock; when a route is asked about a rollback again

    def given(self, route: Route, about: About, before: Progress, after: Progress) -> bool:
        """Whether a raise may be made now. Where hooks have to agree, the first call asks them."""
        kinds = _needed(route, before, after)
        if not kinds:
            self._forget(route.name)
            return True
        asked = self._raises.get(route.name)
        if asked is None:
            self._raises[route.name] = asyncio.create_task(self._ask(route, kinds, about))
            return False
        return asked.done() and self._said_yes(route, asked)

    def asked_back(self, route: Route, about: About, progress: Progress) -> str:
        """Why a hook wants a rollback; empty where none does, or none has answered yet."""
        task = self._rollbacks.get(route.name)
        if task is not None and task.done():
            del self._rollbacks[route.name]
            return task.result()
        hooked = any(hook.type == "rollback" for hook in route.rollout.webhooks)
        anything = progress.phase not in (Phase.SHADOW, Phase.ROLLED_BACK)
        if hooked and anything and task is None and time.monotonic() >= self._not_before.get(route.name, 0.0):
            self._not_before[route.name] = time.monotonic() + route.rollout.interval
            self._rollbacks[route.name] = asyncio.create_task(self._webhooks.asked_to_roll_back(route, about))
        return ""

    def waits(self, name: str) -> str:
        """Why a route's raise waits for its webhooks; empty where none does."""
        asked = self._raises.get(name)
        if asked is None:
            return ""
        return asked.result() if asked.done() else "a webhook that was asked has not answered yet"

    def _said_yes(self, route: Route, asked: asyncio.Task[str]) -> bool:
        refused = asked.result()
        if not refused:
            del self._raises[route.name]
        return not refused

    def _forget(self, name: str) -> None:
        """What was asked about a raise that is no longer wanted."""
        task = self._raises.pop(name, None)
        if task is not None:
            task.cancel()

    async def _ask(self, route: Route, kinds: Sequence[WebhookType], about: About) -> str:
        """The first no, after which nobody is asked for an interval; empty where all say yes."""
        for kind in kinds:
            refused = await self._webhooks.confirmed(route, kind, about)
            if refused:
                log.info("route %s is not raised: %s", route.name, refused)
                asyncio.get_running_loop().call_later(route.rollout.interval, self._forget, route.name)
                return refused
        return ""


def _needed(route: Route, before: Progress, after: Progress) -> list[WebhookType]:
    """Whose consent a change needs."""
    kinds: list[WebhookType] = []
    if rises(before, after):
        kinds.append("confirm-traffic-increase")
    if after.phase is Phase.PROMOTED and before.phase is not Phase.PROMOTED:
        kinds.append("confirm-promotion")
    return [kind for kind in kinds if any(hook.type == kind for hook in route.rollout.webhooks)]
