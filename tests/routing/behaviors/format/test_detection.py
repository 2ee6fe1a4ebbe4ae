"""Forms that a request demands, in its structured field and in prose."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from routing.behaviors.case import Case
from routing.behaviors.format.detection import detect
from routing.behaviors.label import Label, Presence
from routing.observation import Arm, Observation, ToolCall
from routing.traits import Endpoint, FormatKind, Json, Traits, Turn


def needs_age(schema: Json, value: Json) -> str | None:
    """A schema check that knows one schema."""
    if schema != "needs age":
        return None
    return "" if isinstance(value, Mapping) and "age" in value else "/: age is missing"


def judged(text: str, kind: FormatKind, schema: Json = "needs age", **reply: str | tuple[ToolCall, ...]) -> Label:
    """The label of a reply to a request for this form."""
    seen = Observation(Arm.STUDENT, text=text, **reply)  # type: ignore[arg-type] # a field of either type
    return detect(Case(Traits(Endpoint.CHAT, format=kind, schema=schema), seen, seen, needs_age))


@pytest.mark.parametrize(
    ("text", "presence", "score"),
    [
        ('{"a": 1}', Presence.PRESENT, 1.0),
        (" {}\n", Presence.PRESENT, 1.0),
        ("[1]", Presence.ABSENT, 0.5),
        ('```json\n{"a": 1}\n```', Presence.ABSENT, 0.5),
        ('{"a": 1', Presence.ABSENT, 0.0),
        ('{"a": 1,}', Presence.ABSENT, 0.5),
        ('Sure: {"a": 1}', Presence.ABSENT, 0.5),
        ("Sure! Here it is.", Presence.ABSENT, 0.0),
        ("", Presence.ABSENT, 0.0),
        ("[" * 100_000, Presence.ABSENT, 0.0),
    ],
)
def test_json_mode(text: str, presence: Presence, score: float) -> None:
    """The client parses the text as it is; a fence is near, and still breaks it."""
    label = judged(text, FormatKind.JSON_OBJECT)
    assert (label.presence, label.score) == (presence, score)


@pytest.mark.parametrize(
    ("text", "presence", "rule"),
    [
        ('{"age": 1}', Presence.PRESENT, "json_schema"),
        ('{"name": 1}', Presence.ABSENT, "schema /: age is missing"),
        ("not JSON", Presence.ABSENT, "not_json"),
    ],
)
def test_a_schema(text: str, presence: Presence, rule: str) -> None:
    """The rule says what does not fit, for the person who looks at the pair."""
    label = judged(text, FormatKind.JSON_SCHEMA)
    assert (label.presence, label.rule) == (presence, rule)


def test_an_unusable_schema_judges_nothing() -> None:
    """Neither model can be blamed for it."""
    assert judged("{}", FormatKind.JSON_SCHEMA, "unknown").presence is Presence.NOT_APPLICABLE


def test_text_owes_no_form() -> None:
    """Without a demand there is no trial."""
    assert judged("{", FormatKind.TEXT).presence is Presence.NOT_APPLICABLE


def test_calls_and_structured_refusals_owe_no_json() -> None:
    """Other behaviors judge them."""
    for reply in (
        judged("", FormatKind.JSON_OBJECT, tool_calls=(ToolCall("f", "{}"),)),
        judged("", FormatKind.JSON_OBJECT, refusal="No."),
    ):
        assert reply.presence is Presence.NOT_APPLICABLE


def held(prompt: str, text: str) -> Label:
    """The label of a reply to a request in prose."""
    seen = Observation(Arm.STUDENT, text=text)
    return detect(Case(Traits(Endpoint.CHAT, (Turn("user", prompt),)), seen, seen, needs_age))


@pytest.mark.parametrize(
    ("prompt", "text", "presence", "score", "rule"),
    [
        ("Name two rivers, no commas.", "Rhine and Elbe", Presence.PRESENT, 1.0, "without"),
        ("Name two rivers, no commas.", "Rhine, Elbe", Presence.ABSENT, 0.0, "without: ','"),
        (
            "Name two rivers in exactly 2 bullet points. No commas. Answer in lowercase.",
            "- rhine\n- elbe, the longer one",
            Presence.ABSENT,
            2 / 3,
            "without: ','",
        ),
        ("Return a JSON object.", '```json\n{"a": 1}\n```', Presence.PRESENT, 1.0, "json"),
        ("Return a JSON object.", '{"a": 1,}', Presence.ABSENT, 0.0, "json: trailing_comma"),
        ("Keep it under 3 words.", "", Presence.ABSENT, 0.0, "words: empty"),
        ("What is a river?", "Water, flowing.", Presence.NOT_APPLICABLE, 0.0, ""),
    ],
)
def test_forms_asked_for_in_prose(prompt: str, text: str, presence: Presence, score: float, rule: str) -> None:
    """The score is the share of demands that were kept; the rule names those that were not."""
    label = held(prompt, text)
    assert (label.presence, label.rule) == (presence, rule)
    assert label.score == pytest.approx(score)


def test_the_span_shows_the_first_fault_that_has_a_place() -> None:
    """For the person who looks at the pair."""
    text = "- Rhine, which is long"
    start, end = held("Write exactly 2 bullet points and use no commas.", text).span or (0, 0)
    assert text[start:end] == ","


def test_prose_beside_a_structured_field_is_not_judged() -> None:
    """The sentences it counts are those of some value inside the JSON."""
    seen = Observation(Arm.STUDENT, text='{"summary": "One. Two."}')
    traits = Traits(Endpoint.CHAT, (Turn("user", "Summarize it in one sentence."),), format=FormatKind.JSON_OBJECT)
    assert detect(Case(traits, seen, seen, needs_age)).presence is Presence.PRESENT
