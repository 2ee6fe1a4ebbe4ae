"""Bad input, and input that looks like what it is not: the label that a careful person would give.

Every row is a reply and what one detector must say of it. Where a reply could trip several detectors, it has several
rows. Beside them stands what every detector owes any text: a label of its own behavior, soon.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from routing.behaviors import abstention
from routing.behaviors.case import Case, Detector
from routing.behaviors.label import Behavior, Label, Presence
from routing.behaviors.table import TABLE
from routing.observation import Arm, Observation
from routing.traits import Endpoint, FormatKind, Traits, Turn

PRESENT, ABSENT, NOT_APPLICABLE = Presence.PRESENT, Presence.ABSENT, Presence.NOT_APPLICABLE
DETECTORS: dict[str, Detector] = {Behavior.ABSTENTION: abstention.detect} | {row.behavior: row.detect for row in TABLE}
PHRASED = (
    Behavior.REFUSAL,
    Behavior.ABSTENTION,
    Behavior.CLARIFICATION,
    Behavior.HEDGING,
    Behavior.SELF_CORRECTION,
)
MEGABYTE = 1_000_000

QUOTED_REFUSAL = (
    "The chatbot in the story is polite to a fault. Asked for the code of the safe, it says: \u201cI'm sorry, but I "
    "can't help with that.\u201d The thief laughs, and the safe opens anyway. The scene shows how little words weigh."
)
ABOUT_REFUSALS = (
    "Language models refuse some requests because they were trained to. A refusal often opens with an apology "
    "and names a rule, then offers something else. To measure how often a model refuses, label a "
    "sample of its replies by hand."
)
HEBREW = (
    "\u05d4\u05d1\u05d9\u05e8\u05d4 \u05e9\u05dc \u05e6\u05e8\u05e4\u05ea \u05d4\u05d9\u05d0 \u05e4\u05e8\u05d9\u05d6."
)
ARABIC = "\u0639\u0627\u0635\u0645\u0629 \u0641\u0631\u0646\u0633\u0627 \u0647\u064a \u0628\u0627\u0631\u064a\u0633."
BASE64 = "SSdtIHNvcnJ5LCBidXQgSSBjYW4ndCBoZWxwIHdpdGggdGhhdC4gV2hpY2ggb25lIGRvIHlvdSBtZWFuPw=="
HTML = '<div class="maybe"><p>Paris is the capital of France.</p><script>let x = y ? 1 : 2; // wait</script></div>'
ENGLISH_THEN_HEBREW = f"I'm sorry, but I can't help with that request. {HEBREW}"


@dataclass(frozen=True, slots=True)
class Row:
    """A reply, what is asked about it, and the careful label. ``request`` is what the user said."""

    name: str
    text: str
    behavior: Behavior
    presence: Presence
    request: str = "What is the capital of France?"
    json: bool = False


ROWS = (
    *(Row("empty", "", behavior, ABSENT) for behavior in PHRASED),
    Row("empty", "", Behavior.DEGENERATE, PRESENT),
    *(Row("only whitespace", " \n\t  \n", behavior, ABSENT) for behavior in PHRASED),
    Row("only whitespace", " \n\t  \n", Behavior.DEGENERATE, PRESENT),
    *(Row("a megabyte of one character", "a" * MEGABYTE, behavior, ABSENT) for behavior in PHRASED),
    Row("a megabyte of one character", "a" * MEGABYTE, Behavior.DEGENERATE, PRESENT),
    Row("a megabyte of one word", "loop " * (MEGABYTE // 5), Behavior.DEGENERATE, PRESENT),
    *(Row("lone surrogates", "\ud800\udc00\udfff Paris \ud83d", behavior, ABSENT) for behavior in PHRASED),
    Row("a refusal among lone surrogates", "\ud800 I'm sorry, but I can't help with that.", Behavior.REFUSAL, PRESENT),
    *(Row("Hebrew", HEBREW, behavior, NOT_APPLICABLE) for behavior in PHRASED),
    *(Row("Arabic", ARABIC, behavior, NOT_APPLICABLE) for behavior in PHRASED),
    Row("an English refusal, then Hebrew", ENGLISH_THEN_HEBREW, Behavior.REFUSAL, PRESENT),
    *(Row("base64 of a refusal and a question", BASE64, behavior, ABSENT) for behavior in PHRASED),
    *(Row("HTML", HTML, behavior, ABSENT) for behavior in PHRASED),
    *(Row("an answer that quotes a refusal", QUOTED_REFUSAL, behavior, ABSENT) for behavior in PHRASED),
    *(Row("an answer about refusals", ABOUT_REFUSALS, behavior, ABSENT) for behavior in PHRASED),
    Row("sympathy", "I'm sorry to hear that. Put ice on it and rest for a day.", Behavior.REFUSAL, ABSENT),
    Row("a limit of the world", "You can't divide by zero: no number fits.", Behavior.REFUSAL, ABSENT),
    Row("a plain refusal", "I'm sorry, but I can't help with that.", Behavior.REFUSAL, PRESENT),
    Row("a refusal is no doubt", "I'm sorry, but I can't help with that.", Behavior.HEDGING, ABSENT),
    Row("a refusal asks nothing", "I can't help with that. Is there anything else?", Behavior.CLARIFICATION, ABSENT),
    Row("ignorance", "I don't know.", Behavior.ABSTENTION, PRESENT),
    Row("ignorance is no refusal", "I don't know.", Behavior.REFUSAL, ABSENT),
    Row("an unsure answer answers", "I'm not sure, but I think it's Paris.", Behavior.HEDGING, PRESENT),
    Row("a question back", "Do you mean the country or the region?", Behavior.CLARIFICATION, PRESENT),
    Row("a question back is no ignorance", "Do you mean the country or the region?", Behavior.ABSTENTION, ABSENT),
    Row("a courtesy", "Paris. Is there anything else I can help you with?", Behavior.CLARIFICATION, ABSENT),
    Row("a rhetorical question", "Why Paris? Because kings lived there.", Behavior.CLARIFICATION, ABSENT),
    Row("a wanted riddle", "What has keys but no locks?", Behavior.CLARIFICATION, ABSENT, "Tell me a riddle"),
    Row("code with question marks", "```c\nx = a ? b : c;\n```", Behavior.CLARIFICATION, ABSENT, "Show me a ternary"),
    Row("permission", "You may enter on May 5. You might as well bring a friend.", Behavior.HEDGING, ABSENT),
    Row("waiting", "Wait 5 minutes, then press Start.", Behavior.SELF_CORRECTION, ABSENT),
    Row("the user's mistake", "You made a mistake in line 3: the sign is wrong.", Behavior.SELF_CORRECTION, ABSENT),
    Row("its own mistake", "It's Lyon. Wait, that's not right: it's Paris.", Behavior.SELF_CORRECTION, PRESENT),
    Row("JSON as asked", '{"capital": "Paris"}', Behavior.FORMAT, PRESENT, json=True),
    Row("JSON in prose", 'Here you are: {"capital": "Paris"}. Enjoy!', Behavior.FORMAT, ABSENT, json=True),
    Row("JSON with a trailing comma", '{"capital": "Paris",}', Behavior.FORMAT, ABSENT, json=True),
    Row("JSON that breaks off", '{"capital": "Par', Behavior.FORMAT, ABSENT, json=True),
    Row("NaN is not JSON", '{"population": NaN}', Behavior.FORMAT, ABSENT, json=True),
    Row("no form asked for", '{"capital": "Paris",}', Behavior.FORMAT, NOT_APPLICABLE),
    *(Row("JSON with a trailing comma", '{"capital": "Paris",}', b, ABSENT) for b in PHRASED),
)


def judged(row: Row) -> Label:
    """The detector's label. The teacher's reply is a plain answer."""
    form = FormatKind.JSON_OBJECT if row.json else FormatKind.TEXT
    traits = Traits(Endpoint.CHAT, (Turn("user", row.request),), format=form)
    reply = Observation(Arm.STUDENT, text=row.text, finish_reason="stop")
    teacher = Observation(Arm.TEACHER, text="The capital of France is Paris.", finish_reason="stop")
    return DETECTORS[row.behavior](Case(traits, reply, teacher, lambda _schema, _value: ""))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name}: {row.behavior}")
def test_the_label_of_a_careful_person(row: Row) -> None:
    """Whoever reads the label without the reply must not be misled."""
    label = judged(row)
    assert label.presence is row.presence, f"{label} of {row.text[:200]!r}"


@pytest.mark.parametrize("behavior", DETECTORS)
@pytest.mark.parametrize("text", ["a", " ", "\n", "?", '"', "{", "\ud800", "\u200f", "I can't ", "maybe "], ids=ascii)
def test_every_detector_labels_a_megabyte_soon(text: str, behavior: Behavior) -> None:
    """A reply that never ends must not stop the examiner."""
    row = Row("long", text * (MEGABYTE // len(text)), behavior, ABSENT)
    label = judged(row)
    assert label.behavior == behavior
    assert 0.0 <= label.score <= 1.0
