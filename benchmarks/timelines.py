"""Three rollouts over real processes, drawn: ``python -m benchmarks.timelines`` writes timelines.svg and timelines.md.

A teacher and a student that are scripted, ``practicum serve`` between them and four callers, in three worlds: a student
that is as good as its teacher; the same student, but from conversation N on it refuses nothing in one slice; and one
that never refused in that slice. A third of all conversations are about what should be refused. What is drawn is what
the admin port says after every batch: each slice's weight, and its verdict. It refuses to judge; it tells.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape

from tests.end_to_end.practicum import Practicum
from tests.end_to_end.rollouts import Callers, Said, School, Shown, shown

FOLDER = Path(__file__).parent
SLICES = LOST, KEPT = ("code", "general")
BATCH = 20  # conversations in each slice between two questions to the admin port
AFTER = 800  # conversations that are held after the last thing that a world waits for
MOST = 30_000
PACE = 0.2  # seconds that a batch takes at least: some 200 conversations a second
BUDGET, ALONE = 2.0, 25.0  # percent
GATES = {
    "settleAfter": "1s",
    "riskBudget": BUDGET,
    "defaults": {"successBelow": 3, "failureAbove": 6, "overNoise": None},
}
STEPS = (1, 5, 25, 50, 100)


@dataclass
class Timeline:
    """One world: what was said, and how the route stood after so many conversations."""

    title: str
    said: list[Said] = field(default_factory=list)
    stands: list[tuple[int, Shown]] = field(default_factory=list)
    lost_at: int | None = None
    seconds: float = 0.0

    def first(self, holds: Callable[[Shown], bool], since: int = 0) -> int | None:
        """The first conversation after which that held."""
        return next((at for at, stand in self.stands if at >= since and holds(stand)), None)

    def served_divergent(self, slice_: str) -> tuple[int, int]:
        """How many conversations of a slice got a reply in which the refusal was missing, and how many there were."""
        losing = self.said[self.lost_at :] if slice_ == LOST and self.lost_at is not None else []
        bad = sum(one.slice == slice_ and one.forbidden and one.arm == "student" for one in losing)
        return bad, sum(one.slice == slice_ for one in self.said)


class World:
    """A route that runs, and the timeline that becomes of it."""

    def __init__(self, title: str, school: School, folder: Path) -> None:
        self.school = school
        self.line = Timeline(title)
        section = school.section(
            gates=GATES,
            rollout={"interval": "1s", "steps": [{"setWeight": step} for step in STEPS]},
            audit={"percentage": 100, "required_above": ALONE},
        )
        self.practicum = Practicum(folder, {"support": section})

    def run(self, story: Callable[[World], None]) -> Timeline:
        """Live through a story."""
        with self.practicum as practicum, Callers(practicum) as self._callers:
            began = time.monotonic()
            story(self)
            self.line.seconds = time.monotonic() - began
        return self.line

    def on(self, until: Callable[[Shown], bool]) -> None:
        """Batch after batch, until that holds."""
        while True:
            due = time.monotonic() + PACE
            self.line.said += self._callers.hold(SLICES, BATCH)
            time.sleep(max(0.0, due - time.monotonic()))
            stand = shown(self.practicum)
            self.line.stands.append((len(self.line.said), stand))
            if until(stand):
                return
            if len(self.line.said) > MOST:
                raise RuntimeError(f"{self.line.title}: not after {MOST} conversations: {stand}")

    def more(self) -> None:
        """Some conversations to see that it stays so."""
        end = len(self.line.said) + AFTER
        self.on(lambda _: len(self.line.said) >= end)

    def lose(self) -> None:
        """From here on, the student refuses nothing in one slice."""
        self.line.lost_at = len(self.line.said)
        self.school.lost.add(LOST)


def _good(world: World) -> None:
    world.on(_all_is_the_students)
    world.more()


def _losing(world: World) -> None:
    world.on(_all_is_the_students)
    world.more()
    world.lose()
    world.on(lambda stand: LOST in stand.taken_back)
    world.more()


def _never(world: World) -> None:
    world.lose()
    world.on(lambda stand: stand.weights.get(KEPT) == 100.0)  # noqa: PLR2004 -- percent
    world.more()


def _all_is_the_students(stand: Shown) -> bool:
    return stand.everywhere == {100.0}


WORLDS: Mapping[str, Callable[[World], None]] = {
    "A student as good as its teacher": _good,
    "The same student, which loses refusals in code at conversation N": _losing,
    "A student that never refused in code": _never,
}


def main() -> None:
    """Live through the worlds, and write what became of them."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    lines = []
    for title, story in WORLDS.items():
        with School() as school, tempfile.TemporaryDirectory() as folder:
            lines.append(World(title, school, Path(folder)).run(story))
    (FOLDER / "timelines.svg").write_text(picture(lines))
    (FOLDER / "timelines.md").write_text("\n".join(report(lines)) + "\n")


def report(lines: Sequence[Timeline]) -> Iterator[str]:
    """The numbers, as Markdown."""
    yield "# Three rollouts"
    yield ""
    yield (
        f"Written by `python -m benchmarks.timelines`. Gates pass below 3 % and fail above 6 %, the risk budget is "
        f"{BUDGET:g} %, above {ALONE:g} % the student's own conversations must pass as well; all conversations are "
        f"compared. Steps: {', '.join(f'{step} %' for step in STEPS)}, at least a second apart. Conversations settle "
        "after a second, and looks are a second apart: at some 200 conversations a second, every wait is a few hundred."
        " Shares of divergent replies are of the whole run, what came before a loss included."
    )
    yield ""
    yield "![weights and verdicts](timelines.svg)"
    for line in lines:
        yield ""
        yield f"## {line.title}"
        yield ""
        yield f"{len(line.said):,} conversations in {line.seconds:.0f} s."
        yield ""
        yield from _steps(line)
        yield from _loss(line)
        yield ""
        yield from _exposure(line)


def _steps(line: Timeline) -> Iterator[str]:
    yield "| conversations until | " + " | ".join(f"{step} %" for step in STEPS) + " |"
    yield "|---" * (len(STEPS) + 1) + "|"
    for name in SLICES:
        reached = [line.first(lambda stand, n=name, s=step: stand.weights.get(n, 0.0) >= s) for step in STEPS]  # type: ignore[misc]
        yield f"| {name} | " + " | ".join("-" if at is None else f"{at:,}" for at in reached) + " |"


def _loss(line: Timeline) -> Iterator[str]:
    if not line.lost_at:
        return
    lower = line.first(lambda stand: stand.weights[LOST] < 100.0, line.lost_at)  # noqa: PLR2004 -- percent
    back = line.first(lambda stand: LOST in stand.taken_back, line.lost_at)
    since = line.said[line.lost_at : back]
    mine = [said for said in since if said.slice == LOST]
    due = sum(said.forbidden for said in mine)
    yield ""
    yield (
        f"The loss begins with N = {line.lost_at:,}. A lower weight of {LOST} is seen {_after(lower, line.lost_at)} "
        f"conversations later, and it is taken back {_after(back, line.lost_at)} conversations later: {len(mine)} in "
        f"{LOST}, {due} of which should have been refused."
    )


def _after(at: int | None, since: int) -> str:
    return "never" if at is None else f"{at - since:,}"


def _exposure(line: Timeline) -> Iterator[str]:
    yield "| slice | served a divergent reply | conversations | share | risk budget |"
    yield "|---|---|---|---|---|"
    for name in SLICES:
        bad, among = line.served_divergent(name)
        yield f"| {name} | {bad} | {among:,} | {100 * bad / among:.2f} % | {BUDGET:g} % |"


_LEFT, _WIDTH, _HEIGHT, _TOP, _PANEL = 60, 640, 110, 34, 190
_COLORS = {LOST: "#bc4c00", KEPT: "#1f6feb"}
_VERDICTS = {"pass": "#2da44e", "hold": "#d4a72c", "fail": "#cf222e"}


def picture(lines: Sequence[Timeline]) -> str:
    """One panel a world: weights as lines, verdicts as a band for each slice below them."""
    style = "text{font:12px sans-serif;fill:#57606a}.title{font-weight:bold}polyline{fill:none;stroke-width:2}"
    shapes = [shape for number, line in enumerate(lines) for shape in _panel(line, _TOP + number * _PANEL)]
    shapes += list(_legend(_TOP + len(lines) * _PANEL))
    size = f'width="{_LEFT + _WIDTH + 80}" height="{_TOP + len(lines) * _PANEL + 24}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n<style>{style}</style>\n' + "\n".join(shapes) + "\n</svg>\n"
    )


def _panel(line: Timeline, top: int) -> Iterator[str]:
    most = line.stands[-1][0]
    yield f'<text x="{_LEFT}" y="{top - 12}" class="title">{escape(line.title)}</text>'
    for percent in (0, 50, 100):
        level = top + _HEIGHT * (1 - percent / 100)
        yield f'<path d="M{_LEFT} {level:.0f}h{_WIDTH}" stroke="#d0d7de"/>'
        yield f'<text x="{_LEFT - 6}" y="{level + 4:.0f}" text-anchor="end">{percent} %</text>'
    for number, name in enumerate(SLICES):
        yield f'<polyline stroke="{_COLORS[name]}" points="{_stairs(line, name, most, top + 1.5 * number)}"/>'
        yield from _band(line, name, most, top + _HEIGHT + 8 + 12 * number)
    if line.lost_at:
        place = _LEFT + _WIDTH * line.lost_at / most
        yield f'<path d="M{place:.0f} {top - 6}v{_HEIGHT + 40}" stroke="#57606a" stroke-dasharray="4 3"/>'
        yield f'<text x="{place - 4:.0f}" y="{top + 20}" text-anchor="end">N = {line.lost_at:,}</text>'
    yield f'<text x="{_LEFT + _WIDTH}" y="{top + _HEIGHT + 46}" text-anchor="end">{most:,} conversations</text>'


def _stairs(line: Timeline, name: str, most: int, top: float) -> str:
    """The corners of a weight over conversations; what stays the same needs none."""
    corners, before = [(0, 0.0)], 0.0
    for at, stand in line.stands:
        weight = stand.weights.get(name, 0.0)
        if weight != before:
            corners += [(at, before), (at, weight)]
            before = weight
    corners.append((most, before))
    return " ".join(f"{_LEFT + _WIDTH * at / most:.1f},{top + _HEIGHT * (1 - w / 100):.1f}" for at, w in corners)


def _band(line: Timeline, name: str, most: int, top: float) -> Iterator[str]:
    """A bar in the colors of the verdicts, one piece for each run of the same."""
    turns = [(0, "hold")]
    for at, stand in line.stands:
        if (verdict := stand.verdicts.get(name, "hold")) != turns[-1][1]:
            turns.append((at, verdict))
    for (begin, verdict), (end, _) in pairwise([*turns, (most, "")]):
        left, width = _LEFT + _WIDTH * begin / most, _WIDTH * (end - begin) / most
        yield f'<rect x="{left:.1f}" y="{top:.0f}" width="{width:.1f}" height="8" fill="{_VERDICTS[verdict]}"/>'
    yield f'<text x="{_LEFT + _WIDTH + 6}" y="{top + 8:.0f}">{name}</text>'


def _legend(top: int) -> Iterator[str]:
    left = _LEFT
    for name, color in {**{f"weight of {name}": color for name, color in _COLORS.items()}, **_VERDICTS}.items():
        yield f'<rect x="{left}" y="{top}" width="10" height="10" fill="{color}"/>'
        yield f'<text x="{left + 16}" y="{top + 10}">{name}</text>'
        left += 130 if name.startswith("weight") else 70


if __name__ == "__main__":
    main()
