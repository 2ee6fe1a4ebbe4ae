"""The configuration while running: watched, checked in full, and replaced only by a valid one.

Content decides, never a timestamp: Kubernetes swaps symlinks under a path whose mtime may stand still. A file that is
broken, empty, missing or unreadable leaves the last good configuration in force and never stops the watch. Requests in
flight keep the configuration they started with, because a ``Config`` is a value. This module changes nothing but its
own ``config``; who needs to act on a change registers with ``on_change``.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from proxy.config.diff import diff
from proxy.config.environment import guarded
from proxy.config.parse import Loaded, content, hash_of, load, parse
from proxy.config.settings import Config
from proxy.errors import ConfigError

log = logging.getLogger("practicum.config")

MOUNTS = Path("/proc/self/mountinfo")
_MOUNT_POINT = 4  # the fifth field of a line of mountinfo


class Reloader:
    """Keeps the last good configuration of a file.

    ``config`` is what is in force, ``ok`` whether the file's present content is it, ``loaded_at`` the Unix time of the
    last successful load. ``spare`` is a file in which the processes of one host keep what is in force, so that one of
    them can be started again while ``path`` is broken. Raises ``ConfigError`` if the file is no good to begin with, and
    there is no spare either.
    """

    def __init__(
        self,
        path: Path,
        interval: float = 2.0,
        clock: Callable[[], float] = time.time,
        spare: Path | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._path = path
        self._spare = spare
        self._environ = environ
        self._saved = ""
        loaded, self.ok = self._first()
        for warning in loaded.warnings:
            log.warning("%s", warning)
        self.config: Config = loaded.config
        self.loaded_at = clock()
        self._interval = interval
        self._clock = clock
        self._refused = ""
        self._listeners: list[Callable[[Config], None]] = []
        self._wanted = asyncio.Event()
        self.check()
        if mounted_alone(path):
            log.warning(
                "%s is a mount of a single file (a subPath in Kubernetes, say), which never shows an update;"
                " mount its directory instead, or the configuration changes only with a restart",
                path,
            )

    @property
    def hash(self) -> str:
        """The hash of the configuration in force."""
        return self.config.hash

    def on_change(self, listener: Callable[[Config], None]) -> None:
        """Call ``listener`` with each new configuration, after it came into force."""
        self._listeners.append(listener)

    def check_now(self) -> None:
        """Let ``run`` look at the file at once. For signal handlers: it returns immediately."""
        self._wanted.set()

    async def run(self) -> None:
        """Look at the file every ``interval`` seconds, and whenever asked, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(self._interval):
                    await self._wanted.wait()
            except TimeoutError:
                pass
            self._wanted.clear()
            self.check()

    def check(self) -> None:
        """Look at the file once. Never raises: what is wrong is logged, once for each content, and shown by ``ok``."""
        try:
            data = content(self._path)  # opening follows the links, so one read sees one version
        except OSError as exc:
            self._refuse(f"unreadable: {exc}", f"{self._path}: cannot be read ({exc.strerror or exc})")
            return
        digest = hash_of(data)
        if digest == self.config.hash:
            self._confirm(data)
        elif digest != self._refused:
            self._consider(data, digest)

    def _first(self) -> tuple[Loaded, bool]:
        """The file's configuration, or else the spare one; and whether it is the file's."""
        try:
            return guarded(load(self._path), str(self._path), self._environ), True
        except ConfigError as exc:
            if self._spare is None or not self._spare.exists():
                raise
            log.error("the configuration last in force is used:\n%s", exc)  # noqa: TRY400 -- its message says it all
            return parse(self._spare.read_bytes(), str(self._path)), False

    def _save(self, data: bytes) -> None:
        """Keep what is in force for processes to come, in one step: others of this host write the same."""
        if self._spare is None or self._saved == self.config.hash:
            return
        fresh = self._spare.with_suffix(f".{os.getpid()}")
        try:
            fresh.write_bytes(data)
            fresh.replace(self._spare)
        except OSError as exc:
            log.warning("a process started while the file is broken will fail: %s cannot be kept: %s", fresh, exc)
        self._saved = self.config.hash

    def _consider(self, data: bytes, digest: str) -> None:
        try:
            loaded = guarded(parse(data, str(self._path)), str(self._path), self._environ)
        except ConfigError as exc:
            self._refuse(digest, str(exc))
            return
        for warning in loaded.warnings:
            log.warning("%s", warning)
        self._adopt(loaded.config)
        self._save(data)

    def _adopt(self, config: Config) -> None:
        changes = diff(self.config, config)
        self.config, self.ok, self.loaded_at, self._refused = config, True, self._clock(), ""
        for change in changes:
            log.info("%s", change)
        if not changes:
            log.info("%s: nothing changed in effect", self._path)
        for listener in self._listeners:
            try:
                listener(config)
            except Exception:  # the rim: one listener's fault must not end the watch, nor keep others uninformed
                log.exception("the configuration %s is in force, but not everywhere; restart to be sure", config.hash)

    def _confirm(self, data: bytes) -> None:
        self._save(data)
        if not self.ok:
            log.info("%s: the configuration in force is back", self._path)
        self.ok, self._refused = True, ""

    def _refuse(self, cause: str, message: str) -> None:
        if cause != self._refused:
            log.error("the configuration %s stays in force:\n%s", self.config.hash, message)
        self.ok, self._refused = False, cause


def mounted_alone(path: Path, mounts: Path = MOUNTS) -> bool:
    """Whether the file itself is a mount point, so that replacing it on the host is never seen here."""
    try:
        lines = mounts.read_text(errors="surrogateescape").splitlines()
        points = {_unescaped(line.split()[_MOUNT_POINT]) for line in lines}
        return str(path.resolve()) in points
    except (OSError, IndexError):  # no Linux, or no such table: nothing to warn of
        return False


def _unescaped(field: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), field)
