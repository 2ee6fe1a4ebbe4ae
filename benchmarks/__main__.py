"""``python -m benchmarks``: measure Practicum beside its peers, print the goals, and keep a whole run's results.

Results are kept in the repository only if nothing was left out and the machine was quiet throughout. Exit codes: 0
measured (goals missed or not); 3 the machine is loaded: what was measured before it was is printed, and not kept; 4 it
cannot measure at all (no C compiler, one core, not Linux).
"""

from __future__ import annotations

import argparse
import datetime
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.markdown import Markdown

from benchmarks import machine, report
from benchmarks.bench import Bench
from benchmarks.installing import NotHereError
from benchmarks.machine import Cores, LoadedError
from benchmarks.native import NativeError
from benchmarks.peers import PEERS, PRACTICUM, REPOSITORY
from benchmarks.scenarios import SCENARIOS, Scenario
from benchmarks.stage import Stage

_LOADED, _CANNOT = 3, 4
_ROUNDS = 7


def main() -> int:
    """Run it."""
    arguments = _parser().parse_args()
    signal.signal(signal.SIGTERM, _stopped)
    chosen = [s for s in SCENARIOS if not arguments.only or any(s.name.startswith(name) for name in arguments.only)]
    if not chosen or sys.platform != "linux":
        sys.stderr.write(f"No scenario begins with {arguments.only}, or this is not Linux, whose accounts are read.\n")
        return _CANNOT
    wanted = arguments.peers.split(",") if arguments.peers is not None else [peer.name for peer in PEERS]
    patience = 0.0 if arguments.even_if_loaded else arguments.patience
    refused = False
    try:
        with Stage(Cores.here()) as stage:
            bench = Bench(stage, arguments.rounds, wanted, _say, patience)
            try:
                _measure(bench, chosen)
            except LoadedError as loaded:
                refused = True
                _say(str(loaded))
    except (LoadedError, NativeError, NotHereError) as cannot:
        _say(str(cannot))
        return _CANNOT
    whole = len(chosen) == len(SCENARIOS) and len(wanted) == len(PEERS) and not arguments.even_if_loaded
    _conclude(bench, keep=(whole or arguments.keep) and not refused)
    return _LOADED if refused else 0


def _stopped(_number: int, _frame: object) -> None:
    """Unwind, so that everything that was started is stopped."""
    sys.exit(143)


def _measure(bench: Bench, chosen: Sequence[Scenario]) -> None:
    done: list[Callable[[Bench], None]] = []
    for scenario in chosen:
        if scenario.run not in done:
            done.append(scenario.run)
            _say(f"== {scenario.says}")
            scenario.run(bench)


def _conclude(bench: Bench, *, keep: bool) -> None:
    versions = {peer.name: peer.version() for peer in bench.peers()}
    versions[PRACTICUM.name] += f" ({_commit()})"
    date = datetime.datetime.now(datetime.UTC).date().isoformat()
    others, niceness = max(bench.loads, default=0.0), os.getpriority(os.PRIO_PROCESS, 0)
    run = report.Run(date, machine.describe(), versions, bench.absent, others, niceness)
    Console(width=160).print(Markdown("\n".join(report.markdown(run, bench.samples))))
    if keep:
        report.write(run, bench.samples)
        _say(f"kept in {report.FOLDER}/results.md and results.svg")
    _say(f"every sample is in {report.write_samples(run, bench.samples)}")


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=REPOSITORY)  # noqa: S603
    return done.stdout.strip() or "no commit"


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = ", ".join(dict.fromkeys(scenario.name.partition("-1")[0].partition("-3")[0] for scenario in SCENARIOS))
    parser.add_argument("--only", action="append", metavar="SCENARIO", help=f"one of: {names}; may be given again")
    parser.add_argument("--peers", help=f"of {','.join(peer.name for peer in PEERS)}; empty: none")
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help="of most scenarios; long ones have fewer")
    parser.add_argument("--even-if-loaded", action="store_true", help="print figures that mean little, and keep none")
    parser.add_argument("--patience", type=float, default=300.0, help="seconds to wait for a quiet machine, each time")
    parser.add_argument("--keep", action="store_true", help="keep the results although the run was a part")
    return parser


if __name__ == "__main__":
    sys.exit(main())
