"""The demonstration as a process of its own, played to its end: what it tells, and what it leaves behind."""

from __future__ import annotations

import dataclasses
import re
import shlex
from pathlib import Path

import pytest

from proxy.cli.refused import Refused
from proxy.demo.story import require_pairs
from proxy.demo.traffic import Traffic
from proxy.examiner.documents import row
from tests.proxy.cli.command import Ran, practicum
from tests.proxy.demo.processes import demo, running_in
from tests.proxy.desk import route_status
from tests.proxy.store.samples import pair

_PATIENCE = 60.0


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demonstration keeps its files: a name that has to be quoted."""
    return tmp_path_factory.mktemp("the 'demo'")


@pytest.fixture(scope="module")
def played(directory: Path) -> Ran:
    """A demonstration that was played to its end."""
    with demo(directory, "--seconds", "5") as process:
        out, err = process.communicate(timeout=_PATIENCE)
    return Ran(process.returncode, out, err)


def test_it_ends_well(played: Ran) -> None:
    """Exit code 0 means that pairs were compared."""
    assert (played.code, played.err) == (0, "")


def test_it_says_that_both_arms_are_scripted(played: Ran) -> None:
    """Nobody must take the student for a model."""
    assert "Both are scripted" in " ".join(played.out.split())


def test_the_headline_agrees_while_behaviors_are_lost(played: Ran) -> None:
    """The one sentence that the demonstration is for."""
    agreed = re.search(r"agree on (\d+) of (\d+)", played.out)
    assert agreed is not None
    assert int(agreed[1]) == int(agreed[2]) > 20
    lost = {m[1]: int(m[2]) for m in re.finditer(r"^  (\w+) +lost +\d+ +(\d+) ", played.out, re.MULTILINE)}
    assert {behavior for behavior, count in lost.items() if count} == {"refusal", "format", "tool_call", "answer"}
    assert re.search(r"^  degenerate +gained +[1-9]", played.out, re.MULTILINE)


def test_every_sampled_call_was_compared(played: Ran) -> None:
    """On the loopback, with arms that do not fail, every record has the outcome ``compared``."""
    counts = re.search(r"Mirrored: (\d+) sampled: compared (\d+)\.", played.out)
    assert counts is not None
    assert counts[1] == counts[2]


def test_the_printed_commands_work_afterwards(played: Ran) -> None:
    """The database is kept where there is no server to ask any more."""
    commands = re.findall(r"^  .*(?:practicum|-m proxy) (pairs? .+)$", played.out, re.MULTILINE)
    assert len(commands) == 2
    page, listing = (practicum(*shlex.split(command)) for command in commands)
    assert page.code == listing.code == 0
    assert "lost" in page.out
    assert "curl" in page.out


def test_nothing_is_left_running(played: Ran, directory: Path) -> None:
    """Neither arms nor workers nor the examiner."""
    assert played.code == 0
    assert running_in(directory) == []


def test_a_story_without_pairs_is_refused() -> None:
    """Tables of nothing would praise the student."""
    traffic, empty = Traffic(calls=9, failed=9, last_failure="status 503"), route_status()
    empty = dataclasses.replace(empty, mirror=dataclasses.replace(empty.mirror, outcomes={"student_failed": 9}))
    with pytest.raises(Refused, match=r"9 calls.*no pair.*student_failed 9.*status 503"):
        require_pairs(traffic, empty, [row(pair())])
    with pytest.raises(Refused, match="no pair"):
        require_pairs(traffic, route_status(), [])
    require_pairs(traffic, route_status(), [row(pair())])
