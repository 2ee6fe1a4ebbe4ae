"""The configuration file, from bytes to a valid ``Config``: the only way to get one.

Every problem is reported at once, with its line and its remedy. Secrets are not looked up here: the file names
environment variables, and whoever needs a secret reads its variable. Its counterpart is ``effective``, which prints.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from stat import S_ISREG
from typing import NoReturn, cast

from proxy.config.cautions import cautions
from proxy.config.document import Unreadable, compose
from proxy.config.problems import Problem, dotted
from proxy.config.reading import Reading
from proxy.config.rules import broken
from proxy.config.settings import Config, Route
from proxy.config.shape import placeholder, whole
from proxy.errors import ConfigError

_HASH = 12


@dataclass(frozen=True, slots=True)
class Loaded:
    """A valid configuration, and what its author should know of it: what does more, or less, than it may seem to."""

    config: Config
    warnings: tuple[Problem, ...] = ()


def load(path: Path) -> Loaded:
    """The configuration in a file. Raises ``ConfigError`` with every problem, an unreadable file among them."""
    try:
        data = content(path)
    except OSError as exc:
        _refuse(str(path), f"cannot be read ({exc.strerror or exc})", "name a readable file")
    return parse(data, str(path))


def content(path: Path) -> bytes:
    """The bytes of a regular file. Raises ``OSError``, also for a pipe or a device, which could stall a reload."""
    if not S_ISREG(path.stat().st_mode):
        raise OSError(0, "it is no regular file")
    return path.read_bytes()


def parse(text: bytes | str, source: str) -> Loaded:
    """The configuration in a text; ``source`` is what messages call it. Raises ``ConfigError`` with every problem."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    try:
        root = compose(data)
    except Unreadable as unreadable:
        _refuse(source, unreadable.why, unreadable.remedy, unreadable.line)
    reading = Reading(source)
    config = cast("Config", reading.read(whole(), root, (), placeholder(whole())))
    for finding in broken(config, reading.lines):
        reading.report(finding)
    if reading.problems:
        raise ConfigError(_ordered(reading))
    return Loaded(_completed(config, hash_of(data)), _warnings(config, reading))


def hash_of(data: bytes) -> str:
    """What tells one file's content from another's: the first 12 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(data).hexdigest()[:_HASH]


def _completed(config: Config, digest: str) -> Config:
    return replace(config, routes={name: _salted(route) for name, route in config.routes.items()}, hash=digest)


def _salted(route: Route) -> Route:
    return replace(route, sticky=replace(route.sticky, salt=route.sticky.salt or route.name))


def _warnings(config: Config, reading: Reading) -> tuple[Problem, ...]:
    found = (
        Problem(reading.source, reading.lines[f.path], dotted(f.path), f.value, f.why, f.remedy)
        for f in cautions(config, reading.lines)
    )
    return tuple(sorted(found, key=lambda problem: problem.line))


def _ordered(reading: Reading) -> tuple[Problem, ...]:
    problems = sorted(reading.problems, key=lambda problem: problem.line)
    if reading.full:
        problems.append(Problem(reading.source, 0, "", "", "may have more problems", "mend these first"))
    return tuple(problems)


def _refuse(source: str, why: str, remedy: str, line: int = 0) -> NoReturn:
    raise ConfigError((Problem(source, line, "", "", why, remedy),))
