"""``practicum check``: a configuration's every problem at once, or what it comes to."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import msgspec

from proxy.config.effective import effective, printed
from proxy.config.environment import unguarded, unset
from proxy.config.parse import load
from proxy.config.shape import whole
from proxy.errors import ConfigError


def run(arguments: argparse.Namespace) -> int:
    """Print the effective configuration on standard output, and what its author should know on standard error."""
    try:
        loaded = load(Path(arguments.file))
    except ConfigError as exc:
        for problem in exc.problems:
            sys.stderr.write(f"{problem}\n")
        return 1
    # A key that is asked for may be set where it is served, and need not be here; there, it is refused without.
    missing = unguarded(loaded.config, arguments.file, os.environ)
    for warning in (*loaded.warnings, *missing, *unset(loaded.config, os.environ)):
        sys.stderr.write(f"warning: {warning}\n")
    if arguments.json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(printed(whole(), loaded.config))) + b"\n")
    else:
        sys.stdout.write(effective(loaded.config))
    return 0
