"""One look at one route: what its evidence says, what comes down at once, what may go up, and what was decided.

Values in, values out; the database, the clock and the webhooks are the controller's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import product
from math import log

import msgspec

from proxy.config.settings import Route
from proxy.examiner.rollout.gating import charter, identity, plan
from proxy.examiner.rollout.state import State, Watched
from proxy.store.decided import Decided
from routing.assessment import BENIGN, Assessment, Charter, assess
from routing.divergence import Direction
from routing.evidence import rates
from routing.evidence.changes import HIGHEST_LIMIT
from routing.evidence.rates import Trials
from routing.gates import Verdict
from routing.ledger import Counted, History, Ledger, Stage
from routing.limits import limit, reached_weight
from routing.rollout import Act, Finding, Plan, Progress, Reached, lowered, raised, retried, waits_for

AVERAGE_RUN = 20_000
"""Conversations that a slice's watches together pass, on average, between false alarms: some quarter of audits."""
WATCHER = "controller"
_ANEW = "its evidence starts anew"


@dataclass(frozen=True, slots=True)
class Look:
    """What a look found.

    Attributes:
        plan: What the operator wants.
        charter: What the gates were judged by.
        assessments: What is to be said of each slice.
        findings: The same as the rollout takes it, alarms included.
        low: The state after everything that comes down, which needs nobody's consent.
        high: The state after a step up as well; the same as ``low`` where there is none.
        ledger: What was looked at.
        serving: The slices of which the student served anything.
    """

    plan: Plan
    charter: Charter
    assessments: Mapping[str, Assessment]
    findings: Mapping[str, Finding]
    low: State
    high: State
    ledger: Ledger = field(default_factory=Ledger)
    serving: frozenset[str] = frozenset()


def current(route: Route, state: State | None) -> State:
    """The state as it stands for the route's student of now: another one starts from the beginning."""
    about = identity(route)
    if state is None:
        return State(about)
    if state.identity == about:
        return state
    return replace(state, identity=about, progress=retried(state.progress), watches={})


def look(route: Route, state: State, ledger: Ledger, position: int, now: float, last: Look | None = None) -> Look:
    """Look at a route in its ``position``-th epoch, at a moment in Unix seconds; ``state`` must be ``current``.

    What the ``last`` look found of sheets that are the same objects still is not judged again.
    """
    by = charter(route, position, datetime.fromtimestamp(now, UTC).date())
    wanted = plan(route, state.ceilings)
    serving = frozenset(name for name, reached in state.progress.slices.items() if reached.served > 0.0)
    if last is not None and last.charter != by:
        last = None
    still = _still(last, ledger)
    assessments = assess(ledger, by, still)
    fed = last.serving if last and last.low.watches is state.watches else frozenset()
    if last and last.ledger is ledger and fed == serving:
        watches, findings = state.watches, last.findings
    else:
        watches = _watches(state, serving, ledger, by, fed & still.keys())
        findings = {name: one.finding for name, one in assessments.items()} | _alarms(watches, by, assessments)
    low = replace(state, progress=lowered(wanted, state.progress, findings, now), watches=watches)
    high = replace(low, progress=raised(wanted, low.progress, findings))
    return Look(wanted, by, assessments, findings, low, high, ledger, serving)


def _still(last: Look | None, ledger: Ledger) -> dict[str, Assessment]:
    """The assessments that hold as they are, by slice."""
    if last is None:
        return {}
    keys = {name: [(name, history, stage) for history in History for stage in Stage] for name in last.assessments}
    old, new = last.ledger.sheets, ledger.sheets
    return {name: last.assessments[name] for name, four in keys.items() if all(old.get(k) is new.get(k) for k in four)}


def decided(seen: Look, before: State, after: State, who: str, at: float) -> list[Decided]:
    """The decisions that lead from one state to another."""
    return list(_decided(seen, before, after, who, at))


def rises(before: Progress, after: Progress) -> bool:
    """Whether any slice is served more than before."""
    old = before.slices
    return any(reached.served > old.get(name, Reached()).served for name, reached in after.slices.items())


def lowers(before: Progress, after: Progress) -> bool:
    """Whether any slice is served less than before."""
    return rises(after, before)


def _decided(seen: Look, before: State, after: State, who: str, at: float) -> Iterator[Decided]:
    was, is_ = before.progress, after.progress
    anew = _ANEW if before.epoch != after.epoch else ""
    if anew:
        yield Decided(at, who, "", "epoch", before.epoch, after.epoch, anew, "{}")
    if was.phase is not is_.phase:
        why = is_.reason or anew or f"step {_position(is_)}"
        yield Decided(at, who, "", "phase", was.phase, is_.phase, why, _inputs(seen, is_, seen.assessments))
    if is_.step > was.step and is_.steps == was.steps:
        yield Decided(at, who, "", "step", _position(was), _position(is_), "", _inputs(seen, is_, seen.assessments))
    waits = waits_for(seen.plan, is_, seen.findings)
    for name in sorted({*was.slices, *is_.slices}):
        old, new = was.slices.get(name, Reached()), is_.slices.get(name, Reached())
        if old.served != new.served:
            found = seen.assessments.get(name)
            raising = new.served > old.served and found is not None
            why = found.finding.reason if raising and found else anew or limit(seen.plan, is_, name, found, waits)
            what = "raise" if new.served > old.served else "lower"
            inputs = _inputs(seen, is_, {name: found} if found else {})
            yield Decided(at, who, name, what, _percent(old.served), _percent(new.served), why, inputs)


def _position(progress: Progress) -> str:
    return f"{progress.step} of {len(progress.steps)}"


def _percent(weight: float) -> str:
    return f"{weight:.5g} %"


def _inputs(seen: Look, reached: Progress, assessments: Mapping[str, Assessment]) -> str:
    """What was known, as JSON: each slice's gates, and what bounded its weight."""
    known = {
        name: {
            "verdict": one.finding.verdict.name.lower(),
            "ceiling": seen.plan.ceilings.get(name, seen.plan.ceiling),
            "step": reached_weight(reached, name),
            "earned": one.finding.earned,
            "conversations": one.conversations,
            "gates": {behavior: gate.judgment.reason for behavior, gate in one.gates.items()},
        }
        for name, one in assessments.items()
    }
    return msgspec.json.encode(known).decode()


def _watches(state: State, serving: Set[str], ledger: Ledger, by: Charter, still: Set[str]) -> Mapping[str, Watched]:
    """The watches over what is served, fed with what was seen since; one that begins is fed nothing of the past.

    Both histories are watched: a student that decays does so in the shadow lane too, and sooner where it serves little.
    Those of slices that stand ``still``, and where nothing was added all of them, are the state's own.
    """
    watches = {key: watched for key, watched in state.watches.items() if key.partition("/")[0] in serving & still}
    for name in serving - still:
        for (behavior, terms), way in product(by.of(name).items(), Direction):
            if (behavior, way) not in BENIGN and terms.policy.acts:
                watches |= _over(state, ledger, by, name, behavior, way, terms.rate.failure_above)
    return state.watches if watches == state.watches else watches


def _over(
    state: State, ledger: Ledger, by: Charter, name: str, behavior: str, way: Direction, above: float
) -> dict[str, Watched]:
    """The watches over one behavior in one slice, a watch for each history; none where nothing was certified."""
    keys = {history: f"{name}/{behavior}/{way}/{history}" for history in History}
    kept = {history: _kept(state.watches.get(key), above) for history, key in keys.items()}
    # What it watches for would end the certificate as well: a watch that has begun does not ask for it again.
    if not all(kept.values()) and not _certified(ledger, name, behavior, way, above, by.alpha):
        return {}
    sheets = {history: ledger.sheet(name, history, Stage.SEEN).cells for history in History}
    trials = {history: cells.get((behavior, way), Counted()).trials for history, cells in sheets.items()}
    return {keys[history]: _fed(watched, trials[history], above) for history, watched in kept.items()}


def _kept(watched: Watched | None, above: float) -> Watched | None:
    """A watch that goes on; one over another limit ends, for that limit was never certified."""
    return watched if watched is not None and watched.limit == above else None


def _certified(ledger: Ledger, name: str, behavior: str, way: Direction, above: float, alpha: float) -> bool:
    """Whether the rate itself was certified. Where only the excess was, the teacher diverges from itself as often."""
    trials = ledger.sheet(name, History.TEACHER, Stage.SETTLED).cells.get((behavior, way), Counted()).trials
    return above <= HIGHEST_LIMIT and rates.log_e_below(trials, above) >= -log(alpha)


def _fed(watched: Watched | None, trials: Trials, above: float) -> Watched:
    """A conversation that was fed as clean and has diverged since is fed as one more trial: that delays an alarm."""
    if watched is None:
        return Watched(fed=trials, limit=above)
    diverged = max(0, trials.diverged - watched.fed.diverged)
    added = Trials(max(diverged, trials.count - watched.fed.count), diverged)
    return replace(watched, watch=watched.watch.fed(added, above), fed=trials) if added.count else watched


def _alarms(watches: Mapping[str, Watched], by: Charter, assessments: Mapping[str, Assessment]) -> dict[str, Finding]:
    """A finding for each slice in which a watch rang: what its gate would ask for if it failed.

    Where a gate failed that asks for as much, its own sentence stands: it has the counts.
    """
    found: dict[str, Finding] = {}
    strength = tuple(Act).index
    level = log(AVERAGE_RUN * len(watches)) if watches else 0.0
    for key, watched in watches.items():
        if max(watched.watch.logs) < level or watched.watch.log_level < level:  # no average is above the most
            continue
        name, behavior, way, _ = key.split("/")
        asked = by.of(name)[behavior].policy.on_failure
        if name in assessments and strength(asked) > strength(assessments[name].finding.act):
            reason = f"{behavior} is {way} more often than it was certified to be: it has changed since"
            found[name] = replace(assessments[name].finding, verdict=Verdict.FAIL, act=asked, reason=reason)
    return found


def telling(decisions: Sequence[Decided]) -> str:
    """Decisions as one line of a log."""
    return "; ".join(
        f"{one.slice or 'route'}: {one.what} {one.before} -> {one.after}" + (f" ({one.why})" if one.why else "")
        for one in decisions
    )
