"""The console in a real browser: how it looks, what it lets happen, and that neither mouse nor script is needed."""

from __future__ import annotations

import dataclasses
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="no playwright (extra [dev]): the console was NOT looked at in a browser")

from playwright.sync_api import Browser, Page, expect

from proxy.examiner.status import Status
from tests.console.chromium import ARTIFACTS, ELSEWHERE, LOOKS, Look, chromium, opened, pictured, violations
from tests.console.stage import Orders, console, route
from tests.proxy.desk import some_status

pytestmark = pytest.mark.system  # needs Chromium

GATE = "/routes/support/slices/general/behaviors/refusal"
PAGES = {
    "home": "/",
    "route": "/routes/support",
    "gate": GATE,
    "holding": "/routes/support/slices/general/behaviors/abstention",
    "decisions": "/routes/support/decisions",
    "pairs": "/pairs",
    "pair": "/pairs/pair-000001",
    "differences": "/pairs/pair-000050",
    "hostile": "/pairs/hostile-51",
    "promote": "/routes/support/orders/promote",
    "ceiling": "/routes/support/orders/set-weight",
    "missing": "/pairs/nope",
}
TOKEN = "open-sesame"


class Night:
    """A status that a test moves on."""

    def __init__(self) -> None:
        """At the third step."""
        self.step = 3

    def __call__(self) -> Status:
        """The status of now."""
        return some_status(
            route(step=self.step), dataclasses.replace(route(), name="shadowed", phase="shadow", slices=())
        )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests; pictures of another run are none of this one's."""
    shutil.rmtree(ARTIFACTS, ignore_errors=True)
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def night() -> Night:
    """The status of the console."""
    return Night()


@pytest.fixture(scope="module")
def orders() -> Orders:
    """What was ordered."""
    return Orders()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, night: Night, orders: Orders) -> Iterator[str]:
    """The URL of a console without a token."""
    with console(tmp_path_factory.mktemp("console"), orders, status=night) as found:
        yield found


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, orders: Orders) -> Iterator[str]:
    """The URL of a console with a token."""
    with console(tmp_path_factory.mktemp("guarded"), orders, token=TOKEN) as found:
        yield found


def signed_in(page: Page, guarded: str, path: str = "/") -> None:
    """Go to a page, and give the token when it is asked for."""
    page.goto(f"{guarded}{path}")
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_every_page_is_whole_and_accessible(browser: Browser, url: str, look: Look, name: str) -> None:
    """No rule of axe's is broken, nothing hangs over the edge, nothing is asked of anybody else, nothing complains."""
    with opened(browser, look) as (page, seen):
        page.goto(f"{url}{PAGES[name]}")
        pictured(page, f"{name}-{look.name}")
        assert page.evaluate("document.documentElement.scrollWidth") <= look.width
        assert violations(page) == []
    assert seen.hosts() == {url.partition("://")[2]}
    assert [said for said in seen.complaints if "404" not in said] == []


@pytest.mark.parametrize("policy", [True, False], ids=["as served", "without the policy"])
def test_a_reply_that_holds_a_script_runs_nothing(browser: Browser, url: str, policy: bool) -> None:
    """Escaping holds by itself; the policy is a second wall."""
    with opened(browser, policy=policy) as (page, seen):
        for path in ("/pairs/hostile-51", "/pairs?fallback=any"):
            page.goto(f"{url}{path}")
            page.mouse.move(300, 300)
            expect(page).not_to_have_title(re.compile("owned|^1$"))
            assert page.evaluate("document.querySelectorAll('main script, main img, main [onmouseover]').length") == 0
    assert (seen.dialogs, seen.complaints) == ([], [])


def test_from_an_alert_to_both_replies_in_two_clicks(browser: Browser, guarded: str) -> None:
    """From another site, whose clicks bring no strict cookie: whoever has signed in is not asked again."""
    with opened(browser, made_up=f'<a href="{guarded}{GATE}">refusal lost in general</a>') as (page, _):
        signed_in(page, guarded)
        page.goto(f"{ELSEWHERE}/alert")
        page.get_by_text("refusal lost").click()
        page.get_by_role("link", name=re.compile(r"^\d{4}-\d\d-\d\d ")).first.click()
        expect(page.get_by_text("the customer paid with a card")).to_be_visible()
        expect(page.locator("mark").first).to_contain_text("I can't look into another customer's account")


def test_a_form_of_another_site_orders_nothing(browser: Browser, url: str, guarded: str, orders: Orders) -> None:
    """Not where one has signed in, and not where nobody has to."""
    before = list(orders.taken)
    for target in (url, guarded):
        form = (
            f'<form method="post" action="{target}/routes/support/orders/pause"><input name="who" value="eve"><button>'
        )
        with opened(browser, made_up=f"{form}Win</button></form>") as (page, _):
            if target == guarded:
                signed_in(page, guarded)
            page.goto(f"{ELSEWHERE}/prize")
            page.get_by_role("button", name="Win").click()
            expect(page.locator("h1")).to_have_text("403")
    assert orders.taken == before


def test_an_order_is_confirmed_and_carried_out(browser: Browser, guarded: str, orders: Orders) -> None:
    """By keyboard alone, after signing in on the way."""
    with opened(browser) as (page, _):
        signed_in(page, guarded, "/routes/support")
        page.get_by_role("link", name="Pause…").focus()
        page.keyboard.press("Enter")
        page.get_by_label("Who you are").focus()
        page.keyboard.type("ana")
        page.keyboard.press("Tab")
        page.keyboard.type("woken up")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").filter(has_text="pause was done")).to_be_visible()
    assert (orders.taken[-1][1].who, orders.taken[-1][1].reason) == ("ana", "woken up")


def test_all_of_it_works_without_scripts(browser: Browser, guarded: str, orders: Orders) -> None:
    """The script makes pages live, and nothing else."""
    with opened(browser, scripts=False) as (page, _):
        signed_in(page, guarded, "/pairs")
        page.get_by_label("Slice").select_option("math")
        page.get_by_role("button", name="Show").click()
        expect(page.locator("ul.pairs > li")).to_have_count(1)
        page.goto(f"{guarded}/routes/support/orders/set-weight")
        page.get_by_label("percent").fill("2.5")
        page.get_by_label("Who you are").fill("ana")
        page.get_by_role("button", name="Set ceiling").click()
        expect(page.get_by_text("set-weight was done")).to_be_visible()
    assert orders.taken[-1][1].percent == 2.5


def test_a_page_is_live_and_keeps_what_was_opened(browser: Browser, url: str, night: Night) -> None:
    """Without loading it again; and it says that it is."""
    with opened(browser) as (page, seen):
        page.goto(f"{url}/routes/support/decisions")
        expect(page.locator("#liveness")).to_have_text("live")
        page.get_by_text("What was known").click()
        page.goto(f"{url}/routes/support")
        expect(page.locator("#liveness")).to_have_text("live")
        page.get_by_role("link", name="fail ≥").focus()
        night.step = 4
        expect(page.get_by_text("Step 4 of 4")).to_be_visible()
        expect(page.get_by_role("link", name="fail ≥")).to_be_focused()
    assert seen.complaints == []


def test_filters_change_the_list_and_its_address(browser: Browser, url: str) -> None:
    """What one found can be sent to a colleague."""
    with opened(browser) as (page, _):
        page.goto(f"{url}/pairs")
        page.get_by_label("Fell back").select_option("any")
        expect(page.locator("ul.pairs > li")).to_have_count(1)
        expect(page).to_have_url(re.compile("fallback=any"))


def test_the_first_key_skips_to_the_content(browser: Browser, url: str) -> None:
    """Whoever goes by keyboard need not go through the head of every page."""
    with opened(browser) as (page, _):
        page.goto(f"{url}/routes/support")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()


def test_signing_out_closes_everything(browser: Browser, guarded: str, tmp_path: Path) -> None:
    """Also for the button that goes back."""
    with opened(browser) as (page, _):
        signed_in(page, guarded, "/pairs/pair-000001")
        expect(page.get_by_text("What was found")).to_be_visible()
        page.screenshot(path=tmp_path / "signed-in.png")
        page.get_by_role("button", name="Sign out").click()
        page.go_back()
        expect(page.get_by_label("Token")).to_be_visible()
