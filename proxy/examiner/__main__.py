"""The examiner process: ``python -m proxy.examiner``, started by the supervisor with the admin port it inherits."""
# ruff: noqa: E402 -- the collector rests before anything heavy is imported

from __future__ import annotations

import gc

gc.disable()  # what is imported stays: to look through it for garbage, again and again, is a tenth of the start

import asyncio
import logging
import os
import sys

import uvloop

from proxy.examiner.app import Examiner
from proxy.process import Errand, introduce, listen_to_signals, speak_as_configured
from proxy.store.errors import StoreError
from proxy.store.store import Store

gc.freeze()  # no later collection need look at it either
gc.set_threshold(
    20_000, 10, 10
)  # a pair makes and drops thousands of objects: each 700, that was a twentieth of its cost
gc.enable()


async def _run(errand: Errand) -> None:
    reloader = errand.reloader
    speak_as_configured(reloader)
    store = await asyncio.to_thread(Store.open, reloader.config.database)
    examiner = Examiner(reloader, errand.handover, store, os.environ)
    listen_to_signals(examiner.stop, reloader, errand.lifeline, examiner.leave)
    await examiner.run(errand.listening)


if __name__ == "__main__":
    introduce("examiner")
    try:
        uvloop.run(_run(Errand.of(sys.argv[1:])))
    except StoreError as error:
        logging.getLogger("practicum.examiner").critical("it cannot start: %s", error)
        sys.exit(1)
