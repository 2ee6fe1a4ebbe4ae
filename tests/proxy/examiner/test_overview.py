"""The front page: complete, and inert whatever the names are."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
from html import unescape
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from proxy.examiner.overview import POLICY, overview
from proxy.examiner.status import Cell, RouteStatus, Status
from tests.proxy.confidences import CONFIDENCE
from tests.proxy.desk import route_status, some_status
from tests.proxy.rollouts import FAILED, HELD, MATH, gate, moving_route, slice_status

HARMLESS = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "code"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


class Tags(HTMLParser):
    """Collects the tags of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.seen.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text += data


def named(name: str) -> Status:
    """A status in which everything that can be named is named so."""
    route = moving_route(name=name, cells=(Cell(name, name, name, 3, 1),))
    mirror = dataclasses.replace(route.mirror, paused=name, outcomes={name: 1})
    gates = (gate(name, "hold"), gate(name, "hold", reason=name))
    one = slice_status(name, gates, limit=name, taken_back=name, reason=f"{name} {name}")
    decision = dataclasses.replace(route.decisions[0], who=name, slice=name, what=name, before=name, why=name)
    route = dataclasses.replace(route, teacher=name, student=name, phase=name, mirror=mirror, waits=name, trouble=name)
    route = dataclasses.replace(route, slices=(one, dataclasses.replace(one, verdict=name)), decisions=(decision,))
    return dataclasses.replace(some_status(route), version=name)


@given(st.one_of(st.text(), st.sampled_from(["<script>x</script>", '"><img src=x onerror=y>', "</style><b>", "&lt;"])))
def test_no_name_becomes_markup(name: str) -> None:
    """The page is opened by operators, and a student may call itself anything."""
    tags = Tags()
    tags.feed(overview(named(name), [name]))
    assert tags.seen <= HARMLESS


def test_it_says_what_matters() -> None:
    """Routes, counts and what is wrong are on it."""
    tags = Tags()
    tags.feed(overview(some_status(), ["the store is full"]))
    for expected in ("support: shadow", "12 sampled: compared 9, shed 3", "refusal", "the store is full"):
        assert expected in tags.text


def test_a_route_without_comparisons_says_so() -> None:
    """An empty table would look like a perfect student."""
    route = dataclasses.replace(route_status(), cells=())
    assert "Nothing has been compared yet" in overview(some_status(route), [])


def test_the_policy_allows_exactly_the_pages_style() -> None:
    """A hash that no longer fits would leave the page bare."""
    style = re.search("<style>(.*)</style>", overview(some_status(), []), re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in POLICY
    assert "script-src" not in POLICY


def test_rates_stand_beside_the_teachers_own() -> None:
    """A quarter lost is nothing where the teacher loses a quarter against itself; no trial is no rate."""
    route = route_status("support", [Cell("math", "answer", "lost", 8, 2, 4, 1), Cell("math", "format", "lost", 0, 0)])
    page = overview(some_status(route), ())
    assert "<td class=n>8<td class=n>2<td class=n>25.0 %<td class=n>25.0 %" in page
    assert "<td class=n>0<td class=n>0<td class=n>-<td class=n>-" in page


def shown(route: RouteStatus) -> str:
    """The text of the page, with a blank where tags were."""
    return re.sub(r" +", " ", unescape(re.sub("<[^>]*>", " ", overview(some_status(route), ()))))


def test_a_rollout_is_told_as_by_the_command_line() -> None:
    """Phase, step, what it waits for; each slice with its limit; why those in trouble are; what was decided last."""
    page = shown(moving_route())
    for expected in (
        "support: canary, step 2 of 6 (waits: a pause of 1200 s more)",
        "which serves at most 5 %",
        "general 0 % taken back 310 fail refusal",
        "code 5 % the step 310 pass refusal",
        f"general fails: refusal {FAILED}",
        f"math holds: refusal {HELD}. clean conversations that show it needed",
        "2026-11-18 11:16:40Z general: taken back 5 -> 0 by controller",
    ):
        assert expected in page
    assert "code passes" not in page


def test_what_is_promised_stands_beside_what_is_served() -> None:
    """As the command line says it."""
    page = overview(some_status(dataclasses.replace(route_status(), confidence=CONFIDENCE)), ())
    assert "which serves 0 %; at most 2 % of what the student serves diverges, certified in math; " in unescape(page)


def test_a_failed_slice_is_marked_and_a_holding_one_is_not() -> None:
    """Holding is the usual state of a young rollout."""
    page = overview(some_status(moving_route()), ())
    assert '<p class="bad">general fails' in page
    assert "<p>math holds" in page


def test_a_rollout_that_cannot_be_read_says_so() -> None:
    """The teacher serves everything until somebody acts."""
    assert "The rollout: its state cannot be read" in shown(moving_route(trouble="its state cannot be read"))


def test_without_steps_the_page_is_as_short_as_ever() -> None:
    """Verdicts of a route in shadow mode are for `practicum explain`."""
    judged = dataclasses.replace(route_status(), slices=(MATH,), waits="whatever")
    assert overview(some_status(judged), ()) == overview(some_status(), ())
