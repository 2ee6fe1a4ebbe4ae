"""The command ``practicum``: argv to a verb, a verb's end to an exit code.

0 done; 1 refused or failed, with the reason on standard error; 2 usage (argparse's own); 128 and the signal's number
where Ctrl-C or a closed pipe ended it. It imports a verb only to run it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from proxy.cli.arguments import verb_parser
from proxy.cli.refused import Refused

_INTERRUPTED, _CLOSED_PIPE = 130, 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line ``argv`` (without the program's name; None: the process's own) and return its exit code."""
    arguments = verb_parser().parse_args(argv)
    try:
        code: int = import_module(f"proxy.cli.{arguments.module}").run(arguments)
        sys.stdout.flush()
    except Refused as exc:
        sys.stderr.write(f"practicum: {exc}\n")
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has enough; without this, Python would fail once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _CLOSED_PIPE
    return code


if __name__ == "__main__":
    sys.exit(main())
