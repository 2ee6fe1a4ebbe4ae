"""Values into HTML: nothing escapes its place, and nothing is loaded from elsewhere."""

from __future__ import annotations

import re
import time
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from proxy.examiner.answers import Problem
from proxy.examiner.console import rendering
from proxy.examiner.console.rendering import HEADERS, POLICY, SESSION, ago, clipped, html, moment, seconds, visible
from proxy.examiner.console.sessions import Session

TEMPLATES = Path(rendering.__file__).parent / "templates"


def request(session: Session | None = None) -> Request:
    """A request as the door leaves it."""
    return Request(
        {"type": "http", "method": "GET", "path": "/x", "headers": [], "query_string": b"", SESSION: session}
    )


def page(text: str, session: Session | None = None) -> str:
    """A page that says this."""
    return bytes(html(request(session), "problem.html", Problem(404, text), 404).body).decode()


@given(st.one_of(st.text(), st.sampled_from(["<script>x</script>", '" onx="', "' onx='", "{{ 7 * 7 }}", "&lt;b&gt;"])))
def test_no_text_becomes_markup(text: str) -> None:
    """Tags of the frame and none besides, whatever is said; and it is all said."""
    bare, said = page(""), page(text)
    assert re.findall(r"<[^>]*>", said) == re.findall(r"<[^>]*>", bare)


def test_no_template_turns_escaping_off() -> None:
    """One filter would undo what the environment holds."""
    for path in TEMPLATES.glob("*.html"):
        text = path.read_text()
        assert not re.search(r"\|\s*safe\b|autoescape|Markup|forceescape|striptags", text), path.name


def test_no_template_holds_script_or_style_or_loads_from_elsewhere() -> None:
    """The policy would stop it; this says so before a browser does."""
    for path in TEMPLATES.glob("*.html"):
        text = path.read_text()
        assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son\w+=|hx-on|javascript:", text), path.name
        assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", text), path.name


def test_every_attribute_is_quoted() -> None:
    """What is escaped breaks out of an attribute without quotes all the same."""
    for path in TEMPLATES.glob("*.html"):
        assert not re.search(r"\s[\w-]+=\{\{", path.read_text()), path.name


def test_the_policy_lets_nothing_in_but_files_of_this_port() -> None:
    """Whatever slips through escaping meets this."""
    rules = dict(rule.strip().split(" ", 1) for rule in POLICY.split(";"))
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["form-action"] == "'self'"
    assert "unsafe" not in POLICY
    assert HEADERS["cache-control"] == "no-store"


def test_a_page_has_its_sessions_secret_and_tells_its_notice_once() -> None:
    """The forms of a page are of the session that it was made for."""
    session = Session(notice="paused: <b>", ends=1.0)
    first, second = page("x", session), page("x", session)
    assert f'name="csrf" value="{session.csrf}"' in first
    assert "paused: &lt;b&gt;" in first
    assert "paused" not in second


def test_characters_that_lie_are_shown() -> None:
    """A name that turns the rest of its line around, an escape sequence, a space without width."""
    assert visible("a\u202eb\x1bc\u200bd\x00\n\te\u200d") == "a⟦202E⟧b⟦001B⟧c⟦200B⟧d⟦0000⟧\n\te\u200d"


def test_times_and_spans() -> None:
    """No stored number takes the page with it."""
    assert moment(1_795_000_000.0) == "2026-11-18 11:06:40Z"
    assert moment(1e30) == "1e+30 s"
    assert [ago(time.time() - age) for age in (5, 200, 7300, 200_000)] == [
        "just now",
        "3 min ago",
        "2 h ago",
        "2 d ago",
    ]
    assert [seconds(span) for span in (None, 0.05, 1.26)] == ["\N{EN DASH}", "50 ms", "1.3 s"]


@given(st.text(), st.integers(1, 30))
def test_a_clipped_text_is_one_short_line(text: str, most: int) -> None:
    """A preview is a line, whatever it is of."""
    found = clipped(text, most)
    assert len(found) <= most + 1
    assert len(found.splitlines()) <= 1
