"""Replies held against one demand each."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.format.demand import Bounds, Demand, Form
from routing.behaviors.format.kept import kept, sentence_count

TEXTS: dict[Form, tuple[str, ...]] = {
    Form.SECTIONS: ("Part",),
    Form.OPENINGS: ("2", "rain"),
    Form.WITHOUT: (",",),
    Form.KEYWORDS: ("ink",),
    Form.FORBIDDEN: ("ink",),
    Form.FREQUENCY: ("ink",),
    Form.LETTERS: ("q",),
    Form.START: ("Dear Sir",),
    Form.END: ("That is all.",),
    Form.POSTSCRIPT: ("P.S.",),
    Form.PARTED: ("***",),
    Form.CHOICE: ("It is late.", "It is early."),
    Form.REPEAT: ("Name a cat.",),
    Form.LANGUAGE: ("de",),
}
EXACTLY_TWO = frozenset(
    {Form.BULLETS, Form.NUMBERED, Form.LIST, Form.PARAGRAPHS, Form.LINES, Form.SENTENCES, Form.WORDS}
)


def demand(form: Form) -> Demand:
    """A demand of this form: two where a number is usual, at least one elsewhere."""
    return Demand(form, Bounds(2, 2) if form in EXACTLY_TWO else Bounds(1), TEXTS.get(form, ()))


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (Form.JSON, '```json\n{"a": 1}\n```'),
        (Form.FENCE, "```\nls\n```"),
        (Form.TABLE, "a | b\n--- | ---\n1 | 2"),
        (Form.TABLE, "| a |\n|:-:|\n| 1 |"),
        (Form.BULLETS, "* one\n* two"),
        (Form.BULLETS, "\u2022 one\n\u2022 two"),
        (Form.BULLETS, "- one\n  - part\n- two"),
        (Form.NUMBERED, "1. one\n2) two"),
        (Form.LIST, "1. one\n- two"),
        (Form.HIGHLIGHTS, "a **bold** word"),
        (Form.HIGHLIGHTS, "an _italic_ word"),
        (Form.TITLE, "<<Rain>>\nIt rains."),
        (Form.SECTIONS, "PART 1\nx"),
        (Form.SECTIONS, "Part II\nx"),
        (Form.PARAGRAPHS, "# Title\n\none\n\ntwo"),
        (Form.OPENINGS, "Sun.\n\nRain falls."),
        (Form.LINES, "a\n\nb\n"),
        (Form.SENTENCES, "Dr. Ito came at 3.5 pm. Then she left"),
        (Form.SENTENCES, "1. It rains.\n2. It pours."),
        (Form.SENTENCES, "\u4eca\u5929\u4e0b\u96e8\u3002\u660e\u5929\u4e5f\u662f\u3002"),
        (Form.WORDS, "well-known words"),
        (Form.WORDS, "don't"),  # two by another count
        (Form.CHARACTERS, "x"),
        (Form.LOWER, "all small, 42"),
        (Form.UPPER, "ALL LARGE, 42"),
        (Form.CAPITALS, "a LOUD word"),
        (Form.WITHOUT, "no such mark"),
        (Form.KEYWORDS, "Inks of all kinds"),
        (Form.FORBIDDEN, "a pink link"),
        (Form.FREQUENCY, "ink"),
        (Form.LETTERS, "Quiet"),
        (Form.START, '"Dear sir, hello'),
        (Form.END, "So.\nThat is **all.**"),
        (Form.QUOTED, "\u201cAll of it\u201d"),
        (Form.PLACEHOLDERS, "Dear [name]"),
        (Form.POSTSCRIPT, "Bye\n\nP.S. Tea"),
        (Form.POSTSCRIPT, "bye\n\np.s. tea"),
        (Form.PARTED, "one\n***\ntwo"),
        (Form.CHOICE, "Well, **it is late**."),
        (Form.REPEAT, "name a cat.\n\nTom."),
        (Form.LANGUAGE, "Das ist nicht der Zug, auf den wir warten."),
    ],
)
def test_kept(form: Form, text: str) -> None:
    """Also as people write it who did not read the checker."""
    assert kept(text, demand(form)).kept


@pytest.mark.parametrize(
    ("form", "text", "shown"),
    [
        (Form.JSON, 'Sure: {"a": 1}', '{"a": 1}'),
        (Form.FENCE, "``` ls", ""),
        (Form.TABLE, "a | b\n1 | 2", ""),
        (Form.BULLETS, "* one\n* two\n* three", "* t"),
        (Form.NUMBERED, "1. one", ""),
        (Form.LIST, "one", ""),
        (Form.HIGHLIGHTS, "2 * 3 * 4 and snake_case_name", ""),
        (Form.TITLE, "<< >> x", ""),
        (Form.SECTIONS, "Part X\nx", ""),
        (Form.PARAGRAPHS, "one\n\ntwo\n\nthree", ""),
        (Form.OPENINGS, "Rain.\n\nSun.", ""),
        (Form.LINES, "a", ""),
        (Form.SENTENCES, "One. Two! Three?", ""),
        (Form.WORDS, "one two three", ""),
        (Form.LOWER, "all Small", "S"),
        (Form.UPPER, "ALL lARGE", "l"),
        (Form.CAPITALS, "no loud word", ""),
        (Form.WITHOUT, "one, two", ","),
        (Form.KEYWORDS, "pink", ""),
        (Form.FORBIDDEN, "the Ink!", "Ink"),
        (Form.FREQUENCY, "pen", ""),
        (Form.LETTERS, "no such", ""),
        (Form.START, "Hello. Dear Sir", ""),
        (Form.END, "That is all. Or not", ""),
        (Form.QUOTED, '"one" and "two', ""),
        (Form.PLACEHOLDERS, "Dear [ ]name", ""),
        (Form.POSTSCRIPT, "CAPS. Tea", ""),
        (Form.CHOICE, "It is late, they say, but never mind", ""),
        (Form.REPEAT, "Tom. Name a cat.", ""),
        (Form.LANGUAGE, "This is not the train that we are waiting for.", ""),
    ],
)
def test_broken(form: Form, text: str, shown: str) -> None:
    """With the place, where there is one."""
    found = kept(text, demand(form))
    assert not found.kept
    assert found.fault.startswith(form)
    assert not shown or (found.span is not None and text[slice(*found.span)].startswith(shown))


def test_equal_parts_are_one_answer() -> None:
    """Two different answers were asked for; a longer row of asterisks is no divider either."""
    two = Demand(Form.PARTED, Bounds(2, 2), ("***",))
    assert kept("Tea.\n***\nMilk.", two).kept
    assert not kept("Tea.\n***\nTea.", two).kept
    assert not kept("Tea.\n******\nMilk.", two).kept


def test_abbreviations_and_numbers_end_no_sentence() -> None:
    """Else every title and decimal would be one."""
    assert sentence_count("Mr. A. Smith paid $3.50, i.e. too much. 'Why?' he asked... She left") == 4


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("text", ["", " \n\t"])
def test_an_empty_reply_keeps_nothing(form: Form, text: str) -> None:
    """Not even the demand for no commas."""
    assert not kept(text, demand(form)).kept


@given(st.text() | st.text('*-_<>[]|`"{}.,:1aA \n\u4e00\ud800'), st.sampled_from(Form))
def test_any_reply_is_held_against_any_demand(text: str, form: Form) -> None:
    """Never an exception; a fault is named; a span lies in the reply."""
    found = kept(text, demand(form))
    assert found.kept == (not found.fault)
    assert found.span is None or 0 <= found.span[0] <= found.span[1] <= max(len(text), 1)


@pytest.mark.parametrize("unit", ["*", "|", "<<", "[", "_a", ". ", "a", "\n", "1. ", "\u4e00", "-", "P.", '"'])
def test_hostile_replies_take_linear_time(unit: str) -> None:
    """Half a megabyte, every form: a search with a square in it would not end within the suite's timeout."""
    text = unit * (500_000 // len(unit))
    for form in (Form.TABLE, Form.HIGHLIGHTS, Form.TITLE, Form.PLACEHOLDERS, Form.SENTENCES, Form.BULLETS, Form.END):
        kept(text, demand(form))


@given(st.text("aB -_.,\n", max_size=20), st.sampled_from(["a", "Ab", "b-a", "-a", "a b", "ba."]))
def test_a_word_is_found_as_a_pattern_would_find_it(text: str, word: str) -> None:
    """A single word is looked for without one, because making a pattern costs more than the search."""
    pattern = r"\s+".join(map(re.escape, word.split()))
    pattern = (r"(?<!\w)" if word[0].isalnum() else "") + pattern + (r"(?!\w)" if word[-1].isalnum() else "")
    found = re.search(pattern, text, re.IGNORECASE)
    finding = kept(text or " ", Demand(Form.FORBIDDEN, texts=(word,)))
    assert finding.kept == (found is None and bool(text.strip()))
    assert finding.span == (found.span() if found and text.strip() else None)


@given(st.text("aB1_ -'.\n", max_size=30))
def test_words_of_ascii_are_counted_as_any_others(text: str) -> None:
    """ASCII takes a faster way, which must come to the same number."""
    finding = kept(f"x {text}", Demand(Form.WORDS, Bounds(1_000)))
    assert finding.fault == kept(f"x {text} \u00b7", Demand(Form.WORDS, Bounds(1_000))).fault
