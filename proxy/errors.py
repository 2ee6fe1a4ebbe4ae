"""The errors of Practicum's own making.

    PracticumError
    └── ConfigError      a configuration that cannot be used, with every problem it has

An upstream's failure is not here: it is data, a ``routing.observation.Failure``. A class is added only when someone
catches it differently.
"""

from __future__ import annotations

from proxy.config.problems import Problem


class PracticumError(Exception):
    """The root of the tree."""


class ConfigError(PracticumError):
    """A configuration that cannot be used. ``problems`` are all of them, in the order of the file's lines."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(p) for p in problems))
        self.problems = problems
