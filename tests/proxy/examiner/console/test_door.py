"""Who comes in: over a real socket, with a token and without, and from pages of others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.stage import Orders, console
from tests.proxy.examiner.console.visitor import FORM, Visitor

TOKEN = "tökén"
PAGES = ("/", "/routes/support", "/pairs", "/pairs/pair-000001", "/routes/support/decisions")
ABORT = "/routes/support/orders/pause"


@pytest.fixture(scope="module")
def orders() -> Orders:
    """What was ordered of either console."""
    return Orders()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, orders: Orders) -> Iterator[str]:
    """The URL of a console with a token."""
    directory: Path = tmp_path_factory.mktemp("guarded")
    with console(directory, orders, token=TOKEN) as url:
        yield url


@pytest.fixture(scope="module")
def unguarded(tmp_path_factory: pytest.TempPathFactory, orders: Orders) -> Iterator[str]:
    """The URL of a console without one."""
    directory: Path = tmp_path_factory.mktemp("unguarded")
    with console(directory, orders) as url:
        yield url


@pytest.mark.parametrize("path", PAGES)
def test_who_has_not_signed_in_is_sent_to_the_page_for_it(guarded: str, path: str) -> None:
    """And comes back to the page that an alert named."""
    answer = Visitor(guarded).get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={path.replace('/', '%2F')}")


def test_a_link_from_another_site_is_asked_again_from_here(guarded: str) -> None:
    """The cookie is strict, so a click in Grafana comes without it; the answer makes the browser come back."""
    visitor = Visitor(guarded)
    answer = visitor.get("/pairs?slice=math&x=%22%3E", sec_fetch_site="cross-site", sec_fetch_dest="document")
    assert answer.status_code == 200
    assert 'http-equiv="refresh" content="0;url=/pairs?slice=math&amp;x=%22%3E"' in answer.text
    again = visitor.get("/pairs?slice=math", sec_fetch_site="same-origin", sec_fetch_dest="document")
    assert again.status_code == 303


def test_a_stream_or_an_order_without_a_session_is_refused_and_not_sent_elsewhere(guarded: str) -> None:
    """A script that follows a redirect would take the sign-in page for its answer."""
    visitor = Visitor(guarded)
    assert visitor.get("/events", sec_fetch_dest="empty").status_code == 401
    assert visitor.send(ABORT, {}).status_code == 401


def test_signed_in_all_pages_open(guarded: str) -> None:
    """With the cookie alone."""
    visitor = Visitor(guarded)
    visitor.sign_in(TOKEN)
    assert {visitor.get(path).status_code for path in PAGES} == {200}


def test_a_cookie_opens_no_api(guarded: str) -> None:
    """The API's rules are as they were: its only key is the bearer token."""
    visitor = Visitor(guarded)
    visitor.sign_in(TOKEN)
    assert visitor.get("/api/routes").status_code == 401
    assert visitor.ask("POST", "/api/routes/support/abort", b"{}", {}).status_code == 401


def test_the_bearer_token_reads_and_orders_nothing(guarded: str, orders: Orders) -> None:
    """It reads pages, for scripts; orders of scripts go to the API."""
    visitor, before = Visitor(guarded, bearer=TOKEN), len(orders.taken)
    answer = visitor.get("/routes/support")
    fields = visitor.hidden(ABORT)
    assert answer.status_code == 200
    assert visitor.send(ABORT, fields).status_code == 403
    assert len(orders.taken) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "", "sec_fetch_site": "cross-site"},
        {"origin": ""},
        {"origin": "http://127.0.0.1:1"},
    ],
)
@pytest.mark.parametrize("which", ["guarded", "unguarded"])
def test_a_form_of_another_page_changes_nothing(
    request: pytest.FixtureRequest, orders: Orders, which: str, headers: dict[str, str]
) -> None:
    """Even one that learned the session's secret."""
    visitor, before = Visitor(request.getfixturevalue(which)), len(orders.taken)
    visitor.sign_in(TOKEN)
    fields = visitor.hidden(ABORT) | {"who": "eve"}
    assert visitor.send(ABORT, fields, **headers).status_code == 403
    assert len(orders.taken) == before


@pytest.mark.parametrize("secret", ["", "guess", "é"])
@pytest.mark.parametrize("which", ["guarded", "unguarded"])
def test_a_form_without_the_sessions_secret_changes_nothing(
    request: pytest.FixtureRequest, orders: Orders, which: str, secret: str
) -> None:
    """The origin is a browser's word; this is ours."""
    visitor, before = Visitor(request.getfixturevalue(which)), len(orders.taken)
    visitor.sign_in(TOKEN)
    fields = visitor.hidden(ABORT) | {"who": "eve", "csrf": secret}
    assert visitor.send(ABORT, fields).status_code == 403
    assert len(orders.taken) == before


def test_the_secret_of_another_session_is_none(guarded: str, orders: Orders) -> None:
    """Two browsers, two secrets."""
    one, other, before = Visitor(guarded), Visitor(guarded), len(orders.taken)
    one.sign_in(TOKEN)
    other.sign_in(TOKEN)
    assert one.send(ABORT, other.hidden(ABORT) | {"who": "eve"}).status_code == 403
    assert len(orders.taken) == before


def test_without_a_token_only_names_of_this_machine_are_answered(unguarded: str) -> None:
    """A page whose name was made to resolve to the loopback would read real users' prompts."""
    visitor = Visitor(unguarded)
    statuses = [
        visitor.get("/pairs", host=host).status_code for host in ("localhost:1", "127.0.0.1", "evil.example:80")
    ]
    assert statuses == [200, 200, 403]


def test_a_form_must_be_a_form_and_small(unguarded: str) -> None:
    """What else comes in a body is the API's to read."""
    visitor = Visitor(unguarded)
    own = {"origin": unguarded, "content-type": FORM}
    statuses = [
        visitor.ask("POST", ABORT, b"{}", own | {"content-type": "application/json"}).status_code,
        visitor.send(ABORT, {"reason": "x" * 20_000}).status_code,
        visitor.ask("POST", ABORT, b"csrf=\xff", own).status_code,
        visitor.send(ABORT, {f"field{number}": "1" for number in range(40)}).status_code,
    ]
    assert statuses == [415, 413, 400, 400]
