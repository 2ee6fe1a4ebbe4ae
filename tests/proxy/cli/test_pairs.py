"""``practicum pairs``."""

from __future__ import annotations

import dataclasses
import json

import msgspec
from rich.cells import cell_len
from rich.console import Console

from proxy.cli.pairs import divergences, pair_table
from proxy.cli.terminal import is_plain
from proxy.examiner.documents import PairDocument, pair_of, row
from routing.divergence import Direction, Trial
from tests.proxy.cli.command import practicum
from tests.proxy.cli.conftest import GAINED, HOSTILE, PAIRS
from tests.proxy.store.samples import noisy, pair, reply


def test_the_table_has_every_pair_on_a_line(admin: str) -> None:
    """Newest first, ids whole, what diverged beside them."""
    ran = practicum("pairs", "--admin", admin)
    lines = ran.out.splitlines()
    assert ran.code == 0
    assert [line.split()[0] for line in lines[1:]] == [p.id for p in sorted(PAIRS, key=lambda p: -p.started)]
    assert "+format" in next(line for line in lines if GAINED.id in line)


def test_nothing_hostile_reaches_the_terminal(admin: str) -> None:
    """A student must not be able to act on the terminal of whoever looks at it; markup stays text."""
    ran = practicum("pairs", "--admin", admin)
    assert is_plain(ran.out)
    assert "\\x1b[31mred" in ran.out
    assert "[bold]" in ran.out


def test_jsonl_is_whole_pairs(database_url: str) -> None:
    """For other tools: as the API gives one pair."""
    ran = practicum("pairs", "--format", "jsonl", "--limit", "2", "--database", database_url)
    found = [pair_of(msgspec.json.decode(line, type=PairDocument)) for line in ran.out.splitlines()]
    assert [p.id for p in found] == [HOSTILE.id, GAINED.id]
    assert found[0] == HOSTILE


def test_json_is_one_document(admin: str) -> None:
    """With the rows of the table."""
    found = json.loads(practicum("pairs", "evil", "--json", "--admin", admin).out)
    assert found == {"pairs": [], "next": None}


def test_no_match_is_said_on_standard_error(database_url: str) -> None:
    """An empty screen leaves open whether it worked."""
    ran = practicum("pairs", "nope", "--database", database_url)
    assert (ran.code, ran.out) == (0, "")
    assert "no pair matches" in ran.err


def test_previews_take_the_room_there_is() -> None:
    """On a narrow terminal they are cut, then left out; ids never are."""
    found = [row(pair(teacher=reply("t" * 100), student=reply("日本" * 50)))]
    for width in (200, 120, 90):
        console = Console(width=width, record=True, file=None)
        with console.capture() as captured:
            console.print(pair_table(found, width))
        lines = captured.get().splitlines()
        assert found[0].id in lines[1]
        assert max(map(cell_len, lines)) <= width
        assert ("tttt" in captured.get()) == (width > 90)


def test_both_directions_are_shown() -> None:
    """A student can lose one thing and make up another."""
    trials = (Trial("answer", Direction.LOST, diverged=True), Trial("format", Direction.GAINED, diverged=True))
    assert divergences(row(pair(trials=trials))).plain == "-answer +format"
    assert divergences(row(pair(trials=()))).plain == "agrees"


def test_a_pair_with_a_failed_arm_does_not_agree() -> None:
    """Nothing was compared: that is neither agreement nor loss."""
    failed = dataclasses.replace(reply("", b""), failure="connect", labels=())
    assert divergences(row(pair(trials=(), student=failed))).plain == "not compared"


def test_the_teachers_own_divergence_is_shown_beside_the_students() -> None:
    """What the teacher itself does every second time is no loss worth a look."""
    unsteady = noisy().noise_trials[0]
    twice = dataclasses.replace(noisy(), noise_trials=(dataclasses.replace(unsteady, diverged=True),))
    assert divergences(row(twice)).plain == "-refusal ~refusal"
    assert divergences(row(dataclasses.replace(twice, trials=()))).plain == "agrees ~refusal"
