"""``--workers 0``: a worker and the examiner in one process and on one event loop, over the same socket as ever.

For tests and small installations. What is lost is the wall between them: a slow comparison delays served requests.
"""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

from proxy.config.reload import Reloader
from proxy.examiner.app import Examiner
from proxy.process import listen_to_signals, speak_as_configured
from proxy.store.store import Store
from proxy.worker.app import Worker


async def run_both(config: Path, handover: str, data: socket.socket, admin: socket.socket) -> None:
    """Serve and examine until told to stop. Raises ``StoreError`` if the database cannot be opened."""
    reloader = Reloader(config)
    speak_as_configured(reloader)
    store = await asyncio.to_thread(Store.open, reloader.config.database)
    examiner = Examiner(reloader, handover, store, os.environ)
    worker = Worker(reloader, handover, "0", os.environ)

    def stop() -> None:
        examiner.leave()
        worker.stop()

    listen_to_signals(stop, reloader, None)
    async with asyncio.TaskGroup() as group:
        group.create_task(examiner.run(admin))
        await worker.run(data)
        examiner.stop()
