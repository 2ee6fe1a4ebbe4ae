"""A worker process: ``python -m proxy.worker``, started by the supervisor with a listening socket it inherits."""

from __future__ import annotations

import sys

from proxy.process import run_worker

if __name__ == "__main__":
    sys.exit(run_worker(sys.argv[1:]))
