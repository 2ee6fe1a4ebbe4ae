"""The front page: complete, and inert whatever the names are."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from proxy.examiner.overview import POLICY, overview
from proxy.examiner.status import Cell, Status
from tests.proxy.desk import route_status, some_status

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
    route = route_status(name, [Cell(name, name, name, 3, 1)])
    mirror = dataclasses.replace(route.mirror, paused=name, outcomes={name: 1})
    route = dataclasses.replace(route, teacher=name, student=name, phase=name, mirror=mirror)
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
