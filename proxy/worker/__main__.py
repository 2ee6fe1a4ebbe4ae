"""A worker process: ``python -m proxy.worker``, started by the supervisor with a listening socket it inherits."""

from __future__ import annotations

import gc
import os
import sys

import uvloop

from proxy.process import Errand, introduce, listen_to_signals, speak_as_configured
from proxy.worker.app import Worker


async def _run(errand: Errand) -> None:
    reloader = errand.reloader
    speak_as_configured(reloader)
    worker = Worker(reloader, errand.handover, errand.name, os.environ)
    listen_to_signals(worker.stop, reloader, errand.lifeline)
    await worker.run(errand.listening, errand.siblings_of_worker())


if __name__ == "__main__":
    errand = Errand.of(sys.argv[1:])
    introduce(f"worker {errand.name}")
    gc.freeze()  # what was imported lives as long as the process: no collection need look at it again
    uvloop.run(_run(errand))
