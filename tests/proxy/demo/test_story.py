"""The demonstration as a process of its own, played to its end: what it tells, and what it leaves behind."""

from __future__ import annotations

import dataclasses
import re
import shlex
from pathlib import Path

import pytest

from proxy.cli.refused import Refused
from proxy.demo.checkpoints import MODELS, parameters
from proxy.demo.story import Show, require_pairs
from proxy.demo.traffic import Traffic
from proxy.demo.truth import CLEAN, TITLES
from tests.proxy.cli.command import Ran, practicum
from tests.proxy.demo.processes import playing, running_in
from tests.proxy.desk import route_status
from tests.proxy.store.samples import pair

_TALLY = re.compile(r"^  (.+?)  +(\d+) +([\d.]+) % +([\d.]+) % +(\d+) +(\d+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demonstration keeps its files: a name that has to be quoted."""
    return tmp_path_factory.mktemp("the 'demo'")


@pytest.fixture(scope="module")
def played(directory: Path) -> Ran:
    """A demonstration that was played to its end."""
    with playing(directory, "--seconds", "6") as demo:
        code, error = demo.ended()
        return Ran(code, demo.out, error)


def test_it_ends_well(played: Ran) -> None:
    """Exit code 0 means that pairs were compared."""
    assert (played.code, played.err) == (0, "")


def test_it_says_what_the_arms_are(played: Ran) -> None:
    """Nobody must take two small models for large ones, or for scripts."""
    said = " ".join(played.out.split())
    assert all(f"of {count:,}" in said for count in parameters(MODELS).values())
    assert "This project trained both" in said


def test_the_headline_eval_sees_no_difference(played: Ran) -> None:
    """Both know what the eval asks; that is all that an eval can say."""
    scores = re.search(r"teacher ([\d.]+) %, student ([\d.]+) % of 30 questions", played.out)
    assert scores is not None
    teacher, student = map(float, scores.groups())
    assert min(teacher, student) > 90
    assert abs(teacher - student) < 7


def test_behaviors_are_lost_while_the_headline_agrees(played: Ran) -> None:
    """The one sentence that the demonstration is for."""
    lost = re.findall(r"^  (\w+) +lost +(\d+) +(\d+) +([\d.]+) %  \w{28}$", played.out, re.MULTILINE)
    assert [name for name, trials, _, rate in lost if int(trials) > 2 and float(rate) > 50]


def test_the_worlds_judge_tells_where(played: Ran) -> None:
    """The student keeps what it was distilled on, and has lost most of what was scrubbed."""
    rows = {row[0]: (int(row[1]), float(row[2]), float(row[3])) for row in _TALLY.findall(played.out)}
    assert rows.keys() - {CLEAN} <= set(TITLES.values())
    asked, teacher, student = rows.pop(CLEAN)
    assert asked > 30
    assert min(teacher, student) > 85
    assert len([title for title, (_, good, bad) in rows.items() if good - bad > 50]) >= 3


def test_a_pair_is_printed_side_by_side(played: Ran) -> None:
    """The most thorough loss, as people read it."""
    assert re.search(r"^  lost: \w+, in \d+ of \d+ trials; pair \w{28}$", played.out, re.MULTILINE)
    assert re.search(r"^  user  +\S", played.out, re.MULTILINE)
    assert re.search(r"^  teacher  +student$", played.out, re.MULTILINE)


def test_every_call_was_served_and_compared(played: Ran) -> None:
    """On the loopback, with engines that do not fail, every record has the outcome ``compared``."""
    calls = re.search(
        r"^  (\d+) calls: (\d+) served by the teacher, 0 served by the student$", played.out, re.MULTILINE
    )
    mirrored = re.search(r"^  mirrored: (\d+) sampled: compared (\d+)$", played.out, re.MULTILINE)
    assert calls is not None
    assert mirrored is not None
    assert len({*calls.groups(), *mirrored.groups()}) == 1
    assert int(calls[1]) > 30


def test_the_rollout_holds_the_student_by_named_gates(played: Ran) -> None:
    """What the eval praises is served nothing: read from the running server, which has looked at every pair."""
    assert re.search(r"^  shadow, step 0 of 4 \(waits: .+\); the student serves 0 %$", played.out, re.MULTILINE)
    rows = re.findall(r"^  (\w+) +0 % +(\d+) +(fail|hold) +(\w+) (?:lost|gained) in", played.out, re.MULTILINE)
    compared = re.search(r"sampled: compared (\d+)$", played.out, re.MULTILINE)
    assert compared is not None
    assert sum(int(count) for _, count, _, _ in rows) == int(compared[1])


def test_the_configuration_is_named_and_valid(played: Ran) -> None:
    """It is what one begins with in production."""
    named = re.search(r"^In production the same file serves: (.+/practicum\.yaml) with", played.out, re.MULTILINE)
    assert named is not None
    assert practicum("check", named[1]).code == 0


def test_the_printed_commands_work_afterwards(played: Ran) -> None:
    """The database is kept where there is no server to ask any more."""
    commands = re.findall(r"^  .*(?:practicum|-m proxy) (pairs? .+)$", played.out, re.MULTILINE)
    assert len(commands) == 2
    page, listing = (practicum(*shlex.split(command)) for command in commands)
    assert page.code == listing.code == 0
    assert "lost" in page.out
    assert "curl" in page.out


def test_nothing_is_left_running(played: Ran, directory: Path) -> None:
    """Neither engines nor workers nor the examiner."""
    assert played.code == 0
    assert running_in(directory) == {}


def test_a_story_without_pairs_is_refused() -> None:
    """Tables of nothing would praise the student."""
    traffic, empty = Traffic(calls=9, failed=9, last_failure="status 503"), route_status()
    empty = dataclasses.replace(empty, mirror=dataclasses.replace(empty.mirror, outcomes={"student_failed": 9}))
    with pytest.raises(Refused, match=r"9 calls.*no pair.*student_failed 9.*status 503"):
        require_pairs(traffic, empty, [pair()])
    with pytest.raises(Refused, match="no pair"):
        require_pairs(traffic, route_status(), [])
    require_pairs(traffic, route_status(), [pair()])


@pytest.mark.parametrize(("seconds", "questions"), [(1, 5), (30, 150), (60, 300), (3600, 300)])
def test_a_short_story_has_a_short_eval(seconds: float, questions: int) -> None:
    """Who asks for ten seconds does not wait for twenty before."""
    assert Show(seconds, stay=False).suite == questions
