"""The admin port, as the verbs use it: what it answers as typed values, what goes wrong as a ``Refused``.

The token comes from the environment and is never shown. Nothing is asked twice by itself: an order that may have been
carried out is not given again. Its counterpart is ``proxy.examiner.admin``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import NoReturn, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from proxy.cli.refused import Refused
from proxy.cli.terminal import plain

TOKEN_ENV = "PRACTICUM_ADMIN_TOKEN"  # noqa: S105 -- the name of a variable, not a credential
_TIMEOUT = httpx.Timeout(30.0, connect=5.0)
_JSON = {"content-type": "application/json"}
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_Value = TypeVar("_Value")


class _Error(msgspec.Struct):
    message: str


class _ErrorBody(msgspec.Struct):
    error: _Error


class AdminApi:
    """A connection to one admin port; a context manager. Every failure is raised as ``Refused``."""

    def __init__(self, url: str, environ: Mapping[str, str] = os.environ) -> None:
        token = environ.get(TOKEN_ENV)
        headers = {"authorization": f"Bearer {token}"} if token else {}
        self._url = url.rstrip("/")
        self.host = _host(url)
        # A proxy named by the environment is for the world outside; it cannot reach this machine's loopback.
        trust_env = self.host not in _LOOPBACK
        self._client = httpx.Client(base_url=self._url, headers=headers, timeout=_TIMEOUT, trust_env=trust_env)

    def __enter__(self) -> AdminApi:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    @staticmethod
    def segment(name: str) -> str:
        """A name as one segment of a path, whatever it contains."""
        return quote(name, safe="")

    def get(self, path: str, params: Mapping[str, str] | None = None) -> bytes:
        """The body of a successful answer."""
        try:
            response = self._client.get(path, params=params)
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            self._unreachable(exc)
        self._checked(response)
        return response.content

    def post(self, path: str, value: object) -> bytes:
        """The body of the successful answer to a value sent as JSON; a conflict is refused in the port's words."""
        try:
            response = self._client.post(path, content=msgspec.json.encode(value), headers=_JSON)
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            self._unreachable(exc)
        if response.status_code == httpx.codes.CONFLICT:
            raise Refused(_reason(response))
        self._checked(response)
        return response.content

    def lines(self, path: str, params: Mapping[str, str] | None = None) -> Iterator[bytes]:
        """The lines of an answer in NDJSON, as they come, without their ends."""
        accept = {"accept": "application/x-ndjson"}
        try:
            with self._client.stream("GET", path, params=params, headers=accept) as response:
                if response.is_error:
                    response.read()
                self._checked(response)
                yield from _split(response.iter_bytes())
        except httpx.HTTPError as exc:
            self._unreachable(exc)

    def decode(self, body: bytes, kind: type[_Value]) -> _Value:
        """A body as the value it stands for."""
        try:
            return msgspec.json.decode(body, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as exc:
            raise Refused(f"{self._url} does not answer as this version's admin port would: {exc}") from exc

    def _checked(self, response: httpx.Response) -> None:
        if response.status_code == httpx.codes.UNAUTHORIZED:
            raise Refused(f"{self._url} wants its bearer token: set {TOKEN_ENV} to it")
        if not response.is_success:
            raise Refused(f"{self._url} answered {response.status_code}: {_reason(response)}")

    def _unreachable(self, exc: Exception) -> NoReturn:
        if isinstance(exc, httpx.ConnectError | httpx.ConnectTimeout):
            raise Refused(
                f"nothing answers at {self._url} ({exc}): start `practicum serve`, or name its admin port with "
                "--admin URL or PRACTICUM_ADMIN_URL"
            ) from exc
        raise Refused(f"{self._url} did not answer in full: {str(exc) or type(exc).__name__}") from exc


def _host(url: str) -> str:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError) as exc:
        raise Refused(f"--admin {url!r} is not a URL ({exc}); an example is http://127.0.0.1:9090") from exc
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise Refused(f"--admin {url!r} names no server; an example is http://127.0.0.1:9090")
    return parsed.host


def _reason(response: httpx.Response) -> str:
    try:
        return plain(msgspec.json.decode(response.content, type=_ErrorBody).error.message)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return "and said nothing of use; is it Practicum's admin port?"


def _split(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Lines of bytes: only a newline ends one, because JSON may hold every other separator as text."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from filter(None, whole)
    if rest:
        yield rest
