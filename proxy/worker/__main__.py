"""A worker process: ``python -m proxy.worker``, started by the supervisor with a listening socket it inherits."""
# ruff: noqa: E402 -- the collector rests before anything heavy is imported

from __future__ import annotations

import gc

gc.disable()  # what is imported stays: to look through it for garbage, again and again, is a tenth of the start

import os
import sys

import uvloop

from proxy.process import Errand, introduce, listen_to_signals, speak_as_configured
from proxy.worker.app import Worker

gc.freeze()  # no later collection need look at it either
gc.set_threshold(20_000)  # requests and connections leave no garbage; of many at once, 700 objects are soon there
gc.enable()


async def _run(errand: Errand) -> None:
    reloader = errand.reloader
    speak_as_configured(reloader)
    worker = Worker(reloader, errand.handover, errand.name, os.environ)
    listen_to_signals(worker.stop, reloader, errand.lifeline)
    await worker.run(errand.listening, errand.siblings_of_worker())


if __name__ == "__main__":
    errand = Errand.of(sys.argv[1:])
    introduce(f"worker {errand.name}")
    uvloop.run(_run(errand))
