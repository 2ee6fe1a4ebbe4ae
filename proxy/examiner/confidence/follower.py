"""One route's calibrations, followed: reads its pairs as they come, makes the next version when it is due, certifies.

The first version is made once a certificate is within reach, the next when what it was fitted to has doubled: each is
judged more strictly than the one before, so there are few. Where there are too many pairs the older half goes; what
was certified with them is not certified any more, so a new version begins.

A look blocks on the database, and belongs to one thread at a time. Whether anybody hears of what it found is the
``calibrator``'s to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field, replace

from sqlalchemy import Engine

from proxy.config.settings import Route
from proxy.examiner.confidence import version as versions
from proxy.examiner.confidence.certifying import Certified, Harms, certify
from proxy.examiner.confidence.fitting import Example, fit
from proxy.examiner.confidence.units import Unit, Units
from proxy.examiner.confidence.version import Terms, Version
from proxy.store.calibrations import Calibrations, Made
from proxy.store.confidences import Confidences, Kept
from routing.assessment import Charter
from routing.confidence.assurance import Assurance
from routing.confidence.threshold import Target
from routing.confidence.views import View
from routing.evidence.rates import Trials, clean_needed

_PAGE = 2000  # pairs read at a time
_SHRUNK = 1.5  # trimming takes a half


@dataclass(frozen=True, slots=True)
class Pace:
    """When versions are made, and how much they may rest on.

    Attributes:
        first: Conversations of the fitted half for the first, at least;
        last: at most, however many a certificate takes.
        growth: By which factor that half has to have grown for the next.
        most: Pairs of a route and epoch; beyond, the older half goes.
    """

    first: int = 100
    last: int = 1000
    growth: float = 2.0
    most: int = 50_000

    def least(self, target: Target) -> int:
        """How many conversations of the fitted half the first version takes."""
        within_reach = clean_needed(Trials(), target.limit, target.level)
        return self.last if within_reach is None else min(self.last, max(self.first, within_reach))

    def next(self, units: int) -> int:
        """How many the version after one of so many takes."""
        return int(self.growth * units) + 1

    def shrunk(self, units: int, before: int) -> bool:
        """Whether conversations have gone since a version was made of so many."""
        return units * _SHRUNK < before


@dataclass(frozen=True, slots=True)
class Asked:
    """What a look is to go by.

    Attributes:
        route: As it is configured.
        epoch: Of its evidence.
        charter: The gates', in force.
        acts: Whether this examiner makes versions.
        newest: The number of the route's newest version, 0 where there is none.
        position: Of the newest pair.
        now: Unix seconds.
        unproven: By slice, the behaviors whose gate acts and does not pass.
    """

    route: Route
    epoch: str
    charter: Charter
    acts: bool
    newest: int
    position: int
    now: float
    unproven: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look found.

    Attributes:
        terms: By which it went.
        epoch: Whose evidence it looked at.
        target: What is promised, at the level of the version; None where nothing is.
        made: The version in force, None without one; its body is empty here.
        version: What it holds.
        certified: What it is good for.
        silent: Endpoints on which the student gives no log-probabilities.
        units: Conversations that count.
        fitted: Those of them that the next version would be fitted to,
        due: and how many of these it takes.
        unproven: By slice, the behaviors whose gate acts and does not pass.
        outdated: The slices in which others were unproven when it was looked at.
    """

    terms: Terms
    epoch: str = ""
    target: Target | None = None
    made: Made | None = None
    version: Version | None = None
    certified: Certified = field(default_factory=Certified)
    silent: frozenset[str] = frozenset()
    units: int = 0
    fitted: int = 0
    due: int = 0
    unproven: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    outdated: frozenset[str] = frozenset()

    def under(self, unproven: Mapping[str, tuple[str, ...]]) -> Finding:
        """The finding while these are unproven.

        What was certified of a slice under others is not in force: hard rules would leave other replies. Another look
        certifies it anew.
        """
        slices = self.unproven.keys() | unproven.keys()
        changed = frozenset(name for name in slices if self.unproven.get(name) != unproven.get(name))
        return replace(self, unproven=unproven, outdated=changed) if changed else self

    def serves(self, slice_: str) -> bool:
        """Whether any reply of the slice's may be served as things stand."""
        if self.terms.promise is None or self.terms.hold == 0 or self.silent:
            return True  # the hard rules alone decide, if not of every request
        return slice_ not in self.outdated and self.certifies(slice_)

    def certifies(self, slice_: str) -> bool:
        """Whether any threshold of the slice's was certified by what was unproven then."""
        return any(one.certificate for one in self.certified.views.get(slice_, {}).values())

    def assurance(self, version: int) -> Assurance:
        """What the workers are told, under this number."""
        views = {name: found for name, found in self.certified.views.items() if name not in self.outdated}
        return Assurance(
            version=version,
            bars={name: {view: one.bar for view, one in of_slice.items()} for name, of_slice in views.items()},
            silent=self.silent,
            unproven=self.unproven,
            prompt=self.version.prompts if self.version else {},
        )


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the last finding was about."""

    asked: Asked
    units: Units
    complete: int
    finding: Finding

    def still(self, asked: Asked, units: Units) -> bool:
        """Whether another look would find the same."""
        before = self.asked
        settings = before.route.fallback.confidence == asked.route.fallback.confidence
        same = settings and before.charter == asked.charter and before.unproven == asked.unproven
        return same and self.units is units and self.complete == len(units.complete)


class Follower:
    """Follows one route."""

    def __init__(self, name: str, engine: Engine, pace: Pace) -> None:
        """``engine`` is the store's."""
        self._name = name
        self._confidences = Confidences(engine)
        self._calibrations = Calibrations(engine)
        self._pace = pace
        self._newest: Made | None = None  # of whatever epoch and terms
        self._holds: Version | None = None
        self._epoch = ""
        self._units: Units | None = None
        self._seen: _Seen | None = None

    def look(self, asked: Asked) -> Finding:
        """Look at what is there by now. Raises ``UnavailableError``."""
        units = self._gathered(asked)
        if asked.acts and units.terms.promise is not None:
            units = self._made(asked, self._trimmed(asked, units))
        if self._seen is None or not self._seen.still(asked, units):
            self._seen = _Seen(asked, units, len(units.complete), self._finding(asked, units))
        return self._seen.finding

    def _gathered(self, asked: Asked) -> Units:
        """The units as of now."""
        if asked.newest != self._number:
            self._read_newest()
        units, terms, settle_after = self._units, Terms.of(asked.route.fallback), asked.route.gates.settle_after
        version = self._version(asked.epoch, terms)
        if units is None or self._epoch != asked.epoch or units.version is not version:
            return self._read_anew(asked)
        if units.terms != terms or units.settle_after != settle_after:
            return self._read_anew(asked)
        if units.last < asked.position:
            self._read_on(units)
        units.settle(asked.now)
        return units

    @property
    def _number(self) -> int:
        return self._newest.version if self._newest else 0

    def _read_newest(self) -> None:
        self._newest = self._calibrations.newest(self._name)
        self._holds = versions.decode(self._newest.body) if self._newest else None

    def _version(self, epoch: str, terms: Terms) -> Version | None:
        """What the newest version holds, None where it is of another epoch or on other terms."""
        current = self._newest is not None and self._newest.epoch == epoch
        return self._holds if current and self._holds is not None and self._holds.terms == terms else None

    def _read_anew(self, asked: Asked) -> Units:
        terms = Terms.of(asked.route.fallback)
        self._epoch = asked.epoch
        self._units = Units(terms, self._version(asked.epoch, terms), asked.route.gates.settle_after)
        self._read_on(self._units)
        self._units.settle(asked.now)
        return self._units

    def _read_on(self, units: Units) -> None:
        for page in self._pages(units.since, units.known):
            units.add(page)

    def _pages(self, position: int, known: Set[int] = frozenset()) -> Iterator[list[Kept]]:
        while page := self._confidences.after(self._name, self._epoch, position, _PAGE, known):
            yield page
            position = page[-1].position

    def _trimmed(self, asked: Asked, units: Units) -> Units:
        """The units, without those that are too many."""
        most = self._pace.most
        if units.pairs > most and self._confidences.trim(self._name, self._epoch, most):
            return self._read_anew(asked)
        return units

    def _made(self, asked: Asked, units: Units) -> Units:
        """The units under a new version, where one is due; another examiner may make it at the same moment."""
        fitted, version = len(_fit_half(units)), units.version
        shrunk = version is not None and self._pace.shrunk(fitted, version.units)
        target = units.terms.target(asked.route.fallback.confidence, self._number + 1)
        if target is None or not (shrunk or fitted >= self._due(asked, units)):
            return units
        made = fit(units.terms, list(self._examples(asked, units)), target)
        self._calibrations.save(self._name, Made(self._number + 1, asked.epoch, asked.now, versions.encode(made)))
        self._read_newest()
        return self._read_anew(asked)

    def _due(self, asked: Asked, units: Units) -> int:
        """Conversations of the fitted half that the next version takes; 0 where none is to be made."""
        target = units.terms.target(asked.route.fallback.confidence, self._number + 1)
        if target is None:
            return 0
        return self._pace.next(units.version.units) if units.version else self._pace.least(target)

    def _examples(self, asked: Asked, units: Units) -> Iterator[Example]:
        wanted = {unit.position: unit for unit in _fit_half(units)}
        harms = Harms(asked.charter)
        for page in self._pages(0):
            for kept in page:
                if (unit := wanted.get(kept.position)) is not None:
                    known = kept.unit.prompt_function == units.terms.prompt_function
                    vectors = {view: kept.unit.vectors.get(view) for view in unit.views}
                    asking = kept.unit.prompt if known else None
                    yield Example(unit.slice, vectors, harms.acceptable(unit), asking, _turned_down(unit, asked))

    def _finding(self, asked: Asked, units: Units) -> Finding:
        made = self._newest if units.version else None
        target = units.terms.target(asked.route.fallback.confidence, made.version if made else self._number + 1)
        return Finding(
            terms=units.terms,
            epoch=asked.epoch,
            target=target,
            made=made and replace(made, body=b""),
            version=units.version,
            certified=certify(units, Harms(asked.charter), target, asked.unproven),
            silent=units.silent,
            units=len(units.complete),
            fitted=len(_fit_half(units)),
            due=self._due(asked, units),
            unproven=asked.unproven,
        )


def _turned_down(unit: Unit, asked: Asked) -> frozenset[View]:
    """The views by which a hard rule turns it down as things stand."""
    found = unit.turned_down(asked.unproven.get(unit.slice, ()))
    return frozenset(view for view, down in zip(unit.views, found, strict=True) if down)


def _fit_half(units: Units) -> list[Unit]:
    """Those that a version is fitted to."""
    silent = units.silent
    return [unit for unit in units.complete if unit.fit and unit.views and unit.endpoint not in silent]
