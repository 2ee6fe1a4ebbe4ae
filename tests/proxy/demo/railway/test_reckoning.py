"""Arithmetic: every step of the working is true, and the answer is its result."""

from __future__ import annotations

import re

from proxy.demo.railway.conversations import of_kind
from proxy.demo.railway.example import Situation


def minutes(time: str) -> int:
    """HH:MM as minutes."""
    hours, _, rest = time.partition(":")
    return int(hours) * 60 + int(rest)


def test_totals_add_up() -> None:
    """With the fare of the way, and the count or the extra that was asked about."""
    signs = set()
    for example in of_kind(1, 300, Situation.TOTAL, held_out=False):
        found = re.fullmatch(r"(\d+) ([x+]) (\d+) = (\d+) crowns\.\nAnswer: (\d+)", example.reply.content)
        assert found
        first, second = int(found[1]), int(found[3])
        signs.add(found[2])
        assert int(found[4]) == int(found[5]) == (first * second if found[2] == "x" else first + second)
        assert f": {second if found[2] == 'x' else first} crowns." in example.messages[0].content
    assert signs == {"x", "+"}


def test_durations_are_right_step_by_step() -> None:
    """Each stretch, and their sum."""
    lengths = set()
    for example in of_kind(1, 300, Situation.DURATION, held_out=False):
        working, _, answer = example.reply.content.partition("\nAnswer: ")
        stretches = re.findall(r"From (\S+) to (\S+): (\d+) minutes\.", working)
        assert all(minutes(end) - minutes(start) == int(length) for start, end, length in stretches)
        assert sum(int(length) for _, _, length in stretches) == int(answer)
        lengths.add(len(stretches))
    assert lengths == {1, 2}
