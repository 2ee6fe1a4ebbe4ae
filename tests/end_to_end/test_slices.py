"""Who says in which slice a request is: its caller, the operator's rules, or its own words; and where one sees it.

Every student here declines, so that each slice has something to show; where tools are called, arms agree.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import httpx
import pytest

from routing.traits import Slice
from tests.end_to_end.asks import CHAT, COMPLETIONS, ENDPOINTS, ask
from tests.end_to_end.practicum import Practicum, until
from tests.end_to_end.practicum import route as section
from tests.end_to_end.upstream import Upstream
from tests.end_to_end.wire import Fields
from tests.proxy.cli.command import process

HEADER = "x-practicum-slice"
RULES = [
    {"slice": "code", "when": {"header": "x-team=ide-*"}},
    {"slice": "math", "when": {"system_matches": r"(?i)\btutor\b", "prompt_matches": r"\d"}},
    {"slice": "tool_use", "when": {"tool": "weath*"}},
    {"slice": "reasoning", "when": {"prompt_matches": "(?i)reimbursed"}},
]
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
DECLINED = {"behavior": "refusal", "direction": "gained"}


def turns(prompt: str, *, system: str = "", tools: tuple[Mapping[str, object], ...] = ()) -> Mapping[str, object]:
    """The fields of a chat request that slices are told by."""
    opening = [{"role": "system", "content": system}] if system else []
    said = {"messages": [*opening, {"role": "user", "content": prompt}]}
    return {**said, "tools": tools} if tools else said


RULED: dict[str, tuple[Mapping[str, object], Fields, Slice]] = {
    "header": (turns("Hello there."), (("X-Team", "ide-7"),), Slice.CODE),
    "other-header": (turns("Hello there."), (("X-Team", "sales"),), Slice.GENERAL),
    "system-and-prompt": (turns("What is 12 more?", system="You are a tutor."), (), Slice.MATH),
    "half-a-rule": (turns("Hello there.", system="You are a tutor."), (), Slice.GENERAL),
    "tool": (turns("Hello there.", tools=(TOOL,)), (), Slice.TOOL_USE),
    "first-rule-wins": (turns("Hello there.", tools=(TOOL,)), (("X-Team", "ide-7"),), Slice.CODE),
    "caller-before-rules": (turns("Hello there."), (("X-Team", "ide-7"), (HEADER, "math")), Slice.MATH),
}


@pytest.fixture(scope="module")
def sliced(tmp_path_factory: pytest.TempPathFactory, teacher: Upstream, student: Upstream) -> Iterator[Practicum]:
    """A proxy with a route without rules, one with them, and one that mirrors nothing in one slice."""
    plain = section(teacher.url(), student.url("refusing")) | {"privacy": {"agreeing_sample": 100}}
    routes = {
        "plain": plain,
        "ruled": plain | {"slices": RULES},
        "spared": section(teacher.url(), student.url("refusing"), {"slices": {"math": 0}}),
    }
    with Practicum(tmp_path_factory.mktemp("sliced"), routes) as practicum:
        yield practicum


@pytest.fixture
def session(sliced: Practicum) -> Iterator[Practicum]:
    """This file's proxy, which each test leaves without a trace."""
    sliced.mark()
    yield sliced
    sliced.settle()


def chat(route: str, fields: Mapping[str, object]) -> bytes:
    """A chat request to a route."""
    return json.dumps({"model": route, **fields}).encode()


def stored_slice(practicum: Practicum, pair: str | None) -> str:
    """The slice of a pair as the API gives it, once it is stored."""
    found = until(lambda: _found(practicum, f"/api/pairs/{pair}"), f"pair {pair} is stored")
    return str(found["slice"])


def _found(practicum: Practicum, path: str) -> dict[str, object]:
    answer = httpx.get(f"{practicum.admin}{path}")
    return dict(answer.json()) if answer.status_code == 200 else {}


@pytest.mark.parametrize("path", ENDPOINTS)
def test_the_caller_settles_the_slice_on_every_endpoint(session: Practicum, path: str, mark: str) -> None:
    """Whatever the words: a product knows better than any classifier what its users ask for."""
    answer = session.call(path, ask(path, "plain", mark), headers=((HEADER, "Reasoning"),))
    assert answer.status == 200
    assert stored_slice(session, answer.head.value("x-practicum-pair")) == Slice.REASONING
    session.counts(1, "divergences_total", route="plain", slice="reasoning", **DECLINED)
    assert session.grown("divergences_total", route="plain", **DECLINED) == 1


@pytest.mark.parametrize("case", RULED)
def test_rules_settle_what_the_caller_leaves_open(session: Practicum, case: str) -> None:
    """On headers, the system prompt, the prompt and tools; the first that holds, and the caller before all."""
    fields, headers, expected = RULED[case]
    answer = session.call(CHAT, chat("ruled", fields), headers=headers)
    assert stored_slice(session, answer.head.value("x-practicum-pair")) == expected
    until(lambda: session.grown("behavior_trials_total", route="ruled"), "trials are counted")
    counted = {one for one in Slice if session.grown("behavior_trials_total", route="ruled", slice=one)}
    assert counted == {expected}


@pytest.mark.parametrize("value", ["maths", "", "math, code", "m\u00e4th"])
def test_an_unknown_slice_is_refused(session: Practicum, teacher: Upstream, value: str, mark: str) -> None:
    """A slip that was ignored would never be seen, and one that was taken would be a label without bound."""
    answer = session.call(CHAT, ask(CHAT, "plain", mark), headers=((HEADER, value),))
    error = answer.error()
    assert (answer.status, error["code"], error["param"]) == (400, "unknown_slice", HEADER)
    assert "multilingual" in str(error["message"]) or '"math"' in str(error["message"])
    session.counts(1, "requests_total", outcome="rejected")
    assert session.grown("mirror_sampled_total") == 0
    assert not teacher.seen(mark)


def test_neither_the_slice_nor_a_header_of_a_rule_is_kept_or_shown(
    session: Practicum, teacher: Upstream, student: Upstream, mark: str
) -> None:
    """The header is ours and goes no further; what a rule looked at may be a secret, and only its answer is kept."""
    headers = ((HEADER, "general"), ("X-Team", f"ide-{mark}"))
    answer = session.call(CHAT, ask(CHAT, "ruled", "x"), headers=headers)
    pair = answer.head.value("x-practicum-pair")
    assert stored_slice(session, pair) == Slice.GENERAL
    (asked,) = teacher.seen(mark)
    assert asked.values(HEADER) == []
    assert student.seen(mark) == []
    assert mark not in json.dumps(_found(session, f"/api/pairs/{pair}"))
    assert mark not in "".join(session.log)


def test_a_slice_that_is_not_mirrored_is_the_callers_to_name(session: Practicum, mark: str) -> None:
    """A share by slice follows the slice that counts, not the one the words show."""
    for slice_ in ("math", "general"):
        assert session.call(COMPLETIONS, ask(COMPLETIONS, "spared", mark), headers=((HEADER, slice_),)).status == 200
    session.counts(1, "mirror_sampled_total", route="spared")
    session.counts(1, "divergences_total", route="spared", slice="general", **DECLINED)
    assert session.grown("divergences_total", route="spared", slice="math") == 0


def test_pairs_are_listed_and_shown_by_slice(session: Practicum, mark: str) -> None:
    """The command and the API say the same, and neither takes a name that is no slice."""
    answer = session.call(CHAT, ask(CHAT, "plain", mark), headers=((HEADER, "steerability"),))
    pair = str(answer.head.value("x-practicum-pair"))
    assert stored_slice(session, pair) == Slice.STEERABILITY
    listed = process("pairs", "plain", "--slice", "steerability", "--json", "--admin", session.admin)
    assert [row["id"] for row in json.loads(listed.out)["pairs"]] == [pair]
    assert _found(session, "/api/pairs?route=plain&slice=steerability") == json.loads(listed.out)
    assert "plain   chat_completions   steerability" in process("pair", pair, "--admin", session.admin).out
    refused = process("pairs", "--slice", "maths", "--admin", session.admin)
    assert (refused.code, "known: general, reasoning" in refused.err) == (1, True)
    assert httpx.get(f"{session.admin}/api/pairs", params={"slice": "maths"}).status_code == 400


def test_a_rule_that_is_reloaded_settles_the_next_request(session: Practicum) -> None:
    """In both processes: what the worker looks at and what the examiner makes of it change together."""
    before = json.loads(session.config.read_text())["routes"]
    rules = [{"slice": "multilingual", "when": {"header": "x-lang", "prompt_matches": "Hello"}}]
    try:
        session.write(before | {"ruled": before["ruled"] | {"slices": rules}})
        until(lambda: _slice_after(session) == Slice.MULTILINGUAL, "the new rule is in effect", 20)
    finally:
        session.write(before)
        until(lambda: _slice_after(session) == Slice.GENERAL, "the old rules are in effect again", 20)


def _slice_after(session: Practicum) -> str:
    answer = session.call(CHAT, chat("ruled", turns("Hello there.")), headers=(("X-Lang", "de"),))
    return stored_slice(session, answer.head.value("x-practicum-pair"))
