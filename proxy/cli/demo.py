"""``practicum demo``: two small language models, a real ``practicum serve`` between them, and what came of it."""

from __future__ import annotations

import argparse
import asyncio
import sys

from proxy.cli.terminal import page_console
from proxy.demo.story import Show, play

_TERMINATED = 143


def run(arguments: argparse.Namespace) -> int:
    """Play the demonstration; on a terminal it then serves on until Ctrl-C."""
    console = page_console()
    stay = sys.stdout.isatty() and not arguments.no_open
    try:
        return asyncio.run(play(console, Show(arguments.seconds, stay)))
    except asyncio.CancelledError:  # told to end by SIGTERM or SIGHUP, and everything is stopped
        return _TERMINATED
