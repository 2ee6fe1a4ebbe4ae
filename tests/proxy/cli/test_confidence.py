"""``practicum confidence``: what is promised, what is certified, what was kept, and why nothing is served."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from proxy.cli.confidence import show_confidence
from proxy.cli.terminal import is_plain
from proxy.examiner.status import Bin, ConfidenceStatus
from tests.proxy.cli.command import practicum
from tests.proxy.confidences import CODE, CONFIDENCE, EARLY, LACKING, MATH, UNPROMISED, WHOLE
from tests.proxy.desk import a_desk, filled, served


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A port that tells of a route's confidence."""
    directory: Path = tmp_path_factory.mktemp("confidence")
    store = filled(directory, ())
    with served(a_desk(store, confidence=lambda _: CONFIDENCE)) as url:
        yield url
    store.close()


def page(told: ConfidenceStatus, route: str = "support") -> str:
    """What is printed."""
    file = io.StringIO()
    show_confidence(Console(file=file, width=200, markup=False, highlight=False), route, told)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


def test_the_whole_story(port: str) -> None:
    """The promise first; then how far it goes, what is missing, what was kept, and how honest confidence is."""
    ran = practicum("confidence", "support", "--admin", port)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "support: of the answers that the student serves, at most 2 % diverge, at 95 % confidence"
    facts = {line.strip().partition("  ")[0]: line.strip().partition("  ")[2].strip() for line in lines[1:8]}
    assert facts["calibration"].startswith("3, made 2026-11-18 11:06:40Z; 650 of 961 conversations to fit the next one")
    assert facts["silent"].startswith("messages: the student gives no log-probabilities there")
    assert facts["not served"] == f"code: {LACKING}"
    kept = "math: 2 of 310 audited answers diverged: 0.65 %, at most 1.9 %; 40 audited requests fell back"
    assert facts["served"] == kept
    assert facts["unproven"] == "code: no reply is taken that may differ in format, refusal"
    assert facts["before the call"].startswith("math: hopeless requests")


def test_each_view_is_a_row() -> None:
    """Threshold and coverage where one is certified, and else what is needed."""
    rows = [line.split() for line in page(CONFIDENCE).splitlines() if " whole " in line or " first_24 " in line]
    assert rows[1][:9] == ["math", "whole", "0.9312", "75.0", "%", "300", "2", "400", "-"]
    assert rows[1][9:] == ["its", "own,", "640", "0.041", "1.2", "%"]
    assert rows[2] == ["math", "first_24", "-", "-", "20", "0", "25", "278", "of", "all", "slices,", "90", "-", "-"]


def test_a_view_that_no_number_of_answers_certifies_says_so() -> None:
    """Waiting would not help."""
    view = dataclasses.replace(CODE.views[0], needed=None)
    told = dataclasses.replace(CONFIDENCE, slices=(dataclasses.replace(CODE, views=(view,)),))
    assert "out of reach" in page(told)


def test_the_diagram_shows_how_far_confidence_is_off() -> None:
    """The bar is what was acceptable, the mark what was said: short of it, the student was too sure."""
    lines = page(CONFIDENCE).splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("  math, whole: "))
    assert lines[start + 1].split() == ["confidence", "acceptable", "answers", "0", "%", "100", "%"]
    modest, sure = lines[start + 2 : start + 4]
    assert modest.split()[:5] == ["45.0", "%", "50.0", "%", "40"]
    assert modest.split()[5] == "=" * 18 + "|" + "="
    assert sure.split("360")[1].strip() == "=" * 34 + " " * 5 + "|"
    assert sum(line.startswith("  ") and ": of replies so sure" in line for line in lines) == 1, "no empty diagrams"


def test_only_the_views_that_decide_as_a_rule_are_drawn() -> None:
    """Shorter prefixes decide where time ran out; a page of diagrams for each would hide the others."""
    views = [dataclasses.replace(WHOLE, view=name) for name in ("whole", "first_6", "first_12", "first_24")]
    told = dataclasses.replace(CONFIDENCE, slices=(dataclasses.replace(MATH, views=tuple(views)),))
    drawn = [line.split()[1] for line in page(told).splitlines() if ": of replies so sure" in line]
    assert drawn == ["whole:", "first_24:"]


@pytest.mark.parametrize("share", [0.0, 0.004, 0.5, 0.996, 1.0])
def test_a_bar_ends_within_its_column(share: float) -> None:
    """Certainty is a share like others."""
    view = dataclasses.replace(WHOLE, diagram=(Bin(share, share, 1), Bin(share, 1 - share, 1)))
    told = dataclasses.replace(CONFIDENCE, slices=(dataclasses.replace(MATH, views=(view,)),))
    bars = [line for line in page(told).splitlines() if "|" in line]
    assert len(bars) == 2
    assert all(line.count("|") == 1 for line in bars)


def test_before_the_first_calibration_it_says_how_far_it_is() -> None:
    """Who waits must see that something moves."""
    assert "none yet: 41 of 187 conversations to fit the first one" in page(EARLY)


def test_without_a_promise_there_is_little_to_say() -> None:
    """And nothing of calibrations that nobody makes."""
    assert page(UNPROMISED).strip() == "support: nothing is promised: the hard rules alone decide"


def test_json_is_what_the_port_says(port: str) -> None:
    """For scripts."""
    found = json.loads(practicum("confidence", "support", "--json", "--admin", port).out)
    assert (found["route"], found["confidence"]["version"]) == ("support", 3)


def test_a_route_that_was_not_looked_at_yet(tmp_path: Path) -> None:
    """An examiner that has just started."""
    store = filled(tmp_path, ())
    with served(a_desk(store)) as url:
        ran = practicum("confidence", "support", "--admin", url)
        unknown = practicum("confidence", "suport", "--admin", url)
    store.close()
    assert (ran.code, ran.out) == (0, "support: the examiner has not looked at it yet\n")
    assert unknown.code == 1
    assert "known: support" in unknown.err


@given(st.text(), st.text())
def test_names_cannot_act_on_a_terminal(route: str, slice_: str) -> None:
    """Slices and routes are an operator's, but the database is shared."""
    told = dataclasses.replace(CONFIDENCE, slices=(dataclasses.replace(MATH, slice=slice_),))
    assert is_plain(page(told, route))
