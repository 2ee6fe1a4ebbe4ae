"""``practicum serve``: the supervisor with its workers and examiner."""

from __future__ import annotations

import argparse


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop; the supervisor's exit code."""
    from proxy.supervisor import serve  # noqa: PLC0415 -- the verb's own weight, paid only when it runs

    config: str = arguments.config
    workers: int = arguments.workers
    return serve(config, workers)
