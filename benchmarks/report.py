"""A run as people read it: the goals, every scenario's figures, and a picture of the two that matter most.

It writes ``results.md`` and ``results.svg`` beside this file, and every sample to ``.tools/bench``. Every figure stands
with its least and most over the rounds and its ratio to another arm of the same rounds: ratios hold where seconds do
not.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from benchmarks.goals import BESIDE, GOALS
from benchmarks.installing import TOOLS
from benchmarks.machine import DISTURBED
from benchmarks.samples import Samples, Spread
from benchmarks.scenarios import SCENARIOS, Scenario

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Run:
    """What a run is known by."""

    date: str
    machine: str
    versions: Mapping[str, str]
    absent: Mapping[str, str]
    others: float  # the most cores that others used during a measurement
    niceness: int = 0  # at which everything of the run ran


def write(run: Run, samples: Samples, folder: Path = FOLDER) -> None:
    """Keep a run in the repository."""
    (folder / "results.md").write_text("\n".join(markdown(run, samples)) + "\n")
    (folder / "results.svg").write_text(picture(samples))


def write_samples(run: Run, samples: Samples) -> Path:
    """Keep every single sample, out of the repository, for who wants to look closer."""
    TOOLS.mkdir(parents=True, exist_ok=True)
    path = TOOLS / "samples.json"
    path.write_text(json.dumps({**asdict(run), "samples": [asdict(sample) for sample in samples.taken]}, indent=1))
    return path


def markdown(run: Run, samples: Samples) -> Iterator[str]:
    """The whole report, line by line."""
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    yield "# Results"
    yield ""
    yield f"Written by `make bench` on {run.date}: {run.machine}. While it measured, others used at most"
    yield f"{run.others:.2f} of its cores. Versions: {versions}."
    if run.others > DISTURBED:
        yield f"**That is a loaded machine**, on which all of this ran at a niceness of {run.niceness}: trust ratios of"
        yield "CPU, and no latency."
    yield "[README.md](README.md) says how. `+m`: every request is also mirrored to a second upstream. Figures are"
    yield "medians over the rounds with their least and most; a ratio is the median of those within the rounds. Seconds"
    yield "are of this machine on this day; ratios hold."
    yield ""
    yield "![CPU per request and per chunk](results.svg)"
    yield ""
    yield from goals_table(samples)
    for name, why in run.absent.items():
        yield f"**Not measured: {name}.** {why}"
        yield ""
    for scenario in SCENARIOS:
        if scenario.name in samples.scenarios():
            yield from _table(scenario, samples)


def goals_table(samples: Samples) -> Iterator[str]:
    """Goal, what was measured, verdict."""
    yield "## Goals"
    yield ""
    yield "Practicum with its shadow on, one worker, unless said otherwise."
    yield ""
    yield "| | goal | measured | least - most | |"
    yield "|---|---|---|---|---|"
    for goal in GOALS:
        found = goal.measured(samples)
        shown = f"{_number(found.median)} | {_number(found.least)} - {_number(found.most)}" if found else "- | -"
        yield f"| {goal.what} | {goal.asked} | {shown} | {goal.verdict(samples)} |"
    yield ""
    yield BESIDE
    yield ""


def _table(scenario: Scenario, samples: Samples) -> Iterator[str]:
    shown = [(figure, label) for figure, label in scenario.figures if _any(samples, scenario.name, figure)]
    yield f"## {scenario.says}"
    yield ""
    yield "| | " + " | ".join(label for _, label in shown) + f" | ratio to {scenario.base} |"
    yield "|---" * (len(shown) + 2) + "|"
    for arm in samples.arms(scenario.name):
        cells = [_cell(samples.spread(scenario.name, arm, figure)) for figure, _ in shown]
        ratio = samples.ratio(scenario.name, shown[0][0], arm, scenario.base)
        yield f"| {arm} | " + " | ".join(cells) + f" | {_number(ratio.median) if ratio else '-'} |"
    yield ""


def _any(samples: Samples, scenario: str, figure: str) -> bool:
    return any(samples.spread(scenario, arm, figure) for arm in samples.arms(scenario))


def _cell(spread: Spread | None) -> str:
    if spread is None:
        return "-"
    if spread.least == spread.most:
        return _number(spread.median)
    return f"{_number(spread.median)} ({_number(spread.least)}-{_number(spread.most)})"


def _number(value: float) -> str:
    """Three digits, and as many as there are before the point."""
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}".replace(",", " ") if digits < 6 else f"{value:.2g}"  # noqa: PLR2004 -- unreadable beyond


_PANELS = (
    ("unary", "CPU µs per request, and times that of nginx+m (logarithmic)"),
    ("streams", "CPU µs per streamed chunk, and times that of nginx+m (logarithmic)"),
)
_BAR, _GAP, _LEFT, _WIDTH = 16, 6, 110, 420


def picture(samples: Samples) -> str:
    """Two panels of bars on logarithmic scales, cheapest first, as SVG."""
    shapes: list[str] = []
    top = 30
    for scenario, title in _PANELS:
        costs = {arm: samples.spread(scenario, arm, "cpu_us") for arm in samples.arms(scenario)}
        bars = sorted(((arm, s) for arm, s in costs.items() if s is not None), key=lambda item: item[1].median)
        shapes.append(f'<text x="10" y="{top}" class="title">{escape(title)}</text>')
        top += 12
        for arm, spread in bars:
            ratio = samples.ratio(scenario, "cpu_us", arm, "nginx+m")
            shapes += _bar(arm, spread, ratio, bars[0][1].median, bars[-1][1].median, top)
            top += _BAR + _GAP
        top += 40
    style = "text{font:12px sans-serif;fill:#57606a}.title{font-weight:bold}.ours{fill:#1f6feb}.theirs{fill:#8c959f}"
    size = f'width="{_LEFT + _WIDTH + 90}" height="{top}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n<style>{style}</style>\n' + "\n".join(shapes) + "\n</svg>\n"
    )


def _bar(arm: str, spread: Spread, ratio: Spread | None, least: float, most: float, top: int) -> list[str]:
    span = math.log10(most / least) or 1.0
    width = 30 + (_WIDTH - 30) * math.log10(spread.median / least) / span
    kind = "ours" if arm.startswith("practicum") else "theirs"
    middle = top + _BAR - 4
    times = f" ({_number(ratio.median)})" if ratio else ""
    return [
        f'<text x="{_LEFT - 8}" y="{middle}" text-anchor="end">{escape(arm)}</text>',
        f'<rect x="{_LEFT}" y="{top}" width="{width:.0f}" height="{_BAR}" class="{kind}"/>',
        f'<text x="{_LEFT + width + 6:.0f}" y="{middle}">{_number(spread.median)}{times}</text>',
    ]
