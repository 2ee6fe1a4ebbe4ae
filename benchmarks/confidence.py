"""How good confidence is on a real student's replies: ``python -m benchmarks.confidence collect``, then ``analyze``.

``collect`` asks one arm's server for all of its replies; the arms may be served one after another. ``analyze`` compares
them by Practicum's own code, prints what it finds, and with ``--keep`` writes confidence.md and .svg; it needs no
server, and says the same each time. The parts: ``real_pairs`` asks, ``labeled`` compares, ``rankings`` and
``risk_coverage`` say how well replies are ranked, ``promises`` what thresholds keep.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from rich.console import Console

from benchmarks import real_pairs
from benchmarks.confidence_findings import find
from benchmarks.confidence_report import markdown, picture
from benchmarks.installing import TOOLS
from routing.observation import Arm

FOLDER = Path(__file__).parent
DATA = TOOLS.parent / "confidence"


def main() -> None:
    """Collect or analyze."""
    asked = _arguments()
    if asked.command == "collect":
        asked.data.mkdir(parents=True, exist_ok=True)
        how = asyncio.run(real_pairs.collect(Arm(asked.arm), asked.url, asked.count, asked.temperature, asked.data))
        Console().print(f"{how.count} replies of {how.model}, from {how.server}, are in {asked.data}")
    else:
        _analyze(asked.data, asked.times, keep=asked.keep)


def _analyze(data: Path, times: int, *, keep: bool) -> None:
    findings = find(data, times)
    text = "\n".join(markdown(findings)) + "\n"
    Console(soft_wrap=True).print(text, markup=False, highlight=False)
    if keep:
        (FOLDER / "confidence.md").write_text(text)
        (FOLDER / "confidence.svg").write_text(picture(findings))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.confidence", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    asking = commands.add_parser("collect", help="ask one arm's server")
    asking.add_argument("arm", choices=[str(arm) for arm in Arm])
    asking.add_argument("url", help="where it serves, without /v1: http://127.0.0.1:8000")
    asking.add_argument("--count", type=int, default=8000, help="of conversations (default 8000)")
    asking.add_argument("--temperature", type=float, default=0.0, help="at which it samples (default 0, greedy)")
    reading = commands.add_parser("analyze", help="say what was found")
    reading.add_argument("--times", type=int, default=200, help="resamplings for each promise (default 200)")
    reading.add_argument("--keep", action="store_true", help="write confidence.md and .svg")
    for command in (asking, reading):
        command.add_argument("--data", type=Path, default=DATA, help="the replies' folder (default .tools/confidence)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
