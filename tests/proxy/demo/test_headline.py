"""The headline eval, asked of a server whose marks are known."""

from __future__ import annotations

import asyncio
import json

import pytest
from starlette.responses import JSONResponse, Response

from proxy.demo.headline import Score, examine, questions
from proxy.demo.railway.example import Example, Situation
from proxy.demo.stage import Engine
from tests.proxy.demo.classroom import Answer, Asked, free_url, ideal, serving

SUITE = questions(60)


def score(answer: Answer) -> Score:
    """What a server that answers so is given."""

    async def story() -> Score:
        async with serving(answer, SUITE) as url:
            return await examine(Engine(url, "railway"), SUITE)

    return asyncio.run(story())


def wrong(_: Example) -> Response:
    """A reply that answers nothing."""
    choice = {"index": 0, "message": {"role": "assistant", "content": "Ask at the desk."}, "finish_reason": "stop"}
    return JSONResponse({"object": "chat.completion", "model": "railway", "choices": [choice]})


def test_the_suite_is_clean_and_the_same_every_time() -> None:
    """Two demonstrations can be compared, and no scrubbed situation spoils the score that hides them."""
    assert not any(example.scrubbed for example in SUITE)
    assert questions(60) == SUITE
    assert len({example.kind for example in SUITE}) > 10


def test_a_perfect_engine_has_full_marks() -> None:
    """Calls of tools and JSON included."""
    assert {Situation.TOOL_CALL, Situation.EXTRACTION} <= {example.kind for example in SUITE}
    assert score(lambda asked: ideal(asked.example)) == Score(60, 60)


def test_wrong_answers_cost_their_marks() -> None:
    """By the world's own judge."""
    totals = sum(example.kind is Situation.TOTAL for example in SUITE)
    assert totals > 0

    def answer(asked: Asked) -> Response:
        return (wrong if asked.example.kind is Situation.TOTAL else ideal)(asked.example)

    assert score(answer) == Score(60 - totals, 60)


def test_questions_are_asked_greedily_of_the_model_that_is_meant() -> None:
    """A sampled answer would make the score a matter of luck."""
    seen = list[Asked]()

    def answer(asked: Asked) -> Response:
        seen.append(asked)
        return ideal(asked.example)

    assert score(answer).asked == len(seen) == 60
    bodies = [json.loads(asked.body) for asked in seen]
    assert {(body["model"], body["temperature"]) for body in bodies} == {("railway", 0)}


@pytest.mark.parametrize(
    ("response", "said"), [(Response(status_code=503), "status 503"), (Response("no JSON"), "status 200: invalid")]
)
def test_an_unanswered_question_is_not_a_wrong_answer(response: Response, said: str) -> None:
    """An engine that fails must not pass for a model that is bad."""
    found = score(lambda _: response)
    assert (found.right, found.asked, len(found.failures)) == (0, 60, 60)
    assert found.failures[0].startswith(said)


def test_an_engine_that_is_gone_fails_every_question() -> None:
    """With the reason of the connection."""
    found = asyncio.run(examine(Engine(free_url(), "railway"), SUITE[:9]))
    assert (found.right, len(found.failures)) == (0, 9)
    assert found.failures[0]
