"""What a worker and an examiner process have in common: their arguments, their names, and how they are told to stop.

They name themselves for ``ps``, stop in good order on SIGTERM or when their supervisor is gone (its end of the
lifeline closes), and read their configuration again on SIGHUP. An examiner hears on SIGUSR1 that this host is leaving,
before its workers stop. What they do is their own rooms' business.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from setproctitle import setproctitle

from proxy.config.reload import Reloader
from proxy.siblings import Siblings
from proxy.telemetry.logs import set_up, write_as

log = logging.getLogger("practicum.process")

LEAVING = signal.SIGUSR1  # tells an examiner that the workers begin to drain


@dataclass(frozen=True, slots=True)
class Errand:
    """What the supervisor tells a process: its files, the descriptors it inherits, a worker's place."""

    name: str
    config: Path
    spare: Path
    handover: str
    fd: int
    lifeline: int
    siblings: str = ""

    @classmethod
    def of(cls, argv: Sequence[str]) -> Errand:
        """The errand in a command line."""
        parser = ArgumentParser()
        parser.add_argument("--name", required=True)
        parser.add_argument("--config", type=Path, required=True)
        parser.add_argument("--spare", type=Path, required=True)
        parser.add_argument("--handover", required=True)
        parser.add_argument("--fd", type=int, required=True)
        parser.add_argument("--lifeline", type=int, required=True)
        parser.add_argument("--siblings", default="")
        return cls(**vars(parser.parse_args(argv)))

    def argv(self) -> list[str]:
        """The command line of this errand."""
        options = {name: str(getattr(self, name)) for name in self.__slots__}
        return [part for name, value in options.items() for part in (f"--{name}", value)]

    @property
    def reloader(self) -> Reloader:
        """The configuration, or the one last in force where the file is broken now."""
        return Reloader(self.config, spare=self.spare)

    @property
    def listening(self) -> socket.socket:
        """The inherited socket, which listens already."""
        return socket.socket(fileno=self.fd)

    def siblings_of_worker(self) -> Siblings | None:
        """The other workers of this host, if there are any. Only once: the descriptors are taken over."""
        return Siblings.of(self.siblings) if self.siblings else None


def introduce(name: str) -> None:
    """Be seen under a name, in ``ps`` and in the log."""
    setproctitle(f"practicum {name}")
    set_up(name)


def speak_as_configured(reloader: Reloader) -> None:
    """Log in the form that the configuration asks for, now and whenever it changes."""
    write_as(reloader.config.log.format)
    reloader.on_change(lambda config: write_as(config.log.format))


def listen_to_signals(
    stop: Callable[[], None], reloader: Reloader, lifeline: int | None, leave: Callable[[], None] | None = None
) -> None:
    """Stop when asked or orphaned; reload when asked; ``leave`` when this host is about to stop serving."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop)
    loop.add_signal_handler(signal.SIGHUP, reloader.check_now)
    if leave is not None:
        loop.add_signal_handler(LEAVING, leave)
    if lifeline is None:
        loop.add_signal_handler(signal.SIGINT, stop)
    else:  # a terminal's Ctrl-C reaches the whole group; in which order to stop is for the supervisor to say
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        loop.add_reader(lifeline, _orphaned, lifeline, stop)


def _orphaned(lifeline: int, stop: Callable[[], None]) -> None:
    asyncio.get_running_loop().remove_reader(lifeline)
    log.warning("the supervisor is gone: stopping")
    stop()
