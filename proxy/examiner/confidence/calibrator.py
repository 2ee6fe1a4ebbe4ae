"""The duty that calibrates: follows every route's pairs, and says by what workers judge and what they may serve at all.

A slice in which nothing is certified gets no weight, whatever its rollout has reached: its requests would only wait for
a reply that is thrown away. The rollout's own state is not touched, and the weight is there at once when a threshold
is certified. A route that has not been looked at since this examiner started serves the teacher, and so does a slice
of which another gate passes, or fails to, until it was looked at again: other replies are left by the hard rules.

All but the database's work runs on one event loop. The counterparts are ``routing.confidence.acceptance`` at the
workers, and ``rollout.controller``, which moves the weights.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from proxy.config.settings import Config, Route
from proxy.examiner.confidence.follower import Asked, Finding, Follower, Pace
from proxy.examiner.confidence.telling import status, told
from proxy.examiner.confidence.version import Terms
from proxy.examiner.rollout.controller import Controller
from proxy.examiner.rollout.gating import charter
from proxy.examiner.status import ConfidenceStatus, RouteStatus
from proxy.store.calibrations import Calibrations
from proxy.store.confidences import Confidences
from proxy.store.errors import StoreError
from proxy.store.store import Store
from routing.confidence.assurance import Assurance
from routing.gates import Verdict
from routing.verdicts import Gate

log = logging.getLogger("practicum.confidence")

_REST = 10.0  # times what a look took, until the next one at that route

Weights = dict[str, dict[str, int]]


class Calibrator:
    """Calibrates the students of one examiner's routes."""

    def __init__(
        self,
        config: Callable[[], Config],
        store: Store,
        controller: Controller,
        publish: Callable[[Iterable[str]], None],
        pace: Pace | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """``publish`` tells the workers about these routes; ``now`` is the wall clock."""
        self.assurances: dict[str, Assurance] = {}
        self.findings: dict[str, Finding] = {}
        self.statuses: dict[str, ConfidenceStatus] = {}
        self._config = config
        self._engine = store.engine
        self._confidences = Confidences(store.engine)
        self._calibrations = Calibrations(store.engine)
        self._controller = controller
        self._publish = publish
        self._pace = pace or Pace()
        self._now = now
        self._followers: dict[str, Follower] = {}
        self._found: dict[str, Finding] = {}  # by these, by what the gates said then
        self._worded: dict[str, Finding] = {}  # those that the statuses tell of
        self._rests: dict[str, float] = {}  # until when, of the monotonic clock

    async def tick(self) -> None:
        """Look at every route that is not at rest. Raises ``StoreError``; what was found last then stands."""
        routes = self._config().routes
        for gone in self._followers.keys() - routes.keys():
            self._forget(gone)
        epochs = {name: self._controller.epoch_of(route) for name, route in routes.items()}
        newest = await asyncio.to_thread(self._calibrations.versions)
        positions = await asyncio.to_thread(self._confidences.newest, epochs)
        for name, route in routes.items():
            if time.monotonic() >= self._rests.get(name, 0.0) or self._is_outdated(name):
                await self._attend_alone(self._asked(route, epochs[name], newest.get(name, 0), positions[name]))
            await self._tell(route)

    def _forget(self, name: str) -> None:
        for known in (self._followers, self._rests, self._found, self._worded):
            known.pop(name, None)
        for public in (self.findings, self.statuses, self.assurances):
            public.pop(name, None)

    def heed(self) -> list[str]:
        """Take in what the gates say by now; returns the routes whose assurance is another since.

        To be asked before any snapshot: a weight that was raised because a gate passes, and replies that are turned
        down because it does not, must not go together. Neither must other hard rules and a threshold that was certified
        under these: it is out of force until the next look, which does not wait.
        """
        return [name for name in self._found if self._assures(name)]

    def _is_outdated(self, name: str) -> bool:
        """Whether gates say something else than when the route was looked at."""
        return name in self._found and bool(self._found[name].under(self._unproven(name)).outdated)

    def rested(self) -> None:
        """Let the next look be at every route."""
        self._rests.clear()

    def allowed(self, weights: Weights) -> Weights:
        """The buckets that may be served as things stand, by route and slice."""
        allowed: Weights = {}
        for name, shares in weights.items():
            finding = self.finding(name)
            left = {slice_: share if finding and finding.serves(slice_) else 0 for slice_, share in shares.items()}
            if any(left.values()):
                allowed[name] = left
        return allowed

    def versions(self) -> dict[str, int]:
        """The version of each route's assurance."""
        return {name: assurance.version for name, assurance in self.assurances.items()}

    def finding(self, name: str) -> Finding | None:
        """What was found of a route's student of today, on the terms of today; None where nothing was yet."""
        finding, route = self.findings.get(name), self._config().routes.get(name)
        if finding is None or route is None or finding.terms != Terms.of(route.fallback):
            return None
        return finding if finding.epoch == self._controller.epoch_of(route) else None

    def told(self, route: RouteStatus) -> RouteStatus:
        """A route's status, with what is to be said of its confidence."""
        finding = self.finding(route.name)
        return told(route, finding, self.statuses.get(route.name) if finding else None)

    def _asked(self, route: Route, epoch: str, newest: int, position: int) -> Asked:
        now, seen = self._now(), self._controller.looks.get(route.name)
        by = seen.charter if seen else charter(route, 1, datetime.fromtimestamp(now, UTC).date())
        return Asked(route, epoch, by, self._controller.acts, newest, position, now, self._unproven(route.name))

    def _unproven(self, name: str) -> Mapping[str, tuple[str, ...]]:
        """By slice, the behaviors whose gate acts and does not pass, as of the controller's last look."""
        seen = self._controller.looks.get(name)
        assessed = sorted(seen.assessments.items()) if seen else []
        found = {
            slice_: tuple(sorted(behavior for behavior, gate in one.gates.items() if _is_unproven(gate)))
            for slice_, one in assessed
        }
        return {slice_: behaviors for slice_, behaviors in found.items() if behaviors}

    async def _attend_alone(self, asked: Asked) -> None:
        """A rim: one route's trouble is not another's, but for the database's. Raises ``StoreError``."""
        name, began = asked.route.name, time.monotonic()
        follower = self._followers.get(name) or Follower(name, self._engine, self._pace)
        self._followers[name] = follower
        try:
            self._found[name] = await asyncio.to_thread(follower.look, asked)
        except StoreError:
            raise
        except Exception:
            log.exception("the confidence of %s could not be looked at", name)
            del self._followers[name]  # what it has gathered may be half of it
        self._rests[name] = time.monotonic() + _REST * (time.monotonic() - began)

    async def _tell(self, route: Route) -> None:
        """Tell the workers what was found where it is something else for them, and put it into words."""
        name = route.name
        if name not in self._found:
            return
        if self._assures(name):
            self._publish([name])
        finding, before = self.findings[name], self._worded.get(name)
        if finding == before:
            return
        self.statuses[name] = await asyncio.to_thread(status, finding, route.fallback.confidence)
        self._worded[name] = finding
        if finding.made and (before is None or before.made != finding.made):
            log.info("route %s: calibration %d, of %d conversations", name, finding.made.version, finding.fitted)

    def _assures(self, name: str) -> bool:
        """Join what was found with what the gates say; whether that is another assurance than before."""
        finding = self._found[name].under(self._unproven(name))
        if finding == self.findings.get(name):
            return False
        self.findings[name], known = finding, self.assurances.get(name)
        number = known.version if known else 0
        if finding.assurance(number) == known:
            return False
        self.assurances[name] = finding.assurance(number + 1)
        return True


def _is_unproven(gate: Gate) -> bool:
    return gate.policy.acts and gate.judgment.verdict is not Verdict.PASS
