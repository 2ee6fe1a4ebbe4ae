"""``practicum status``."""

from __future__ import annotations

import dataclasses
import io
import json

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from proxy.cli.status import show_route, show_status
from proxy.cli.terminal import is_plain
from proxy.examiner.status import Cell, Judging, Status, WorkerStatus
from tests.proxy.cli.command import practicum
from tests.proxy.confidences import CONFIDENCE
from tests.proxy.desk import route_status, some_status


def screen(status: Status) -> str:
    """The status as text."""
    file = io.StringIO()
    show_status(Console(file=file, width=160, markup=False, highlight=False), status)
    return file.getvalue()


def test_all_routes(admin: str) -> None:
    """What an operator wants to know first."""
    ran = practicum("status", "--admin", admin)
    assert ran.code == 0
    for expected in (
        "support: shadow",
        "0 %, the least of ceiling 100",
        "12 sampled: compared 9, shed 3",
        "KV cache 42 %",
    ):
        assert expected in ran.out


def test_what_is_promised_stands_in_a_line() -> None:
    """And where it is certified: the rest is another command's."""
    told = dataclasses.replace(route_status(), confidence=CONFIDENCE)
    line = "at most 2 % of what the student serves diverges, certified in math; no log-probabilities on messages"
    assert line in screen(some_status(told))
    assert "confidence" not in screen(some_status())


def test_one_route(admin: str) -> None:
    """Without the installation around it."""
    assert practicum("status", "support", "--admin", admin).out.startswith("support: shadow")


def test_json_is_what_the_port_says(admin: str) -> None:
    """For scripts."""
    assert json.loads(practicum("status", "--json", "--admin", admin).out)["routes"][0]["name"] == "support"


def test_an_unknown_route_names_the_known(admin: str) -> None:
    """And exits with 1."""
    ran = practicum("status", "suport", "--admin", admin)
    assert ran.code == 1
    assert "known: support" in ran.err


def test_rates_come_with_their_trials_and_no_data_is_a_dash() -> None:
    """A rate without trials is none."""
    lines = {line.split()[0]: line.split() for line in screen(some_status()).splitlines() if line.split()}
    assert lines["refusal"] == ["refusal", "general", "lost", "8", "2", "25.0", "%", "25.0", "%"]
    assert lines["answer"] == ["answer", "math", "lost", "0", "0", "-", "-"]


def test_a_route_without_comparisons_says_so() -> None:
    """An empty table would look like a perfect student."""
    file = io.StringIO()
    show_route(Console(file=file), dataclasses.replace(route_status(), cells=()))
    assert "nothing has been compared yet" in file.getvalue()


def test_everything_wrong_is_said() -> None:
    """Each with what it means."""
    skewed = WorkerStatus("1", 4243, "fedcba", 0)
    bad = dataclasses.replace(some_status(), config_ok=False, store_ok=False, lost_records=3, workers=(skewed,))
    shown = screen(bad)
    for expected in ("configuration file is broken", "takes no pairs", "3 record(s) were lost", "than the examiner: 1"):
        assert f"! {expected}" in shown or expected in shown
    assert "!" not in screen(some_status())


def test_why_the_store_takes_nothing_is_said() -> None:
    """A full disk and a lost password are mended by different people."""
    stuck = dataclasses.replace(some_status(), store_ok=False, store_error="database x: disk is full\x1b[2J")
    assert "serving goes on (database x: disk is full\\x1b[2J)" in screen(stuck)


def test_pairs_that_wait_for_a_judge_are_told_of() -> None:
    """They are in no other number, and would seem to be lost."""
    assert "judges" not in screen(some_status())
    waiting = dataclasses.replace(route_status(), judging=Judging(3, 4096))
    assert "3 compared and not yet judged (4096 bytes)" in screen(some_status(waiting))


def test_failed_calls_say_how_they_failed() -> None:
    """A student that is down and one that knows no such model need different people."""
    assert "failed calls" not in screen(some_status())
    route = route_status()
    failing = dataclasses.replace(route, mirror=dataclasses.replace(route.mirror, failures={"connect": 8}))
    assert "failed calls  connect 8" in screen(some_status(failing))


def test_a_paused_mirror_says_why() -> None:
    """Or its silence looks like peace."""
    route = route_status()
    paused = dataclasses.replace(route, mirror=dataclasses.replace(route.mirror, paused="the student is busy"))
    assert "the student is busy" in screen(some_status(paused))


@given(st.text(alphabet=st.characters()))
def test_no_name_acts_on_the_terminal(name: str) -> None:
    """Model names come from upstreams."""
    route = dataclasses.replace(route_status(name, [Cell(name, name, name, 1, 1)]), teacher=name, student=name)
    assert is_plain(screen(dataclasses.replace(some_status(route), version=name, config_hash=name)))
