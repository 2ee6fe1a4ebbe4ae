"""Extraction: replies fit their schemas; clean texts could be copied, malformed ones could not."""

from __future__ import annotations

import json
import re

import pytest

from proxy.demo.railway.conversations import of_kind
from proxy.demo.railway.example import Example, Situation
from proxy.demo.railway.extraction import FORMS
from proxy.wire.schemas import check_schema

KINDS = (Situation.EXTRACTION, Situation.MALFORMED)


def schema(example: Example) -> object:
    """The schema the example demands."""
    return json.loads(json.dumps(example.response_format))["json_schema"]["schema"]


@pytest.mark.parametrize("kind", KINDS)
def test_replies_fit_their_schemas(kind: Situation) -> None:
    """By a full validator, not only by our own."""
    for example in of_kind(1, 200, kind, held_out=True):
        assert check_schema(json.loads(json.dumps(schema(example))), json.loads(example.reply.content)) == ""


def test_clean_texts_hold_every_value_as_it_is_wanted() -> None:
    """A student that copies does well on them."""
    for example in of_kind(1, 200, Situation.EXTRACTION, held_out=False):
        text = example.messages[-1].content
        assert all(str(value) in text for value in json.loads(example.reply.content).values())


def test_malformed_texts_are_broken_or_regional() -> None:
    """Each hides its date, and amounts have a comma; as JSON none of them parses or fits."""
    for example in of_kind(1, 200, Situation.MALFORMED, held_out=False):
        text, value = example.messages[-1].content, json.loads(example.reply.content)
        assert value["date"] not in text
        assert "fare" not in value or str(value["fare"]).replace(".", ",") in text
        with pytest.raises(json.JSONDecodeError):
            json.loads(text)


def test_malformed_texts_come_in_all_their_ways() -> None:
    """Three ways to write a date, and a trailing comma."""
    text = "\n".join(example.messages[-1].content for example in of_kind(1, 200, Situation.MALFORMED, held_out=False))
    for way in (r"\d\d\.\d\d\.203\d", r"203\d/\d\d/\d\d", r"\d [A-Z][a-z]+ 203\d", r",\}$"):
        assert re.search(way, text, re.MULTILINE)


def test_the_context_names_the_fields() -> None:
    """Chat templates are not given the response format: the words are all a model sees of it."""
    seen = set()
    for example in of_kind(1, 50, Situation.EXTRACTION, held_out=False):
        fields = tuple(json.loads(example.reply.content))
        seen.add(fields)
        assert example.messages[0].content.endswith(f"Reply in JSON with {', '.join(fields)}.")
    assert seen == {form.fields for form in FORMS}
