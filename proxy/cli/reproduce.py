"""A pair's request as a command that sends it again, safe to print and to paste.

The body is quoted for a POSIX shell. One that could act on a terminal, that is not text, or that is longer than a
kernel takes as one argument is not printed at all: the command then fetches it and pipes it.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from proxy.cli.invocation import invocation
from proxy.cli.terminal import is_plain
from proxy.store.pair import Pair
from routing.traits import Endpoint

_LONGEST_ARGUMENT = 100_000  # Linux takes 128 KiB
_PATHS = {
    Endpoint.CHAT: "/v1/chat/completions",
    Endpoint.COMPLETIONS: "/v1/completions",
    Endpoint.RESPONSES: "/v1/responses",
    Endpoint.MESSAGES: "/v1/messages",
}


@dataclass(frozen=True, slots=True)
class DataPort:
    """Where requests go. ``keyed``: clients must present a key."""

    url: str
    keyed: bool = False


def curl(pair: Pair, port: DataPort, source: str) -> str:
    """The command, over several lines. ``source`` are the options with which ``practicum pair`` finds the pair."""
    if not pair.request:
        return f"(the request was not kept: privacy is {pair.privacy!r})"
    endpoint = Endpoint(pair.endpoint) if pair.endpoint in set(Endpoint) else Endpoint.OTHER
    lines = [
        f"curl -sS -N {shlex.quote(port.url.rstrip('/') + _PATHS.get(endpoint, '/v1'))}",
        "-H 'content-type: application/json'",
    ]
    if endpoint is Endpoint.MESSAGES:
        lines.append("-H 'anthropic-version: 2023-06-01'")
    if port.keyed:
        lines.append('-H "authorization: Bearer $PRACTICUM_CLIENT_KEY"')
    text = _printable(pair.request)
    lines.append("--data-binary @-" if text is None else f"--data-raw {shlex.quote(text)}")
    fetch = "" if text is not None else f"{invocation()} pair {shlex.quote(pair.id)} --request {source} |\n"
    return fetch + " \\\n  ".join(lines)


def _printable(body: bytes) -> str | None:
    """The body as text, if it may stand in a command line."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return text if len(body) <= _LONGEST_ARGUMENT and is_plain(text) else None
