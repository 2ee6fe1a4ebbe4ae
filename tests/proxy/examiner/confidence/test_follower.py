"""One route followed over a real store: when versions are made, by whom, and what they certify."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from proxy.config.settings import Fallback, Hold, Route
from proxy.examiner.confidence.certifying import Judged
from proxy.examiner.confidence.follower import Asked, Finding, Follower, Pace
from proxy.examiner.confidence.units import SILENT
from proxy.examiner.rollout.gating import charter
from proxy.store.calibrations import Calibrations, Made
from proxy.store.confidences import Confidences
from proxy.store.store import Store
from routing.confidence.threshold import Target
from routing.confidence.views import WHOLE
from tests.proxy.examiner.confidence.pairs import STARTED, unit, world, write
from tests.proxy.examiner.rollout.routes import route

EPOCH = "3f9c0a12b7de.0"
PROMISE = Fallback(target=5.0)
LATER = STARTED + 1e6
PACE = Pace(first=40, last=40)  # conversations of the fitted half: eighty and a few in all


class Watched:
    """A follower, and the store that it looks into."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.route: Route = dataclasses.replace(route(), fallback=PROMISE)
        self.epoch = EPOCH
        self.unproven: dict[str, tuple[str, ...]] = {}
        self.follower = Follower("support", store.engine, PACE)

    def look(self, *, acts: bool = True, follower: Follower | None = None, now: float = LATER) -> Finding:
        """One look, as the examiner makes it."""
        return (follower or self.follower).look(self.asked(acts=acts, now=now))

    def asked(self, *, acts: bool = True, now: float = LATER) -> Asked:
        """What it is to go by."""
        by = charter(self.route, 1, date(2026, 11, 23))
        newest = Calibrations(self.store.engine).versions().get("support", 0)
        position = Confidences(self.store.engine).newest({"support": self.epoch})["support"]
        return Asked(self.route, self.epoch, by, acts, newest, position, now, self.unproven)

    def promising(self, **changed: object) -> None:
        """The operator wants something else."""
        fallback = dataclasses.replace(self.route.fallback, **changed)  # type: ignore[arg-type] # the fields' own types
        self.route = dataclasses.replace(self.route, fallback=fallback)

    def version(self) -> int:
        """The newest there is."""
        return Calibrations(self.store.engine).versions().get("support", 0)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    """Nothing has been compared yet."""
    store = Store.open(f"sqlite:///{tmp_path / 'pairs.db'}")
    yield Watched(store)
    store.close()


def of_math(found: Finding) -> Judged:
    """What is known of whole replies in the only slice."""
    return found.certified.views["math"][WHOLE]


def test_nothing_is_served_before_anything_is_known(watched: Watched) -> None:
    """No data is neither success nor failure."""
    found = watched.look()
    assert (found.version, found.units, found.fitted, found.due) == (None, 0, 0, 40)
    assert not found.serves("math")
    assert found.assurance(7).bars == {}


def test_the_first_version_is_made_once_there_are_enough(watched: Watched) -> None:
    """By the examiner that acts; the others read it, and say the same."""
    write(watched.store, world(60), EPOCH)
    assert watched.look().version is None
    write(watched.store, world(400, first=60), EPOCH)
    assert watched.look(acts=False).version is None
    found = watched.look()
    assert found.made is not None
    assert (found.made.version, found.made.made, found.made.body) == (1, LATER, b"")
    other = watched.look(acts=False, follower=Follower("support", watched.store.engine, PACE))
    assert other == found
    assert other.assurance(1) == found.assurance(1)


def test_a_threshold_is_certified_in_the_end(watched: Watched) -> None:
    """And the slice may be served from then on."""
    write(watched.store, world(200), EPOCH)
    found = watched.look()
    assert (of_math(found).certificate, found.serves("math")) == (None, False)
    write(watched.store, world(1800, first=200), EPOCH)
    found = watched.look()
    assert found.serves("math")
    assert not found.serves("code")
    bar = found.assurance(1).bar("math", WHOLE)
    assert bar is not None
    assert bar.threshold == of_math(found).bar.threshold


def test_versions_are_few(watched: Watched) -> None:
    """Each is judged more strictly than the one before: the fitted half doubles until the next."""
    fitted, last = [], 0
    for first in range(0, 600, 40):
        write(watched.store, world(40, first=first), EPOCH)
        found = watched.look()
        if found.made and found.made.version != last:
            last = found.made.version
            fitted.append(found.fitted)
            assert found.target == found.terms.target(95.0, last)
    assert last == len(fitted)
    assert all(after > 2 * before for before, after in pairwise(fitted))
    assert 3 <= last <= 4


def test_the_level_is_that_of_the_version_in_force(watched: Watched) -> None:
    """One that no operator chose would promise something else."""
    write(watched.store, world(400), EPOCH)
    first = watched.look().target
    assert first is not None
    assert first.limit == 0.05
    assert first.level == pytest.approx(0.025)
    watched.promising(confidence=99.0)
    target = watched.look().target
    assert target is not None
    assert watched.version() == 1
    assert target.level == pytest.approx(0.005)


@pytest.mark.parametrize(
    "changed", [{"target": 3.0}, {"promise": "marginal"}, {"hold": Hold(tokens=6)}, {"whole_turn": ()}]
)
def test_another_promise_takes_another_version(watched: Watched, changed: dict[str, object]) -> None:
    """What was declared for one promise is no evidence for another that was chosen after looking."""
    write(watched.store, world(400), EPOCH)
    watched.look()
    watched.promising(**changed)
    assert watched.look(acts=False).version is None
    found = watched.look()
    assert watched.version() == 2
    assert found.version is not None
    assert found.version.terms == found.terms


def test_another_student_takes_another_version(watched: Watched) -> None:
    """Its certainty is another; the number goes on, so that all promises together keep their level."""
    write(watched.store, world(400), EPOCH)
    watched.look()
    watched.epoch = "another.0"
    assert watched.look().version is None
    write(watched.store, world(400), "another.0")
    found = watched.look()
    assert found.made is not None
    assert (found.made.version, found.made.epoch) == (2, "another.0")


def test_without_a_promise_nothing_is_calibrated(watched: Watched) -> None:
    """The hard rules alone decide."""
    write(watched.store, world(400), EPOCH)
    watched.promising(promise="none")
    found = watched.look()
    assert (found.version, found.target, found.due, watched.version()) == (None, None, 0, 0)
    assert found.serves("math")


def test_a_student_without_log_probabilities_is_served_by_the_hard_rules(watched: Watched) -> None:
    """On endpoints on which it gives none, there is nothing to be calibrated."""
    mute = [dataclasses.replace(one, endpoint="messages", vectors={}) for one in world(SILENT)]
    write(watched.store, mute[:-1], EPOCH)
    assert not watched.look().serves("math")
    write(watched.store, mute[-1:], EPOCH)
    found = watched.look()
    assert found.serves("math")
    assert found.assurance(1).silent == {"messages"}
    assert found.fitted == 0


def test_streams_that_are_not_held_are_served_by_the_hard_rules(watched: Watched) -> None:
    """An operator who holds nothing back wants no prefix judged."""
    watched.promising(hold=Hold(tokens=0))
    assert watched.look().serves("math")


def test_another_verdict_takes_another_look(watched: Watched) -> None:
    """Nothing new was compared, yet other replies are left to be served."""
    told = {WHOLE: ("refusal",)}
    some = [dataclasses.replace(one, objections=told) if n % 3 else one for n, one in enumerate(world(2000))]
    write(watched.store, some, EPOCH)
    before = watched.look()
    assert before.serves("math")
    watched.unproven = {"math": ("refusal",)}
    after = watched.look()
    assert after is watched.look()
    assert after.unproven == watched.unproven
    assert of_math(after).counts.answers[-1] < of_math(before).counts.answers[-1] / 2
    watched.unproven = {}
    assert of_math(watched.look()) == of_math(before)


def test_a_version_is_made_of_what_may_be_served(watched: Watched) -> None:
    """Its thresholds are tried where replies are that no rule turns down."""
    told = {WHOLE: ("refusal",)}
    write(watched.store, [dataclasses.replace(one, objections=told) for one in world(200)], EPOCH)
    watched.unproven = {"math": ("refusal",)}
    found = watched.look()
    assert found.version is not None
    assert found.version.slices["math"][WHOLE].grid == ()


def test_what_others_were_unproven_for_is_not_in_force(watched: Watched) -> None:
    """Of those slices nothing is served until another look; of the others all is as it was."""
    write(watched.store, [*world(2000), *world(2000, first=5_000, slice="code")], EPOCH)
    found = watched.look()
    assert found.under({}) is found
    other = found.under({"math": ("refusal",), "general": ("refusal",)})
    assert other.outdated == {"math", "general"}
    assert (other.serves("math"), other.serves("code")) == (False, True)
    assert set(other.assurance(1).bars) == {"code"}
    assert other.assurance(1).unproven == {"math": ("refusal",), "general": ("refusal",)}
    watched.unproven = {"math": ("refusal",)}
    assert watched.look().under(watched.unproven).serves("math")
    assert not watched.look().under({}).serves("math"), "a gate that passes leaves other replies as well"
    silent = dataclasses.replace(other, silent=frozenset({"messages"}))
    assert silent.serves("math"), "there the hard rules alone hold"


def test_open_conversations_do_not_count_yet(watched: Watched) -> None:
    """They come to count by time alone, without another pair."""
    write(watched.store, world(10), EPOCH)
    assert watched.look(now=STARTED).units == 0
    assert watched.look(now=LATER).units == 10


def test_a_look_at_nothing_new_finds_the_same(watched: Watched) -> None:
    """It is made every second: only what is new is worked out."""
    write(watched.store, world(200), EPOCH)
    assert watched.look() is watched.look()
    write(watched.store, world(1, first=900), EPOCH)
    before = watched.look()
    muted = route(gates="behaviors: {answer: {muted: true}}")
    watched.route = dataclasses.replace(muted, fallback=PROMISE)
    assert watched.look() is not before


def test_the_older_half_goes_and_a_new_version_begins(watched: Watched) -> None:
    """What was certified with conversations that are gone is certified no longer."""
    watched.follower = Follower("support", watched.store.engine, dataclasses.replace(PACE, most=500))
    write(watched.store, world(500), EPOCH)
    assert watched.look().units == 500
    write(watched.store, world(100, first=500), EPOCH)
    found = watched.look()
    assert (found.units, watched.version()) == (300, 2)
    assert found.version is not None
    assert found.version.units == found.fitted


def test_another_release_makes_its_own_version(watched: Watched) -> None:
    """What it cannot read it does not judge by; nothing is certified until then."""
    made = Made(4, EPOCH, 1.0, b"from the future")
    Calibrations(watched.store.engine).save("support", made)
    write(watched.store, world(200), EPOCH)
    assert watched.look(acts=False).version is None
    found = watched.look()
    assert found.made is not None
    assert found.made.version == 5


def test_who_was_second_takes_the_others_version(watched: Watched) -> None:
    """While the controller changes hands, two examiners may make one."""
    write(watched.store, world(200), EPOCH)
    stale = watched.asked()
    first = watched.look()
    second = Follower("support", watched.store.engine, PACE).look(stale)
    assert second.made == first.made
    assert watched.version() == 1


def test_the_first_is_made_when_a_certificate_is_within_reach() -> None:
    """A version made sooner would only make the next one's promise harder to keep."""
    assert Pace().least(Target(0.2, 0.025)) == 100
    assert 150 < Pace().least(Target(0.02, 0.025)) < 400
    assert Pace().least(Target(0.00001, 0.025)) == 1000


def test_vectors_of_a_page_boundary_are_not_lost(watched: Watched) -> None:
    """More pairs than are read at once."""
    write(watched.store, [unit(n) for n in range(2300)], EPOCH)
    assert watched.look(acts=False).units == 2300
