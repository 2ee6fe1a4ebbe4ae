"""The examiner process: ``python -m proxy.examiner``, started by the supervisor with a listening socket it inherits."""

from __future__ import annotations

import sys

from proxy.process import run_examiner

if __name__ == "__main__":
    sys.exit(run_examiner(sys.argv[1:]))
