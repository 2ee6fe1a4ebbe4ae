"""What came of the demonstration: what the student lost, beside the eval that hides it, and what it is served for that.

A page of sections, each a function of the outcome: whatever Practicum comes to do gets a section of its own. It
refuses to tell of anything that this outcome does not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from proxy.cli.invocation import invocation
from proxy.cli.rollout_table import STYLES
from proxy.cli.terminal import cells, headed_table, percent, print_rows
from proxy.demo.exhibit import show_exhibit
from proxy.demo.findings import Finding, findings, striking
from proxy.demo.headline import Score
from proxy.demo.traffic import Traffic
from proxy.demo.truth import Mark, marks, tallies, telling_first
from proxy.examiner.status import RouteStatus
from proxy.examiner.wording import FAIL, besides, decider, position, ranked, served
from proxy.store.pair import Pair, Reply
from routing.divergence import Direction
from routing.observation import Arm

_LEGEND = (
    "  lost: the teacher did it, the student did not; gained: the reverse.\n"
    "  A trial is a request on which the one did; where neither did, there was nothing to lose."
)
_KNOWN = (
    "  Nobody has this in production: the demonstration invented the questions, so it knows the answers. Practicum is\n"
    "  not told them. Named: of what only the teacher got right, the pairs in which Practicum found a divergence."
)
_VERDICTS = (
    "  fail: a behavior is certified to be lost; hold: too little is known, which raises nothing; pass: the slice may\n"
    "  climb. The limits were not chosen for this student: they are the defaults."
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """All there is to tell. ``pairs`` begin with those in which only the teacher's reply is right."""

    scores: Mapping[Arm, Score]
    traffic: Traffic
    route: RouteStatus
    pairs: Sequence[Pair]
    marks: Sequence[Mark]
    found: Sequence[Finding]


def outcome(scores: Mapping[Arm, Score], traffic: Traffic, route: RouteStatus, pairs: Sequence[Pair]) -> Outcome:
    """The outcome, judged."""
    judged = marks(pairs, traffic.asked)
    ordered = telling_first(pairs, judged)
    return Outcome(scores, traffic, route, ordered, judged, findings(route.cells, ordered))


def show_ending(console: Console, told: Outcome) -> None:
    """Print all of it but the commands."""
    for title, section in SECTIONS:
        console.print()
        console.print(Text(title, "bold"))
        section(console, told)


def _eval(console: Console, told: Outcome) -> None:
    console.print(Text(f"  {scored(told.scores)}"))


def scored(scores: Mapping[Arm, Score]) -> str:
    """The headline eval in a line."""
    asked = max(score.asked for score in scores.values())
    rates = ", ".join(f"{arm} {percent(score.right, score.asked)}" for arm, score in scores.items())
    return f"{rates} of {asked} questions answered right"


def _behaviors(console: Console, told: Outcome) -> None:
    table = headed_table("  behavior", "direction", ">trials", ">diverged", ">rate", "a pair that shows it")
    for found in told.found:
        if found.diverged:
            counts = (str(found.trials), str(found.diverged), percent(found.diverged, found.trials))
            table.add_row(*cells(f"  {found.behavior}", found.direction, *counts, found.pair))
    print_rows(console, table)
    kept = [f"{f.behavior} ({f.trials} trials)" for f in told.found if not f.diverged and f.direction is Direction.LOST]
    console.print(Text(f"  never lost: {', '.join(kept) or 'none'}"), soft_wrap=True)
    console.print(Text(_LEGEND, "dim"))


def _truth(console: Console, told: Outcome) -> None:
    headings = (">asked", ">teacher right", ">student right", ">only the teacher", ">named")
    table = headed_table("  situation", *headings)
    for one in tallies(told.marks):
        rates = (percent(one.teacher, one.asked), percent(one.student, one.asked))
        table.add_row(*cells(f"  {one.title}", str(one.asked), *rates, str(one.lost), str(one.named)))
    print_rows(console, table)
    console.print(Text(_KNOWN, "dim"))


def _example(console: Console, told: Outcome) -> None:
    loss = striking(told.found)
    pair = next((pair for pair in told.pairs if loss and pair.id == loss.pair), None)
    if loss is None or pair is None or pair.id not in told.traffic.asked:
        console.print(Text("  no behavior was lost"))
        return
    console.print(Text(f"  lost: {loss.behavior}, in {loss.diverged} of {loss.trials} trials; pair {pair.id}"))
    console.print()
    show_exhibit(console, told.traffic.asked[pair.id], pair)


def _rollout(console: Console, told: Outcome) -> None:
    route = told.route
    console.print(Text(f"  {position(route)}; the student serves {served(route.weights)}"), soft_wrap=True)
    table = headed_table("  slice", ">weight", ">conversations", "verdict", "~the gate that decides")
    for one in ranked(route.slices):
        also = besides(one) if one.verdict == FAIL else ""
        why = f"{one.reason}\n{also}" if also else one.reason
        counts = (served(one.weights), f"{one.conversations:,}")
        table.add_row(*cells(f"  {one.slice}", *counts, one.verdict, why), style=STYLES.get(one.verdict, ""))
    console.print(table)
    console.print(Text(_VERDICTS, "dim"))


def _bill(console: Console, told: Outcome) -> None:
    outcomes = ", ".join(f"{name} {count}" for name, count in told.route.mirror.outcomes.items() if count)
    twice = [pair.noise for pair in told.pairs if pair.noise is not None]
    lines = (
        f"{told.traffic.calls} calls: {', '.join(_by_arm(told.traffic))}",
        f"mirrored: {told.route.mirror.sampled} sampled: {outcomes}",
        f"the teacher's tokens for callers: {tokens(pair.teacher for pair in told.pairs)}",
        f"the student's for the mirror: {tokens(pair.student for pair in told.pairs)}",
        f"the teacher's where it was asked twice, in {len(twice)} pairs: {tokens(twice)}",
    )
    for line in lines:
        console.print(Text(f"  {line}"), soft_wrap=True)


def _by_arm(traffic: Traffic) -> Iterator[str]:
    yield from (f"{traffic.served[arm]} served by the {arm}" for arm in Arm)
    if traffic.failed:
        yield f"{traffic.failed} failed, the last: {traffic.last_failure}"


def tokens(replies: Iterable[Reply]) -> str:
    """Tokens read and written, of replies that say."""
    counted = [(reply.prompt_tokens or 0, reply.completion_tokens or 0) for reply in replies]
    return f"{sum(read for read, _ in counted):,} read, {sum(written for _, written in counted):,} written"


SECTIONS: tuple[tuple[str, Callable[[Console, Outcome], None]], ...] = (
    ("What an eval suite sees", _eval),
    ("What users would notice, by Practicum", _behaviors),
    ("What the world's own judge says of the same replies", _truth),
    ("One of them", _example),
    ("What Practicum makes of it, slice by slice", _rollout),
    ("What it took", _bill),
)


def commands(found: Iterable[Finding], source: str) -> Iterator[str]:
    """The commands that show a pair of the most striking loss, and more. ``source`` are the options to find it."""
    shown = list(found)
    example = striking(shown)
    pair = example.pair if example else next((finding.pair for finding in shown if finding.pair), "")
    if pair:
        yield f"{invocation()} pair {pair} {source}"
    yield f"{invocation()} pairs --direction lost {source}"


def explaining(route: RouteStatus, admin: str) -> Iterator[str]:
    """The command that says all about the gate that decides for the worst slice; none where no gate does."""
    for one in ranked(route.slices):
        if behavior := decider(one):
            yield f"{invocation()} explain {route.name} {behavior} --slice {one.slice} --admin {admin}"
            return
