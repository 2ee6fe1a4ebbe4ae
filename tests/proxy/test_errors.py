"""The tree of errors: what a person reads when one is printed."""

from __future__ import annotations

from proxy.config.problems import Problem
from proxy.errors import ConfigError, PracticumError


def test_a_config_error_says_all_its_problems() -> None:
    """One line each, so that a person mends them all in one go."""
    problems = (
        Problem("a.yaml", 3, "listen.port", '"x"', "is not a port", "write a number"),
        Problem("a.yaml", 9, "listn", "", "is not a known key", 'did you mean "listen"?'),
    )
    error = ConfigError(problems)
    assert isinstance(error, PracticumError)
    assert str(error).splitlines() == [
        'a.yaml:3: listen.port: "x" is not a port; write a number',
        'a.yaml:9: listn: is not a known key; did you mean "listen"?',
    ]
