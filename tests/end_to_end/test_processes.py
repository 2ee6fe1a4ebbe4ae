"""Processes die and stop: callers notice neither, and what was lost is counted."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT, ask, behave
from tests.end_to_end.practicum import Practicum, free_port, route, until
from tests.end_to_end.upstream import Upstream
from tests.end_to_end.wire import Answer


@contextmanager
def load(practicum: Practicum, mark: str, threads: int = 4) -> Iterator[list[Answer]]:
    """Unary and streamed requests, one after another on each thread, for as long as the block runs."""
    answers: list[Answer] = []
    enough = threading.Event()

    def call() -> None:
        while not enough.is_set():
            answers.append(practicum.call(CHAT, ask(CHAT, "x", mark)))
            answers.append(practicum.call(CHAT, ask(CHAT, "x", mark, stream=True)))

    callers = [threading.Thread(target=call) for _ in range(threads)]
    for caller in callers:
        caller.start()
    try:
        yield answers
    finally:
        enough.set()
        for caller in callers:
            caller.join(20)


def assert_all_served(answers: list[Answer]) -> None:
    """Each answer is whole and the teacher's."""
    whole = {replies.CHAT, b"".join(replies.CHAT_STREAM)}
    assert answers
    assert [a for a in answers if a.status != 200 or not a.complete or a.body not in whole] == []


def test_an_examiner_killed_under_load_fails_no_request(
    folder: Path, teacher: Upstream, student: Upstream, mark: str
) -> None:
    """SIGKILL: what it had not settled is counted as lost, and its successor goes on."""
    with Practicum(folder, {"x": route(teacher.url(), student.url("slow:0.3"))}) as service:
        (examiner,) = service.pids("examiner")
        with load(service, mark) as answers:
            until(lambda: len(answers) > 50, "load")
            os.kill(examiner, signal.SIGKILL)
            until(lambda: service.pids("examiner") not in ([], [examiner]), "another examiner")
            until(lambda: service.probe("/readyz") == 200, "the new examiner is ready")
            more = len(answers) + 50
            until(lambda: len(answers) > more, "load goes on")
        assert_all_served(answers)
        until(lambda: service.total("requests_total", outcome="ok") == len(answers), "every request is counted")
        service.settle(30)
        lost = service.total("records_lost_total", process="examiner")
        assert lost > 0
        handed, shed = (service.total("records_handed_total", outcome=o) for o in ("accepted", "shed"))
        assert handed + shed == len(answers)
        sampled = service.total("mirror_sampled_total")  # of the new examiner: the old one's count died with it
        assert 0 < sampled <= handed


def test_without_an_examiner_a_worker_serves(folder: Path, teacher: Upstream, student: Upstream, mark: str) -> None:
    """Stopped rather than dead: the socket fills, records are shed and counted, callers notice nothing."""
    with Practicum(folder, {"x": route(teacher.url(), student.url())}) as service:
        (examiner,) = service.pids("examiner")
        os.kill(examiner, signal.SIGSTOP)
        try:
            body = ask(CHAT, "x", mark) + b" " * 500_000
            answers = [service.call(CHAT, body) for _ in range(40)]
        finally:
            os.kill(examiner, signal.SIGCONT)
        assert_all_served(answers)
        service.settle()
        assert service.total("records_handed_total", outcome="shed") > 0
        assert service.total("records_handed_total") == len(answers)


def test_a_killed_worker_is_started_again(folder: Path, teacher: Upstream, student: Upstream, mark: str) -> None:
    """The other worker serves meanwhile; the requests that died with it are counted as lost."""
    with Practicum(folder, {"x": route(teacher.url(), student.url(), None, {"total_timeout": "60s"})}, 2) as service:
        until(lambda: len(service.pids("worker")) == 2, "two workers")
        first = service.pids("worker")
        with service.connect() as caller:
            service.begin(caller, CHAT, ask(CHAT, "x", mark), behave("slow:60"))
            until(lambda: service.total("requests_in_flight") == 1, "a request is in flight")
            for pid in first:
                os.kill(pid, signal.SIGKILL)
            with pytest.raises(ConnectionResetError):
                caller.head()
        until(lambda: teacher.in_progress == 0, "its upstream call died with it")
        fresh = until(lambda: [p for p in service.pids("worker") if p not in first], "other workers")
        assert service.call(CHAT, ask(CHAT, "x", mark)).body == replies.CHAT
        until(lambda: service.total("records_lost_total", process="worker") == 1, "the lost request is counted")
        until(lambda: service.total("workers_connected") == 2, "both are back")
        assert set(fresh) <= set(service.pids("worker"))
        until(lambda: service.total("requests_in_flight") == 0, "nothing is in flight")


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_sigterm_finishes_open_streams(
    folder: Path, teacher: Upstream, student: Upstream, workers: int, mark: str
) -> None:
    """A deploy: streams run to their end, new connections are refused, the exit is clean."""
    routes = {"x": route(teacher.url(), student.url())}
    with Practicum(folder, routes, workers) as service:
        callers = [service.connect() for _ in range(6)]
        idle = service.connect()
        bodies = [ask(CHAT, "x", mark, stream=bool(n % 2)) for n in range(len(callers))]
        for caller, body in zip(callers, bodies, strict=True):
            service.begin(caller, CHAT, body, behave("trickle:0.2"))
        until(lambda: teacher.in_progress == len(callers), "all are being answered")
        service.process.terminate()
        until(lambda: _refused(service), "new connections are refused")
        for caller, body in zip(callers, bodies, strict=True):
            answer = caller.answer()
            assert (answer.body, answer.complete) == (replies.reply_to(CHAT, body).body, True)
            caller.close()
        assert idle.ended()
        idle.close()
        assert service.process.wait(15) == 0
        until(lambda: teacher.in_progress == student.in_progress == 0, "no upstream works for nobody")


@pytest.mark.parametrize("workers", [0, 1])
def test_a_stream_beyond_the_drain_is_cut_and_never_looks_whole(
    folder: Path, teacher: Upstream, student: Upstream, workers: int, mark: str
) -> None:
    """``listen.drain`` bounds a stop; who is cut off must be able to tell."""
    routes = {"x": route(teacher.url(), student.url(), None, {"stall_timeout": "60s", "total_timeout": "60s"})}
    with Practicum(folder, routes, workers, listen={"drain": "1s"}) as service, service.connect() as caller:
        service.begin(caller, CHAT, ask(CHAT, "x", mark, stream=True), behave("stall:3"))
        until(lambda: teacher.in_progress == 1, "it is being answered")
        assert service.stop() == 0
        answer = caller.answer()
        assert not answer.complete
        assert b"[DONE]" not in answer.body
        until(lambda: teacher.in_progress == 0, "the upstream call is cancelled")


def test_one_process_does_everything(folder: Path, teacher: Upstream, student: Upstream, mark: str) -> None:
    """``--workers 0``: the same service over the same interface, in a single process."""
    with Practicum(folder, {"x": route(teacher.url(), student.url())}, 0) as service:
        body = ask(CHAT, "x", mark, stream=True)
        assert service.call(CHAT, body).body == replies.reply_to(CHAT, body).body
        service.counts(1, "mirror_pairs_total", route="x", outcome="compared")
        service.settle()
        assert service.pids("worker") == service.pids("examiner") == []
        assert len(student.seen(mark)) == 1


def test_workers_share_the_port_and_the_counts(folder: Path, teacher: Upstream, student: Upstream, mark: str) -> None:
    """Two workers: each request is counted once, whoever served it."""
    with Practicum(folder, {"x": route(teacher.url(), student.url())}, 2) as service:
        until(lambda: service.total("workers_connected") == 2, "both are connected")
        with load(service, mark) as answers:
            until(lambda: len(answers) > 100, "load")
        assert_all_served(answers)
        until(lambda: service.total("requests_total", outcome="ok") == len(answers), "every request is counted", 20)
        service.settle(30)
        assert service.total("mirror_pairs_total") == len(answers)
        assert len(service.pids("worker")) == 2
        assert len(service.pids("examiner")) == 1


def test_an_orphaned_worker_stops(folder: Path, teacher: Upstream, student: Upstream) -> None:
    """SIGKILL of the supervisor must not leave a service that nobody supervises."""
    with Practicum(folder, {"x": route(teacher.url(), student.url())}) as service:
        children = service.pids("worker") + service.pids("examiner")
        assert len(children) == 2
        service.process.kill()
        service.process.wait()
        until(lambda: not service.pids("worker") and not service.pids("examiner"), "its children stop", 20)


def test_a_busy_port_is_named(folder: Path, teacher: Upstream, student: Upstream, shared: Practicum) -> None:
    """The commonest reason for not starting: said in a line, exit code 1."""
    port = shared.address[1]
    blocked = Practicum(folder, {"x": route(teacher.url(), student.url())}, listen={"port": port})
    code, said = blocked.run_to_end()
    assert code == 1
    assert str(port) in said
    assert "Traceback" not in said


def test_an_admin_port_beyond_loopback_needs_a_token(folder: Path, teacher: Upstream, student: Upstream) -> None:
    """Anyone on the network could read every pair."""
    open_to_all = {"host": "0.0.0.0", "port": free_port()}
    code, said = Practicum(folder, {"x": route(teacher.url(), student.url())}, admin=open_to_all).run_to_end()
    assert code == 1
    assert "token" in said


def _refused(service: Practicum) -> bool:
    try:
        service.connect().close()
    except (ConnectionRefusedError, ConnectionResetError):  # the latter: it was in line when the port closed
        return True
    return False
