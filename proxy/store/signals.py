"""Hears, on PostgreSQL, that somebody saved a rollout: an operator's word reaches every examiner within a second.

A signal says only that there is something to read, so one too many does no harm, and one is given whenever the
connection stands anew: something may have been missed. It reconnects for ever. On SQLite there is one examiner, which
knows what it saved, and nothing is ever heard. A signal is a hint and no promise: an examiner also reads at its regular
times. The counterpart that sends is ``proxy.store.rollouts``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing

from proxy.store.database import conninfo
from proxy.store.rollouts import CHANNEL

_FIRST_PAUSE, _LAST_PAUSE = 0.1, 5.0  # seconds between two tries to connect

_log = logging.getLogger(__name__)


async def heard(url: str) -> AsyncGenerator[None]:
    """One item when connected, and one for each signal, for ever. Wrap it in ``contextlib.aclosing``."""
    info = conninfo(url)
    if not info:
        await asyncio.Event().wait()
    from psycopg import AsyncConnection, OperationalError  # noqa: PLC0415 -- of the extra [postgres]

    pause = _FIRST_PAUSE
    while True:
        try:
            connection = await AsyncConnection.connect(info, autocommit=True)
            # Not as a context: that would first roll back, waiting for the lock that an unfinished ``notifies`` holds.
            async with AsyncExitStack() as at_end:
                at_end.push_async_callback(connection.close)
                await connection.execute(f"LISTEN {CHANNEL}".encode())
                pause = _FIRST_PAUSE
                yield
                async with aclosing(connection.notifies()) as notified:
                    async for _ in notified:
                        yield
        except OperationalError as error:
            _log.warning("not hearing of rollouts, trying again in %.1f s: %s", pause, error)
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LAST_PAUSE)
