"""The one way in which a verb ends badly on purpose."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 -- a refusal is an answer, not a fault of ours
    """A verb cannot do what was asked; the message goes to standard error and the exit code is 1.

    The message names the value, what is wrong with it and what to do about it, on as few lines as that takes.
    """
