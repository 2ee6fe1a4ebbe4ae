"""Sequences come, step together and go, and none changes another's reply."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proxy.demo.engine.batch import Batch, Continuation, Finish
from proxy.demo.engine.checkpoint import Checkpoint, read
from proxy.demo.engine.model import Model
from proxy.demo.engine.sampling import Sampler, Sampling
from tests.proxy.demo.engine import reference, tiny

COUNT = 12


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Three rows."""
    shape = replace(tiny.SHAPE, context=64)
    return Model(read(tiny.write(tmp_path_factory.mktemp("batch") / "short", shape)), 3)


def continuation(start: int, limit: int = COUNT, ends: frozenset[int] = frozenset()) -> Continuation:
    """A greedy one."""
    prompt = list(range(start, start + 3 + start % 5))
    return Continuation(prompt, limit, ends, Sampler(Sampling(temperature=0), None))


def drain(batch: Batch, joining: list[Continuation]) -> dict[Continuation, list[int]]:
    """Let all of them join, one a turn, and step to the end."""
    said: dict[Continuation, list[int]] = {each: [] for each in joining}
    waiting = list(joining)
    while waiting or any(each.produced < each.limit for each in joining):
        for each, token in batch.turn([], waiting.pop(0) if waiting else None):
            said[each].append(token.drawn.token)
    return said


def test_all_say_what_each_would_say_alone(model: Model, checkpoint: Checkpoint) -> None:
    """Joining late, leaving early, being moved: the reference knows nothing of all that."""
    jobs = [continuation(20, 9), continuation(31, 3), continuation(47, 6)]
    said = drain(Batch(model), jobs)
    for job in jobs:
        assert said[job] == reference.greedy(checkpoint, list(job.prompt), job.limit)


def test_those_who_leave_make_room_and_disturb_nobody(model: Model, checkpoint: Checkpoint) -> None:
    """Clients go when they like."""
    batch, (first, second, third, late) = Batch(model), [continuation(n) for n in (20, 33, 46, 59)]
    said: dict[Continuation, list[int]] = {each: [] for each in (first, second, third, late)}
    for leaving, joining in [([], first), ([], second), ([], third), ([first], late), ([third, third], None)]:
        for each, token in batch.turn(leaving, joining):
            said[each].append(token.drawn.token)
    for each in (second, late):
        assert said[each] == reference.greedy(checkpoint, list(each.prompt), len(said[each]))
    assert [len(said[each]) for each in (first, second, third, late)] == [3, 4, 2, 2]


def test_an_end_token_finishes(model: Model, checkpoint: Checkpoint) -> None:
    """And is the last token of it; the batch has forgotten the sequence then."""
    prompt = list(continuation(20).prompt)
    ends = frozenset(reference.greedy(checkpoint, prompt, 4)[3:])
    batch, job = Batch(model), continuation(20, ends=ends)
    finishes = [token.finish for joining in (job, None, None, None) for _, token in batch.turn([], joining)]
    assert finishes == [None, None, None, Finish.STOP]
    assert batch.turn([job], None) == []


def test_a_limit_of_one_token_is_one_token(model: Model) -> None:
    """It ends with its prompt."""
    batch = Batch(model)
    ((_, token),) = batch.turn([], continuation(20, limit=1))
    assert token.finish is Finish.LENGTH
    assert batch.turn([], None) == []
