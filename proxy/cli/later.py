"""The verbs of the contract that this version has not learned: they say so, and fail."""

from __future__ import annotations

import argparse

from proxy import __version__
from proxy.cli.refused import Refused


def run(arguments: argparse.Namespace) -> int:
    """Refuse, naming what does work instead."""
    raise Refused(
        f"`practicum {arguments.verb}` is not in version {__version__}, which mirrors and compares but moves no "
        "traffic: nothing was changed. `practicum status` and `practicum pairs` show what has been found so far."
    )
