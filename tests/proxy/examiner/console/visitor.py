"""A browser's manners for the console's tests: it keeps cookies, follows nothing, and says where a form came from."""

from __future__ import annotations

import re
from collections.abc import Mapping

import httpx

FORM = "application/x-www-form-urlencoded"


class Visitor:
    """Somebody who looks at the console of this URL. ``bearer`` is sent along with everything, where it is set."""

    def __init__(self, url: str, bearer: str = "") -> None:
        """Nobody is signed in yet."""
        self.url = url
        self.cookies: dict[str, str] = {}
        self._bearer = bearer

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Look at a page; underscores in headers' names stand for hyphens."""
        return self.ask("GET", path, b"", _named(headers))

    def send(self, path: str, fields: Mapping[str, str], **headers: str) -> httpx.Response:
        """Send a form, as from a page of this origin; a header that is "" is left out."""
        body = str(httpx.QueryParams(dict(fields))).encode()
        own = {"origin": self.url, "content-type": FORM} | _named(headers)
        return self.ask("POST", path, body, {name: value for name, value in own.items() if value})

    def ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        """Send anything, with the cookies so far; those that come back are kept, and those that end forgotten."""
        sent = [(name.encode(), value.encode()) for name, value in headers.items()]
        if self._bearer:
            sent.append((b"authorization", b"Bearer " + self._bearer.encode()))
        with httpx.Client(base_url=self.url, trust_env=False, cookies=self.cookies) as client:
            answer = client.request(method, path, content=body, headers=sent)
            self.cookies = dict(client.cookies)
        return answer

    def sign_in(self, token: str) -> httpx.Response:
        """Give the token on the page for it."""
        return self.send("/login", {"token": token})

    def hidden(self, path: str) -> dict[str, str]:
        """The hidden fields of a page's last form."""
        text = self.get(path).text.rpartition("<form")[2]
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
