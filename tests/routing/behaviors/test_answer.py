"""The student's final answer beside the teacher's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.answer import detect
from routing.behaviors.case import Case
from routing.behaviors.label import Label, Presence
from routing.observation import Arm, Observation
from routing.traits import Endpoint, FormatKind, Traits, Turn

SUM = "Tom has 3 boxes of 12 pencils. How many pencils does he have?"
QUIZ = "Which is red?\n(A) grass\n(B) blood\n(C) sky"
SENTIMENT = "Classify as positive or negative: I loved it."
SPAM_TOO = '{"spam": true, "why": "Whoever calls at once is promised money, says the sender."}'
CHANCE = "What is the probability of heads in 10 throws?"
POLAR = "Is Basel on the Rhine?"
GERMAN = "Wie viele Einwohner hat die Stadt, wenn es 3 Viertel mit je 500 sind?"
DATE = "When was it built? Give the date."
OPEN = "Tell me about otters."


def judged(prompt: str, teacher: str, student: str, kind: FormatKind = FormatKind.TEXT, finish: str = "stop") -> Label:
    """The label of the student's reply beside the teacher's."""
    traits = Traits(Endpoint.CHAT, (Turn("user", prompt),), format=kind)
    reference = Observation(Arm.TEACHER, text=teacher, finish_reason=finish)
    return detect(Case(traits, Observation(Arm.STUDENT, text=student), reference, lambda _schema, _value: ""))


@pytest.mark.parametrize(
    ("prompt", "teacher", "student"),
    [
        (SUM, "3 * 12 = 36. Tom has 36 pencils.", "Tom has **36** pencils."),
        (SUM, "#### 36", "He has 36, that is 3 boxes of 12."),
        (SUM, "\\boxed{36}", "The answer is 36.00"),
        (SUM, "The answer is 1,036", "1036"),
        (QUIZ, "(B) blood", "The answer is B."),
        (SENTIMENT, "positive", "Positive."),
        (SENTIMENT, "Positive", "The sentiment of this is positive."),
        (OPEN, "42", "42."),
        (OPEN, "The answer is 5 km.", "The answer is 5000 m."),
        (OPEN, "The answer is 2.5 hours", "Answer: 2 hours and 30 minutes"),
        (OPEN, "The answer is $5.", "The answer is 5 dollars."),
        (OPEN, "The answer is 5.", "The answer is 5 km."),
        (OPEN, "The answer is 8:10 pm.", "The answer is 20:10."),
        (OPEN, "The answer is 1.2 million.", "The answer is 1,200,000."),
        (OPEN, "The answer is twelve.", "12"),
        (OPEN, "\\boxed{50\\%}", "The answer is 50 %."),
        (OPEN, "\\boxed{1{,}000}", "1000"),
        (CHANCE, "The answer is 50%.", "The answer is 0.5."),
        (CHANCE, "The answer is 1/2.", "The answer is 50 percent."),
        (GERMAN, "Die Antwort lautet 1.500.", "Die Antwort ist: 1500"),
        (GERMAN, "Die Antwort ist 1.500,5", "Die Antwort ist 1500,50"),
        (DATE, "The answer is January 5, 1951.", "5 January 1951"),
        (DATE, "1951-01-05", "The answer is on January 5th, 1951."),
        (QUIZ, "B", "blood"),
        (QUIZ, "B", "The answer is blood."),
        (QUIZ, "B", "b"),
        (POLAR, "Yes, it is.", "Yes."),
        (OPEN, '{"a": 1}', '```json\n{"a": 1.0}\n```'),
    ],
)
def test_the_same_answer(prompt: str, teacher: str, student: str) -> None:
    """However it is worded."""
    assert judged(prompt, teacher, student).presence is Presence.PRESENT


@pytest.mark.parametrize(
    ("prompt", "teacher", "student"),
    [
        (SUM, "#### 36", "#### 35"),
        (SUM, "#### 36", "3 * 12 is 36, but he lost one. The answer is 35."),
        (SUM, "#### 36", "I cannot say."),
        (SUM, "#### 36", ""),
        (QUIZ, "(B) blood", "(C) sky"),
        (QUIZ, "B", "It is grass, of course."),
        (SENTIMENT, "positive", "negative"),
        (SENTIMENT, "positive", "nonpositive"),
        (OPEN, "The answer is 5 km.", "The answer is 5 m."),
        (OPEN, "The answer is 5 km.", "The answer is 5 kg."),
        (OPEN, "The answer is \u20ac5.", "The answer is 5 dollars."),
        (OPEN, "The answer is 8:10 pm.", "The answer is 8:10 am."),
        (OPEN, "The answer is 50%.", "The answer is 0.5."),
        (OPEN, "The answer is 1.500.", "The answer is 1500."),
        (DATE, "The answer is January 5, 1951.", "The answer is January 6, 1951."),
        (POLAR, "Yes, it is.", "No, it is on the Aare."),
        (OPEN, '{"a": 1}', '{"a": 2}'),
    ],
)
def test_another_answer(prompt: str, teacher: str, student: str) -> None:
    """Or none at all."""
    label = judged(prompt, teacher, student)
    assert (label.presence, label.rule[:5]) == (Presence.ABSENT, "other")


def test_a_reply_that_says_neither_yes_nor_no_is_not_judged() -> None:
    """There are too many ways to say it."""
    assert judged(POLAR, "Yes, it is.", "Basel lies there.").rule == "neither yes nor no"


def test_a_number_that_is_nearly_right_is_half_as_bad() -> None:
    """It may be a matter of rounding; another one is not."""
    assert judged(SUM, "#### 36.2", "#### 36").score == 0.5
    assert judged(SUM, "#### 36", "#### 63").score == 0.0


@pytest.mark.parametrize(
    "teacher", ["Otters swim.", "", "They weigh 30 kilos or more, as far as anybody has weighed them with care."]
)
def test_open_questions_have_no_trial(teacher: str) -> None:
    """There is nothing to hold the student to."""
    assert judged(OPEN, teacher, "42").presence is Presence.NOT_APPLICABLE


def test_a_teacher_cut_for_length_sets_no_standard() -> None:
    """Its last number is in the middle of its work."""
    assert judged(SUM, "First, 3 * 12 = 3", "36", finish="length").rule == "reference_cut"


@pytest.mark.parametrize(
    ("teacher", "student", "presence", "score"),
    [
        ('{"spam": true, "score": 1}', '{"score": 1.0, "spam": true}', Presence.PRESENT, 1.0),
        ('{"label": "Spam"}', '{"label": "spam "}', Presence.PRESENT, 1.0),
        ('{"spam": true, "score": 1}', '{"spam": false, "score": 1}', Presence.ABSENT, 0.5),
        ('{"spam": true}', '{"spam": 1}', Presence.ABSENT, 0.0),
        ('{"tags": []}', '{"tags": {}}', Presence.ABSENT, 0.0),
        ("[1, 2]", "[2, 1]", Presence.ABSENT, 0.0),
        ("[1]", "[1, 2]", Presence.ABSENT, 0.5),
        ('{"spam": true}', "It is spam.", Presence.ABSENT, 0.0),
        ("It is spam.", '{"spam": true}', Presence.NOT_APPLICABLE, 0.0),
        ('{"summary": "A long text that no two models would write the same."}', "{}", Presence.NOT_APPLICABLE, 0.0),
        ('{"spam": true, "why": "It promises money to whoever calls at once."}', SPAM_TOO, Presence.PRESENT, 1.0),
        ('{"spam": false, "why": "It promises money to whoever calls at once."}', SPAM_TOO, Presence.ABSENT, 0.0),
        ("[" * 10 + "]" * 10, "[]", Presence.NOT_APPLICABLE, 0.0),
        (str(list(range(65))), "[]", Presence.NOT_APPLICABLE, 0.0),
    ],
)
def test_json_answers(teacher: str, student: str, presence: Presence, score: float) -> None:
    """Leaf by leaf, as values."""
    label = judged(OPEN, teacher, student, FormatKind.JSON_OBJECT)
    assert (label.presence, label.score) == (presence, score)


TEXTS = st.text() | st.sampled_from(["36", "The answer is 36.", "B.", "positive", '{"a": 1}', "\\boxed{1/3}", "-0"])
PROMPTS = st.sampled_from([SUM, QUIZ, SENTIMENT, OPEN]) | st.text()


@given(PROMPTS, TEXTS, st.sampled_from(FormatKind))
def test_every_reply_gives_its_own_answer(prompt: str, text: str, kind: FormatKind) -> None:
    """The teacher against itself never diverges."""
    assert judged(prompt, text, text, kind).presence is not Presence.ABSENT


@given(PROMPTS, TEXTS, TEXTS, st.sampled_from(FormatKind))
def test_any_two_replies_have_a_label(prompt: str, teacher: str, student: str, kind: FormatKind) -> None:
    """Detectors never raise."""
    assert judged(prompt, teacher, student, kind).behavior == "answer"


@pytest.mark.parametrize("unit", ["answer is", "1,", "positive ", "B. ", "[", '{"a":'])
def test_hostile_text_takes_bounded_time(unit: str) -> None:
    """Only bounded parts are read; JSON is parsed whole, in linear time."""
    text = unit * (200_000 // len(unit))
    for kind in FormatKind:
        judged(text, text, text, kind)
        judged(SENTIMENT, "positive", text, kind)
