"""Risk over coverage as a picture: a panel for each view, a line for each ranking. SVG, written by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np

from benchmarks.rankings import CONFIDENCE, LEAST, MEAN
from benchmarks.risk_coverage import Floats, curve

_LEFT, _TOP, _WIDTH, _HEIGHT, _PANEL = 60, 40, 460, 200, 265
_POINTS = 200
_FIRST = 0.02  # of coverage: before that, a curve is a handful of replies
_COLORS = {CONFIDENCE: "#1f6feb", MEAN: "#bf8700", LEAST: "#8250df", "best possible": "#8c959f"}


@dataclass(frozen=True, slots=True)
class Panel:
    """A population: its title, what diverged, and how sure each ranking is."""

    title: str
    diverged: Floats
    rankings: Mapping[str, Floats]


def picture(panels: Sequence[Panel]) -> str:
    """All of them, one below the other."""
    style = "text{font:12px sans-serif;fill:#57606a}.title{font-weight:bold}polyline{fill:none;stroke-width:1.8}"
    shapes = [shape for number, panel in enumerate(panels) for shape in _panel(panel, _TOP + number * _PANEL)]
    height = _TOP + len(panels) * _PANEL
    shapes += _legend(height - 10)
    size = f'width="{_LEFT + _WIDTH + 140}" height="{height + 20}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n<style>{style}</style>\n' + "\n".join(shapes) + "\n</svg>\n"
    )


def _panel(panel: Panel, top: int) -> Iterator[str]:
    base = float(panel.diverged.mean())
    most = 1.15 * base
    yield f'<text x="{_LEFT}" y="{top - 12}" class="title">{escape(panel.title)}</text>'
    for share in (0.0, base / 2, base):
        level = top + _HEIGHT * (1 - share / most)
        yield f'<path d="M{_LEFT} {level:.1f}h{_WIDTH}" stroke="#d0d7de"/>'
        yield f'<text x="{_LEFT - 6}" y="{level + 4:.1f}" text-anchor="end">{100 * share:.1f} %</text>'
    yield f'<text x="{_LEFT + _WIDTH + 6}" y="{top + _HEIGHT * (1 - base / most) + 4:.1f}">random</text>'
    for percent in (0, 25, 50, 75, 100):
        place = _LEFT + _WIDTH * percent / 100
        yield f'<text x="{place:.0f}" y="{top + _HEIGHT + 16}" text-anchor="middle">{percent} %</text>'
    shown = {"best possible": 1.0 - panel.diverged, **panel.rankings}
    for name, color in reversed(_COLORS.items()):
        yield f'<polyline stroke="{color}" points="{_line(shown[name], panel.diverged, most, top)}"/>'


def _line(sureness: Floats, diverged: Floats, most: float, top: int) -> str:
    """The curve at evenly spaced coverages, cut off above the panel."""
    coverage, risk = curve(sureness, diverged)
    at = np.linspace(_FIRST, 1.0, _POINTS)
    level = np.minimum(np.interp(at, coverage, risk), most)
    points = zip(_LEFT + _WIDTH * at, top + _HEIGHT * (1 - level / most), strict=True)
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _legend(top: int) -> Iterator[str]:
    left = _LEFT
    for name, color in _COLORS.items():
        yield f'<rect x="{left}" y="{top}" width="10" height="10" fill="{color}"/>'
        yield f'<text x="{left + 16}" y="{top + 10}">{escape(name)}</text>'
        left += 158
