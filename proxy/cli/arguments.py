"""What may be typed after ``practicum``: every verb with its options, and nothing of what they do.

It imports no more than argparse, because every start pays for it. ``docs/cli.md`` documents the same verbs and options;
a test holds the two together.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from proxy import __version__

DEFAULT_ADMIN = "http://127.0.0.1:9090"
_DESCRIPTION = "Serve a teacher model, mirror its traffic to a student, and see which behaviors the student lost."
_EPILOG = "Exit codes: 0 done; 1 refused or failed, with the reason on standard error; 2 usage."


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb: the module under ``proxy.cli`` whose ``run`` does it, and what adds its options to a parser."""

    name: str
    summary: str
    module: str
    options: Callable[[argparse.ArgumentParser], None]


def verb_parser(environ: Mapping[str, str] = os.environ) -> argparse.ArgumentParser:
    """The parser of the whole command line. ``environ`` gives the defaults that come from the environment."""
    parser = argparse.ArgumentParser(prog="practicum", description=_DESCRIPTION, epilog=_EPILOG, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"practicum {__version__}")
    parser.set_defaults(admin=environ.get("PRACTICUM_ADMIN_URL") or DEFAULT_ADMIN)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb in VERBS:
        summary = verb.summary
        sub = verbs.add_parser(verb.name, help=summary, description=summary, epilog=_EPILOG, allow_abbrev=False)
        sub.set_defaults(module=verb.module)
        verb.options(sub)
    return parser


def _serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", required=True, metavar="FILE", help="the configuration, YAML")
    parser.add_argument(
        "--workers", type=_at_least(0), default=1, metavar="N", help="worker processes (0: one process; default 1)"
    )


def _demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seconds", type=_at_least(1), default=60, metavar="N", help="how long callers call (default 60)"
    )
    parser.add_argument("--no-open", action="store_true", help="end with the tables instead of serving on until Ctrl-C")


def _check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the configuration, YAML")
    _json(parser)


def _status(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("route", nargs="?", metavar="ROUTE", help="one route instead of all")
    _admin(parser)
    _json(parser)


def _pairs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("route", nargs="?", metavar="ROUTE", help="one route instead of all")
    _filters(parser)
    parser.add_argument("--limit", type=_at_least(1), default=20, metavar="N", help="at most so many (default 20)")
    parser.add_argument(
        "--format", choices=("table", "jsonl"), default="table", help="jsonl: whole pairs, one to a line"
    )
    _source(parser)
    _json(parser)


def _pair(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pair", metavar="PAIR_ID", help="as in the response header x-practicum-pair")
    parser.add_argument("--request", action="store_true", help="write the request's body, byte for byte, and no more")
    parser.add_argument("--data", metavar="URL", help="the data port to name in the curl command")
    _source(parser)
    _json(parser)


def _export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("route", metavar="ROUTE", help="the route whose pairs to write")
    parser.add_argument("--to", required=True, metavar="FILE", help="FILE.parquet or FILE.jsonl; replaced if it exists")
    _filters(parser)
    _source(parser)


def _explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("route", metavar="ROUTE", help="the route")
    parser.add_argument("behavior", metavar="BEHAVIOR", help="the behavior whose gates to explain")
    parser.add_argument("--slice", metavar="S", help="one slice instead of all")
    _admin(parser)
    _json(parser)


def _confidence(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("route", metavar="ROUTE", help="the route")
    _admin(parser)
    _json(parser)


def _order(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("route", metavar="ROUTE", help="the route whose rollout is meant")
    _ordered(parser)


def _promote(parser: argparse.ArgumentParser) -> None:
    _order(parser)
    parser.add_argument("--full", action="store_true", help="all steps at once; slices climb while their gates pass")


def _set_weight(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("route", metavar="ROUTE", help="the route whose ceiling to set")
    parser.add_argument(
        "percent", type=_percent, metavar="PERCENT", help="the most that may be served from the student: 0 to 100"
    )
    parser.add_argument("--slice", metavar="S", help="the ceiling of one slice instead of the whole route's")
    _ordered(parser)


def _ordered(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reason", metavar="TEXT", help="why; kept with the decision")
    _admin(parser)
    _json(parser)


def _replay(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("route", metavar="ROUTE", help="the route whose pairs to judge again")
    _slice(parser)
    _period(parser, required=True)
    limit = "list at most so many pairs whose labels changed (default 20)"
    parser.add_argument("--limit", type=_at_least(0), default=20, metavar="N", help=limit)
    own = "judge by the own behaviors of this configuration, not of the one in effect"
    parser.add_argument("--config", metavar="FILE", help=own)
    parser.set_defaults(behavior=None, direction=None)
    _source(parser)
    _json(parser)


def _filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--behavior", metavar="B", help="only pairs that diverged in this behavior")
    _slice(parser)
    parser.add_argument("--direction", choices=("lost", "gained"), help="only pairs that diverged in this direction")
    _period(parser)


def _slice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--slice", metavar="S", help="only requests of this slice")


def _period(parser: argparse.ArgumentParser, *, required: bool = False) -> None:
    since = "no older: 2026-03-01, 2026-03-01T12:00Z, or an age such as 2h"
    parser.add_argument("--since", required=required, metavar="T", help=since)
    parser.add_argument("--until", metavar="T", help="older: as for --since")


def _source(parser: argparse.ArgumentParser) -> None:
    _admin(parser)
    parser.add_argument("--database", metavar="URL", help="read this store instead, when no server runs")


def _admin(parser: argparse.ArgumentParser) -> None:
    help_ = "the admin port (default: $PRACTICUM_ADMIN_URL or http://127.0.0.1:9090)"
    parser.add_argument("--admin", metavar="URL", default=argparse.SUPPRESS, help=help_)


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="JSON instead of text for people")


def _percent(text: str) -> str:
    """The text itself, which says exactly what is meant; the admin port reads it as this does."""
    if not re.fullmatch(r"(?:100(?:\.0{1,3})?|[1-9]?[0-9](?:\.[0-9]{1,3})?)", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"{text!r} is no percentage from 0 to 100 with up to three decimals")
    return text


def _at_least(least: int) -> Callable[[str], int]:
    def count(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least {least}")
        return int(text)

    return count


VERBS = (
    Verb("serve", "run workers and the examiner", "serve", _serve),
    Verb("demo", "two small language models, live traffic, and what the student lost", "demo", _demo),
    Verb("check", "validate a configuration; print what is in effect, or every problem", "check", _check),
    Verb("status", "phase, weights, what was compared, and the mirror's health", "status", _status),
    Verb("pairs", "list pairs, the newest first", "pairs", _pairs),
    Verb("pair", "both replies side by side, what fired, and a curl command to reproduce", "pair", _pair),
    Verb("export", "write a route's pairs to a Parquet or JSONL file", "export", _export),
    Verb("replay", "label stored pairs again by today's detectors, and show what changed", "replay", _replay),
    Verb("explain", "why a behavior's gate passes, holds or fails, and what is missing", "explain", _explain),
    Verb("confidence", "how sure the student must be, what is promised, and what was kept", "confidence", _confidence),
    Verb("promote", "let the step that waits pass", "order", _promote),
    Verb("pause", "raise nothing until it is resumed", "order", _order),
    Verb("resume", "go on after a pause, or let slices that were taken back climb again", "order", _order),
    Verb("abort", "back to the teacher, at once", "order", _order),
    Verb("retry", "start again, on new evidence only", "order", _order),
    Verb("set-weight", "an operator's ceiling, kept in the database", "order", _set_weight),
)
