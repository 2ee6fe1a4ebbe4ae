"""Own behaviors, from the configuration file to the metrics and the pair: patterns, schemas and judges."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.end_to_end.asks import CHAT, ENDPOINTS, ask
from tests.end_to_end.judges import JUDGES
from tests.end_to_end.practicum import Practicum, route, until
from tests.end_to_end.upstream import Upstream

FAILING = {
    "hung": ("silent", "total_timeout"),
    "down": ("status:500", "http_error"),
    "babbling": ("says:prose", "invalid"),
    "guessing": ("says:mistyped", "invalid"),
}


@pytest.fixture(scope="module")
def bench() -> Iterator[Upstream]:
    """The students and the judges of this file's proxy."""
    with Upstream(JUDGES) as upstream:
        yield upstream


def judge(url: str, **keys: object) -> dict[str, object]:
    """A judged behavior."""
    asked = {"base_url": url, "model": "big", "prompt": "It says sorry.", "timeout": "1s", **keys}
    return {"name": "apologizes", "judge": asked}


@pytest.fixture(scope="module")
def court(tmp_path_factory: pytest.TempPathFactory, teacher: Upstream, bench: Upstream) -> Iterator[Practicum]:
    """A proxy whose student says sorry where the teacher does not, with one route for each way of judging."""
    own: dict[str, list[dict[str, object]]] = {
        "pattern": [{"name": "apologizes", "pattern": "(?i)i'm sorry"}],
        "schema": [{"name": "an_object", "schema": {"type": "object"}}],
        "judge": [judge(bench.url("kind"), api_key_env="JUDGE_KEY")],
        "thrifty": [judge(bench.url("kind"), budget_per_hour=2)],
        **{name: [judge(bench.url(behavior))] for name, (behavior, _) in FAILING.items()},
    }
    routes = {n: route(teacher.url(), bench.url("refusing")) | {"behaviors": behaviors} for n, behaviors in own.items()}
    with Practicum(tmp_path_factory.mktemp("court"), routes, environ={"JUDGE_KEY": "k"}) as practicum:
        yield practicum


@pytest.fixture
def session(court: Practicum) -> Iterator[Practicum]:
    """This file's proxy, which each test leaves without a trace."""
    court.mark()
    yield court
    court.settle()


def pair(practicum: Practicum, name: str) -> dict[str, Any]:
    """The newest pair of a route, whole."""
    page = httpx.get(f"{practicum.admin}/api/pairs", params={"route": name, "limit": 1}).json()
    return dict(httpx.get(f"{practicum.admin}/api/pairs/{page['pairs'][0]['id']}").json())


@pytest.mark.parametrize("name", ["pattern", "judge"])
def test_what_the_student_alone_does_is_gained(session: Practicum, name: str, mark: str) -> None:
    """On every endpoint, whole and streamed: an own behavior knows no wire format."""
    for path in ENDPOINTS:
        for stream in (False, True):
            assert session.call(path, ask(path, name, mark, stream=stream)).status == 200
    labels = {"route": name, "behavior": "apologizes", "direction": "gained"}
    session.counts(2 * len(ENDPOINTS), "divergences_total", **labels)
    session.counts(2 * len(ENDPOINTS), "behavior_trials_total", **labels)
    session.counts(2 * len(ENDPOINTS), "mirror_pairs_total", route=name, outcome="compared")


def test_a_judge_is_asked_with_its_key_and_told_both_replies(session: Practicum, bench: Upstream, mark: str) -> None:
    """What the client asked and what both arms said; the client's own key stays here."""
    session.call(CHAT, ask(CHAT, "judge", mark), headers=(("Authorization", "Bearer client"),))
    session.counts(1, "judgments_total", route="judge", behavior="apologizes", outcome="ok")
    session.counts(1, "mirror_pairs_total", route="judge", outcome="compared")
    found = pair(session, "judge")
    (asked,) = [r for r in bench.seen(str(found["id"])) if r.behavior == "kind"]
    assert asked.values("authorization") == [b"Bearer k"]
    material = json.loads(json.loads(asked.body)["messages"][1]["content"])
    assert sorted("sorry" in material[reply]["text"] for reply in ("reply_a", "reply_b")) == [False, True]
    label = next(x for x in found["student"]["labels"] if x["behavior"] == "apologizes")
    assert label["presence"] == "present"
    assert label["rule"].startswith("judge: ")


def test_a_schema_that_neither_reply_fits_is_no_trial(session: Practicum, mark: str) -> None:
    """Neither did: it says nothing about either."""
    session.call(CHAT, ask(CHAT, "schema", mark))
    session.counts(1, "mirror_pairs_total", route="schema", outcome="compared")
    assert session.grown("behavior_trials_total", route="schema", behavior="an_object") == 0


@pytest.mark.parametrize("name", FAILING)
def test_a_failing_judge_is_counted_and_costs_the_pair_nothing(session: Practicum, name: str, mark: str) -> None:
    """Callers are served, pairs compared, and the failure is nobody's divergence."""
    assert session.call(CHAT, ask(CHAT, name, mark)).status == 200
    outcome = FAILING[name][1]
    session.counts(1, "judgments_total", route=name, outcome=outcome)
    session.counts(1, "mirror_pairs_total", route=name, outcome="compared")
    assert session.grown("behavior_trials_total", route=name, behavior="apologizes") == 0
    assert session.grown("divergences_total", route=name, behavior="refusal") == 1
    assert session.total("circuit_state", route=name) == 0


def test_a_pair_that_waits_for_its_judge_is_seen(session: Practicum, mark: str) -> None:
    """Between the lane and the store it is in neither's numbers: without its own it would seem to be lost."""
    session.call(CHAT, ask(CHAT, "hung", mark))
    until(lambda: session.total("judge_queue_pairs", route="hung") == 1, "the pair waits")
    assert session.total("judge_queue_bytes", route="hung") > 0
    assert session.total("judge_queue_pairs") == 1
    assert session.total("judge_queue_limit", kind="pairs") == 200
    session.counts(1, "judgments_total", route="hung", outcome="total_timeout")
    until(lambda: session.total("judge_queue_pairs") == session.total("judge_queue_bytes") == 0, "it waits no more")


def test_a_budget_is_kept(session: Practicum, bench: Upstream, mark: str) -> None:
    """The third pair of the hour is compared in everything else."""
    before = sum(r.behavior == "kind" for r in bench.received)
    for _ in range(3):
        session.call(CHAT, ask(CHAT, "thrifty", mark))
    session.counts(2, "judgments_total", route="thrifty", outcome="ok")
    session.counts(1, "judgments_total", route="thrifty", outcome="budget")
    session.counts(3, "mirror_pairs_total", route="thrifty", outcome="compared")
    assert sum(r.behavior == "kind" for r in bench.received) - before == 2


def test_a_contestant_is_refused_at_the_start(tmp_path_factory: pytest.TempPathFactory, bench: Upstream) -> None:
    """Before anything is served, in a sentence that says what to do."""
    section = route("http://127.0.0.1:1/v1", bench.url()) | {"behaviors": [judge(bench.url() + "/", model="student")]}
    code, said = Practicum(tmp_path_factory.mktemp("partial"), {"r": section}).run_to_end()
    assert code == 1
    assert 'behaviors[0].judge.model: "student" is the student, which would judge itself; name a third model' in said
