"""Why a gate says what it says, asked of a real port over a real store."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from proxy.examiner.explanation import EXAMPLES, Explanation
from proxy.store.store import Store
from routing.divergence import Direction, Trial
from tests.proxy.desk import a_desk, filled, route_status, served, some_status
from tests.proxy.rollouts import CLIMBED, MATH, TAKEN, moving_route
from tests.proxy.store.samples import AGREED, pair

BOTH = tuple(Trial("refusal", direction, diverged=True, severity=0.5) for direction in Direction)
PAIRS = (
    *(pair(number, slice="math") for number in range(8)),
    pair(8, BOTH, slice="math"),
    pair(9, AGREED, slice="math"),
    pair(10, slice="code", served="student", epoch=moving_route().epoch),
    pair(11, slice="math", route="other"),
)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The explanations of a port, by the path of its moving route."""
    directory: Path = tmp_path_factory.mktemp("explanation")
    store: Store = filled(directory, PAIRS)
    fresh = route_status("fresh")
    with served(a_desk(store, status=lambda: some_status(moving_route(), fresh))) as url:
        yield f"{url}/api/routes"
    store.close()


def asked(port: str, **query: str) -> Explanation:
    """The explanation of the moving route."""
    answer = httpx.get(f"{port}/support/explain", params=query)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=Explanation)


def test_every_slice_is_told_the_worst_first(port: str) -> None:
    """The verdict of all is that of the worst."""
    found = asked(port, behavior="refusal")
    assert [(one.slice, one.gate.verdict) for one in found.slices] == [
        ("general", "fail"),
        ("math", "hold"),
        ("code", "pass"),
    ]
    assert (found.verdict, found.phase, found.step, found.steps) == ("fail", "canary", 2, 6)
    assert found.waits == "a pause of 1200 s more"


def test_one_slice(port: str) -> None:
    """With all that bears on it: the weight, what else holds it, the teacher's own divergence."""
    found = asked(port, behavior="refusal", slice="math")
    (one,) = found.slices
    assert (found.verdict, one.gate, one.weights, one.limit) == ("hold", MATH.gates[0], MATH.weights, "the step")
    assert [gate.behavior for gate in one.others] == ["format"], "hedging is muted, answer passes"
    assert [(cell.direction, cell.noise_trials, cell.noise_diverged) for cell in one.noise] == [("lost", 40, 1)]


def test_decisions_are_those_about_the_slice_or_the_route(port: str) -> None:
    """What was decided about another slice explains nothing here."""
    assert asked(port, behavior="refusal", slice="math").decisions == (CLIMBED,)
    assert asked(port, behavior="refusal", slice="general").decisions == (TAKEN, CLIMBED)


def test_examples_diverged_in_this_behavior_the_newest_first(port: str) -> None:
    """No more than can be looked at, and none of another slice, route or behavior."""
    found = asked(port, behavior="refusal", slice="math").examples
    assert [example.id for example in found] == [f"pair-{number:06}" for number in (8, 7, 6, 5, 4)]
    assert len(found) == EXAMPLES
    assert [example.directions for example in found[:2]] == [("lost", "gained"), ("lost",)]
    assert asked(port, behavior="refusal").examples[0].slice == "code"
    assert asked(port, behavior="answer", slice="math").examples == ()


def test_an_example_says_whether_it_still_counts(port: str) -> None:
    """Five pairs of last week's student beside a count of none would be a riddle."""
    found = {example.id: (example.counts, example.served) for example in asked(port, behavior="refusal").examples}
    assert found["pair-000008"] == (False, "teacher")
    assert found["pair-000010"] == (True, "student")


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("support/explain?behavior=refusl", 404, "known: refusal, hedging, format, answer"),
        ("support/explain?behavior=refusal&slice=maths", 404, "known: code, general, math"),
        ("support/explain?behavior=answer&slice=code", 404, "no gate judges 'answer' in slice 'code'; known: math"),
        ("fresh/explain?behavior=refusal", 404, "nothing has been compared"),
        ("suport/explain?behavior=refusal", 404, "known: support, fresh"),
        ("support/explain", 400, "?behavior=refusal"),
        ("support/explain?behavior=refusal&since=2h", 400, "known: behavior, slice"),
    ],
)
def test_what_cannot_be_explained_names_what_can(port: str, path: str, status: int, said: str) -> None:
    """A typing error is mended from the message alone."""
    answer = httpx.get(f"{port}/{path}")
    assert answer.status_code == status
    assert said in answer.json()["error"]["message"]


def test_an_unreadable_store_is_a_503(tmp_path: Path) -> None:
    """An explanation without its examples would look as if there were none."""
    store = filled(tmp_path, ())
    store.close()
    (tmp_path / "pairs.db").write_bytes(b"no database" * 100)
    with served(a_desk(store, status=lambda: some_status(dataclasses.replace(moving_route())))) as url:
        answer = httpx.get(f"{url}/api/routes/support/explain?behavior=refusal")
    assert answer.status_code == 503
