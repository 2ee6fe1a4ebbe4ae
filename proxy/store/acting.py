"""Which of several examiners controls the rollouts: the one that holds a lock of the database's.

On PostgreSQL it is an advisory lock of a session, on a connection that does nothing else. The server takes it back as
soon as that connection ends, however it ends, and whoever asks next has it. On SQLite, which is for one host, every
examiner may act. Two that believe to act at once, for the seconds in which one has not yet learned that its connection
is gone, do no harm: ``proxy.store.rollouts`` lets only one of them save.

It needs sessions: behind PgBouncer, let the pool's mode be ``session``. Its counterpart is the examiner's controller,
which lowers weights without asking here.
"""

from __future__ import annotations

import logging

from sqlalchemy import Connection, text

from proxy.store.database import translated
from proxy.store.errors import StoreError
from proxy.store.store import Store

_LOCK = 0x726F6C6C  # "roll": any number that nobody else in the database uses
# So that the server notices within seconds that the holder's host is gone, not after the usual two hours.
_NOTICE = ("SET tcp_keepalives_idle = 10", "SET tcp_keepalives_interval = 5", "SET tcp_keepalives_count = 3")

_log = logging.getLogger(__name__)


class Acting:
    """Whether this process controls the rollouts. Its methods block, and belong to one thread."""

    def __init__(self, store: Store) -> None:
        """Nothing is asked before ``held`` is; ``store`` is closed by who opened it, after ``release``."""
        self._engine = store.engine
        self._session: Connection | None = None
        self._locked = False

    def held(self) -> bool:
        """Whether this process may act now: it still holds the lock, or took it because it was free.

        False as well while the database cannot be asked, and once when the session was lost, since somebody else may
        hold the lock by now. Raises nothing.
        """
        if self._engine.dialect.name == "sqlite":
            return True
        try:
            with translated(self._engine):
                self._locked = self._ask()
        except StoreError as error:
            _log.warning("not acting on rollouts%s: %s", ", their lock is lost" if self._locked else "", error)
            self.release()
        return self._locked

    def release(self) -> None:
        """Give the lock back, if it is held, and end the session: another examiner may take it at once."""
        session, self._session, self._locked = self._session, None, False
        if session is not None:
            session.invalidate()  # ends it: from the pool, somebody else would get it with the lock
            session.close()

    def _ask(self) -> bool:
        if self._session is None:
            self._session = self._begun()
        if self._locked:  # as long as the session that took it is alive
            self._session.execute(text("SELECT 1"))
            return True
        return bool(self._session.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK}))

    def _begun(self) -> Connection:
        # Without transactions: one that stays open for days keeps the server from cleaning up.
        session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        for setting in _NOTICE:
            session.execute(text(setting))
        return session
