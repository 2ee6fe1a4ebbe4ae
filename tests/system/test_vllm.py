"""Practicum with a real vLLM as its student: what it asks and hears, when it holds back, what becomes of a death.

The teacher is scripted, so that what callers get is known to the byte; the student is as it comes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import httpx
import pytest

from routing.circuit import LONGEST, THRESHOLD
from tests.end_to_end.practicum import Practicum, until
from tests.end_to_end.replies import reply_to
from tests.end_to_end.upstream import Upstream
from tests.system.server import Served, Vllm
from tests.system.shadow import ASKS, CHAT, COMPLETION, PATIENCE, Ask, call, kept, outcomes, practicum
from tests.system.tap import Tap

pytestmark = [pytest.mark.system, pytest.mark.timeout(400)]
PRIORITY = 10  # the default of a route's mirror
MINUTES = {"max_tokens": 1500, "ignore_eos": True}  # about half a minute of tokens: never read to its end here
RUNNING, WAITING, GENERATED = "vllm:num_requests_running", "vllm:num_requests_waiting", "vllm:generation_tokens_total"
LOGPROBS = {
    "/v1/chat/completions": '"top_logprobs":[{',
    "/v1/completions": '"token_logprobs":[-',
    "/v1/responses": '"top_logprobs":[{',
}


@pytest.fixture
def service(tmp_path: Path, teacher: Upstream, student: Served, tap: Tap) -> Iterator[Practicum]:
    """A Practicum in front of the student, which it reaches through the tap."""
    with practicum(tmp_path, teacher.url(), tap.url, student.model) as found:
        yield found
        found.settle(PATIENCE)


@pytest.fixture
def shadow(tmp_path: Path, teacher: Upstream, owned: Vllm) -> Iterator[Practicum]:
    """A Practicum in front of a student that may be overloaded and killed; one request more than one may wait there."""
    with practicum(tmp_path, teacher.url(), owned.served.url, "student", max_waiting=1, deadline="5m") as found:
        yield found
        found.settle(PATIENCE)


def unharmed(service: Practicum, ask: Ask, **more: object) -> None:
    """A caller gets what the teacher says, whatever its shadow does."""
    assert call(service, ask, **more).body == reply_to(ask.path, ask.of("gpt-large", **more)).body


def idle(served: Served) -> None:
    """Wait until the student has nothing to do: what nobody waits for was aborted."""
    until(lambda: served.metric(RUNNING) + served.metric(WAITING) == 0, "the student is idle", PATIENCE)


@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
@pytest.mark.parametrize("ask", ASKS, ids=lambda ask: ask.path)
def test_a_mirrored_request_becomes_a_pair(service: Practicum, tap: Tap, ask: Ask, stream: bool) -> None:
    """The main road, on all four endpoints: asked with low priority, heard with log-probabilities, compared, kept."""
    answer = call(service, ask, stream=stream, user="the one")
    outcomes(service, 1, "compared")
    student = cast("dict[str, object]", kept(service, answer)["student"])
    assert (student["status"], student["failure"]) == (200, "")
    assert student["completion_tokens"] == 16
    assert student["finish_reason"] == "length"
    assert cast("float", student["first_token"]) <= cast("float", student["total"])
    asked = tap.asked("the one")
    assert f"x-vllm-priority: {PRIORITY}\r\n".encode() in asked.lower()
    assert (b'"stream":true' in asked.replace(b" ", b"")) is stream
    assert LOGPROBS.get(ask.path, "") in str(student["body"])


def test_a_stream_is_heard_token_by_token(service: Practicum) -> None:
    """Time to first token compares only if the student's stream is read as it comes."""
    answer = call(service, CHAT, stream=True, max_tokens=100, ignore_eos=True)
    student = cast("dict[str, float]", kept(service, answer)["student"])
    assert student["first_token"] < student["total"] / 3


def test_the_students_log_names_the_pair(service: Practicum) -> None:
    """Whoever looks at a pair finds the request in vLLM's log: the id is part of the id vLLM gives it."""
    answer = call(service, CHAT)
    student = cast("dict[str, dict[str, str]]", kept(service, answer)["student"])
    assert f'"id":"chatcmpl-{answer.head.value("x-practicum-pair")}"' in student["body"]["text"]


def test_an_unknown_model_is_a_failed_student(tmp_path: Path, teacher: Upstream, student: Served) -> None:
    """A student's misspelled name costs pairs, and nobody's answer; the server behind it is not at fault."""
    asked = THRESHOLD + 1
    with practicum(tmp_path, teacher.url(), student.url, "nobody") as service:
        for _ in range(asked):
            unharmed(service, CHAT)
        outcomes(service, asked, "student_failed")
        service.counts(asked, "upstream_attempts_total", arm="student", purpose="mirror", outcome="http_error")
        assert service.total("circuit_state", arm="student") == 0
        service.settle()


def test_a_request_its_student_cannot_take_is_a_failed_student(shadow: Practicum) -> None:
    """Tools without a parser on the student's side: vLLM refuses with 400, the caller has the teacher's answer."""
    tool = {"type": "function", "function": {"name": "ferry", "parameters": {"type": "object"}}}
    answer = call(shadow, CHAT, tools=[tool])
    outcomes(shadow, 1, "student_failed")
    student = cast("dict[str, object]", kept(shadow, answer)["student"])
    assert student["status"] == 400
    assert "--enable-auto-tool-choice" in str(student["body"])


def test_an_idle_connection_is_not_used_once_the_student_may_have_closed_it(
    service: Practicum, student: Served
) -> None:
    """The student closes it after five seconds; a mirror call at that moment must find another."""
    unharmed(service, CHAT)
    outcomes(service, 1, "compared")
    time.sleep(5.0)  # no condition to wait for: the time itself is what matters
    unharmed(service, CHAT)
    outcomes(service, 2, "compared")
    assert student.up()


class Load:
    """Requests that keep a student busy until the block ends; then they are abandoned, and vLLM aborts them."""

    def __init__(self, served: Served, count: int) -> None:
        self._served = served
        self._count = count
        self._leave = threading.Event()
        self._pool = ThreadPoolExecutor(count)

    def __enter__(self) -> None:
        for _ in range(self._count):
            self._pool.submit(self._ask)
        busy = f"{self._count} requests are in the student"
        until(lambda: self._served.metric(RUNNING) + self._served.metric(WAITING) == self._count, busy, PATIENCE)

    def __exit__(self, *_: object) -> None:
        self._leave.set()
        self._pool.shutdown()

    def _ask(self) -> None:
        body = {"model": self._served.model, **COMPLETION.body, **MINUTES, "stream": True}
        with httpx.stream("POST", f"{self._served.url}/v1/completions", json=body, timeout=None) as reply:  # noqa: S113 -- it waits for its turn
            for _ in reply.iter_lines():
                if self._leave.is_set():
                    return


def test_the_mirror_holds_back_while_the_student_is_busy(shadow: Practicum, owned: Vllm) -> None:
    """Served traffic goes first: while it queues in the student, no mirror call is added to it."""
    with Load(owned.served, 4):
        until(lambda: shadow.total("student_queue_waiting") == 3, "three are seen to wait", PATIENCE)
        assert 0 < shadow.total("student_kv_cache_ratio") < 1
        unharmed(shadow, CHAT)
        until(lambda: shadow.total("mirror_queue_records") == 1, "the sample waits", PATIENCE)
        status = httpx.get(f"{shadow.admin}/api/routes/route").json()
        assert status["mirror"]["paused"] == "student_busy"
        assert shadow.total("mirror_inflight") == 0
    idle(owned.served)
    outcomes(shadow, 1, "compared")
    until(lambda: shadow.total("student_queue_waiting") == 0, "nothing is seen to wait", PATIENCE)


def test_served_traffic_overtakes_the_mirror(service: Practicum, tap: Tap, owned: Vllm) -> None:
    """The priority works: who came later but is served goes first, though the mirror call was already waiting."""
    with ThreadPoolExecutor(1) as pool:
        with Load(owned.served, 1):
            unharmed(service, CHAT, user="the one")
            until(lambda: owned.served.metric(WAITING) == 1, "the mirror call waits in the student", PATIENCE)
            served = pool.submit(owned.served.post, "/v1/completions", {"model": "student", **COMPLETION.body})
            until(lambda: owned.served.metric(WAITING) == 2, "a served request waits behind it", PATIENCE)
        assert served.result().status_code == 200
        assert tap.answered("the one") == b""
    outcomes(service, 1, "compared")
    assert b'"finish_reason":"length"' in tap.answered("the one")


def test_a_mirror_call_past_its_deadline_is_aborted(tmp_path: Path, teacher: Upstream, owned: Vllm) -> None:
    """What nobody will compare must not keep the student busy."""
    with practicum(tmp_path, teacher.url(), owned.served.url, "student", deadline="2s") as service:
        unharmed(service, CHAT, **MINUTES)
        until(lambda: owned.served.metric(RUNNING) == 1, "the student is at it", PATIENCE)
        outcomes(service, 1, "expired")
        idle(owned.served)
        service.settle()


@pytest.mark.parametrize(("death", "failure"), [("engine", "error_event"), ("everything", "reset")])
def test_a_student_killed_in_mid_stream_is_noticed_and_found_again(
    shadow: Practicum, owned: Vllm, death: str, failure: str
) -> None:
    """A crash of the student: the pair is counted as failed, calls rest, and begin again by themselves.

    Where only the engine dies, vLLM ends the stream with an error event and ``[DONE]``: no reply to compare either.
    """
    before = owned.served.metric(GENERATED)
    answer = call(shadow, CHAT, stream=True, **MINUTES)
    until(lambda: owned.served.metric(GENERATED) > before + 20, "the student is in mid-stream", PATIENCE)
    (owned.kill_engine if death == "engine" else owned.kill)()
    outcomes(shadow, 1, "student_failed")
    student = cast("dict[str, object]", kept(shadow, answer)["student"])
    assert (student["status"], student["failure"]) == (200, failure)
    for _ in range(THRESHOLD):
        unharmed(shadow, CHAT)
    until(lambda: shadow.total("circuit_state", arm="student") == 2, "the circuit opens", PATIENCE)
    owned.start()
    unharmed(shadow, CHAT)
    until(lambda: shadow.total("circuit_state", arm="student") == 0, "the circuit closes", PATIENCE + LONGEST)
    outcomes(shadow, 1, "compared")
    assert shadow.grown("requests_total", outcome="ok") == shadow.sent
