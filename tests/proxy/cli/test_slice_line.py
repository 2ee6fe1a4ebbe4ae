"""What shows in which slices a pair's request is."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.cli.slice_line import slice_line
from proxy.cli.terminal import is_plain
from proxy.store.pair import Pair
from proxy.store.privacy import digested
from routing.traits import Slice
from tests.proxy.store.samples import pair

TOOL = {"type": "function", "function": {"name": "find", "parameters": {}}}


def asked(prompt: str, slice_: str, **fields: object) -> Pair:
    """A pair whose request says this, counted in this slice."""
    body = {"model": "m", "messages": [{"role": "user", "content": prompt}], **fields}
    return dataclasses.replace(pair(), request=json.dumps(body).encode(), slice=slice_)


def test_every_slice_is_told_with_what_shows_it() -> None:
    """A loss that is counted in tool use may be one of JSON, or of German."""
    form = {"response_format": {"type": "json_object"}}
    line = slice_line(asked("Book me a seat.", Slice.TOOL_USE, tools=[TOOL], **form))
    assert line.startswith("slices: tool_use 1.00 by tools, steerability 1.00 by response_format")


def test_the_words_that_showed_it_are_quoted() -> None:
    """A classifier that shows its reason can be corrected, by a rule or by a header."""
    line = slice_line(asked("Write a Python function that sorts a list of integers.", Slice.CODE))
    assert line.startswith("slices: code 0.")
    assert "by phrasing '" in line


def test_a_slice_that_people_set_stands_beside_what_the_request_shows() -> None:
    """The pair counts where they said; that its words say otherwise is worth knowing."""
    line = slice_line(asked("Write a Python function that sorts a list of integers.", Slice.MATH))
    assert line.startswith("slice set by the caller, by a rule or by another version: math; it shows code 0.")


@pytest.mark.parametrize("request_", [b"", b"no JSON", b"\xff"])
def test_what_was_not_kept_shows_nothing(request_: bytes) -> None:
    """A digest has no words."""
    assert slice_line(dataclasses.replace(pair(), request=request_)) == ""
    assert slice_line(digested(asked("Sort a list.", Slice.CODE), b"key")) == ""


@given(st.text(), st.text())
def test_nothing_that_a_client_wrote_acts_on_the_terminal(prompt: str, slice_: str) -> None:
    """It is a stranger's prompt, and a store may come from anywhere."""
    assert is_plain(slice_line(asked(prompt, slice_)))
