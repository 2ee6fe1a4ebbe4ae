"""The pages over a real socket and a real store: what stands on them, and that nothing breaks out of them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from proxy.examiner.status import RouteStatus
from proxy.store.errors import UnavailableError
from routing.rollout import RolloutError
from tests.console.stage import HOSTILE, PAIRS, console, route
from tests.proxy.desk import some_status
from tests.proxy.examiner.console.visitor import Visitor
from tests.proxy.rollouts import gate, slice_status

GATE = "/routes/support/slices/general/behaviors/refusal"
EVERY = ("/", "/routes/support", "/routes/shadowed", GATE, "/routes/support/decisions", "/pairs", "/pairs/pair-000050")


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """Somebody at a console without a token."""
    directory: Path = tmp_path_factory.mktemp("pages")
    with console(directory) as url:
        yield Visitor(url)


def text(page: str) -> str:
    """What a page says, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


class Tags(HTMLParser):
    """The tags of a page and their attributes."""

    def __init__(self, page: str) -> None:
        """Read it."""
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("path", EVERY)
def test_every_page_loads_only_files_of_this_port(visitor: Visitor, path: str) -> None:
    """A console that calls home, or breaks without it, is no use in a closed network."""
    answer = visitor.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    loaded = [
        attributes.get("src") or attributes.get("href") or ""
        for tag, attributes in Tags(answer.text).found
        if tag in {"script", "link", "img", "iframe", "object", "embed", "source", "use"}
    ]
    assert loaded
    assert all(one.startswith("/static/") for one in loaded)


def test_from_an_alerts_link_to_a_pair_in_one_click(visitor: Visitor) -> None:
    """The page that an alert names has the newest pair that diverged, and it shows both replies."""
    page = visitor.get(GATE).text
    link = re.search(r'href="(/pairs/[^"]+)"', page)
    assert link
    pair = text(visitor.get(html.unescape(link[1])).text)
    assert "I can't look into another customer's account" in pair
    assert "the customer paid with a card that ends in 4242" in pair


def test_the_home_page_has_every_route_and_how_its_slices_stand(visitor: Visitor) -> None:
    """The worst first."""
    page = text(visitor.get("/").text)
    assert "support canary" in page
    assert "shadowed shadow" in page
    assert page.index("support canary") < page.index("shadowed shadow")
    assert page.index("fail general") < page.index("hold code, math")
    assert "general fails: refusal lost in 12 of 41 conversations" in page


def test_a_route_shows_every_weight_and_every_gate(visitor: Visitor) -> None:
    """Four weights for each slice, and a link to each gate."""
    answer = visitor.get("/routes/support").text
    page = text(answer)
    assert "code 25 % 100 % 25 % 38.4 % the step" in page
    assert "math 10 % 10 % 25 % 61 % the ceiling" in page
    for one in route().slices:
        for known in one.gates:
            assert f'href="/routes/support/slices/{one.slice}/behaviors/{known.behavior}"' in answer
    assert "math: from 0 % to 10 % in 3 changes; now the ceiling is 10 %, the step 25 %, and 61 % is earned." in page
    assert "math 10 % 10 % 25 % 37.1 % raise 5 % → 10 % by controller" in page
    assert "at most 5 % diverge, at 95 % confidence" in page


def test_a_gate_has_its_counts_its_bounds_and_what_is_missing(visitor: Visitor) -> None:
    """Without reading any code."""
    page = text(visitor.get("/routes/support/slices/general/behaviors/abstention").text)
    assert "lost decides 96 2 0.13 % 10.7 %" in page or re.search(r"lost decides 96 2 \S+ % \S+ %", page)
    assert "What is missing: needs 257 more conversations in which the teacher shows it, without a loss." in page
    assert "passes where certified below 3 %; fails where certified above 6 %" in page


def test_decisions_say_who_and_why_and_what_was_known(visitor: Visitor) -> None:
    """All of them, the newest first."""
    page = text(visitor.get("/routes/support/decisions").text)
    assert "math : set-weight no ceiling → 10 % by ana homework season" in page
    assert page.index("lower 25 %") < page.index("set-weight") < page.index("shadow → canary")
    assert '{"general":{"ceiling":100.0,"step":25.0,"earned":1.7}}' in page


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 40),
        ("slice=math", 1),
        ("behavior=answer&direction=lost&slice=&route=", 1),
        ("behavior=answer&direction=gained", 0),
        ("fallback=any", 1),
        ("fallback=connect", 0),
        ("since=2100-01-01T00%3A00&until=", 0),
        ("since=2001-01-01T00%3A00&slice=math", 1),
        ("until=2001-01-01T00%3A00", 0),
        ("route=other", 0),
    ],
)
def test_pairs_are_filtered(visitor: Visitor, query: str, count: int) -> None:
    """As a form sends it, with its empty fields."""
    page = visitor.get(f"/pairs?{query}").text
    assert len(re.findall(r'href="/pairs/[^"?]', page)) == count


def test_following_older_pairs_meets_each_once(visitor: Visitor) -> None:
    """In the list, and from pair to pair."""
    first = visitor.get("/pairs?route=support").text
    following = re.search(r'href="(/pairs\?[^"]*cursor[^"]*)"', first)
    assert following
    both = first + visitor.get(html.unescape(following[1])).text
    ids = re.findall(r'href="/pairs/([^"?]+)\?', both)
    assert sorted(ids) == sorted(one.id for one in PAIRS)
    onward = re.search(r'rel="next" href="(/pairs/[^"]+)"', visitor.get("/pairs/pair-000001?behavior=refusal").text)
    assert onward
    assert html.unescape(onward[1]) == "/pairs/pair-000002?behavior=refusal"


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/routes/suport", 404, "known: shadowed, support"),
        ("/routes/support/slices/general/behaviors/tool_call", 404, "known: code"),
        ("/routes/support/slices/x/behaviors/y", 404, "known: refusal"),
        ("/pairs/nope", 404, "agreed and was not in the sample"),
        ("/pairs?slice=mathematics", 400, "is none of"),
        ("/pairs?color=red", 400, "is no filter"),
        ("/pairs?cursor=nonsense", 400, "cursor"),
        ("/routes/support/nothing", 404, "There is no such page."),
    ],
)
def test_what_cannot_be_shown_says_why(visitor: Visitor, path: str, status: int, said: str) -> None:
    """As a page, with the remedy."""
    answer = visitor.get(path)
    assert answer.status_code == status
    assert said in text(answer.text)
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def names(page: str) -> set[tuple[str, ...]]:
    """Each tag of a page with the names of its attributes."""
    return {(tag, *sorted(attributes)) for tag, attributes in Tags(page).found}


def test_what_arms_and_clients_wrote_is_text(visitor: Visitor) -> None:
    """A reply that is meant to break out adds no tag and no attribute to the page, and is on it in full."""
    page, harmless = visitor.get("/pairs/hostile-51").text, visitor.get("/pairs/pair-000050").text
    added = names(page) - names(harmless) - names(visitor.get("/pairs/pair-000001").text)
    assert added == set()
    assert "</script><img src=x onerror=\"document.title='owned'\">" in html.unescape(re.sub(r"<[^>]*>", "", page))
    assert "\u202e" not in page
    assert "\x1b" not in page


def test_what_operators_and_upstreams_are_called_is_text(tmp_path: Path) -> None:
    """In attributes, in the drawing, in links: a route, a slice and a behavior that are named to break out."""
    bad = "\"'><script>x</script><svg onload=x> {{ 7 * 7 }}"
    gates = (gate(bad, "hold", reason=bad, idle=bad), gate("refusal", "fail", reason=bad))
    one = slice_status(bad, gates, limit=bad, taken_back=bad, reason=f"{bad} {bad}")

    def named() -> RouteStatus:
        decided = tuple(type(told)(told.at, bad, bad, "raise", "0 %", bad, bad, bad) for told in route().decisions)
        return route(
            name="support",
            teacher=bad,
            student=bad,
            phase=bad,
            waits=bad,
            trouble=bad,
            slices=(one,),
            decisions=decided,
        )

    with console(tmp_path, status=lambda: some_status(named()), decisions=lambda _, __: named().decisions) as url:
        visitor = Visitor(url)
        inside = "/routes/support/slices/" + html.unescape(bad).replace("<", "%3C").replace(" ", "%20").replace(
            '"', "%22"
        )
        pages = [visitor.get(path) for path in ("/", "/routes/support", "/routes/support/decisions")]
        missing = visitor.get(inside.replace("/script", "%2Fscript") + "/behaviors/refusal")
    assert {page.status_code for page in pages} == {200}
    for page in (*pages, missing):
        tags = Tags(page.text).found
        assert all("src" in attributes for tag, attributes in tags if tag == "script")
        assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]
    assert all("{{ 7 * 7 }}" in page.text for page in pages)  # said, and not reckoned


def test_a_broken_store_is_told(tmp_path: Path) -> None:
    """A page that shows nothing because nothing could be read must not look like nothing happened."""

    def gone(_: str, __: int) -> tuple[()]:
        raise UnavailableError("no space left")

    with console(tmp_path, decisions=gone) as url:
        answer = Visitor(url).get("/routes/support/decisions")
    assert answer.status_code == 503
    assert "The store cannot be read now: no space left." in text(answer.text)


def test_a_port_that_moves_nothing_has_a_page_all_the_same(tmp_path: Path) -> None:
    """A route in shadow, of which nothing was decided."""

    def nothing(_: str, __: int) -> tuple[()]:
        raise RolloutError("nothing here moves rollouts")

    with console(tmp_path, decisions=nothing) as url:
        answer = Visitor(url).get("/routes/support")
    assert answer.status_code == 200
    assert "Nothing was decided yet." in text(answer.text)


def test_the_hostile_text_is_hostile() -> None:
    """A test of escaping with nothing to escape would prove nothing."""
    assert {"<script>", "onerror", "'", '"', "{{", "\u202e", "\x1b"} <= {
        part for part in ("<script>", "onerror", "'", '"', "{{", "\u202e", "\x1b") if part in HOSTILE
    }
