"""What was found about confidence on real replies, as people read it: Markdown and a picture.

Every section tells one sort of finding of ``benchmarks.confidence_findings``; nothing here measures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import sqrt
from statistics import fmean

from benchmarks import confidence_drawing
from benchmarks.confidence_findings import BOOTSTRAP, LEVEL, SHOWN, Findings, Honesty, Kept, Ranking, Worth
from benchmarks.promises import LOOKS, Draw, Outcome
from benchmarks.rankings import CONFIDENCE, FOLDS, LEAST, MEAN, RANDOM
from benchmarks.risk_coverage import Area
from routing.confidence.signal import FUNCTION
from routing.confidence.threshold import Promise
from routing.confidence.views import View, label
from routing.observation import Arm

_RULES: tuple[Callable[[Draw], Outcome], ...] = (
    lambda draw: draw.batch,
    lambda draw: draw.live,
    lambda draw: draw.naive,
)


def markdown(findings: Findings) -> Iterator[str]:
    """The whole report, line by line."""
    yield from _heading(findings)
    yield from _ranked(findings.rankings)
    yield from _promised(findings.kept)
    yield from _honest(findings.honesty)
    yield from _seen(findings)
    yield from _worth(findings.worth)


def picture(findings: Findings) -> str:
    """A panel for each view that is shown."""
    title = "{}: divergent among the replies served (up), by the share served (right)"
    return confidence_drawing.picture(
        [
            confidence_drawing.Panel(
                title.format(label(view)), findings.samples[view].diverged, findings.sureness[view]
            )
            for view in SHOWN
        ]
    )


def _heading(findings: Findings) -> Iterator[str]:
    teacher, student = findings.sessions[Arm.TEACHER], findings.sessions[Arm.STUDENT]
    yield "# How good confidence is"
    yield ""
    yield (
        f"Written by `python -m benchmarks.confidence analyze --keep`. The embedded models, {teacher.model} on "
        f"{teacher.server} and {student.model} on {student.server}, were asked the same {teacher.count:,} "
        f"conversations at temperature {teacher.temperature:g}: what the demonstration's callers ask, drawn with a "
        f"seed that neither training nor the demonstration uses. {findings.units:,} pairs are units, "
        f"{findings.failed} are none because an arm failed; {_percent(findings.diverged)} diverged. "
        f"Vectors are of function {FUNCTION}."
    )
    yield ""
    yield (
        "A reply is *acceptable* where its pair diverged in nothing that acts. Confidence is always that of a "
        f"calibration of the reply's slice and view that did not see the conversation ({FOLDS} folds). "
        "[README.md](README.md#confidence) says how to repeat it, and what the figures are true of."
    )
    yield ""


def _ranked(rankings: Sequence[Ranking]) -> Iterator[str]:
    yield "## Ranking: the area under risk over coverage"
    yield ""
    yield (
        "The surest replies are served first. The area is the share of divergent ones among those served, on "
        f"average over every coverage: percent, the lower the better, with the middle 95 % over {BOOTSTRAP:,} "
        "resamplings of the conversations. *Closed* is how much of the way from random to the best possible ranking "
        f"confidence goes; *gained* is the area of the {MEAN} minus that of confidence, in the same resamplings. A "
        "view by a prefix is of the requests that it judges, those without tools and JSON."
    )
    yield ""
    yield "![risk over coverage](confidence.svg)"
    yield ""
    yield f"| view | slice | units | {RANDOM} | {LEAST} | {MEAN} | {CONFIDENCE} | best possible | closed | gained |"
    yield "|---" * 10 + "|"
    for one in rankings:
        yield _ranking_row(one)
    yield ""


def _ranking_row(one: Ranking) -> str:
    ours, chance, gained = one.areas[CONFIDENCE].area, one.areas[RANDOM].area, one.against_mean[CONFIDENCE]
    cells = [label(one.view), one.slice or "all", f"{one.units:,}"]
    cells += [_area(one.areas[name]) for name in (RANDOM, LEAST, MEAN, CONFIDENCE)]
    cells += [f"{100 * one.oracle:.2f}", _percent((chance - ours) / (chance - one.oracle))]
    return _row([*cells, _area(Area(-gained.area, -gained.high, -gained.low))])


def _promised(kept: Sequence[Kept]) -> Iterator[str]:
    times = len(kept[0].draws) if kept else 0
    yield "## The promise"
    yield ""
    yield (
        f"{times} times a slice's conversations were cut in two: a fit half was drawn from one part and a certify "
        f"half from the other, with replacement, and a threshold was certified at {_percent(1 - LEVEL)}. What it "
        "does is counted over all of the other part, which to the certify half is all there are, so *broken* is "
        f"exact: the share of resamplings in which more diverged than was promised. It may be {_percent(LEVEL)}, "
        f"give or take {_percent(sqrt(LEVEL * (1 - LEVEL) / max(1, times)))} (one standard error). *Live* is looked "
        f"at {LOOKS} times while the certify half grows, and broken if the threshold of any look was. *Naive* is the "
        "lowest threshold at which the same certify half keeps the limit as it stands. *Served* is the mean share "
        "of all replies that the student serves, *could be* that of the best threshold for the same calibrations, "
        "known afterwards."
    )
    for view in SHOWN:
        for promise in Promise:
            yield ""
            yield f"### {promise.capitalize()}, {label(view)}"
            yield ""
            yield (
                "| slice | diverge | units | limit | broken: batch | live | naive | served: batch | live | naive | "
                "could be |"
            )
            yield "|---" * 11 + "|"
            yield from (_promise_row(one) for one in kept if (one.view, one.target.promise) == (view, promise))
    yield ""


def _promise_row(one: Kept) -> str:
    cells = [one.slice, _percent(one.diverged), f"{one.units:,}", _percent(one.target.limit)]
    cells += [_percent(fmean(rule(draw).broken for draw in one.draws)) for rule in _RULES]
    cells += [_percent(fmean(rule(draw).coverage for draw in one.draws)) for rule in _RULES]
    return _row([*cells, _percent(fmean(draw.best.coverage for draw in one.draws))])


def _honest(honesty: Sequence[Honesty]) -> Iterator[str]:
    yield "## Calibration"
    yield ""
    yield (
        "Brier's score, beside that of always saying the mean rate, and the expected calibration error (ECE) in ten "
        "bins of equal counts; below, those bins over all slices, in percent."
    )
    yield ""
    yield "| view | slice | units | Brier | of the mean rate | ECE |"
    yield "|---" * 6 + "|"
    for one in honesty:
        scores = (f"{score:.4f}" for score in (one.brier, one.constant, one.error))
        yield _row([label(one.view), one.slice or "all", f"{one.units:,}", *scores])
    for one in honesty:
        if not one.slice:
            yield ""
            yield _row([f"{label(one.view)}: confidence", *(f"{100 * each.confidence:.1f}" for each in one.bins)])
            yield "|---" * (len(one.bins) + 1) + "|"
            yield _row(["acceptable", *(f"{100 * each.acceptable:.1f}" for each in one.bins)])
    yield ""


def _seen(findings: Findings) -> Iterator[str]:
    yield "## Which divergences it sees"
    yield ""
    yield (
        "By what the conversation is, which its maker knows and Practicum does not; whole view. What stands first "
        "gets by most: its divergent replies are among the surest half of all."
    )
    yield ""
    yield "| situation | units | diverge | mean confidence of those, % | of those among the surest half |"
    yield "|---" * 5 + "|"
    for one in findings.kinds:
        said = "-" if one.confidence is None else f"{100 * one.confidence:.1f}"
        sure = "-" if one.sure is None else _percent(one.sure)
        yield _row([one.situation, f"{one.units:,}", _percent(one.diverged), said, sure])
    yield ""


def _worth(worth: Sequence[Worth]) -> Iterator[str]:
    yield "## What each number of the vector is worth"
    yield ""
    yield (
        "By how many percentage points the area grows when calibrations are fitted without it (where the interval "
        "holds 0, the others say the same, of this student); a dash: it never varies here. Then the area when "
        "replies are ranked by it alone."
    )
    yield ""
    yield _row(["", *(f"{what}, {label(view)}" for view in SHOWN for what in ("without it", "alone"))])
    yield "|---" * (2 * len(SHOWN) + 1) + "|"
    for name in dict.fromkeys(one.feature for one in worth):
        yield _row([name, *(cell for view in SHOWN for cell in _worth_cells(worth, name, view))])


def _worth_cells(worth: Sequence[Worth], name: str, view: View) -> tuple[str, str]:
    one = next(one for one in worth if (one.feature, one.view) == (name, view))
    return (_area(one.without) if one.without else "-", f"{100 * one.alone:.2f}")


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _area(one: Area) -> str:
    return f"{100 * one.area:.2f} ({100 * one.low:.2f} to {100 * one.high:.2f})"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
