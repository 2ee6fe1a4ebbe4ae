"""The controller: looks at all routes again and again, carries out orders, and says what the workers may serve.

One controller acts, the one that holds the database's lock; the others read what it decided. A look reads the evidence,
judges, and saves what comes down; webhooks are asked meanwhile (``consent``), and what they say counts at a later
look, so that nothing waits for them but a raise. Saving is a compare-and-swap: of two writers one is told to look
again, and an order is never lost.

The database may be gone: what was read last stands for ``PATIENCE`` seconds, then the teacher serves everything. A
state that cannot be read serves the teacher, until ``retry`` or ``abort`` replaces it. Its counterparts are
``proxy.store.rollouts`` and, at the workers, ``routing.decision``.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from proxy.config.settings import Config, Route
from proxy.examiner.orders import Order, Verb
from proxy.examiner.rollout import view
from proxy.examiner.rollout.consent import Consent
from proxy.examiner.rollout.gating import identity, plan
from proxy.examiner.rollout.look import WATCHER, Look, current, decided, look, lowers, telling
from proxy.examiner.rollout.orders import obeyed, recorded
from proxy.examiner.rollout.state import State, StateError, decode, encode, remembered
from proxy.examiner.status import RouteStatus
from proxy.examiner.webhooks import About, Urgency, Webhooks
from proxy.store.acting import Acting
from proxy.store.decided import Decided
from proxy.store.errors import StoreError, UnavailableError
from proxy.store.ledgers import Ledgers
from proxy.store.rollouts import Rollouts, Stored
from proxy.store.store import Store
from routing.assignment import limit
from routing.ledger import Ledger
from routing.rollout import Phase, RolloutError, rolled_back, weight

log = logging.getLogger("practicum.rollout")

PATIENCE = 60.0
"""Seconds that what was read from the database stands after it was lost."""
_SEEN_EVERY = 10.0  # seconds: how often time and watches alone are saved, so that no clock steps back far
_TRIES = 8  # of an order against other writers


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one route's rollout: its state and revision, or why there is none.

    Where the state cannot be read, ``remembered`` has what its epoch still tells: how often the student was retried.
    ``text`` is what was stored, and ``saved`` the state that it tells: ``state`` may be later, its watches fed since.
    """

    state: State | None
    revision: int = 0
    trouble: str = ""
    remembered: State | None = None
    text: str = ""
    saved: State | None = None


_NOT_READ = Standing(None)


class Controller:
    """The controller of one examiner. All but the database's work runs on one event loop."""

    def __init__(
        self,
        config: Callable[[], Config],
        store: Store,
        webhooks: Webhooks,
        publish: Callable[[], None],
        now: Callable[[], float] = time.time,
        patience: float = PATIENCE,
    ) -> None:
        """``publish`` sends a new snapshot to the workers; ``now`` is the wall clock; ``patience`` is in seconds."""
        self.acts = False  # whether this is the one that does, as of the last look
        self.looks: dict[str, Look] = {}
        self.standings: dict[str, Standing] = {}
        self._config = config
        self._store = store
        self._rollouts = Rollouts(store)
        self._ledgers = Ledgers(store)
        self._acting = Acting(store)
        self._webhooks = webhooks
        self._consent = Consent(webhooks)
        self._publish = publish
        self._now = now
        self._patience = patience
        self._read_at = float("-inf")  # of the monotonic clock
        self._one_at_a_time = asyncio.Lock()

    def weights(self) -> dict[str, dict[str, int]]:
        """What the workers may serve: buckets by route and slice. A route that is not named serves the teacher."""
        if time.monotonic() - self._read_at > self._patience:
            return {}
        return {name: shares for name, route in self._config().routes.items() if (shares := self._shares(name, route))}

    def epoch_of(self, route: Route) -> str:
        """What evidence about a route as it is configured now is tagged with."""
        standing = self.standings.get(route.name, _NOT_READ)
        return current(route, standing.state or standing.remembered).epoch

    def mirror(self, name: str) -> float | None:
        """The share that the rollout's steps have set for the mirror, percent; None: the configuration's."""
        standing = self.standings.get(name)
        return standing.state.progress.mirror if standing and standing.state else None

    def doubted(self, name: str) -> frozenset[str]:
        """The slices in which the teacher is to be asked twice: only its own divergence could excuse the student's."""
        seen = self.looks.get(name)
        return frozenset(slice_ for slice_, one in seen.assessments.items() if one.unpaired) if seen else frozenset()

    def told(self, status: RouteStatus) -> RouteStatus:
        """A route's status, with what is to be said of its rollout."""
        name = status.name
        seen, standing = self.looks.get(name), self.standings.get(name, _NOT_READ)
        if standing.trouble:
            return replace(status, trouble=standing.trouble)
        if seen is None:
            return status
        return view.told(status, seen, standing.state or seen.low, self._consent.waits(name))

    def decisions(self, name: str, most: int) -> tuple[Decided, ...]:
        """A route's latest decisions, newest first. Blocks on the database; raises ``StoreError``."""
        return self._rollouts.decisions(name, most)

    async def refresh(self) -> None:
        """Read what any controller has decided, and tell the workers. Raises ``StoreError``."""
        async with self._one_at_a_time:
            self._take(await asyncio.to_thread(self._rollouts.read))
        self._publish()

    async def tick(self) -> None:
        """One look at every route. Raises ``StoreError``; what stands then stands for ``PATIENCE``."""
        async with self._one_at_a_time:
            self.acts = acts = await asyncio.to_thread(self._acting.held)
            self._take(await asyncio.to_thread(self._rollouts.read))
            routes = list(self._config().routes.values())
            await asyncio.to_thread(self._ledgers.refresh, {route.name: self.epoch_of(route) for route in routes})
            idle = {route.name: self._now() - route.gates.settle_after for route in routes}
            unsettled = await asyncio.to_thread(self._store.unsettled, idle)
        for route in routes:
            async with self._one_at_a_time:  # anew for each: an order waits for one look, and not for all
                await self._attend_alone(route, acts=acts, settles=route.name in unsettled)
        self._publish()

    async def order(self, name: str, order: Order) -> str:
        """Carry out an operator's order; returns what was done, in one sentence.

        Raises:
            RolloutError: where it makes no sense as things stand; nothing was changed.
            StoreError: where it could not be saved; nothing was changed.
        """
        async with self._one_at_a_time:
            for _ in range(_TRIES):
                self._take(await asyncio.to_thread(self._rollouts.read))
                done = await self._try(self._config().routes[name], order)
                if done:
                    break
            else:
                raise UnavailableError(f"{_TRIES} others wrote the state of {name} at the same time: try again")
        self._publish()
        return done

    def close(self) -> None:
        """Let another controller act. Blocks on the database."""
        self._acting.release()

    def _take(self, read: Mapping[str, Stored]) -> None:
        self._read_at = time.monotonic()
        for name in self._config().routes:
            stored, known = read.get(name), self.standings.get(name, _NOT_READ)
            if stored and (stored.revision, stored.state) == (known.revision, known.text):
                continue
            self.standings[name] = _read(stored) if stored else _NOT_READ
            if (trouble := self.standings[name].trouble) and not known.trouble:
                log.error("route %s serves the teacher: %s", name, trouble)

    def _shares(self, name: str, route: Route) -> dict[str, int]:
        standing = self.standings.get(name)
        if standing is None or standing.state is None or standing.state.identity != identity(route):
            return {}
        wanted, progress = plan(route, standing.state.ceilings), standing.state.progress
        shares = {slice_: limit(weight(wanted, progress, slice_)) for slice_ in progress.slices}
        return shares if any(shares.values()) else {}

    async def _attend_alone(self, route: Route, *, acts: bool, settles: bool) -> None:
        """A rim: one route's trouble is not another's, but for the database's. Raises ``StoreError``."""
        try:
            await self._attend(route, acts=acts, settles=settles)
        except StoreError:
            raise
        except Exception:
            log.exception("the rollout of %s could not be looked at", route.name)

    async def _attend(self, route: Route, *, acts: bool, settles: bool) -> None:
        """Look at one route, and do what follows if this controller acts."""
        standing = self.standings[route.name]
        if standing.trouble:
            self.looks.pop(route.name, None)
            return
        before = current(route, standing.state)
        seen = await asyncio.to_thread(partial(self._look, route, before, settles=settles))
        self.looks[route.name] = seen
        if acts:
            after = self._agreed(route, before, seen)
            await self._save(route, seen, standing.state or before, after)

    def _agreed(self, route: Route, before: State, seen: Look) -> State:
        """The state after a look, with what webhooks have to say about it."""
        low = seen.low
        asked = self._consent.asked_back(route, About(route.name, low.progress.phase, low.epoch), low.progress)
        if asked:
            return replace(low, progress=rolled_back(low.progress, asked))
        about = About(route.name, seen.high.progress.phase, low.epoch)
        return seen.high if self._consent.given(route, about, before.progress, seen.high.progress) else low

    def _look(self, route: Route, state: State, *, settles: bool) -> Look:
        """``settles``: there may be conversations to settle, or evidence that was not asked for just before."""
        now, name = self._now(), route.name
        if settles:
            self._store.settle(name, now - route.gates.settle_after)
            self._ledgers.refresh({name: state.epoch})
        ledger, position = self._ledgers.read(name, state.epoch), self._rollouts.position(name, state.epoch, now)
        return look(route, state, ledger, position, now, self.looks.get(name))

    async def _save(self, route: Route, seen: Look, before: State, after: State, order: Order | None = None) -> bool:
        """Save a state and the decisions that led to it; False where another writer was first."""
        standing = self.standings[route.name]
        decisions = decided(seen, before, after, order.who if order else WATCHER, self._now())
        if order:  # it says what became of the phase, and why
            decisions = [one for one in decisions if one.what != "phase"]
            decisions.insert(0, recorded(order, before, after, self._now()))
        if standing.saved is not None and not decisions and not _worth_saving(standing.saved, after):
            self.standings[route.name] = replace(standing, state=after)
            return True
        text, now = encode(after), self._now()
        save = self._rollouts.save
        if not await asyncio.to_thread(save, route.name, text, after.epoch, standing.revision, decisions, now):
            return False
        self.standings[route.name] = Standing(after, standing.revision + 1, text=text, saved=after)
        if decisions:
            log.info("route %s: %s", route.name, telling(decisions))
            self._publish()
            about = About(route.name, after.progress.phase, after.epoch)
            urgency: Urgency = "Warning" if lowers(before.progress, after.progress) else "Normal"
            self._webhooks.tell(route, about, telling(decisions), urgency)
        return True

    async def _try(self, route: Route, order: Order) -> str:
        """One try; empty where another writer was first."""
        standing = self.standings[route.name]
        if standing.trouble and order.verb not in (Verb.RETRY, Verb.ABORT):
            raise RolloutError(f"{standing.trouble}: abort or retry replaces it")
        before = current(route, standing.state or standing.remembered)
        seen = await asyncio.to_thread(partial(self._look, route, before, settles=True))
        after, done = obeyed(route, seen, before, order)
        saved = replace(seen, plan=plan(route, after.ceilings))
        nothing = replace(saved, assessments={}, findings={}, ledger=Ledger())
        self.looks[route.name] = saved if after.epoch == before.epoch else nothing
        return done if await self._save(route, saved, before, after, order) else ""


def _read(stored: Stored) -> Standing:
    try:
        state = decode(stored.state)
        return Standing(state, stored.revision, text=stored.state, saved=state)
    except StateError as error:
        return Standing(None, stored.revision, str(error), remembered(stored.epoch))


def _worth_saving(saved: State, after: State) -> bool:
    """Whether anything was decided, or much time has passed, which is worth it where something waits or is watched.

    What a watch was fed is kept with it: one that is restored is fed once more what came since.
    """
    same = replace(after, progress=replace(after.progress, seen=saved.progress.seen), watches=saved.watches) == saved
    waits = after.progress.phase is not Phase.SHADOW or bool(after.progress.steps)
    return not same or (waits and after.progress.seen - saved.progress.seen >= _SEEN_EVERY)
