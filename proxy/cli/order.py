"""``practicum promote``, ``pause``, ``resume``, ``abort``, ``retry`` and ``set-weight``: an order, and what it came to.

Whether an order makes sense is the examiner's to say, and what a verb takes is read there once more; a refusal is told
in its words. Its counterpart is ``proxy.examiner.orders``.
"""

from __future__ import annotations

import argparse
import getpass
import os
import socket
import sys

import msgspec

from proxy.cli.admin_api import AdminApi
from proxy.cli.terminal import plain
from proxy.examiner.status import RouteStatus
from proxy.examiner.wording import most_served, position


class _Asked(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is sent. ``percent`` travels as it was typed, so that no rounding changes it."""

    who: str
    reason: str = ""
    full: bool = False
    percent: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    slice: str | None = None


class _Done(msgspec.Struct, frozen=True):
    done: str
    route: RouteStatus


def run(arguments: argparse.Namespace) -> int:
    """Give the order, and say what was done and how the route stands after it."""
    route: str = arguments.route
    with AdminApi(arguments.admin) as api:
        answer = api.post(f"/api/routes/{AdminApi.segment(route)}/{arguments.verb}", _asked(arguments))
        if arguments.json:
            sys.stdout.buffer.write(msgspec.json.format(answer) + b"\n")
            return 0
        found = api.decode(answer, _Done)
    after = found.route
    sys.stdout.write(f"{plain(after.name)}: {plain(found.done)}\n{_standing(after)}\n")
    return 0


def whoami() -> str:
    """Who orders, for the record: the user and the machine; in a container without a user's name, its number."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError, ImportError):
        user = f"uid {os.getuid()}"
    return f"{user}@{socket.gethostname()}"


def _asked(arguments: argparse.Namespace) -> _Asked:
    percent: str | None = getattr(arguments, "percent", None)
    return _Asked(
        who=whoami(),
        reason=arguments.reason or "",
        full=getattr(arguments, "full", False),
        percent=msgspec.UNSET if percent is None else msgspec.Raw(percent.encode()),
        slice=getattr(arguments, "slice", None),
    )


def _standing(route: RouteStatus) -> str:
    return f"now {plain(position(route))}; the student serves {most_served(route.weights)}"
