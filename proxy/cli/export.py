"""``practicum export``: a route's pairs as a Parquet or JSONL file. The file appears whole or not at all."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from proxy.cli.no_match import no_match
from proxy.cli.refused import Refused
from proxy.cli.sources import open_pairs
from proxy.cli.wanted import wanted
from proxy.store.errors import StoreError
from proxy.store.export import export


def run(arguments: argparse.Namespace) -> int:
    """Write the file; say how many pairs are in it."""
    target, asked = Path(arguments.to), wanted(arguments)
    try:
        with open_pairs(arguments) as source:
            count = export(source.pairs(asked, None), target)
            nothing = "" if count else no_match(asked, source.routes())
    except StoreError as exc:
        raise Refused(str(exc)) from exc
    except OSError as exc:
        raise Refused(f"nothing was written to {str(target)!r}: {exc.strerror}") from exc
    if nothing:
        sys.stderr.write(f"{nothing}\n")
    sys.stderr.write(f"{count} pair{'' if count == 1 else 's'} of route {asked.route} written to {target}\n")
    return 0
