"""The console in a real browser: how it looks, what it lets happen, and that neither mouse nor script is needed."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="no playwright (extra [dev]): the console was NOT looked at in a browser")

from playwright.sync_api import Browser, Page, expect

from proxy.examiner.guessing import EACH
from proxy.examiner.status import Status
from tests.console.chromium import ARTIFACTS, ELSEWHERE, LOOKS, TINY, Look, chromium, opened, pictured, violations
from tests.console.stage import Orders, console, route, shadowed
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
    "calls": "/pairs/pair-000060",
    "huge": "/pairs/pair-000061",
    "right-to-left": "/pairs/pair-000062",
    "terminal": "/pairs/pair-000063",
    "json": "/pairs/pair-000064",
    "confidence": "/routes/support/confidence",
    "nothing-yet": "/routes/shadowed/confidence",
    "shadowed": "/routes/shadowed",
    "glossary": "/glossary",
    "abort": "/routes/support/orders/abort",
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
        return some_status(shadowed(), route(step=self.step))


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


@pytest.mark.parametrize("name", ["route", "gate", "confidence", "hostile", "ceiling"])
def test_the_smallest_phone_shows_everything(browser: Browser, url: str, name: str) -> None:
    """320 pixels: also what 1280 are at 400 %."""
    with opened(browser, TINY) as (page, _):
        page.goto(f"{url}{PAGES[name]}")
        pictured(page, f"{name}-{TINY.name}")
        assert page.evaluate("document.documentElement.scrollWidth") <= TINY.width
        assert violations(page) == []


def test_a_printed_page_has_everything_and_no_buttons(browser: Browser, url: str) -> None:
    """It goes into the report of the night: black on white, nothing cut off."""
    with opened(browser, LOOKS[1]) as (page, _):
        page.emulate_media(media="print")
        page.goto(f"{url}/pairs/pair-000061")
        pictured(page, "huge-print")
        assert page.evaluate("document.querySelector('pre.reply').clientHeight") > 10_000
        expect(page.get_by_role("navigation", name="Console")).to_be_hidden()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(251, 250, 247)"


def test_every_stop_of_the_keyboard_shows_and_stands_in_the_order_of_the_page(browser: Browser, url: str) -> None:
    """From the first to the abort button, and on: one always sees where one is."""
    with opened(browser) as (page, _):
        page.goto(f"{url}/routes/support")
        places, outlines = [], set()
        for _stop in range(30):
            page.keyboard.press("Tab")
            places.append(page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))
            outlines.add(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
        assert places == sorted(places)
        assert outlines == {"solid"}


def test_words_lead_to_what_they_mean(browser: Browser, url: str) -> None:
    """Every word that is linked on the pages of a route stands in the glossary, and one arrives there."""
    with opened(browser) as (page, _):
        wanted: set[str] = set()
        for path in ("/routes/support", GATE, "/routes/support/confidence", "/pairs/pair-000001"):
            page.goto(f"{url}{path}")
            wanted |= set(page.eval_on_selector_all("a.term", "all => all.map(one => one.hash.slice(1))"))
        assert len(wanted) > 30
        page.goto(f"{url}/routes/support")
        page.get_by_role("link", name="Earned", exact=True).click()
        expect(page.locator("div#earned")).to_be_in_viewport()
        assert wanted <= set(page.eval_on_selector_all("dl.glossary > div", "all => all.map(one => one.id)"))


def test_abort_is_two_taps_away_on_a_phone(browser: Browser, tmp_path: Path) -> None:
    """It stands where the page begins, says what will happen, needs no writing, and says who heard."""
    orders = Orders(under_way=True)
    with console(tmp_path, orders) as own, opened(browser, LOOKS[2]) as (page, _):
        page.goto(f"{own}/routes/support")
        first = page.get_by_role("link", name="Abort…").first
        expect(first).to_be_in_viewport()
        first.click()
        expect(page.get_by_text("code 25 % → 0 %")).to_be_visible()
        button = page.get_by_role("button", name="Abort support")
        expect(button).to_be_in_viewport()
        button.click()
        told = page.get_by_role("status").filter(has_text="abort was done")
        expect(told).to_contain_text("Sent to worker 0 (process 4242, 5 requests in flight).")
        pictured(page, "aborted-phone")
    assert [(name, one.verb, one.who) for name, one in orders.taken] == [("support", "abort", "console")]


def test_a_page_says_that_its_examiner_is_gone_and_comes_back_with_it(browser: Browser, tmp_path: Path) -> None:
    """A page that still looks live an hour after the examiner died is worse than none."""
    night = Night()
    with opened(browser) as (page, _):
        with console(tmp_path, status=night) as own:
            page.goto(f"{own}/routes/support")
            expect(page.locator("#liveness")).to_have_text("live")
        expect(page.locator("#liveness")).to_contain_text(re.compile(r"connection lost.*as of \d\d:\d\d:\d\dZ"))
        pictured(page, "gone-light")
        expect(page.get_by_text("Step 3 of 4")).to_be_visible()
        night.step = 4
        with console(tmp_path, status=night, port=int(own.rpartition(":")[2])):
            expect(page.locator("#liveness")).to_have_text("live")
            expect(page.get_by_text("Step 4 of 4")).to_be_visible()


def test_after_a_restart_one_is_asked_to_sign_in_again(browser: Browser, tmp_path: Path) -> None:
    """Sessions end with the examiner; the page says so, and its link comes back to it."""
    with opened(browser) as (page, _):
        with console(tmp_path, token=TOKEN) as own:
            signed_in(page, own, "/routes/support")
            expect(page.locator("#liveness")).to_have_text("live")
        with console(tmp_path, token=TOKEN, port=int(own.rpartition(":")[2])):
            expect(page.locator("#liveness")).to_contain_text("signed out")
            page.get_by_role("link", name="sign in again").click()
            page.get_by_label("Token").fill(TOKEN)
            page.get_by_role("button", name="Sign in").click()
            expect(page).to_have_url(f"{own}/routes/support")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_whoever_guesses_the_token_reads_when_to_try_again(browser: Browser, tmp_path: Path, look: Look) -> None:
    """Ten tries are a person's; the page before and after is accessible like all others."""
    with console(tmp_path, token=TOKEN) as own, opened(browser, look) as (page, _):
        page.goto(f"{own}/routes/support")
        assert violations(page) == []
        pictured(page, f"login-{look.name}")
        answers: list[int] = []
        while 429 not in answers and len(answers) < 4 * EACH:  # some come back while a slow machine types
            page.get_by_label("Token").fill(f"guess {len(answers)}")
            with page.expect_response("**/login**") as answer:
                page.get_by_role("button", name="Sign in").click()
            answers.append(answer.value.status)
        expect(page.get_by_role("alert")).to_have_text(re.compile(r"no other is tried for \d s"))
        assert answers == [*[401] * (len(answers) - 1), 429]
        assert len(answers) > EACH
        assert violations(page) == []
        pictured(page, f"guessing-{look.name}")


def test_an_examiner_that_hangs_is_not_live(browser: Browser, tmp_path: Path) -> None:
    """Its connection stands and says nothing: after ten seconds, by a clock that is turned on, the page does."""
    goes_on = threading.Event()
    goes_on.set()

    def status() -> Status:
        goes_on.wait()
        return some_status(route())

    with console(tmp_path, status=status) as own, opened(browser) as (page, _):
        page.clock.install()
        page.goto(f"{own}/routes/support")
        expect(page.locator("#liveness")).to_have_text("live")
        goes_on.clear()
        try:
            page.clock.fast_forward(11_000)
            expect(page.locator("#liveness")).to_contain_text("the examiner says nothing")
        finally:
            goes_on.set()
        page.clock.fast_forward(11_000)
        expect(page.locator("#liveness")).to_have_text("live")


@pytest.mark.parametrize("policy", [True, False], ids=["as served", "without the policy"])
def test_a_reply_that_holds_a_script_runs_nothing(browser: Browser, url: str, policy: bool) -> None:
    """Escaping holds by itself; the policy is a second wall."""
    with opened(browser, policy=policy) as (page, seen):
        for path in ("/pairs/hostile-51", "/pairs/pair-000063", "/pairs?fallback=any"):
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
        page.get_by_role("link", name="Pause…").first.focus()
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
        page.get_by_text("What was known").first.click()
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
