"""Whose request it is, and in which slice: the same answers as the examiner's, for as little reading as possible."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.config.settings import Route, Sticky, Upstream
from proxy.config.slice_rules import SliceRule, When
from proxy.examiner.sampling import sample
from proxy.upstream import Headers
from proxy.worker.exchange import Ask, Exchange
from proxy.worker.units import RequestFacts
from routing.decision import Decision, Reason, Standing, decide
from routing.observation import Arm
from routing.traits import Endpoint, Json, Slice
from tests.end_to_end.asks import CHAT, COMPLETIONS, MESSAGES, RESPONSES, ask
from tests.proxy.worker.served import config

ROUTE = config(Upstream("http://teacher/v1")).routes["support"]
CHATTING: Json = {"model": "support", "messages": [{"role": "user", "content": "Two and two?"}]}
UNREADABLE = b'{"model": "support", "n": ' + b"9" * 5000 + b"}"  # JSON whose number nobody reads
ENDPOINTS = {
    CHAT: Endpoint.CHAT,
    COMPLETIONS: Endpoint.COMPLETIONS,
    RESPONSES: Endpoint.RESPONSES,
    MESSAGES: Endpoint.MESSAGES,
}


def facts(
    *by: str, headers: Headers = (), body: Json = CHATTING, route: Route = ROUTE, told: Slice | None = None
) -> RequestFacts:
    """Of a chat request on a route whose units are looked for there."""
    sticky = replace(route, sticky=Sticky(by)) if by else route
    return RequestFacts(sticky, Endpoint.CHAT, headers, json.dumps(body).encode(), told)


def test_a_header_is_taken_as_it_came() -> None:
    """Whatever case the operator wrote its name in; bytes beyond ASCII are some text, and always the same."""
    headers = ((b"x-user-id", b"Zo\xeb"), (b"x-user-id", b"another"))
    assert facts("header:X-User-ID", headers=headers).unit() == "Zoë"


@pytest.mark.parametrize(
    ("given_", "unit"),
    [
        ("u-1", "u-1"),
        (42, "42"),
        (2**63 + 1, str(2**63 + 1)),
        (1.5, "1.5"),
        ("", ""),
        (True, ""),
        (None, ""),
        ([], ""),
        ({"id": 1}, ""),
        (float("nan"), ""),
    ],
)
def test_a_field_is_a_string_or_a_number(given_: Json, unit: str) -> None:
    """What is no name for anybody is absent, or all who send it would move together."""
    assert facts("body:user", body={"user": given_}).unit() == unit
    assert facts("body:metadata.conversation_id", body={"metadata": {"conversation_id": given_}}).unit() == unit


@pytest.mark.parametrize("body", [{}, {"a": 1}, {"a": "b"}, {"a": {"b": {}}}, {"a": [{"b": {"c": "x"}}]}])
def test_a_path_that_leads_nowhere_is_absent(body: Json) -> None:
    """Clients send what they like."""
    assert facts("body:a.b.c", body=body).unit() == ""


@pytest.mark.parametrize(
    "headers",
    [
        ((b"authorization", b"Bearer sk-1"),),
        ((b"authorization", b"sk-1"),),
        ((b"x-api-key", b"sk-1"),),
        ((b"api-key", b"sk-1"),),
    ],
)
def test_an_api_key_is_a_digest_wherever_it_stands(headers: Headers) -> None:
    """The key of one client is one unit in every client library, and nothing that leaves here can be used as it."""
    assert facts("api_key", headers=headers).unit() == hashlib.sha256(b"sk-1").hexdigest()[:32]


def test_the_first_source_that_gives_anything_counts() -> None:
    """In the order the operator wrote."""
    by = ("header:x-user-id", "body:user", "api_key", "conversation")
    key = (b"authorization", b"Bearer sk-1")
    body: Json = {"user": "u-1", **CHATTING}  # type: ignore[dict-item] # a mapping
    assert facts(*by, headers=((b"x-user-id", b"h"), key), body=body).unit() == "h"
    assert facts(*by, headers=((b"x-user-id", b""), key), body=body).unit() == "u-1"
    assert facts(*by, headers=(key,)).unit() == facts("api_key", headers=(key,)).unit()
    assert facts(*by).unit() == facts("conversation").unit()


def test_a_conversation_keeps_its_unit_while_it_grows() -> None:
    """Its beginning is in each of its requests; another beginning is another conversation."""
    later: Json = {
        "messages": [
            {"role": "user", "content": "Two and two?"},
            {"role": "assistant", "content": "Four."},
            {"role": "user", "content": "And three?"},
        ]
    }
    other: Json = {"messages": [{"role": "user", "content": "Three and two?"}]}
    assert facts().unit() == facts(body=later).unit() != facts(body=other).unit()
    named = ((b"x-practicum-conversation", b"c-7"),)
    assert facts(headers=named).unit() == facts(headers=named, body=other).unit() == "c-7"


@pytest.mark.parametrize("body", [b'{"model": "support"}', UNREADABLE, b'{"model": "support", "messages": 3}'])
def test_without_any_source_there_is_no_unit(body: bytes) -> None:
    """And the teacher serves; what cannot be read is no fault of ours to raise."""
    route = replace(ROUTE, sticky=Sticky(("header:x-user-id", "body:user", "api_key", "conversation")))
    assert RequestFacts(route, Endpoint.CHAT, (), body, None).unit() == ""


@pytest.mark.parametrize(("header", "override"), [(b"teacher", True), (b"Teacher", True), (b"student", False)])
def test_a_caller_may_ask_for_the_teacher_only(header: bytes, override: bool) -> None:
    """Nobody may choose the student: it is earned."""
    assert facts(headers=((b"x-practicum-arm", header),)).override == override


def test_the_salt_is_the_routes_name_unless_configured() -> None:
    """As the shadow lane has it."""
    assert (facts().route, facts().salt) == ("support", "support")
    assert facts(route=replace(ROUTE, sticky=Sticky(salt="s"))).salt == "s"


def test_nothing_is_parsed_for_a_header_and_once_for_everything_else() -> None:
    """A body that would raise if it were looked at; and what was parsed for the unit serves the slice."""
    route = replace(ROUTE, sticky=Sticky(("header:x-user-id", "api_key", "body:user")))
    unread = cast("bytes", object())
    for name in (b"x-user-id", b"x-api-key"):
        assert RequestFacts(route, Endpoint.CHAT, ((name, b"u"),), unread, None).unit()
    with pytest.raises(TypeError):
        RequestFacts(route, Endpoint.CHAT, (), unread, None).unit()
    known = facts("body:user", "conversation")
    known.unit()
    document, traits = known.document, known.traits
    known.slice()
    assert known.document is document
    assert known.traits is traits


TEXTS = ("Two and two?", "Prove that 17 is prime, step by step.", "def f(x): fix this Python function", "¿Dónde está?")


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("headers", [(), ((b"x-team", b"billing"),)])
@pytest.mark.parametrize("told", [None, Slice.CODE])
def test_the_slice_is_the_one_that_the_examiner_settles(
    path: str, text: str, headers: Headers, told: Slice | None
) -> None:
    """Or the student would be served by one slice's weight and judged as another's."""
    rules = (SliceRule("reasoning", When(header="X-Team=billing")), SliceRule("code", When(prompt_matches="def ")))
    route = replace(ROUTE, slices=rules)
    body = ask(path, "support", "m").replace(b"Two and two", text.encode())
    known = RequestFacts(route, ENDPOINTS[path], headers, body, told)
    request = Ask(
        "p", route, ENDPOINTS[path], "POST", "/x", headers, dict(headers), body, "support", False, True,
        Decision(Arm.TEACHER, Reason.WEIGHT_ZERO), 0.0, told,
    )  # fmt: skip
    by_examiner = sample(route, Exchange(request).record(0.0))
    assert by_examiner is not None
    assert known.slice() == by_examiner.slice
    settled = Decision(Arm.TEACHER, Reason.ABOVE_WEIGHT, 7, known.slice())
    by_worker = Exchange(
        Ask(**{name: getattr(request, name) for name in Ask.__struct_fields__} | {"decision": settled})
    )
    assert by_worker.record(0.0).slice == by_examiner.slice


def test_what_cannot_be_read_is_general_in_both() -> None:
    """A body that only the teacher may make sense of."""
    assert RequestFacts(ROUTE, Endpoint.CHAT, (), UNREADABLE, None).slice() is Slice.GENERAL


@given(st.binary(max_size=60), st.binary(max_size=60), st.sampled_from([Endpoint.CHAT, Endpoint.MESSAGES]))
def test_any_bytes_get_a_decision(body: bytes, header: bytes, endpoint: Endpoint) -> None:
    """Facts are worked out from what strangers send."""
    route = replace(ROUTE, sticky=Sticky(("header:x-user-id", "body:user", "api_key", "conversation")))
    known = RequestFacts(route, endpoint, ((b"x-user-id", header),), body, None)
    weights = Standing({"support": {"general": 50_000, "math": 20_000}}, 1.0)
    assert decide(weights, known, 0.0).reason in {Reason.UNBUCKETABLE, Reason.WITHIN_WEIGHT, Reason.ABOVE_WEIGHT}


SAID = ("messages", "input", "prompt", "system", "role", "content", "text", "type", "input_text")
NAMES = st.sampled_from((*SAID, "tools", "function", "user", "metadata"))
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | NAMES
DOCUMENTS = st.dictionaries(
    NAMES,
    st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4)),
    max_size=6,
)


@given(DOCUMENTS, st.sampled_from(list(ENDPOINTS.values())))
def test_any_document_gets_a_decision(document: dict[str, Json], endpoint: Endpoint) -> None:
    """A caller whose request puzzles us is the teacher's caller, and never gets an error of ours for it."""
    route = replace(ROUTE, sticky=Sticky(("body:user", "body:input.role", "conversation")))
    known = RequestFacts(route, endpoint, (), json.dumps(document).encode(), None)
    weights = Standing({"support": {"general": 100_000, "math": 20_000}}, 1.0)
    assert decide(weights, known, 0.0).reason in {Reason.UNBUCKETABLE, Reason.WITHIN_WEIGHT, Reason.ABOVE_WEIGHT}
