"""Signing in and out, over a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.examiner.console.sessions import LIFETIME
from tests.console.stage import console
from tests.proxy.examiner.console.visitor import Visitor

TOKEN = "tökén"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a console with a token."""
    directory: Path = tmp_path_factory.mktemp("signing")
    with console(directory, token=TOKEN) as opened:
        yield opened


@pytest.mark.parametrize("given", ["", "wrong", TOKEN + "x", "\x00", "Bearer " + TOKEN])
def test_anything_but_the_token_is_refused(url: str, given: str) -> None:
    """And sets no cookie."""
    answer = Visitor(url).sign_in(given)
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert TOKEN not in answer.text


def test_the_token_buys_a_cookie_that_scripts_and_other_sites_never_have(url: str) -> None:
    """HttpOnly, strict, and it ends; the token itself is not in it."""
    answer = Visitor(url).sign_in(f"  {TOKEN} ")
    cookie = answer.headers["set-cookie"]
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert {"HttpOnly", "SameSite=strict", "Path=/", f"Max-Age={LIFETIME:.0f}"} <= {
        part.strip() for part in cookie.split(";")
    }
    assert "Secure" not in cookie  # this port speaks plain HTTP: such a cookie would be lost
    assert TOKEN not in cookie


def test_behind_tls_the_cookie_never_travels_in_clear(url: str) -> None:
    """A proxy that ends TLS says so in the form's origin."""
    host = url.partition("://")[2]
    answer = Visitor(url).send("/login", {"token": TOKEN}, origin=f"https://{host}")
    assert "Secure" in answer.headers["set-cookie"]


def test_keys_are_never_the_same(url: str) -> None:
    """A key that could be guessed would be a token of twelve hours."""
    visitors = [Visitor(url) for _ in range(5)]
    keys = {visitor.cookies["practicum_console"] for visitor in visitors if visitor.sign_in(TOKEN).is_redirect}
    assert len(keys) == 5
    assert min(map(len, keys)) >= 40


@pytest.mark.parametrize(
    ("wanted", "target"),
    [
        ("%2Froutes%2Fsupport%2Fslices%2Fmath%2Fbehaviors%2Frefusal", "/routes/support/slices/math/behaviors/refusal"),
        ("%2Fpairs%3Fslice%3Dmath", "/pairs?slice=math"),
        ("%2F%2Fevil.example%2Fpairs", "/"),
        ("https%3A%2F%2Fevil.example%2Fpairs", "/"),
        ("%2F%5Cevil.example", "/"),
        ("%2Fpairs%0d%0ax:y", "/"),
        ("%2Fapi%2Froutes", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_one_comes_back_to_the_page_one_wanted_and_nowhere_else(url: str, wanted: str, target: str) -> None:
    """A link to the sign-in page must not lead away from it."""
    answer = Visitor(url).send(f"/login?next={wanted}", {"token": TOKEN})
    assert (answer.status_code, answer.headers["location"]) == (303, target)


def test_the_page_asks_for_the_token_until_one_is_in(url: str) -> None:
    """Who has signed in is not asked again."""
    visitor = Visitor(url)
    before = visitor.get("/login")
    visitor.sign_in(TOKEN)
    after = visitor.get("/login?next=/pairs")
    assert (before.status_code, 'type="password"' in before.text) == (200, True)
    assert (after.status_code, after.headers["location"]) == (303, "/pairs")


def test_signing_out_ends_the_session_everywhere(url: str) -> None:
    """A copy of the cookie is worth nothing then."""
    visitor, copy = Visitor(url), Visitor(url)
    visitor.sign_in(TOKEN)
    copy.cookies = dict(visitor.cookies)
    secret = visitor.hidden("/routes/support/orders/pause")["csrf"]
    without = visitor.send("/logout", {})
    answer = visitor.send("/logout", {"csrf": secret})
    assert (without.status_code, answer.status_code) == (403, 303)
    assert copy.get("/routes/support").status_code == 303


def test_without_a_token_there_is_nothing_to_sign_in_to(tmp_path: Path) -> None:
    """The port is this machine's, and everything is open."""
    with console(tmp_path) as opened:
        visitor = Visitor(opened)
        answer = visitor.get("/login?next=/pairs")
        page = visitor.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/pairs")
    assert "Sign out" not in page.text
