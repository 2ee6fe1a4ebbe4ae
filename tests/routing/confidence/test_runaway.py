"""Replies that repeat themselves for ever, told from those that are only long: a sound one is never to be stopped."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.behaviors.case import Case
from routing.behaviors.degenerate import detect
from routing.confidence.runaway import ON_PURPOSE, PIECES, PROSE, Runaway, is_asked_for, is_prose, period_of
from routing.observation import Arm, Observation
from routing.traits import Endpoint, Traits, Turn

LOOK = 2_048
STEP = 5 * PIECES  # characters that are heard at once here: tokens of five

SENTENCE = "I will check that for you right now. "
PARAGRAPH = " ".join(f"Every {word} of the line is served by one train an hour." for word in "abcdefghijklmnopqrstu")
OPENING = "The train to Basel leaves at nine. Trains to Bern leave later, from another platform. "
LINES = "I will not talk in class.\n"


def asked(*said: str) -> Traits:
    """A request in which users said this."""
    return Traits(Endpoint.CHAT, tuple(Turn("user", text) for text in said))


ASKED = asked("When does the train to Basel leave?")


def stopped(text: str, traits: Traits = ASKED, step: int = STEP) -> int:
    """After how many characters a text is stopped, 0 where it never is."""
    watch = Runaway(traits)
    for at in range(0, len(text), step):
        if watch.hear([text[at : at + step]]):
            return at + step
    return 0


def long(unit: str, size: int = 2 * ON_PURPOSE) -> str:
    """A unit over and over."""
    return unit * (size // len(unit) + 1)


@pytest.mark.parametrize(
    ("unit", "at_most"),
    [
        (SENTENCE, PROSE),
        ("the ", PROSE),
        ("!", PROSE),
        ("\n", PROSE),
        (" \n\n", PROSE),
        ("- Increased efficiency\n", PROSE),
        ("**Note:** I think so.\n\n", PROSE),
        ("Question: Why?\nAnswer: Because.\n", PROSE),
        ("The train leaves at 9 from platform 4. ", PROSE),
        ("\u6211\u4e0d\u77e5\u9053\u3002", PROSE),
        ("\u042f \u043d\u0435 \u0437\u043d\u0430\u044e. ", PROSE),
        (PARAGRAPH, 16 * len(PARAGRAPH)),
        ("x" * 1_900 + ". y ", 16 * 1_904),
        ("0, ", ON_PURPOSE),
        ("A", ON_PURPOSE),
        ('{"id": null, "name": ""},\n', ON_PURPOSE),
    ],
)
def test_a_loop_is_stopped_soon_after_it_is_clear(unit: str, at_most: int) -> None:
    """Two looks at the most after there is enough of it; the same by whatever pieces it comes."""
    for step in (STEP, 1_000, 7_001):
        found = stopped(OPENING + long(unit), step=step)
        assert at_most <= found <= len(OPENING) + at_most + 2 * LOOK + step


def columns(cell: str) -> str:
    """A table whose rows are all alike."""
    return "Here it is:\n\n| a | b |\n|---|---|\n" + f"| {cell} | {cell} |\n" * 2_000


LONGEST_ON_PURPOSE = ON_PURPOSE - 1_000
SOUND = {
    "a table of empty cells": columns("   "),
    "a table of equal rows": columns("none"),
    "JSON of equal rows": "[" + '{"id": 0, "name": "none", "ok": true}, ' * 1_600,
    "JSON of equal rows after a word": "Sure:\n" + '{"id": 0, "name": "none", "ok": true}\n' * 1_600,
    "JSON of nulls": "[" + "null, " * 10_000,
    "a list of zeros": "Of course: " + "0, " * 20_000,
    "CSV of equal rows": "id,name,ok\n" + "none,none,false\n" * 4_000,
    "columns by spaces": "none     none     none\n" * 2_700,
    "base64 of zeros": "data:image/png;base64," + base64.b64encode(bytes(45_000)).decode(),
    "base64 in lines": "It is\n" + base64.encodebytes(bytes(45_000)).decode(),
    "a hex dump": "The file:\n" + "ff ff ff ff 00 00 00 00\n" * 2_600,
    "DNA": "The repeat: " + "GATTACA CATTAG " * 4_000,
    "dotted leaders": "Contents " + ". " * 30_000,
    "a ruled line": "Title\n" + "=" * 60_000,
    "code in a block": "Like so:\n```python\n" + "step forward\n" * 4_500,
    "code without one": "int a[] = {\n" + "    no op,\n" * 5_500,
    "markup": "<table>\n" + "<tr><td>none</td></tr>\n" * 2_600,
    "a matrix": "The matrix is\n" + r"0 & 0 & 0 \\" * 4_500,
    "a URL": "See " + "https://example.org/a " * 2_800,
    "a song": "Here is the song.\n\n" + "Around the world, around the world\n" * 150,
    "a refrain": "".join(f"Verse {n}, of a road.\n" + "And the river runs to the sea.\n" * 8 for n in range(300)),
    "a counter": "".join(f"{n} green bottles hanging on the wall,\n" for n in range(3_000)),
    "rows with a counter": "\n".join(json.dumps({"id": n, "name": "none", "tags": []}) for n in range(2_000)),
    "numbered steps": "".join(f"{n}. Press the button and wait for the light.\n" for n in range(2_000)),
    "a long answer": "".join(f"Train {n * 7919 % 1009} leaves from platform {n * 31 % 17}. " for n in range(3_000)),
    "equal paragraphs, a dozen": (PARAGRAPH + "\n\n") * 12,
}


@pytest.mark.parametrize("name", SOUND)
def test_what_people_and_programs_write_is_not_stopped(name: str) -> None:
    """However long; a caller of a sound reply would be left with an error in the middle of it."""
    text = SOUND[name]
    assert len(text) > (5_000 if name == "a song" else PROSE)
    assert not stopped(text[:LONGEST_ON_PURPOSE] if period_of(text[-3 * LOOK :]) else text)


@pytest.mark.parametrize(
    "traits",
    [
        asked("Write it 500 times."),
        asked("Bitte 1000 mal."),
        asked("Repeat after me until I say stop."),
        asked("\u5199\u4e00\u767e\u904d"),
        asked("Fill the page with: I will not talk in class."),
        asked("Write what the teacher said 500 times.", "Continue"),
        asked("x" * 100_000 + " forever"),
        asked(),
        asked(""),
    ],
)
def test_what_users_asked_for_is_not_stopped(traits: Traits) -> None:
    """By a word for it, or by the words themselves, in whatever turn; or perhaps, where nothing of it can be read."""
    assert not stopped(long(LINES, LONGEST_ON_PURPOSE), traits)
    assert stopped(long(LINES), traits) >= ON_PURPOSE
    assert stopped(long(LINES), asked("Who talks in class?")) < PROSE + 2 * LOOK


def test_a_loop_that_ends_in_time_is_forgiven() -> None:
    """Each is counted from its own beginning, and asked about anew."""
    row, line = "| none | none |\n", "I will check that. "
    begun = long(line, PROSE - LOOK) + "Well. "
    assert not stopped(begun * 20)
    watch = Runaway(ASKED)
    watch.hear(["Here it is:\n", long(row, PROSE + 3 * LOOK)])
    watch.hear([long(line, 3 * LOOK)])
    assert not watch.period
    for _ in range(4):
        watch.hear([line * 108])
    assert watch.period == len(line)
    watch.hear(["And that is all. " + "There is nothing more to say about it, or is there? No. " * 40])
    assert not watch.period


def test_a_code_block_that_was_closed_excuses_nothing() -> None:
    """A student that has written its code and then wishes good luck for ever."""
    code = "Like so:\n```python\nprint(1)\n```\n"
    assert stopped(code + long("I hope this helps! ")) < PROSE + 3 * LOOK
    assert stopped(code + "```\n" + long("I hope this helps! ")) >= ON_PURPOSE


@pytest.mark.parametrize("unit", ["a b", "12 ", "ab, cd,ef ", "f(x) ", "OK ", "cafe ", "a  bcd", "lalala", "\u2014 "])
def test_data_are_no_prose(unit: str) -> None:
    """What could be data is taken for data."""
    assert not is_prose(unit)


def test_a_phrase_is_found_wherever_the_round_begins() -> None:
    """A period is cut out of the text at any place, also in the middle of a word; and a part of it is not enough."""
    wanted = asked("Please fill it with: I will NOT talk in class!")
    for at in range(len(LINES)):
        assert is_asked_for(LINES[at:] + LINES[:at], wanted)
    assert not is_asked_for(LINES, asked("I will not talk in my class."))
    assert not is_asked_for("!", wanted)
    assert is_asked_for("hello ", asked("Greet me: hello. Hello!"))
    assert not is_asked_for("the ", asked("When does the train leave?"))


@settings(max_examples=300)
@given(st.text("ab", min_size=1, max_size=12), st.text("abc", max_size=4), st.text("abc", max_size=4))
def test_a_period_is_what_it_is_defined_as(unit: str, before: str, after: str) -> None:
    """Against the definition, tried out: only of the whole text, and the least."""
    text = before + long(unit, 2 * LOOK) + after
    wanted = next((period for period in range(1, LOOK + 1) if text[period:] == text[:-period]), 0)
    assert period_of(text) == wanted


@pytest.mark.parametrize("period", [1, 2, 1_000, LOOK - 1, LOOK])
def test_a_period_of_two_thousand_characters_is_the_longest(period: int) -> None:
    """And half of it more than once is not the whole."""
    unit = "a" * (period - 1) + "b"
    assert period_of(long(unit, 2 * LOOK)) == period
    assert period_of(long(unit + "a" * (LOOK + 1 - period) + "c", 3 * LOOK)) == 0
    assert period_of("a" * (2 * LOOK - 1)) == 0


@settings(max_examples=100)
@given(st.text("ab .\n", min_size=1, max_size=300), st.sampled_from(["", OPENING]))
def test_the_detector_of_pairs_sees_the_loop_too(unit: str, before: str) -> None:
    """What stops a stream diverges where it is compared; only white space alone is no loop there."""
    text = before + long(unit + "g", 2 * PROSE)
    if found := stopped(text):
        seen = Observation(Arm.STUDENT, text=text[:found])
        assert detect(Case(ASKED, seen, seen, lambda _schema, _value: "")).rule.startswith("loop")


@pytest.mark.parametrize("unit", ["a" * 50 + "b", "a", "ab" * 700 + "c", "a" * 3_000 + "b", "\u6211" * 2_047 + "."])
def test_hostile_text_takes_bounded_time(unit: str) -> None:
    """A look is linear in what came, however much of it nearly repeats; and nothing grows with the text."""
    watch = Runaway(asked("a " * 100_000))
    for _ in range(1_000_000 // len(unit)):
        watch.hear([unit])
    watch.hear([unit * (10_000_000 // len(unit))])
    assert len(watch._kept) <= 2 * LOOK
