"""``practicum pair``: one pair, side by side, with what fired and a command that sends its request again."""

from __future__ import annotations

import argparse
import shlex
import sys

import msgspec

from proxy.cli.admin_api import AdminApi
from proxy.cli.refused import Refused
from proxy.cli.reproduce import DataPort, curl
from proxy.cli.side_by_side import show_pair
from proxy.cli.sources import open_pairs
from proxy.cli.terminal import page_console, plain
from proxy.examiner.documents import document
from proxy.store.pair import Pair

_EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 -- recognized in order not to be named to a client
_DEFAULT_PORT = DataPort("http://127.0.0.1:8080")


def run(arguments: argparse.Namespace) -> int:
    """Show a pair, or write its request."""
    with open_pairs(arguments) as source:
        pair = source.pair(arguments.pair)
    if arguments.request:
        return _write_request(pair)
    if arguments.json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(document(pair))) + b"\n")
        return 0
    command = curl(pair, _data_port(arguments), _source_options(arguments))
    console = page_console()
    show_pair(console, pair)
    # Past rich, which would break the line where the page ends.
    sys.stdout.write(f"\nreproduce\n{command}\n")
    return 0


def _write_request(pair: Pair) -> int:
    if not pair.request:
        raise Refused(f"the request of pair {pair.id} was not kept: privacy is {pair.privacy!r}")
    if sys.stdout.isatty():
        sys.stdout.write(plain(pair.request.decode("utf-8", "backslashreplace")) + "\n")
    else:
        sys.stdout.buffer.write(pair.request)
    return 0


def _source_options(arguments: argparse.Namespace) -> str:
    if arguments.database is not None:
        return f"--database {shlex.quote(arguments.database)}"
    return f"--admin {shlex.quote(arguments.admin)}"


class _Listen(msgspec.Struct):
    host: str
    port: int
    client_keys_env: str | None = None


class _Effective(msgspec.Struct):
    listen: _Listen


def _data_port(arguments: argparse.Namespace) -> DataPort:
    """The data port as named, or as the configuration in effect tells it to whoever asks the admin port."""
    if arguments.data is not None:
        return DataPort(arguments.data)
    if arguments.database is not None:
        return _DEFAULT_PORT
    with AdminApi(arguments.admin) as api:
        listen = api.decode(api.get("/api/config"), _Effective).listen
        host = api.host if listen.host in _EVERYWHERE else listen.host
    return DataPort(f"http://{f'[{host}]' if ':' in host else host}:{listen.port}", listen.client_keys_env is not None)
