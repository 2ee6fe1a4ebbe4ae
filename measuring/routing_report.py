"""What the replay of routing found, as ``docs/routing-replay.md`` tells it, and its picture.

It refuses to work out anything: ``routing_replay`` does, and ``trade_off``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from xml.sax.saxutils import escape

from measuring import routing_replay as replaying
from measuring.routing_replay import FULL, Effort, Held, Proof, Replay
from measuring.trade_off import CALLS, DIAGONAL, LEVELS, SHARES, Interval, bootstrapped, curve, summary
from routing.confidence.prompt import DOUBT, UNPROMISING

HEADING = f"""# Routing by the prompt alone, replayed

Made by `python -m measuring routing`. Before the student is called, `routing.confidence.prompt` may guess from the
request whether its answer will be acceptable; below a chance of {UNPROMISING:g} it goes straight to the teacher. This
page says what that guess is worth on requests that a weak and a strong model both answered, published with RouteLLM's
evaluation: GSM8K (quality: the answer is right) and MT-Bench (quality: the mean score of both turns; a conversation is
routed as one, by its first turn). The student is `{replaying.WEAK}`, the teacher
`{replaying.STRONG}`. An answer of the student is *acceptable* if it is as good as the teacher's.

**Held out.** Every chance is of a head fitted to the other {replaying.FOLDS - 1} of {replaying.FOLDS} folds, its
regularization chosen within them. Whoever wrote the list of features, and the range of regularization, had seen how a
similar list did on all of GSM8K, so that its figures may be a little kind; no feature was taken or left for its
figures, and MT-Bench was not looked at. The few prompts of GSM8K that are flagged as contaminated are left out, as
those who made the flag do: they resemble prompts of the arena whose votes RouteLLM's routers were trained on (our
heads have seen neither). MT-Bench comes without such flags.

**Intervals** are the middle 95 % of {FULL.draws} bootstrap samples of the requests, with the chances as they
are: they tell of other requests, not of other fits.
"""
TRADE = """## What is kept with how many calls

The teacher's lead over the student is 100 %. *Calls for 80 %*: the share of requests that must go to the teacher to
keep 80 % of it, the least promising first, read off the curve made ascending. *Kept with 25 %*: what is kept when a
quarter goes to the teacher. *Area*: below the curve of what is kept over calls; 0.5 is chance. The average of a slice
tells no request from another: it routes by chance. The oracle knows both answers, and keeps more than all because
it leaves to the student what the teacher gets wrong.

![what is kept over calls of the teacher](routing-replay.svg)
"""
AVERAGE = f"""## Whether it beats the average

The log loss of the average of the other folds, in nats a request, and by how many thousandths of a nat the head's is
lower. *Ranks*: how often a request with an acceptable answer has a greater chance than one without, 0.5 by chance.
*Unpromising*: requests with a chance below {UNPROMISING:g}, and how many of those the student would have answered
acceptably all the same.
"""
PROOF = f"""## Whether it is on

`fit` gives a head only where heads that bet on blocks of units, with what they learned from the blocks before, have
*won* {1 / DOUBT:.0f} times their stake (log wealth {log(1 / DOUBT):.1f}) against the best average known in hindsight,
and where most of the units that the best of them called unpromising were: then it is *on*. Each line: random orders of
so many requests. With shuffled outcomes prompts tell nothing: at most {DOUBT:.0%} may win there.
"""
CHOICES = """## What was chosen by it

Hashed words beside the features, as the log loss that they gain (thousandths of a nat a request, over the average).
They would cost every request a tenth of a millisecond and every unit that many more numbers in the database: what they
add here is well within the intervals, so there are none.
"""
CARRIED = """Whether what was learned from one slice ranks requests of another, 0.5 by chance. While the intervals hold
that, every slice has a head of its own.
"""


@dataclass(frozen=True, slots=True)
class Found:
    """All that was measured on one set."""

    replay: Replay
    head: list[Interval]
    oracle: list[Interval]
    held: Held
    proofs: list[Proof]
    words: list[Interval]
    band: list[Interval]
    ceiling: Sequence[float]


def measured(replay: Replay, effort: Effort = FULL) -> Found:
    """Measure one set: half a minute for a thousand requests."""
    features = replaying.matrix(replay.prompts)
    said, _ = replaying.cross_fitted(features, replay.acceptable)
    band = bootstrapped(lambda places: curve(said[places], replay.lead[places]), len(said), effort.draws)
    words = (replaying.with_words(replay.prompts, buckets) for buckets in replaying.WORDS)
    return Found(
        replay,
        replaying.traded(replay, said, effort),
        replaying.best(replay, effort),
        replaying.held_out(replay, features, effort),
        list(replaying.proofs(replay, features, effort)),
        [replaying.held_out(replay, wider, effort).gain for wider in words],
        band,
        curve(-replay.lead, replay.lead).tolist(),
    )


def write(data: Path, folder: Path, effort: Effort = FULL) -> str:
    """Measure what is there, keep page and picture in a folder, and give the page; "" where there are no sets."""
    found = [measured(replay, effort) for replay in replaying.replays(data)]
    if not found:
        return ""
    page = "\n".join(_page(found, effort))
    (folder / "routing-replay.md").write_text(page, encoding="utf-8")
    (folder / "routing-replay.svg").write_text(picture(found), encoding="utf-8")
    return page


def _page(found: Sequence[Found], effort: Effort) -> Iterator[str]:
    yield HEADING
    yield from (f"- **{one.replay.name}**: {verdict(one)}" for one in found)
    yield "\n" + TRADE
    levels = (f"calls for {level:.0%}" for level in LEVELS)
    calls = (f"kept with {share:.0%}" for share in CALLS)
    yield table(("set", "routed by", *levels, *calls, "area"), _trades(found))
    yield AVERAGE
    columns = ("set", "requests", "student", "teacher", "acceptable", "average's log loss", "gain", "ranks")
    yield table((*columns, "unpromising", "of these acceptable"), map(_held, found))
    yield PROOF
    wealth = ("set", "requests", "log wealth (median)", "won", "on")
    yield table(wealth, (_proof(proof) for one in found for proof in one.proofs))
    yield CHOICES
    buckets = (f"{buckets} buckets" for buckets in replaying.WORDS)
    yield table(("set", "features alone", *buckets), (_words(one) for one in found))
    yield CARRIED
    yield from (_carried(one.replay, other.replay, effort) for one in found for other in found if one is not other)


def verdict(one: Found) -> str:
    """Whether it is better than the average there, and what the code does about it."""
    whole = next(proof for proof in one.proofs if proof.units == len(one.replay.prompts))
    better = "beats the average" if one.held.gain.low > 0 else "is not shown to beat the average"
    on = f"on in {whole.on} of {whole.of} orders" if whole.on else "off"
    wait = f"{one.held.unpromising - one.held.mistaken} waits spared, {one.held.mistaken} calls of the teacher wasted"
    return f"the head {better}. With all {whole.units} requests it is {on}. If it were on: {wait}."


def _trades(found: Sequence[Found]) -> Iterator[Sequence[str]]:
    for one in found:
        chance = [f"{value:.0%}" for value in summary(DIAGONAL)[:-1].tolist()]
        yield (one.replay.name, "chance, or the slice's average", *chance, "0.50")
        for name, figures in (("the prompt's head", one.head), ("the oracle", one.oracle)):
            yield ("", name, *(_percent(figure) for figure in figures[:-1]), _interval(figures[-1], 2))


def _held(one: Found) -> Sequence[str]:
    replay, held = one.replay, one.held
    qualities = (f"{quality.mean():.3f}" for quality in (replay.student, replay.teacher, replay.acceptable))
    figures = (f"{held.average:.3f}", _interval(held.gain, 1), _interval(held.area, 2))
    return (replay.name, str(len(replay.prompts)), *qualities, *figures, str(held.unpromising), str(held.mistaken))


def _proof(proof: Proof) -> Sequence[str]:
    counts = (f"{count} of {proof.of}" for count in (proof.won, proof.on))
    return (proof.name, str(proof.units), f"{proof.log_wealth:.1f}", *counts)


def _words(one: Found) -> Sequence[str]:
    return (one.replay.name, *(_interval(gain, 1) for gain in (one.held.gain, *one.words)))


def _carried(one: Replay, other: Replay, effort: Effort) -> str:
    return f"Fitted to {one.name}, it ranks {other.name} {_interval(replaying.carried_over(one, other, effort), 2)}.\n"


def _percent(figure: Interval) -> str:
    return f"{figure.value:.0%} ({100 * figure.low:.0f} to {100 * figure.high:.0f})"


def _interval(figure: Interval, places: int) -> str:
    return f"{figure.value:.{places}f} ({figure.low:.{places}f} to {figure.high:.{places}f})"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = (columns, ["---"] * len(columns), *rows)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


_SIDE, _GAP, _LEFT, _TOP, _MOST = 260, 60, 46, 34, 1.4  # pixels; the last is the greatest share drawn
_STYLE = (
    "text{font:12px sans-serif;fill:#57606a}.title{font-weight:bold}polyline{fill:none;stroke-width:2}"
    ".head{stroke:#1f6feb}.band{fill:#1f6feb;opacity:.15}.oracle{stroke:#8c959f}"
    ".chance{stroke:#8c959f;stroke-dasharray:4 4}.frame{fill:none;stroke:#d0d7de}"
)


def picture(found: Sequence[Found]) -> str:
    """A panel for each set: chance, the oracle, and the head with its band."""
    panels = [shape for place, one in enumerate(found) for shape in _panel(one, _LEFT + place * (_SIDE + _GAP))]
    size = f'width="{_LEFT + len(found) * (_SIDE + _GAP)}" height="{_TOP + _SIDE + 50}"'
    shapes = "\n".join(panels)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n<style>{_STYLE}</style>\n{shapes}\n</svg>\n'


def _panel(one: Found, left: float) -> Iterator[str]:
    bottom = _TOP + _SIDE
    yield f'<text x="{left}" y="{_TOP - 12}" class="title">{escape(one.replay.name)}: share of the lead kept</text>'
    yield f'<rect x="{left}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}" class="frame"/>'
    yield f'<text x="{left + _SIDE / 2}" y="{bottom + 34}" text-anchor="middle">requests that go to the teacher</text>'
    for share in (0, 0.5, 1):
        yield f'<text x="{left + share * _SIDE}" y="{bottom + 16}" text-anchor="middle">{share:.0%}</text>'
        yield f'<text x="{left - 6}" y="{bottom - share / _MOST * _SIDE + 4:.0f}" text-anchor="end">{share:.0%}</text>'
    edges = _points([f.low for f in one.band], left), _points([f.high for f in one.band], left)
    yield f'<polygon points="{" ".join([*edges[0], *reversed(edges[1])])}" class="band"/>'
    lines = {"chance": DIAGONAL.tolist(), "oracle": one.ceiling, "head": [f.value for f in one.band]}
    for kind, values in lines.items():
        yield f'<polyline points="{" ".join(_points(values, left))}" class="{kind}"/>'


def _points(values: Sequence[float], left: float) -> list[str]:
    heights = (min(_MOST, max(0.0, value)) / _MOST * _SIDE for value in values)
    pairs = zip(SHARES.tolist(), heights, strict=True)
    return [f"{left + share * _SIDE:.1f},{_TOP + _SIDE - height:.1f}" for share, height in pairs]
