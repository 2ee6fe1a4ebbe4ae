"""``python -m measuring report`` prints and keeps the table; ``python -m measuring fit`` writes the weights.

``python -m measuring confusions [--behavior NAME]`` prints each behavior's worst confusions, which nothing keeps;
``python -m measuring routing`` replays routing by the prompt alone, and prints and keeps what came of it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from measuring import routing_report, slices
from measuring.confusions import listed
from measuring.data import DEFAULT
from measuring.families import FAMILIES
from measuring.fit import fitted, write
from measuring.routing_replay import FOLDER
from measuring.scores import table

ROOT = Path(__file__).parents[1]
WEIGHTS = ROOT / "routing" / "behaviors" / "phrasing" / "weights.npz"
NAMES = tuple(str(name) for family in FAMILIES for name in family.behaviors)
REPORT = ROOT / "docs" / "behaviors-report.md"
HEADING = """# What the detectors were measured to do

Made by `make behaviors-report`; [behaviors.md](behaviors.md) says what the sets and the splits are.

"""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 done, 1 where there are no data."""
    parser = argparse.ArgumentParser(prog="python -m measuring", description=__doc__)
    parser.add_argument("verb", choices=("report", "fit", "confusions", "routing"))
    parser.add_argument("--behavior", choices=NAMES, help="of confusions, those of one behavior (default: all)")
    parser.add_argument("--data", type=Path, default=DEFAULT, help="the folder of labeled sets (default: %(default)s)")
    asked = parser.parse_args(arguments)
    if not asked.data.is_dir():
        sys.stderr.write(f"{asked.data} is no folder of labeled sets: name it with --data\n")
        return 1
    if asked.verb == "confusions":
        return confusions(asked.data, asked.behavior or "")
    return {"report": report, "fit": fit, "routing": routing}[asked.verb](asked.data)


def report(data: Path) -> int:
    """Measure every family, print the table and keep it."""
    text = table(result for family in FAMILIES for result in family.results(data))
    REPORT.write_text(HEADING + text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


def fit(data: Path) -> int:
    """Fit every head anew and replace the weights."""
    weights = fitted(example for family in FAMILIES if family.examples for example in family.examples(data))
    write(weights, WEIGHTS)
    sys.stdout.write(f"{WEIGHTS}: {', '.join(sorted(weights.heads))}; {WEIGHTS.stat().st_size} bytes\n{weights.note}\n")
    slices.fit(data)
    return 0


def routing(data: Path) -> int:
    """Replay routing by the prompt, print what came of it and keep it."""
    page = routing_report.write(data, REPORT.parent)
    if not page:
        sys.stderr.write(f"{data} has no {FOLDER}: name another folder with --data\n")
        return 1
    sys.stdout.write(page)
    return 0


def confusions(data: Path, behavior: str = "") -> int:
    """Print the worst confusions of one behavior, or of each."""
    for family in FAMILIES:
        if not behavior or behavior in family.behaviors:
            verdicts = (one for one in family.verdicts(data) if behavior in {"", one.behavior})
            sys.stdout.writelines(f"{line}\n" for line in listed(verdicts))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
